"""The gates of an order: a list, all of it checked at submit time, every failure named (ORD-1)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from core.domain.account import Profile
from core.domain.billing import PaymentMethods, Service, has_active_sim, live_internet
from core.domain.cart import PricedCart, PricedService, Totals
from core.domain.catalog import ProductType, offerings_of
from core.domain.eligibility import Eligibility
from core.domain.identifying import methods_for, needs_id
from core.domain.identity import Identity, IdStatus
from core.domain.japan import tokyo_date
from core.domain.order import Order
from core.domain.policy import Policy
from core.domain.refusals import GateFailure


class AtTheGates(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the gates look at, read fresh for one submit."""

    profile: Profile
    email_confirmed: bool
    terms_version: str
    address_confirmed: bool
    cart: PricedCart
    seen: Totals | None
    eligibility: Eligibility
    identity: Identity
    services: tuple[Service, ...]
    orders: tuple[Order, ...]
    payment: PaymentMethods
    policy: Policy
    now: datetime


class Gate(msgspec.Struct, frozen=True):
    """One condition: its code, the product lines it applies to, what to do about it, and the test itself."""

    code: str
    products: frozenset[ProductType]
    action: str
    is_open: Callable[[AtTheGates, PricedService], bool]
    per_service: bool = False


PRICE_CHANGED: Final = "price_changed"
EVERY: Final = frozenset(ProductType)
INTERNET: Final = frozenset({ProductType.INTERNET})
SIM: Final = frozenset({ProductType.SIM})


def _details_present(at: AtTheGates, _: PricedService) -> bool:
    person = at.profile.person
    return bool(person.first_name and person.last_name and at.profile.phone and person.birth_date)


def _eligible_here(at: AtTheGates, _: PricedService) -> bool:
    return at.eligibility.opens_gate(at.profile.address)


def _plan_matches(at: AtTheGates, service: PricedService) -> bool:
    if not _eligible_here(at, service):
        return True  # the eligibility gate speaks for it
    return service.offering in (offerings_of(at.eligibility.value) or ())


def _no_internet_yet(at: AtTheGates, _: PricedService) -> bool:
    ordered = any(o.is_open and o.product_type is ProductType.INTERNET for o in at.orders)
    wanted = sum(s.product_type is ProductType.INTERNET for s in at.cart.services)
    return live_internet(at.services) is None and not ordered and wanted <= 1


def _identified(at: AtTheGates, service: PricedService) -> bool:
    if not needs_id((service.product_type,), at.policy):
        return True
    enough = {IdStatus.VERIFIED} | ({IdStatus.SUBMITTED} if at.policy.submitted_may_order else set())
    return at.identity.status in enough or not _can_identify(at, service)  # the gate of the method speaks for it


def _can_identify(at: AtTheGates, service: PricedService) -> bool:
    if not needs_id((service.product_type,), at.policy):
        return True
    if at.identity.status in (IdStatus.VERIFIED, IdStatus.SUBMITTED):
        return True  # what was taken while it was allowed stays good (ADR 0019)
    return bool(methods_for(service.product_type, service.sim_plan, at.policy, tokyo_date(at.now)))


GATES: Final[Sequence[Gate]] = (
    Gate("email_not_confirmed", EVERY, "confirm_email", lambda at, _: at.email_confirmed),
    Gate("details_missing", EVERY, "edit_profile", _details_present),
    Gate("terms_not_accepted", EVERY, "accept_terms", lambda at, _: at.terms_version == at.policy.terms_version),
    Gate("address_missing", EVERY, "edit_address", lambda at, _: at.profile.address is not None),
    Gate("address_not_confirmed", EVERY, "confirm_address", lambda at, _: at.address_confirmed),
    Gate(PRICE_CHANGED, EVERY, "review_cart", lambda at, _: at.seen == at.cart.totals),
    Gate("not_eligible", INTERNET, "request_eligibility", _eligible_here, per_service=True),
    Gate("plan_not_offered", INTERNET, "choose_plan", _plan_matches, per_service=True),
    Gate("internet_already", INTERNET, "view_services", _no_internet_yet, per_service=True),
    Gate("id_not_verified", SIM | INTERNET, "upload_id", _identified, per_service=True),
    Gate("id_method_missing", SIM | INTERNET, "contact_support", _can_identify, per_service=True),
    Gate(
        "family_needs_sim",
        SIM,
        "choose_plan",
        lambda at, service: not service.family or has_active_sim(at.services),
        per_service=True,
    ),
    Gate("payment_method_missing", EVERY, "add_payment_method", lambda at, _: at.payment.present),
)


def internet_already(at: AtTheGates) -> tuple[GateFailure, ...]:
    """The failure of each Internet service in a cart, where another order for Internet is on its way (ORD-1, T-2)."""
    gate = next(gate for gate in GATES if gate.code == "internet_already")
    services = enumerate(at.cart.services)
    return tuple(GateFailure(gate.code, gate.action, i) for i, s in services if s.product_type in gate.products)


BESIDE_STEPS: Final = frozenset(
    {"email_not_confirmed", "details_missing", "terms_not_accepted", "plan_not_offered", "family_needs_sim"}
)
"""The gates that no step of the checkout leads through."""


def beside_steps(at: AtTheGates) -> str | None:
    """The first gate that would refuse although every step is done; None when there is none (ORD-8)."""
    return next((failure.code for failure in closed(at) if failure.code in BESIDE_STEPS), None)


def closed(at: AtTheGates) -> tuple[GateFailure, ...]:
    """Every gate that refuses this cart; empty when the order may be placed (ORD-1)."""
    failures: list[GateFailure] = []
    for gate in GATES:
        for index, service in enumerate(at.cart.services):
            if service.product_type in gate.products and not gate.is_open(at, service):
                failures.append(GateFailure(gate.code, gate.action, index if gate.per_service else None))
                if not gate.per_service:
                    break
    return tuple(failures)
