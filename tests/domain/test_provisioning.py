"""What is checked before an order is activated, how it fails, when it begins (FUL)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.account import Address
from core.domain.billing import PaymentMethod, PaymentMethods, Service, ServiceStatus
from core.domain.cart import SimChoice, SimType
from core.domain.catalog import BillingCycle, ItemClass, ProductType
from core.domain.eligibility import Eligibility, EligibilityStatus
from core.domain.identity import Identity, IdStatus
from core.domain.ids import (
    AccountId,
    BillingOrderId,
    ClientId,
    OpportunityId,
    OrderId,
    OrderLineId,
    RequestKey,
    ServiceId,
    Sku,
)
from core.domain.money import Yen
from core.domain.opportunity import Opportunity, Stage
from core.domain.order import ActivationStatus, ActivationType, Order, OrderLine, OrderStatus
from core.domain.policy import Policy
from core.domain.provisioning import (
    FAILURE_MESSAGES,
    WHEN_SENT,
    Billed,
    FailureCode,
    billing_failure,
    billing_order,
    check_sale,
    dated_jobs,
    esim_order,
    goes_again,
    is_untouched,
    is_whole,
    provision_job,
    running,
    services_of,
    standing_failure,
    waits_for_date,
)
from core.domain.refusals import MoveRefused
from core.domain.work import Work, WorkKind, WorkState

NOW = datetime(2026, 1, 10, 3, 0, tzinfo=UTC)
HOME = Address("106-0044", "Tokyo", "Minato-ku", "Higashiazabu 1-8-1", "Heights 201")
MINA = AccountId("001")
ELIGIBLE = Eligibility(account=MINA, status=EligibilityStatus.ELIGIBLE, value="Home 1G", address=HOME.one_line)
VERIFIED = Identity(account=MINA, status=IdStatus.VERIFIED)
PAYING = PaymentMethods((PaymentMethod(kind="CreditCard", label="Visa"),))
ESIM = SimChoice(SimType.ESIM, "8" * 32)
CARD = SimChoice(SimType.PHYSICAL)


def line(name: str, cycle: BillingCycle = BillingCycle.MONTHLY, price: int = 1_000, quantity: int = 1) -> OrderLine:
    return OrderLine(
        sku=Sku(name),
        name=name,
        item_class=ItemClass.PLAN if name == "plan" else ItemClass.ADD_ON,
        billing_cycle=cycle,
        quantity=quantity,
        unit_price=Yen(price),
        price_entry="01u",
        billing_product=f"p-{name}",
        id=OrderLineId(f"line-{name}"),
    )


def order(product_type: ProductType = ProductType.VPN, **changes: Any) -> Order:
    values: dict[str, Any] = {
        "id": OrderId("801A"),
        "number": "1",
        "key": None,
        "account": MINA,
        "opportunity": OpportunityId("006"),
        "product_type": product_type,
        "status": OrderStatus.APPROVED,
        "activation": ActivationStatus.NOT_STARTED,
        "activation_type": ActivationType.IMMEDIATE,
        "activate_at": None,
        "lines": (line("plan"),),
        "address": HOME,
        "placed_at": NOW,
        "changed_at": NOW,
    }
    return Order(**{**values, **changes})


def service(mark: str | None = None, status: ServiceStatus = ServiceStatus.ACTIVE) -> Service:
    return Service(
        id=ServiceId("1"),
        client=ClientId("1"),
        name="Internet",
        group="",
        billing_product="p",
        product_type=ProductType.INTERNET,
        status=status,
        cycle=BillingCycle.MONTHLY,
        price=Yen(1),
        mark=OrderId(mark) if mark else None,
    )


def standing(of: Order, **changes: Any) -> FailureCode | None:
    values: dict[str, Any] = {"eligibility": ELIGIBLE, "identity": VERIFIED, "orders": (of,), "policy": Policy()}
    return standing_failure(of, **{**values, **changes})


def work(state: WorkState) -> Work:
    return Work(key=RequestKey("k"), kind=WorkKind.PROVISION, state=state)


# --- what stands against it ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("product_type", ProductType)
def test_nothing_stands_against_an_order_in_order(product_type: ProductType) -> None:
    assert standing(order(product_type)) is None
    assert billing_failure(order(product_type), services=(), payment=PAYING) is None


@pytest.mark.parametrize(
    ("product_type", "changes", "failure"),
    [
        (ProductType.INTERNET, {"eligibility": Eligibility(account=MINA)}, FailureCode.ELIGIBILITY_REQUIRED),
        (ProductType.SIM, {"eligibility": Eligibility(account=MINA)}, None),
        (ProductType.SIM, {"identity": Identity(account=MINA, status=IdStatus.SUBMITTED)}, FailureCode.ID_REQUIRED),
        (ProductType.INTERNET, {"identity": Identity(account=MINA)}, None),
        (
            ProductType.INTERNET,
            {"identity": Identity(account=MINA), "policy": Policy(internet_needs_id=True)},
            FailureCode.ID_REQUIRED,
        ),
        (ProductType.VPN, {"identity": Identity(account=MINA), "eligibility": Eligibility(account=MINA)}, None),
        (
            ProductType.SIM,
            {"identity": Identity(account=MINA, status=IdStatus.SUBMITTED), "policy": Policy(submitted_may_order=True)},
            FailureCode.ID_REQUIRED,
        ),
    ],
)
def test_each_product_has_its_own_conditions(
    product_type: ProductType, changes: dict[str, Any], failure: FailureCode | None
) -> None:
    assert standing(order(product_type), **changes) is failure


def test_eligibility_belongs_to_the_orders_address() -> None:
    elsewhere = Address("530-0001", "Osaka", "Kita-ku", "Umeda 3-1-1")
    assert standing(order(ProductType.INTERNET, address=elsewhere)) is FailureCode.ELIGIBILITY_REQUIRED


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("product_type", [ProductType.INTERNET, ProductType.VPN])
def test_another_open_internet_order_is_a_duplicate(status: OrderStatus, product_type: ProductType) -> None:
    mine, other = order(ProductType.INTERNET), order(product_type, id=OrderId("801B"), status=status)
    is_rival = product_type is ProductType.INTERNET and other.is_open
    assert standing(mine, orders=(mine, other)) is (FailureCode.DUPLICATE_INTERNET if is_rival else None)


@pytest.mark.parametrize("status", ServiceStatus)
def test_another_internet_service_that_lives_is_a_duplicate(status: ServiceStatus) -> None:
    lives = status in (ServiceStatus.ACTIVE, ServiceStatus.PENDING, ServiceStatus.SUSPENDED)
    mine = order(ProductType.INTERNET)
    failure = FailureCode.DUPLICATE_INTERNET if lives else None
    assert billing_failure(mine, services=(service(status=status),), payment=PAYING) is failure
    assert billing_failure(mine, services=(service("801A", status),), payment=PAYING) is None
    assert billing_failure(order(), services=(service(status=status),), payment=PAYING) is None


def test_somebody_has_to_pay() -> None:
    assert billing_failure(order(), services=(), payment=PaymentMethods(())) is FailureCode.PAYMENT_REQUIRED


@pytest.mark.parametrize("stage", Stage)
def test_only_a_sale_in_processing_becomes_active(stage: Stage) -> None:
    sale = Opportunity(
        id=OpportunityId("006"), account=MINA, product_type=None, stage=stage, created_at=NOW, changed_at=NOW
    )
    if stage in (Stage.POST_PROCESSING, Stage.ACTIVE):
        check_sale(sale)
    else:
        with pytest.raises(MoveRefused):
            check_sale(sale)
    check_sale(None)


def test_each_failure_has_a_message_for_staff() -> None:
    assert set(FAILURE_MESSAGES) == set(FailureCode)
    assert len(set(FAILURE_MESSAGES.values())) == len(FailureCode)


# --- what is billed ------------------------------------------------------------------------------------------------
LINES = (line("plan", price=4_000), line("fee", BillingCycle.ONE_TIME, 3_000), line("extra", price=500, quantity=2))


def test_every_line_is_billed_at_its_own_price() -> None:
    billed = billing_order(order(lines=LINES), ClientId("7"))
    assert (billed.client, billed.mark) == ("7", "801A")
    assert [(x.billing_product, x.cycle, x.price) for x in billed.lines] == [
        ("p-plan", BillingCycle.MONTHLY, 4_000),
        ("p-fee", BillingCycle.ONE_TIME, 3_000),
        ("p-extra", BillingCycle.MONTHLY, 500),
        ("p-extra", BillingCycle.MONTHLY, 500),
    ]


def test_each_line_knows_its_service() -> None:
    billed = Billed(BillingOrderId("9"), tuple(ServiceId(str(n)) for n in range(4)), accepted=True)
    of = order(lines=LINES)
    assert services_of(of, billed) == {"line-plan": "0", "line-fee": "1", "line-extra": "3"}
    assert is_whole(of, billed)
    assert running(of, billed) == ("0", "2", "3")
    cut = Billed(BillingOrderId("9"), billed.services[:3], accepted=True)
    assert not is_whole(of, cut)
    assert running(of, cut) == cut.services
    with pytest.raises(ValueError, match="zip"):
        services_of(of, cut)


def test_the_esim_is_always_asked_for_under_one_key() -> None:
    first, later = order(sim=ESIM), order(sim=SimChoice(SimType.ESIM, "9" * 32), status=OrderStatus.CANCELLED)
    assert esim_order(first).key == esim_order(later).key
    assert (esim_order(first).eid, esim_order(first).plan) == ("8" * 32, "plan")
    assert esim_order(order(id=OrderId("801B"), sim=ESIM)).key != esim_order(first).key


# --- when, and how often -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "days", "waits"),
    [
        (ActivationType.IMMEDIATE, None, False),
        (ActivationType.SCHEDULED, None, True),
        (ActivationType.SCHEDULED, 1, True),
        (ActivationType.SCHEDULED, 0, False),
        (ActivationType.SCHEDULED, -1, False),
        (ActivationType.IMMEDIATE, 1, True),
        (ActivationType.IMMEDIATE, -1, False),
    ],
)
def test_a_date_to_come_is_waited_for(kind: ActivationType, days: int | None, waits: bool) -> None:
    at = NOW + timedelta(days=days) if days is not None else None
    assert waits_for_date(order(activation_type=kind, activate_at=at), NOW) is waits


@given(st.timedeltas(min_value=timedelta(days=-30), max_value=timedelta(days=400)))
def test_the_look_ahead_is_three_days_before_and_never_in_the_past(ahead: timedelta) -> None:
    due = NOW + ahead
    jobs = dated_jobs(order(activate_at=due), NOW, Policy())
    if ahead <= timedelta(0):
        assert jobs == ()
        return
    look, activate = jobs
    assert activate.due_at == due
    assert look.due_at is not None
    assert NOW <= look.due_at <= due
    assert look.due_at == max(NOW, due - timedelta(days=3))
    again = dated_jobs(order(activate_at=due), NOW, Policy())
    assert [job.key for job in again] == [job.key for job in jobs]
    moved = dated_jobs(order(activate_at=due + timedelta(seconds=1)), NOW, Policy())
    assert not {job.key for job in moved} & {job.key for job in jobs}


def test_an_attempt_waits_for_its_card() -> None:
    assert provision_job(order(sim=CARD)).due_at == WHEN_SENT
    assert provision_job(order(sim=CARD, shipped_at=NOW)).due_at is None
    assert provision_job(order(sim=ESIM)).due_at is None
    # the key does not tell, so that both are one work
    assert provision_job(order(sim=CARD)).key == provision_job(order(sim=CARD, shipped_at=NOW)).key
    assert provision_job(order(), 2).key != provision_job(order(), 1).key


@pytest.mark.parametrize("state", WorkState)
@pytest.mark.parametrize("activation", ActivationStatus)
@pytest.mark.parametrize("asked", [True, False])
def test_another_attempt_follows_only_one_that_is_over(
    state: WorkState, activation: ActivationStatus, asked: bool
) -> None:
    over = state in (WorkState.DONE, WorkState.REFUSED, WorkState.CANCELLED)
    wanted = activation is ActivationStatus.NOT_STARTED or (asked and activation is not ActivationStatus.ACTIVATED)
    assert goes_again(work(state), order(activation=activation), asked=asked) is (over and wanted)


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("activation", ActivationStatus)
def test_what_begins_by_itself_is_approved_and_untouched(status: OrderStatus, activation: ActivationStatus) -> None:
    begins = status is OrderStatus.APPROVED and activation is ActivationStatus.NOT_STARTED
    assert is_untouched(order(status=status, activation=activation)) is begins
