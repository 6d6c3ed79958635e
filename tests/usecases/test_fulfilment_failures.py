"""Activations that fail: a code, a calm word, another try, or the end of the order (FUL-2, FUL-4)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from adapters.fakes.whmcs.products import mirror_catalog
from core.domain.attention import Attention, Need, attention
from core.domain.cart import CartService
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.ids import OrderId, RequestKey
from core.domain.notice import NoticeType
from core.domain.opportunity import Stage
from core.domain.order import CANCEL_REMEDIES, ActivationStatus, CancelCode, OrderStatus, cancel_words
from core.domain.provisioning import FAILURE_MESSAGES, FailureCode
from core.domain.session import Session
from core.domain.work import WorkKind, WorkState
from core.usecases.fulfilment.clear_order import RUNS_ALREADY
from tests.usecases.service_house import IMPATIENT, UNKNOWN_DEVICE, ServiceHouse, a_house
from tests.usecases.shop import INTERNET, SIM, VPN

Deed = Callable[[ServiceHouse, Session, OrderId], Awaitable[None]]


@pytest.fixture
async def house(migrated_file: Path, tmp_path: Path) -> AsyncIterator[ServiceHouse]:
    async with a_house(migrated_file, tmp_path, IMPATIENT) as house:
        yield house


# --- what goes wrong, and what puts it right -----------------------------------------------------------------------
async def nothing(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    return


async def without_card(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    for row in house.rows("payment_method", client=mina.client):
        await house.billing.remove_payment_method(mina.client, row["id"])


async def with_card(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    await house.billing.add_payment_method(mina.client)


async def ineligible(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    await house.staff.answer_availability(mina.account, EligibilityStatus.INELIGIBLE)


async def eligible(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    await house.staff.answer_availability(mina.account, EligibilityStatus.ELIGIBLE, "Home 1G")


async def id_rejected(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    await house.staff.correct_id(mina.account, IdStatus.REJECTED, "EXPIRED")


async def id_verified(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    await house.staff.correct_id(mina.account, IdStatus.VERIFIED)


async def has_internet(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    await house.billing.add_service(mina.client, "SonixNet via NTT Optical Fiber (Home)")


async def had_internet(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    for row in house.rows("service", client=mina.client, order=None):
        await house.billing.terminate_service(row["id"])


async def another_device(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    house.world.records.update("order", order, {"eid": "7" * 32}, "staff")


async def issuer_silent(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    house.fail("esim", "ensure_profile", "timeout_after")


async def billing_silent_early(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    house.fail("whmcs", "payment_methods")


async def billing_silent(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    house.fail("whmcs", "ensure_billed", "timeout_after")


async def accepting_silent(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    house.fail("whmcs", "ensure_accepted", "timeout_after")


async def well_again(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    house.world.faults.clear()


async def product_gone(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    for row in house.rows("billing_product"):
        house.world.records.delete("billing_product", row["id"], by="staff")


async def product_back(house: ServiceHouse, mina: Session, order: OrderId) -> None:
    mirror_catalog(house.world.records)


F = FailureCode
CASES: list[tuple[FailureCode, CartService, Deed, Deed]] = [
    (F.PAYMENT_REQUIRED, VPN, without_card, with_card),
    (F.ELIGIBILITY_REQUIRED, INTERNET, ineligible, eligible),
    (F.ID_REQUIRED, SIM, id_rejected, id_verified),
    (F.DUPLICATE_INTERNET, INTERNET, has_internet, had_internet),
    (F.ESIM_REFUSED, UNKNOWN_DEVICE, nothing, another_device),
    (F.ESIM_UNKNOWN, SIM, issuer_silent, well_again),
    (F.BILLING_REFUSED, SIM, product_gone, product_back),
    (F.BILLING_UNKNOWN, SIM, billing_silent, well_again),
    (F.BILLING_UNKNOWN, INTERNET, accepting_silent, well_again),
    (F.BILLING_UNKNOWN, VPN, billing_silent_early, well_again),
]


def test_every_failure_code_is_among_the_cases() -> None:
    assert {case[0] for case in CASES} == set(FailureCode)


@pytest.mark.parametrize(("failure", "wish", "cause", "cure"), CASES, ids=[f"{c[0]}-{c[2].__name__}" for c in CASES])
async def test_a_failed_activation_is_told_and_tried_again(
    house: ServiceHouse, failure: FailureCode, wish: CartService, cause: Deed, cure: Deed
) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, wish)
    await house.settle()
    await cause(house, mina, order)
    await house.staff.approve_order(order)
    await house.settle()

    failed = await house.order_of(order)
    assert (failed.status, failed.activation) == (OrderStatus.APPROVED, ActivationStatus.FAILED)
    assert (failed.error_code, failed.error_message) == (failure.value, FAILURE_MESSAGES[failure])
    assert (await house.sale_of(order)).stage is Stage.POST_PROCESSING
    assert house.told_of(NoticeType.ORDER_FAILED) == [{"number": failed.number, "order": order}]
    assert (f"activation_failed {failure.value}", order) in house.raised.alarms
    [need] = await needs(house)
    assert (need.need, need.code, need.work.kind) == (Need.FAILED, failure.value, WorkKind.PROVISION)
    assert need.work.failing is not None, "operators see the step"

    # another try while nothing has changed is another attempt, told as such
    assert (await house.start()(order)).state is WorkState.RECEIVED
    await house.settle()
    assert (await house.order_of(order)).error_code == failure.value
    assert len(house.told_of(NoticeType.ORDER_FAILED)) == 2

    await cure(house, mina, order)
    await house.start()(order)
    await house.settle()
    done = await house.order_of(order)
    assert (done.status, done.activation) == (OrderStatus.COMPLETED, ActivationStatus.ACTIVATED)
    assert (done.error_code, done.error_message) == (None, None)
    assert (await house.sale_of(order)).stage is Stage.ACTIVE
    assert len(house.made("billing_order")) == 1
    assert len(house.made("service")) == len(done.lines)
    assert len(house.made("esim")) == (1 if wish.sim is not None else 0)
    assert len(house.told_of(NoticeType.ORDER_FAILED)) == 2
    latest = await house.last_attempt(order)
    assert latest is not None
    assert latest.key.endswith(":3")
    assert await house.runner.unsettled() == ()


async def test_that_it_failed_is_written_once_whatever_the_answers(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    await without_card(house, mina, order)
    await house.staff.approve_order(order)
    house.fail("salesforce", "ensure_activation", "timeout_after", times=2)
    await house.settle()
    assert (await house.order_of(order)).error_code == F.PAYMENT_REQUIRED
    moves = [
        entry.moves["activation"] for entry in house.world.ledger.of("update order") if "activation" in entry.moves
    ]
    assert moves == [("Not Started", "Activating"), ("Activating", "Failed")]


async def needs(house: ServiceHouse) -> list[Attention]:
    """The work that needs a person."""
    told = (attention(work, house.clock.now(), house.policy) for work in await house.runner.unsettled())
    return [need for need in told if need is not None]


async def test_an_order_whose_sale_is_on_hold_waits_for_somebody(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    sale = (await house.order_of(order)).opportunity
    assert sale is not None
    await house.staff.hold_opportunity(sale)
    await house.staff.approve_order(order)
    await house.settle()
    [need] = await needs(house)
    assert (need.need, need.code) == (Need.FAILED, "move_refused")
    assert need.work.failing is not None
    assert need.work.failing.step == "check standing"
    await house.staff.resume_opportunity(sale)
    await house.settle()
    assert (await house.order_of(order)).status is OrderStatus.COMPLETED
    assert await needs(house) == []


async def test_an_event_alone_tries_a_failed_activation_no_second_time(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    await without_card(house, mina, order)
    await house.staff.approve_order(order)
    await house.settle()
    await house.staff.reschedule(order, None)
    await house.settle()
    assert len(house.told_of(NoticeType.ORDER_FAILED)) == 1


@pytest.mark.parametrize("system", ["salesforce", "whmcs", "esim"])
async def test_a_passing_fault_is_nobodys_business(house: ServiceHouse, system: str) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, SIM)
    await house.staff.approve_order(order)
    await house.hear()
    house.fail(system, "*", times=2)
    await house.settle()
    assert (await house.order_of(order)).status is OrderStatus.COMPLETED
    assert house.told_of(NoticeType.ORDER_FAILED) == []


async def test_salesforce_away_for_long_fails_nothing(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    await house.staff.approve_order(order)
    await house.start()(order)
    house.fail("salesforce", "ensure_completed")
    assert not await house.runner.quiet(0.3)
    house.world.faults.clear()
    await house.settle()
    assert (await house.order_of(order)).status is OrderStatus.COMPLETED
    assert house.told_of(NoticeType.ORDER_FAILED) == []


async def test_what_salesforce_refuses_is_parked_and_goes_on_by_the_signed_call(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    profile = house.rows("account", id=mina.account)[0]
    house.world.records.update("account", mina.account, {"client": None}, "staff")
    await house.staff.approve_order(order)
    await house.settle()
    parked = await house.last_attempt(order)
    assert parked is not None
    assert (parked.state, parked.code) == (WorkState.WITH_STAFF, "NOT_FOUND")
    house.world.records.update("account", mina.account, {"client": profile["client"]}, "staff")
    await house.start()(order)
    await house.settle()
    assert (await house.order_of(order)).status is OrderStatus.COMPLETED
    assert await house.runner.unsettled() == ()


@pytest.mark.parametrize("operation", ["ensure_activation", "ensure_completed"])
async def test_a_write_back_that_is_refused_is_with_staff_and_told_calmly_once(
    house: ServiceHouse, operation: str
) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    house.fail("salesforce", operation, "refused")
    await house.staff.approve_order(order)
    await house.settle()
    for _ in range(2):
        parked = await house.last_attempt(order)
        assert parked is not None
        assert parked.state is WorkState.WITH_STAFF
        assert (await house.order_of(order)).error_code is None, "what runs, or may yet run, has not failed"
        assert house.told_of(NoticeType.ORDER_FAILED) == [
            {"number": (await house.order_of(order)).number, "order": order}
        ]
        await house.start()(order)
        await house.settle()
    house.world.faults.clear()
    await house.start()(order)
    await house.settle()
    assert (await house.order_of(order)).status is OrderStatus.COMPLETED
    assert len(house.made("billing_order")) == 1


# --- cancelling a failed order -------------------------------------------------------------------------------------
CAUSES = {"issuer": issuer_silent, "billing": billing_silent, "accepting": accepting_silent, "product": product_gone}


@pytest.mark.parametrize("cause", CAUSES.values(), ids=CAUSES)
async def test_cancelling_a_failed_order_takes_back_what_was_made(house: ServiceHouse, cause: Deed) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, SIM)
    await cause(house, mina, order)
    await house.staff.approve_order(order)
    await house.settle()
    assert (await house.order_of(order)).activation is ActivationStatus.FAILED
    house.world.faults.clear()
    await house.staff.cancel_order(order, CancelCode.OTHER, "Sorry.")
    await house.settle()

    assert (await house.sale_of(order)).stage is Stage.VOID
    assert [row["status"] for row in house.rows("esim")] == ["ended"]
    assert {row["status"] for row in house.rows("service")} <= {"Terminated", "Completed"}
    assert {row["status"] for row in house.rows("billing_order")} <= {"Active"}
    assert {row["status"] for row in house.rows("invoice")} <= {"Cancelled"}, "nobody is dunned for it"
    assert len(house.told_of(NoticeType.ORDER_CANCELLED)) == 1
    assert house.told_of(NoticeType.ORDER_ACTIVATED) == []
    assert await house.runner.unsettled() == ()


async def test_an_order_cancelled_while_it_is_activated_leaves_nothing_running(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, SIM)
    await house.staff.approve_order(order)
    await house.hear()
    house.fail("salesforce", "ensure_completed")
    while not house.world.calls["salesforce", "ensure_completed"]:
        await house.runner.quiet(0.01)
    assert {row["status"] for row in house.rows("billing_order")} == {"Active"}
    # the event is lost: provisioning itself finds out
    house.fail("salesforce", "OrderChanged", "lost_event")
    await house.staff.cancel_order(order, CancelCode.OTHER, "Sorry.")
    house.world.faults.clear("salesforce", "ensure_completed")
    await house.settle()
    assert (await house.order_of(order)).status is OrderStatus.CANCELLED
    assert [row["status"] for row in house.rows("esim")] == ["ended"]
    assert {row["status"] for row in house.rows("service")} <= {"Terminated", "Completed"}
    assert (await house.sale_of(order)).stage is Stage.VOID
    assert house.told_of(NoticeType.ORDER_ACTIVATED) == []


async def test_an_esim_whose_answer_was_lost_is_ended_with_its_order(migrated_file: Path, tmp_path: Path) -> None:
    async with a_house(migrated_file, tmp_path) as house:
        mina = await house.customer()
        order = await house.ordered(mina, SIM)
        await house.staff.approve_order(order)
        await house.hear()
        house.fail("esim", "ensure_profile", "timeout_after")
        while not house.rows("esim"):
            await house.runner.quiet(0.005)
        # the issuer is still not answering when the order is cancelled, so that no failure was ever written
        await house.staff.cancel_order(order, CancelCode.OTHER, "Sorry.")
        house.world.faults.clear()
        await house.settle()
        assert (await house.order_of(order)).error_code is None
        assert [row["status"] for row in house.rows("esim")] == ["ended"]
        assert await house.runner.unsettled() == ()


async def test_an_order_that_was_taken_back_is_told_to_nobody(house: ServiceHouse) -> None:
    mina = await house.customer()
    house.fail("salesforce", "ensure_order")
    first = await house.place(wait=0.0)(mina, RequestKey("k"), await house.asked(SIM, VPN))
    await house.staff.deactivate_product("VPN-LONDON")
    house.world.faults.clear()
    await house.settle()
    refused = await house.runner.outcome(first.work.key, 0)
    assert refused is not None
    assert refused.state is WorkState.REFUSED
    [row] = house.made("order")
    order = await house.order_of(row["id"])
    assert (order.cancel_code, cancel_words(order)) == ("NOT_PLACED", CANCEL_REMEDIES[CancelCode.NOT_PLACED])
    assert house.told_of(NoticeType.ORDER_CANCELLED) == []


async def test_a_cancelled_order_that_never_began_makes_no_esim(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, SIM)
    await house.staff.reject_order(order, CancelCode.DETAILS_WRONG, "Please spell your name as on the card.")
    await house.settle()
    assert house.rows("esim") == []


@pytest.mark.parametrize("operation", ["ensure_billed", "ensure_accepted"])
async def test_an_order_cancelled_before_billing_never_runs(house: ServiceHouse, operation: str) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, SIM)
    await house.staff.approve_order(order)
    await house.hear()
    house.fail("salesforce", "OrderChanged", "lost_event")
    house.fail("whmcs", operation)
    while not house.world.calls["whmcs", operation]:
        await house.runner.quiet(0.005)
    await house.staff.cancel_order(order, CancelCode.OTHER, "Sorry.")
    house.world.faults.clear("whmcs")
    await house.settle()
    assert not [e for e in house.world.ledger.of("update service") if "Active" in str(e.moves)]
    assert house.rows("billing_order") == house.rows("service") == []
    assert [row["status"] for row in house.rows("esim")] == ["ended"]
    assert (await house.sale_of(order)).stage is Stage.VOID


async def test_an_order_cancelled_after_its_service_runs_ends_no_service(house: ServiceHouse) -> None:
    mina = await house.customer()
    service = await house.active(mina, VPN)
    order = service.mark
    assert order is not None
    house.world.records.update("order", order, {"status": OrderStatus.CANCELLED}, "staff")
    await house.settle()
    assert (RUNS_ALREADY, order) in house.raised.alarms
    assert {row["status"] for row in house.rows("service")} == {"Active"}
    assert (await house.sale_of(order)).stage is Stage.ACTIVE
