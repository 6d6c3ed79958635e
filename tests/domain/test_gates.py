"""Every gate alone, all of them together, and for whom each stands (ORD-1)."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.billing import PaymentMethods, ServiceStatus
from core.domain.cart import CartService, Totals, price
from core.domain.catalog import ProductType, SimPlanType
from core.domain.eligibility import Eligibility, EligibilityStatus
from core.domain.gates import GATES, AtTheGates, closed
from core.domain.id_methods import IdMethod, MethodRule
from core.domain.identity import Identity, IdStatus
from core.domain.money import Yen
from core.domain.order import OrderStatus
from core.domain.policy import Policy
from core.domain.refusals import GateFailure
from tests.domain.shopping import (
    ACCOUNT,
    CARD,
    CATALOG,
    DATA,
    ELSEWHERE,
    FAMILY,
    HOME,
    INTERNET,
    NOW,
    PROFILE,
    SIM,
    VPN,
    cart,
    ordered,
    running,
)

POLICY = Policy()
ELIGIBLE = Eligibility(
    account=ACCOUNT,
    status=EligibilityStatus.ELIGIBLE,
    value="Home 1G",
    address=HOME.one_line,
    checked_at=NOW - timedelta(days=1),
)
VERIFIED = Identity(account=ACCOUNT, status=IdStatus.VERIFIED)


def at(*services: CartService, **change: Any) -> AtTheGates:
    """Everything in order for a cart of these services, but for `change`."""
    priced = price(cart(*services), CATALOG)
    known: dict[str, Any] = {
        "profile": PROFILE,
        "email_confirmed": True,
        "terms_version": POLICY.terms_version,
        "address_confirmed": True,
        "cart": priced,
        "seen": priced.totals,
        "eligibility": ELIGIBLE,
        "identity": VERIFIED,
        "services": (),
        "orders": (),
        "payment": CARD,
        "policy": POLICY,
        "now": NOW,
    }
    return AtTheGates(**known | change)


def profile(**change: Any) -> dict[str, Any]:
    return {"profile": msgspec.structs.replace(PROFILE, **change)}


def person(**change: Any) -> dict[str, Any]:
    return profile(person=msgspec.structs.replace(PROFILE.person, **change))


def eligibility(**change: Any) -> dict[str, Any]:
    return {"eligibility": msgspec.structs.replace(ELIGIBLE, **change)}


def identity(status: IdStatus, **policy: Any) -> dict[str, Any]:
    return {"identity": Identity(account=ACCOUNT, status=status), "policy": Policy(**policy)}


ENDED = (MethodRule(ProductType.SIM, IdMethod.DOCUMENT_IMAGE, ends=date(2026, 1, 19)),)
DATA_ONLY = (MethodRule(ProductType.SIM, IdMethod.DOCUMENT_IMAGE, sim_plan=SimPlanType.DATA_ONLY),)
NETS, SIMS = {"internet"}, {"sim"}
EVERYONE = NETS | SIMS | {"vpn"}
ACTIONS = {
    "email_not_confirmed": "confirm_email",
    "details_missing": "edit_profile",
    "terms_not_accepted": "accept_terms",
    "address_not_confirmed": "confirm_address",
    "price_changed": "review_cart",
    "payment_method_missing": "add_payment_method",
    "not_eligible": "request_eligibility",
    "plan_not_offered": "choose_plan",
    "internet_already": "view_services",
    "id_not_verified": "upload_id",
    "id_method_missing": "contact_support",
}

# what is the case, the gate it closes, for which of the three products
ALONE: list[tuple[str, dict[str, Any], str, set[str]]] = [
    ("the email is not confirmed", {"email_confirmed": False}, "email_not_confirmed", EVERYONE),
    ("no first name", person(first_name=""), "details_missing", EVERYONE),
    ("no last name", person(last_name=""), "details_missing", EVERYONE),
    ("no phone", profile(phone=None), "details_missing", EVERYONE),
    ("no birth date", person(birth_date=None), "details_missing", EVERYONE),
    ("terms of yesterday", {"terms_version": "2025-01"}, "terms_not_accepted", EVERYONE),
    ("address not confirmed", {"address_confirmed": False}, "address_not_confirmed", EVERYONE),
    ("a price never seen", {"seen": None}, "price_changed", EVERYONE),
    ("another monthly price", {"seen": Totals(Yen(1), Yen(0))}, "price_changed", EVERYONE),
    ("no payment method", {"payment": PaymentMethods(())}, "payment_method_missing", EVERYONE),
    ("never asked", eligibility(status=EligibilityStatus.NOT_REQUESTED), "not_eligible", NETS),
    ("still checked", eligibility(status=EligibilityStatus.PENDING), "not_eligible", NETS),
    ("no line", eligibility(status=EligibilityStatus.INELIGIBLE), "not_eligible", NETS),
    ("moved house", eligibility(address=ELSEWHERE.one_line), "not_eligible", NETS),
    ("another offering", eligibility(value="Mansion 1G"), "plan_not_offered", NETS),
    ("an unknown value", eligibility(value="Home 9G"), "plan_not_offered", NETS),
    *(
        (f"{status} internet", {"services": (running(ProductType.INTERNET, status),)}, "internet_already", NETS)
        for status in (ServiceStatus.ACTIVE, ServiceStatus.PENDING, ServiceStatus.SUSPENDED)
    ),
    *(
        (f"{status} order", {"orders": (ordered(ProductType.INTERNET, status),)}, "internet_already", NETS)
        for status in (OrderStatus.PENDING_REVIEW, OrderStatus.APPROVED)
    ),
    ("no ID sent", identity(IdStatus.NOT_SUBMITTED), "id_not_verified", SIMS),
    ("ID in review", identity(IdStatus.SUBMITTED), "id_not_verified", SIMS),
    ("ID rejected", identity(IdStatus.REJECTED), "id_not_verified", SIMS),
    ("ID rejected all the same", identity(IdStatus.REJECTED, submitted_may_order=True), "id_not_verified", SIMS),
    ("internet needs ID too", identity(IdStatus.SUBMITTED, internet_needs_id=True), "id_not_verified", SIMS | NETS),
    ("no way to show an ID", identity(IdStatus.NOT_SUBMITTED, id_methods=ENDED), "id_method_missing", SIMS),
    ("no way to show it again", identity(IdStatus.REJECTED, id_methods=ENDED), "id_method_missing", SIMS),
    ("a card in review", identity(IdStatus.SUBMITTED, id_methods=ENDED), "id_not_verified", SIMS),
]  # fmt: skip
PER_SERVICE = {
    "not_eligible",
    "plan_not_offered",
    "internet_already",
    "id_not_verified",
    "id_method_missing",
    "family_needs_sim",
}


@pytest.mark.parametrize("service", [INTERNET, SIM, VPN], ids=["internet", "sim", "vpn"])
def test_everything_in_order_opens_every_gate(service: CartService) -> None:
    assert closed(at(service)) == ()


@pytest.mark.parametrize(("product", "service"), [("internet", INTERNET), ("sim", SIM), ("vpn", VPN)])
@pytest.mark.parametrize(("change", "code", "closes"), [c[1:] for c in ALONE], ids=[c[0] for c in ALONE])
def test_each_gate_closes_alone_and_for_its_products(
    change: dict[str, Any], code: str, closes: set[str], product: str, service: CartService
) -> None:
    failure = GateFailure(code, ACTIONS[code], 0 if code in PER_SERVICE else None)
    assert closed(at(service, **change)) == ((failure,) if product in closes else ())


@pytest.mark.parametrize("service", [INTERNET, SIM, VPN], ids=["internet", "sim", "vpn"])
def test_without_an_address_no_order_and_no_eligibility(service: CartService) -> None:
    codes = [failure.code for failure in closed(at(service, **profile(address=None)))]
    assert codes == (["address_missing", "not_eligible"] if service is INTERNET else ["address_missing"])


@pytest.mark.parametrize(
    ("what", "open_"),
    [
        ({"services": (running(ProductType.INTERNET, ServiceStatus.TERMINATED),)}, True),
        ({"services": (running(ProductType.SIM),)}, True),
        ({"orders": (ordered(ProductType.INTERNET, OrderStatus.CANCELLED),)}, True),
        ({"orders": (ordered(ProductType.INTERNET, OrderStatus.COMPLETED),)}, True),
        ({"orders": (ordered(ProductType.SIM),)}, True),
        (identity(IdStatus.NOT_SUBMITTED), True),
        (eligibility(address=None), True),
    ],
)
def test_what_is_no_reason_to_refuse_internet(what: dict[str, Any], open_: bool) -> None:
    assert (closed(at(INTERNET, **what)) == ()) is open_


def test_a_kind_of_sim_may_have_no_way_to_show_an_id() -> None:
    sent_nothing = identity(IdStatus.NOT_SUBMITTED, id_methods=DATA_ONLY)
    assert closed(at(SIM, **sent_nothing)) == (GateFailure("id_method_missing", "contact_support", 0),)
    assert closed(at(DATA, **sent_nothing)) == (GateFailure("id_not_verified", "upload_id", 0),)


def test_what_was_verified_stays_verified_when_the_law_changes() -> None:
    assert closed(at(SIM, **identity(IdStatus.VERIFIED, id_methods=ENDED))) == ()
    assert closed(at(SIM, **identity(IdStatus.SUBMITTED, id_methods=ENDED, submitted_may_order=True))) == ()


def test_a_submitted_id_opens_the_gate_where_policy_says_so() -> None:
    assert closed(at(SIM, **identity(IdStatus.SUBMITTED, submitted_may_order=True))) == ()


@pytest.mark.parametrize("status", ServiceStatus)
def test_a_family_plan_needs_an_active_sim(status: ServiceStatus) -> None:
    failures = closed(at(FAMILY, services=(running(ProductType.SIM, status),)))
    wanted = () if status is ServiceStatus.ACTIVE else (GateFailure("family_needs_sim", "choose_plan", 0),)
    assert failures == wanted
    assert closed(at(FAMILY)) == (GateFailure("family_needs_sim", "choose_plan", 0),)


def test_two_internets_in_one_cart_are_one_too_many() -> None:
    assert closed(at(INTERNET, VPN, INTERNET)) == (
        GateFailure("internet_already", "view_services", 0),
        GateFailure("internet_already", "view_services", 2),
    )


EVERYTHING_WRONG = {
    "profile": msgspec.structs.replace(PROFILE, address=None, phone=None),
    "email_confirmed": False,
    "terms_version": "",
    "address_confirmed": False,
    "seen": None,
    "eligibility": Eligibility(account=ACCOUNT),
    "identity": Identity(account=ACCOUNT),
    "services": (running(ProductType.INTERNET),),
    "payment": PaymentMethods(()),
}


def test_all_closed_at_once_are_named_together_each_for_its_service() -> None:
    assert closed(at(VPN, INTERNET, SIM, FAMILY, **EVERYTHING_WRONG)) == (
        GateFailure("email_not_confirmed", "confirm_email"),
        GateFailure("details_missing", "edit_profile"),
        GateFailure("terms_not_accepted", "accept_terms"),
        GateFailure("address_missing", "edit_address"),
        GateFailure("address_not_confirmed", "confirm_address"),
        GateFailure("price_changed", "review_cart"),
        GateFailure("not_eligible", "request_eligibility", 1),
        GateFailure("internet_already", "view_services", 1),
        GateFailure("id_not_verified", "upload_id", 2),
        GateFailure("id_not_verified", "upload_id", 3),
        GateFailure("family_needs_sim", "choose_plan", 3),
        GateFailure("payment_method_missing", "add_payment_method"),
    )


def test_no_gate_stands_unproved() -> None:
    proved = {code for _, _, code, _ in ALONE} | {"address_missing", "family_needs_sim"}
    assert {gate.code for gate in GATES} == proved


@given(
    st.sampled_from(ALONE),
    st.sampled_from(ALONE),
    st.lists(st.sampled_from([INTERNET, SIM, VPN]), min_size=1, max_size=4),
)
def test_one_closed_gate_never_hides_another(
    one: tuple[str, dict[str, Any], str, set[str]],
    other: tuple[str, dict[str, Any], str, set[str]],
    services: list[CartService],
) -> None:
    if one[1].keys() & other[1].keys() or {one[2], other[2]} == {"not_eligible", "plan_not_offered"}:
        return  # both say something of the same thing
    if sum(service is INTERNET for service in services) > 1:
        return  # which closes a gate by itself
    both = {failure.code for failure in closed(at(*services, **one[1], **other[1]))}
    assert both == {f.code for change in (one[1], other[1]) for f in closed(at(*services, **change))}
