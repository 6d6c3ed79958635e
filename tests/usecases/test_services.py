"""Services, eSIMs, cards and invoices of a customer (SRV)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.system.last_known import NotedTimes
from core.domain.cancellation import earliest_month
from core.domain.facts import BillingNews, InvoiceChanged, PaymentMethodsChanged, ServiceChanged, learning
from core.domain.ids import ClientId, InvoiceId, RequestKey, ServiceId
from core.domain.japan import tokyo_date
from core.domain.notice import NoticeType
from core.domain.opportunity import Stage
from core.domain.refusals import Invalid, NotAnEsim, NotFound, ServiceNotActive, StillRunning, TooMany
from core.domain.session import Session
from core.domain.work import WorkState
from core.usecases.checkout.read_payment_status import ReadPaymentStatus
from core.usecases.services.list_invoices import ListInvoices
from core.usecases.services.read_invoice import ReadInvoice
from core.usecases.services.summarize_payment_methods import SummarizePaymentMethods
from core.usecases.services.take_billing_fact import TakeBillingFact
from tests.usecases.service_house import ServiceHouse, a_house
from tests.usecases.shop import INTERNET, SIM, VPN, at_once

MORNING = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


@pytest.fixture
async def house(migrated_file: Path, tmp_path: Path) -> AsyncIterator[ServiceHouse]:
    async with a_house(migrated_file, tmp_path) as house:
        house.clock.set(MORNING)
        yield house


@pytest.fixture
async def mina(house: ServiceHouse) -> Session:
    return await house.customer()


def key(text: str) -> RequestKey:
    return RequestKey(text)


# --- what there is (SRV-1, SRV-5) ----------------------------------------------------------------------------------
async def test_services_are_shown_with_their_sale(house: ServiceHouse, mina: Session) -> None:
    internet, sim = await house.active(mina, INTERNET), await house.active(mina, SIM)
    listed = await house.list_services(mina)
    plans = [each for each in listed if each.service.product_type is not None]
    assert [each.service.id for each in plans] == [sim.id, internet.id]
    assert all(each.opportunity is not None and each.cancellation is None for each in plans)
    shown = await house.read_service(mina, sim.id)
    assert (shown.service.status, shown.service.price) == ("Active", sim.price)
    assert shown.esim_qr is not None
    assert shown.esim_qr.startswith("LPA:1$")
    assert (await house.read_service(mina, internet.id)).esim_qr is None


async def test_another_customers_service_does_not_exist(house: ServiceHouse, mina: Session) -> None:
    sim = await house.active(mina, SIM)
    ken = await house.customer(name="ken")
    assert await house.list_services(ken) == ()
    with pytest.raises(NotFound):
        await house.read_service(ken, sim.id)
    with pytest.raises(NotFound):
        await house.change_esim()(ken, sim.id, None, key("k"))


async def test_an_ended_sim_gives_its_code_to_nobody(house: ServiceHouse, mina: Session) -> None:
    sim = await house.active(mina, SIM)
    await house.billing.terminate_service(sim.id)
    assert (await house.read_service(mina, sim.id)).esim_qr is None


# --- eSIMs (SRV-4) -------------------------------------------------------------------------------------------------
async def test_an_esim_is_issued_anew(house: ServiceHouse, mina: Session) -> None:
    sim = await house.active(mina, SIM)
    before = (await house.read_service(mina, sim.id)).esim_qr
    reply = await house.change_esim()(mina, sim.id, None, key("k"))
    assert reply.work.state is WorkState.DONE
    assert (await house.read_service(mina, sim.id)).esim_qr not in (None, before)
    assert [row["status"] for row in house.rows("esim")] == ["replaced", "active"]
    # and again, for another wish
    await house.change_esim()(mina, sim.id, None, key("k2"))
    assert [row["status"] for row in house.rows("esim")] == ["replaced", "replaced", "active"]
    async with house.store.reading() as shelves:
        lines = await shelves.audit.of_subject(sim.id, 10)
    assert [(line.actor, line.deed) for line in lines] == [("customer", "esim reissued")] * 2


async def test_data_is_added_once_for_a_wish_however_often_it_is_sent(house: ServiceHouse, mina: Session) -> None:
    sim = await house.active(mina, SIM)
    house.fail("esim", "ensure_topped_up", "timeout_after", times=2)
    for _ in range(20):
        assert (await house.change_esim()(mina, sim.id, 3_000, key("k"))).work.state is WorkState.DONE
    assert [row["megabytes"] for row in house.rows("esim")] == [3_000]
    await house.change_esim()(mina, sim.id, 1_000, key("another"))
    assert [row["megabytes"] for row in house.rows("esim")] == [4_000]
    async with house.store.reading() as shelves:
        lines = await shelves.audit.of_subject(sim.id, 10)
    assert [line.details["megabytes"] for line in lines] == ["1000", "3000"]


async def test_two_tabs_add_data_once_at_a_time(house: ServiceHouse, mina: Session) -> None:
    sim = await house.active(mina, SIM)
    replies = await at_once(*(house.change_esim()(mina, sim.id, 1_000, key(f"tab {n}")) for n in range(3)))
    assert len({reply.request for reply in replies}) == 1
    assert [row["megabytes"] for row in house.rows("esim")] == [1_000]
    house.fail("esim", "ensure_topped_up")
    work = house.change_esim()
    work = type(work)(work.services, work.store, house.reception(wait=0.05))
    assert (await work(mina, sim.id, 1_000, key("slow"))).work.state is WorkState.IN_PROGRESS
    with pytest.raises(StillRunning):
        await work(mina, sim.id, 5_000, key("other amount"))
    house.world.faults.clear()
    await house.settle()
    assert [row["megabytes"] for row in house.rows("esim")] == [2_000]


async def test_changes_are_limited_and_a_repeat_is_not_counted(house: ServiceHouse, mina: Session) -> None:
    sim = await house.active(mina, SIM)
    for n in range(5):
        for _ in range(3):
            await house.change_esim()(mina, sim.id, 1_000, key(str(n)))
    with pytest.raises(TooMany):
        await house.change_esim()(mina, sim.id, 1_000, key("one more"))
    assert (await house.change_esim()(mina, sim.id, 1_000, key("4"))).work.state is WorkState.DONE
    assert [row["megabytes"] for row in house.rows("esim")] == [5_000]
    await house.pass_time(hours=1)
    await house.change_esim()(mina, sim.id, 1_000, key("one more"))


async def test_what_can_not_be_changed_is_refused(house: ServiceHouse, mina: Session) -> None:
    sim, vpn = await house.active(mina, SIM), await house.active(mina, VPN)
    with pytest.raises(Invalid) as refused:
        await house.change_esim()(mina, sim.id, 1_234, key("k"))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("megabytes", "not_offered")]
    with pytest.raises(NotAnEsim):
        await house.change_esim()(mina, vpn.id, None, key("k"))
    await house.billing.suspend_service(sim.id)
    with pytest.raises(ServiceNotActive):
        await house.change_esim()(mina, sim.id, None, key("k"))


async def test_an_issuers_no_is_told(house: ServiceHouse, mina: Session) -> None:
    sim = await house.active(mina, SIM)
    house.world.records.update("esim", house.rows("esim")[0]["id"], {"status": "ended"})
    reply = await house.change_esim()(mina, sim.id, 1_000, key("k"))
    assert (reply.work.state, reply.work.code) == (WorkState.REFUSED, "order_refused")


# --- invoices and cards (SRV-2, SRV-6) -----------------------------------------------------------------------------
async def test_invoices_are_ones_own_and_no_drafts(house: ServiceHouse, mina: Session) -> None:
    today = tokyo_date(house.clock.now())
    ken = await house.customer(name="ken")
    first, second, draft = [
        await house.billing.make_invoice(mina.client, name, 500, today, draft=name == "draft")
        for name in ("first", "second", "draft")
    ]
    invoices, read = ListInvoices(house.up.invoice_book), ReadInvoice(house.up.invoice_book)
    assert [invoice.id for invoice in await invoices(mina)] == [second, first]
    assert (await read(mina, first)).lines[0].description == "first"
    assert await invoices(ken) == ()
    for session, invoice in ((ken, first), (mina, draft), (mina, InvoiceId("999"))):
        with pytest.raises(NotFound):
            await read(session, invoice)


async def test_an_invoice_is_told_once_three_days_before_it_is_due(house: ServiceHouse, mina: Session) -> None:
    today = tokyo_date(house.clock.now())
    due = {
        days: await house.billing.make_invoice(mina.client, "a", 1_500, today + timedelta(days)) for days in (-1, 3, 4)
    }
    paid = await house.billing.make_invoice(mina.client, "paid", 100, today + timedelta(days=1))
    await house.billing.pay_invoice(paid)
    told = NoticeType.INVOICE_DUE
    for _ in range(2):
        assert await house.tell_invoices_due() == 1
    assert [values["invoice"] for values in house.told_of(told)] == [due[3]]
    assert house.told_of(told)[0]["amount"] == "1,500"
    await house.pass_time(days=1)
    assert await house.tell_invoices_due() == 2
    assert [values["invoice"] for values in house.told_of(told)] == [due[3], due[4]]


def summary(house: ServiceHouse) -> SummarizePaymentMethods:
    return SummarizePaymentMethods(house.up.payment_book, NotedTimes(house.clock), house.clock, house.policy)


@pytest.mark.parametrize(("expires", "soon"), [("2026-01", True), ("2026-02", False), ("2025-12", True)])
async def test_the_first_payment_method_is_shown_and_whether_it_ends_soon(
    house: ServiceHouse, expires: str, soon: bool
) -> None:
    ken = await house.customer(ready=False, name="ken")
    assert (await summary(house)(ken)).count == 0
    await house.billing.add_payment_method(ken.client, "1111", expires)
    await house.billing.add_payment_method(ken.client, "2222", "2030-01")
    shown = await summary(house)(ken)
    assert shown.first is not None
    assert (shown.count, shown.first.last_four, shown.expires_soon) == (2, "1111", soon)


async def test_a_card_that_ends_within_thirty_days_is_told_once(house: ServiceHouse) -> None:
    mina = await house.customer(ready=False)
    await house.billing.add_payment_method(mina.client, "1111", "2026-02")
    await house.settle()
    house.clock.set(datetime(2026, 1, 28, 15, tzinfo=UTC) - timedelta(hours=1))
    assert await house.tell_cards_expiring() == 0
    house.clock.set(datetime(2026, 1, 29, 3, tzinfo=UTC))
    for _ in range(3):
        assert await house.tell_cards_expiring() == 1
        await house.pass_time(days=1)
    assert house.told_of(NoticeType.PAYMENT_METHOD_EXPIRING) == [{"last_four": "1111", "expires": "2026-02"}]
    house.clock.set(datetime(2026, 3, 1, 3, tzinfo=UTC))
    assert await house.tell_cards_expiring() == 0


async def test_cards_are_read_again_monthly_for_running_services_only(house: ServiceHouse, mina: Session) -> None:
    ken = await house.customer(name="ken")
    await house.active(mina, VPN)
    assert await house.tell_cards_expiring() == 0
    await house.pass_time(days=31)
    # the cards were changed in billing, and no event told of it
    house.fail("whmcs", "PaymentMethodsChanged", "lost_event")
    soon = f"{house.clock.now():%Y-%m}"
    for session in (mina, ken):
        (row,) = house.rows("payment_method", client=session.client)
        await house.billing.remove_payment_method(session.client, row["id"])
        await house.billing.add_payment_method(session.client, "5555", soon)
    reads = house.world.calls["whmcs", "payment_methods"]
    assert await house.tell_cards_expiring() == 1
    assert house.world.calls["whmcs", "payment_methods"] == reads + 1
    services = house.world.calls["whmcs", "services"]
    await house.tell_cards_expiring()
    assert house.world.calls["whmcs", "services"] == services


@pytest.mark.parametrize("looked_at", [False, True])
async def test_a_card_nobody_told_of_is_found_where_a_service_runs_or_it_was_seen(
    house: ServiceHouse, looked_at: bool
) -> None:
    ken = await house.customer(ready=False, name="ken")
    await house.settle()
    house.fail("whmcs", "PaymentMethodsChanged", "lost_event")
    await house.billing.add_payment_method(ken.client, "5555", f"{house.clock.now():%Y-%m}")
    if looked_at:
        await ReadPaymentStatus(house.up.payment_book, house.clock)(ken)
    else:
        await house.billing.add_service(ken.client, "Fibre of old")
    assert await house.tell_cards_expiring() == 1
    services = house.world.calls["whmcs", "services"]
    assert await house.tell_cards_expiring() == 1
    assert house.world.calls["whmcs", "services"] == services


# --- what billing tells (T-5) --------------------------------------------------------------------------------------
async def test_news_of_billing_are_learned_once(house: ServiceHouse, mina: Session) -> None:
    vpn = await house.active(mina, VPN)
    take, at = TakeBillingFact(house.runner, house.clock), house.clock.now()

    async def news(id: str, **about: str | None) -> None:
        service, invoice = about.get("service"), about.get("invoice")
        before = house.readings.generation(mina.account, mina.client)
        rung = house.bell.rung(mina.user)
        for _ in range(3):
            facts = await take(
                BillingNews(
                    id=id,
                    event="X",
                    at=at,
                    client=mina.client,
                    service=ServiceId(service) if service else None,
                    invoice=InvoiceId(invoice) if invoice else None,
                )
            )
            kinds.append({type(fact) for fact in facts})
        await house.settle()
        assert house.readings.generation(mina.account, mina.client) > before
        assert house.bell.rung(mina.user) - rung == len(facts)

    kinds: list[set[type]] = []
    await news("1", service=vpn.id)
    await news("2", invoice="7")
    await news("3", service=vpn.id, invoice="7")
    await news("4")
    assert kinds[::3] == [{ServiceChanged}, {InvoiceChanged}, {ServiceChanged, InvoiceChanged}, {PaymentMethodsChanged}]


@pytest.mark.parametrize(("days", "told"), [(0, 1), (3, 1), (4, 0), (-1, 0)])
async def test_an_invoice_that_billing_tells_of_late_is_told_at_once(
    house: ServiceHouse, mina: Session, days: int, told: int
) -> None:
    await house.active(mina, VPN)
    await house.settle()
    (invoice,) = house.rows("invoice")
    # an order's own is due on the day it is made, and its customer has just heard of it
    assert house.told_of(NoticeType.INVOICE_DUE) == []
    today = tokyo_date(house.clock.now())
    changed = {"date": today - timedelta(days=9), "duedate": today + timedelta(days=days)}
    house.world.records.update("invoice", invoice["id"], changed)
    for _ in range(2):
        at = house.clock.now()
        fact = InvoiceChanged(id=f"{days}", at=at, client=mina.client, invoice=InvoiceId(invoice["id"]))
        await house.runner.start(learning(fact))
    await house.settle()
    assert len(house.told_of(NoticeType.INVOICE_DUE)) == told


async def test_news_of_an_order_alone_are_news_of_its_services(house: ServiceHouse, mina: Session) -> None:
    vpn, other = await house.active(mina, VPN), await house.active(mina, SIM)
    month = earliest_month(house.clock.now())
    for service in (vpn, other):
        await house.cancel()(mina, service.id, month)
    await house.settle()
    house.fail("whmcs", "ServiceChanged", "lost_event")
    for service in (vpn, other):
        await house.billing.terminate_service(service.id)
    at = house.clock.now()
    order = vpn.billing_order
    assert order is not None
    await TakeBillingFact(house.runner, house.clock)(
        BillingNews(id="1", event="X", at=at, client=mina.client, order=order)
    )
    await house.settle()
    sales = await house.up.opportunities.of_account(mina.account)
    stages = {sale.service: sale.stage for sale in sales}
    assert (stages[vpn.id], stages[other.id]) == (Stage.CANCELLED, Stage.CANCELLING)


async def test_news_of_nobody_change_nothing(house: ServiceHouse) -> None:
    await TakeBillingFact(house.runner, house.clock)(
        BillingNews(id="1", event="X", at=house.clock.now(), client=ClientId("999"), service=ServiceId("1"))
    )
    await house.settle()
    assert await house.runner.unsettled() == ()
