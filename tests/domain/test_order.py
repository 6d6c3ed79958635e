"""One order: what it costs, who may end it, and what the customer reads (ORD-3, ORD-6, ORD-10, STA-3)."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.cart import MOST_SERVICES, CartService, SimChoice, SimType, Totals, price
from core.domain.catalog import BillingCycle, ItemClass, ProductType
from core.domain.checkout import Checkout, CheckoutStep, Choices
from core.domain.ids import CheckoutId, OpportunityId, Sku, UserId, request_key
from core.domain.money import Yen, total
from core.domain.notice import NOTICES, NoticeType
from core.domain.order import (
    CANCEL_REMEDIES,
    ActivationStatus,
    ActivationType,
    CancelCode,
    OrderStatus,
    cancel_words,
    cancelled_notice,
    expected_approval,
    may_cancel,
    may_withdraw,
)
from core.domain.placing import Asked, OrdersWanted, drafts, placing_job, withdrawing_job
from core.domain.policy import Policy
from core.domain.words import Language
from tests.domain.shopping import ACCOUNT, CATALOG, DATA, ESIM, FAMILY, HOME, INTERNET, NOW, SIM, VPN, cart, ordered

INTERNET_ORDER = ordered(ProductType.INTERNET)


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("activation", ActivationStatus)
def test_who_may_still_end_it_and_what_is_shown(status: OrderStatus, activation: ActivationStatus) -> None:
    order = ordered(ProductType.INTERNET, status, activation=activation)
    assert may_withdraw(order) is (status is OrderStatus.PENDING_REVIEW)
    open_ = status in (OrderStatus.PENDING_REVIEW, OrderStatus.APPROVED)
    assert order.is_open is open_
    assert may_cancel(order) is (open_ and activation is not ActivationStatus.ACTIVATED)
    assert order.shows_activation is (status in (OrderStatus.APPROVED, OrderStatus.COMPLETED))


@pytest.mark.parametrize(
    ("sim", "shipped", "waits"),
    [
        (None, False, False),
        (ESIM, False, False),
        (SimChoice(SimType.PHYSICAL), False, True),
        (SimChoice(SimType.PHYSICAL), True, False),
    ],
)
def test_a_physical_sim_waits_to_be_sent(sim: SimChoice | None, shipped: bool, waits: bool) -> None:
    order = ordered(ProductType.SIM, sim=sim, shipped_at=NOW if shipped else None)
    assert order.waits_for_shipping is waits


@pytest.mark.parametrize("code", CancelCode)
def test_every_reason_has_its_remedy_in_both_languages(code: CancelCode) -> None:
    words = cancel_words(ordered(ProductType.SIM, OrderStatus.CANCELLED, cancel_code=code.value))
    assert words == CANCEL_REMEDIES[code]
    assert words.en != words.ja


def test_staff_s_own_words_come_first_but_not_for_what_the_customer_did() -> None:
    written = {"cancel_message": "  The pipe is full. "}
    rejected = ordered(ProductType.SIM, OrderStatus.CANCELLED, cancel_code="NOT_DELIVERABLE", **written)
    assert cancel_words(rejected).ja == "The pipe is full."
    withdrawn = ordered(ProductType.SIM, OrderStatus.CANCELLED, cancel_code="CUSTOMER_WITHDREW", **written)
    assert cancel_words(withdrawn) == CANCEL_REMEDIES[CancelCode.CUSTOMER_WITHDREW]
    unknown = ordered(ProductType.SIM, OrderStatus.CANCELLED, cancel_code="A_NEW_ONE")
    assert cancel_words(unknown) == CANCEL_REMEDIES[CancelCode.OTHER]


def test_a_cancelled_order_is_told_the_same_however_it_is_learned() -> None:
    order = ordered(ProductType.SIM, OrderStatus.CANCELLED, cancel_code="DUPLICATE")
    later = ordered(ProductType.SIM, OrderStatus.CANCELLED, cancel_code="DUPLICATE", changed_at=NOW + timedelta(days=1))
    first, second = cancelled_notice(order, UserId("u"), NOW), cancelled_notice(later, UserId("u"), NOW)
    assert first == second
    text = NOTICES[NoticeType.ORDER_CANCELLED]
    assert text.message.said(Language.EN, **first.values) == (
        "Order 00000101: The same order was already placed; that one goes on."
    )
    assert "ご注文 00000101：同じ" in text.message.said(Language.JA, **first.values)
    assert text.path.format_map(first.values) == f"/account/orders/{order.id}"


def test_an_order_in_review_has_a_date_and_no_other() -> None:
    policy = Policy()
    waiting = expected_approval(INTERNET_ORDER, (), policy)
    assert waiting is not None
    assert waiting.latest > NOW
    quick = expected_approval(INTERNET_ORDER, [timedelta(hours=2)] * 20, policy)
    assert quick is not None
    assert quick.latest == NOW + timedelta(hours=2)
    for status in (OrderStatus.APPROVED, OrderStatus.COMPLETED, OrderStatus.CANCELLED):
        assert expected_approval(ordered(ProductType.SIM, status), (), policy) is None


def test_a_cart_becomes_an_order_for_each_service_with_the_prices_of_now() -> None:
    priced = price(cart(INTERNET, SIM, SIM, VPN), CATALOG)
    key = request_key("orders", "k")
    chosen = (OpportunityId("006A"), None, OpportunityId("006B"), None)
    day = NOW + timedelta(days=9)
    made = drafts(
        key,
        priced,
        chosen,
        account=ACCOUNT,
        address=HOME,
        choices=Choices(activation=ActivationType.SCHEDULED, activate_at=day),
        now=NOW,
    )
    assert [draft.key for draft in made] == ["orders:k:0", "orders:k:1", "orders:k:2", "orders:k:3"]
    assert [draft.opportunity for draft in made] == list(chosen)
    assert [draft.product_type for draft in made] == ["internet", "sim", "sim", "vpn"]
    assert [draft.beginning.value for draft in made] == [
        "Portal - Order Placement",
        "Portal - SIM Checkout",
        "Portal - SIM Checkout",
        "Portal - Order Placement",
    ]
    for draft, service in zip(made, priced.services, strict=True):
        assert [(x.sku, x.unit_price, x.billing_cycle, x.quantity) for x in draft.lines] == [
            (x.sku, x.unit_price, x.billing_cycle, 1) for x in service.lines
        ]
        assert (draft.address, draft.activate_at, draft.activation_type) == (HOME, day, ActivationType.SCHEDULED)
        assert draft.sim == service.sim
    assert made[0].configuration == {"installation": "install-once"}
    assert made[1].configuration == {}


WITH_EXTRAS = (
    CartService(Sku("net-10g"), (Sku("install-12"), Sku("phone"), Sku("phone-setup"))),
    CartService(Sku("sim-5"), (Sku("sim-voicemail"),), ESIM),
)
WISHES = st.sampled_from([INTERNET, SIM, DATA, FAMILY, VPN, *WITH_EXTRAS])
SALES = st.none() | st.sampled_from([OpportunityId("006A"), OpportunityId("006B")])


@given(st.lists(st.tuples(WISHES, SALES), min_size=1, max_size=MOST_SERVICES))
def test_any_cart_splits_into_orders_that_add_up_to_it(wanted: list[tuple[CartService, OpportunityId | None]]) -> None:
    wishes, chosen = [wish for wish, _ in wanted], [sale for _, sale in wanted]
    priced = price(cart(*wishes), CATALOG)
    key = request_key("k")
    made = drafts(key, priced, chosen, account=ACCOUNT, address=HOME, choices=Choices(), now=NOW)
    assert len(made) == len({draft.key for draft in made}) == len(wanted)
    assert [draft.opportunity for draft in made] == chosen
    for draft, wish, service in zip(made, wishes, priced.services, strict=True):
        assert [line.sku for line in draft.lines if line.item_class is ItemClass.PLAN] == [wish.plan]
        assert draft.sim == wish.sim
        assert [msgspec.structs.asdict(line) for line in draft.lines] == [
            {**msgspec.structs.asdict(line), "id": None, "service": None} for line in service.lines
        ]

    def sum_of(cycle: BillingCycle) -> Yen:
        lines = (line for draft in made for line in draft.lines if line.billing_cycle is cycle)
        return total(*(line.quantity * line.unit_price for line in lines))

    assert Totals(sum_of(BillingCycle.MONTHLY), sum_of(BillingCycle.ONE_TIME)) == priced.totals
    again = drafts(key, priced, chosen, account=ACCOUNT, address=HOME, choices=Choices(), now=NOW)
    assert again == made, "asked again, the same under the same keys"


def test_work_carries_its_orders_through_plain_data() -> None:
    priced = price(cart(SIM), CATALOG)
    made = drafts(request_key("k"), priced, (None,), account=ACCOUNT, address=HOME, choices=Choices(), now=NOW)
    wanted = OrdersWanted(user=UserId("u"), account=ACCOUNT, drafts=made)
    job = placing_job(request_key("k"), wanted)
    assert (job.lane, job.owner) == (ACCOUNT, "u")
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(job.data)), OrdersWanted) == wanted
    withdrawal = withdrawing_job(UserId("u"), INTERNET_ORDER)
    assert (withdrawal.key, withdrawal.lane) == ("withdraw:801A", ACCOUNT)


def test_a_saved_checkout_is_asked_for_as_it_was_saved() -> None:
    kept = Checkout(
        id=CheckoutId("c1"),
        user=UserId("u"),
        cart=cart(VPN),
        step=CheckoutStep.CHECK,
        address=HOME,
        choices=Choices(address_confirmed=True),
        seen=None,
        version=7,
        created_at=NOW,
        changed_at=NOW,
        expires_at=NOW,
    )
    asked = Asked.of(kept)
    assert (asked.cart, asked.address, asked.version, asked.checkout) == (kept.cart, HOME, 7, "c1")
    assert asked.at == ""
