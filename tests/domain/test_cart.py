"""Pricing and splitting a cart (CAT-8, ORD-2, ORD-11)."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.domain.account import Gender
from core.domain.cart import (
    MOST_SERVICES,
    Cart,
    CartService,
    SimChoice,
    SimType,
    Totals,
    price,
    sim_faults,
)
from core.domain.catalog import BillingCycle, Catalog, ItemClass, ProductType
from core.domain.ids import Sku
from core.domain.money import Yen
from core.domain.porting import Porting
from core.domain.refusals import CartRefused
from tests.domain.shopping import CATALOG, ESIM, FAMILY, INTERNET, ITEMS, NOW, SIM, TODAY, VPN, cart, item


def faults(wanted: Cart, at: str = "") -> list[tuple[str, str]]:
    with pytest.raises(CartRefused) as refused:
        price(wanted, CATALOG, at)
    return [(fault.field, fault.code) for fault in refused.value.faults]


def service(plan: str, *extras: str, sim: SimChoice | None = None) -> CartService:
    return CartService(Sku(plan), tuple(Sku(each) for each in extras), sim)


def test_each_service_is_priced_with_what_goes_with_it() -> None:
    priced = price(cart(service("net-1g", "install-once", "phone", "phone-setup"), SIM, VPN), CATALOG)
    assert [[line.sku for line in each.lines] for each in priced.services] == [
        ["net-1g", "install-once", "phone", "phone-setup"],
        ["sim-5", "sim-fee"],
        ["vpn-uk"],
    ]
    assert [(each.monthly, each.one_time) for each in priced.services] == [(5650, 23800), (1380, 1500), (2500, 0)]
    assert priced.totals == Totals(Yen(9530), Yen(25300))


def test_a_sim_carries_one_activation_fee_by_itself_and_nobody_chooses_it() -> None:
    [only] = price(cart(SIM), CATALOG).services
    assert [line.sku for line in only.lines if line.item_class is ItemClass.ACTIVATION_FEE] == ["sim-fee"]
    assert faults(cart(service("sim-5", "sim-fee", sim=ESIM))) == [("services[0].extras[0]", "not_an_extra")]


def test_the_fee_is_carried_whether_or_not_anybody_could_order_it() -> None:
    hidden = (msgspec.structs.replace(i, orderable=i.sku != "sim-fee") for i in ITEMS)
    [only] = price(cart(SIM), Catalog(tuple(hidden), NOW)).services
    assert [line.sku for line in only.lines] == ["sim-5", "sim-fee"]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (cart(), [("services", "cart_empty")]),
        (cart(*[VPN] * 6), [("services", "too_many_services")]),
        (cart(service("nothing")), [("services[0].plan", "unknown_sku")]),
        (cart(service("net-closed", "install-once")), [("services[0].plan", "not_orderable")]),
        (
            cart(service("phone", "install-once")),
            [("services[0].plan", "not_a_plan")],
        ),
        (cart(service("vpn-uk", "vpn-uk")), [("services[0].extras[0]", "not_an_extra")]),
        (cart(service("vpn-uk", "phone")), [("services[0].extras[0]", "incompatible_sku")]),
        (cart(VPN, service("vpn-uk", "ghost")), [("services[1].extras[0]", "unknown_sku")]),
        (
            cart(service("net-1g", "install-once", "phone", "phone")),
            [("services[0].extras[2]", "twice")],
        ),
        (cart(service("net-1g")), [("services[0].extras", "one_installation")]),
        (cart(service("net-1g", "install-once", "install-12")), [("services[0].extras", "one_installation")]),
        (cart(service("sim-5")), [("services[0].sim", "required")]),
        (cart(service("vpn-uk", sim=ESIM)), [("services[0].sim", "not_for_this_product")]),
        (
            cart(service("ghost"), service("net-1g", "spectre")),
            [
                ("services[0].plan", "unknown_sku"),
                ("services[1].extras[0]", "unknown_sku"),
                ("services[1].extras", "one_installation"),
            ],
        ),
    ],
)
def test_what_can_not_stand_there_is_named(wanted: Cart, told: list[tuple[str, str]]) -> None:
    assert faults(wanted) == told
    assert faults(wanted, "cart.") == [(f"cart.{field}", code) for field, code in told]


def test_a_fault_names_the_product() -> None:
    with pytest.raises(CartRefused) as refused:
        price(cart(service("ghost")), CATALOG)
    assert [fault.data for fault in refused.value.faults] == [{"sku": "ghost"}]


def test_five_services_are_not_too_many() -> None:
    assert len(price(cart(*[VPN] * MOST_SERVICES), CATALOG).services) == 5


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (date(2026, 1, 20), date(2026, 2, 19)),
        (date(2026, 1, 31), date(2026, 2, 27)),
        (date(2024, 1, 31), date(2024, 2, 28)),
        (date(2026, 12, 15), date(2027, 1, 14)),
        (date(2026, 3, 1), date(2026, 3, 31)),
    ],
)
def test_the_first_bill_is_a_month_from_the_day_and_what_is_paid_once(starts: date, ends: date) -> None:
    bill = price(cart(SIM), CATALOG).first_bill(starts)
    assert (bill.starts, bill.ends, bill.amount) == (starts, ends, 2880)


PLANS = st.sampled_from([INTERNET, SIM, FAMILY, VPN, service("net-1g", "install-12", "phone")])


@given(st.lists(PLANS, min_size=1, max_size=MOST_SERVICES))
def test_the_parts_add_up_to_the_whole(services: list[CartService]) -> None:
    priced = price(cart(*services), CATALOG)
    alone = [price(cart(each), CATALOG) for each in services]
    assert priced.services == tuple(each.services[0] for each in alone), "one service never changes another"
    assert priced.totals.monthly == sum(each.totals.monthly for each in alone)
    assert priced.totals.one_time == sum(each.totals.one_time for each in alone)
    lines = [line for each in priced.services for line in each.lines]
    assert priced.first_bill(TODAY).amount == sum(line.unit_price for line in lines)
    assert all(isinstance(line.total, int) for line in lines)


@given(st.lists(PLANS, min_size=1, max_size=MOST_SERVICES))
def test_each_service_is_exactly_one_plan_with_parts_of_its_type(services: list[CartService]) -> None:
    types = {each.sku: each.product_type for each in ITEMS}
    for each in price(cart(*services), CATALOG).services:
        assert [line.item_class for line in each.lines].count(ItemClass.PLAN) == 1
        assert each.plan.item_class is ItemClass.PLAN
        assert {types[line.sku] for line in each.lines} == {each.product_type}
        installations = sum(line.item_class is ItemClass.INSTALLATION for line in each.lines)
        assert installations == (1 if each.product_type is ProductType.INTERNET else 0)


SKUS = st.sampled_from([str(each.sku) for each in ITEMS] + ["ghost", ""])


@given(st.lists(st.builds(lambda plan, extras: service(plan, *extras), SKUS, st.lists(SKUS, max_size=4)), max_size=7))
def test_a_cart_is_priced_whole_or_refused_with_reasons(services: list[CartService]) -> None:
    wanted = cart(*services)
    try:
        priced = price(wanted, CATALOG)
    except CartRefused as refused:
        assert refused.faults
    else:
        assert [each.plan.sku for each in priced.services] == [each.plan for each in services]
        chosen = {sku for each in services for sku in (each.plan, *each.extras)}
        paid = {line.sku for each in priced.services for line in each.lines}
        assert paid == chosen, "nothing is charged that was not chosen"


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_prices_are_the_catalog_s_of_the_moment(plan: int, once: int) -> None:
    assume(plan != once)
    items = (
        item("p", ProductType.VPN, ItemClass.PLAN, BillingCycle.MONTHLY, plan),
        item("a", ProductType.VPN, ItemClass.ADD_ON, BillingCycle.ONE_TIME, once),
    )
    assert price(cart(service("p", "a")), Catalog(items, NOW)).totals == Totals(Yen(plan), Yen(once))


PORTING = Porting(
    reservation="1234567890",
    expires=TODAY,
    phone_number="09012345678",
    last_kana="パク",
    first_kana="ミナ",
    birth_date=date(1994, 5, 6),
    gender=Gender.FEMALE,
)


def sim(**change: object) -> Cart:
    return cart(VPN, service("sim-5", sim=SimChoice(SimType.ESIM, None, msgspec.structs.replace(PORTING, **change))))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"reservation": "12345"}, [("reservation", "not_a_reservation")]),
        ({"reservation": "１２３４５６７８９０"}, [("reservation", "not_a_reservation")]),
        ({"expires": TODAY - timedelta(days=1)}, [("expires", "reservation_over")]),
        ({"phone_number": "0312345678"}, [("phoneNumber", "not_a_mobile_number")]),
        ({"phone_number": "05012345678"}, [("phoneNumber", "not_a_mobile_number")]),
        ({"phone_number": "06012345678"}, []),
        ({"last_kana": "Park"}, [("lastKana", "not_katakana")]),
        ({"first_kana": "   "}, [("firstKana", "not_katakana")]),
        ({"first_kana": "ミナ\u3000アン・ー"}, []),
        ({"birth_date": TODAY}, [("birthDate", "not_a_birth_date")]),
        ({"birth_date": date(1899, 1, 1)}, [("birthDate", "not_a_birth_date")]),
        ({"reservation": "", "last_kana": ""}, [("reservation", "not_a_reservation"), ("lastKana", "not_katakana")]),
    ],
)
def test_a_number_is_brought_along_only_with_everything_right(
    change: dict[str, object], told: list[tuple[str, str]]
) -> None:
    found = [(fault.field, fault.code) for fault in sim_faults(sim(**change), TODAY, "cart.")]
    assert found == [(f"cart.services[1].sim.porting.{field}", code) for field, code in told]


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (SimChoice(SimType.ESIM, "8" * 32), []),
        (SimChoice(SimType.ESIM), []),
        (SimChoice(SimType.ESIM, "8" * 31), ["not_an_eid"]),
        (SimChoice(SimType.ESIM, "x" * 32), ["not_an_eid"]),
        (SimChoice(SimType.PHYSICAL), []),
        (SimChoice(SimType.PHYSICAL, "8" * 32), ["not_for_this_product"]),
    ],
)
def test_an_eid_is_an_esim_s(choice: SimChoice, told: list[str]) -> None:
    found = sim_faults(cart(service("sim-5", sim=choice)), TODAY)
    assert [fault.code for fault in found] == told
    assert all(fault.field == "services[0].sim.eid" for fault in found)
