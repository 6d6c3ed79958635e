"""Where the three systems disagree, and what would be safe to do about it (OPS-5)."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.billing import LIVE, OVER, Service, ServiceStatus
from core.domain.cancellation import kit_is_settled
from core.domain.catalog import ProductType
from core.domain.ids import AccountId, OpportunityId, ServiceId
from core.domain.opportunity import OPEN_FOR_ORDER, Opportunity, Stage
from core.domain.order import ActivationStatus, Order, OrderStatus


class Disagreement(StrEnum):
    """A way in which Salesforce, WHMCS and the portal can differ."""

    LINK_MISSING = "link_missing"
    LINK_DIFFERS = "link_differs"
    ORPHAN_ACCOUNT = "orphan_account"
    ORPHAN_CLIENT = "orphan_client"
    ACCOUNT_GONE = "account_gone"
    CLIENT_GONE = "client_gone"
    CLIENT_CLOSED = "client_closed"
    NUMBER_DIFFERS = "number_differs"
    ACTIVE_WITHOUT_SERVICE = "active_without_service"
    SERVICE_NOT_LINKED = "service_not_linked"
    ORPHAN_SERVICE = "orphan_service"
    CANCELLED_BUT_RUNNING = "cancelled_but_running"
    ACTIVE_BUT_PENDING = "active_but_pending"
    SERVICE_WITHOUT_SALE = "service_without_sale"
    ENDED_BUT_ACTIVE = "ended_but_active"
    ENDED_BUT_CANCELLING = "ended_but_cancelling"
    BILLED_TWICE = "billed_twice"
    ACTIVATED_WITHOUT_SERVICE = "activated_without_service"
    STAGE_BEHIND_ORDER = "stage_behind_order"
    VOID_NOT_SET = "void_not_set"
    SEVERAL_OPEN = "several_open"


ORPHANS: Final = frozenset({Disagreement.ORPHAN_ACCOUNT, Disagreement.ORPHAN_CLIENT})
"""Records of a sign-up that has become no portal user; told of once a week with their age (ACC-4)."""
UNLINKED: Final = ORPHANS | {Disagreement.ORPHAN_SERVICE, Disagreement.SERVICE_NOT_LINKED}
"""Records that carry a customer number, or the mark of an order, and that nobody leads to."""


class Repair(StrEnum):
    """What puts a disagreement right without deciding anything a person should decide."""

    WRITE_LINK = "write_link"
    ADOPT = "adopt"
    SET_STAGE = "set_stage"
    LINK_SERVICE = "link_service"
    DROP_PENDING = "drop_pending"
    BY_HAND = "by_hand"


SAFE: Final = frozenset({Repair.WRITE_LINK, Repair.SET_STAGE, Repair.LINK_SERVICE, Repair.DROP_PENDING})
"""Repairs that may be done one after the other; who is taken up is looked at one by one."""
REPAIRS: Final[Mapping[Repair, str]] = MappingProxyType(
    {
        Repair.WRITE_LINK: "Write the portal user's client on the Account.",
        Repair.ADOPT: "Look who it is, then take it up with `genkan orphans adopt`.",
        Repair.SET_STAGE: "Move the opportunity to where its order, or the end of its service, leads.",
        Repair.LINK_SERVICE: "Write the service on the opportunity of the order it was made for.",
        Repair.DROP_PENDING: "Cancel and delete what is pending in WHMCS beside the order that was accepted there.",
    }
)
"""What each repair does."""
BY_HAND: Final[Mapping[Disagreement, str]] = MappingProxyType(
    {
        Disagreement.LINK_MISSING: "The user's client is gone, closed or another customer's: find the right one.",
        Disagreement.LINK_DIFFERS: "Only a person can say which of two clients is the customer's.",
        Disagreement.ORPHAN_ACCOUNT: "Somebody barred it, or nobody could be written to: look at the Account first.",
        Disagreement.ORPHAN_CLIENT: "No Account has its number and address and lacks a client: find whose it is.",
        Disagreement.ACCOUNT_GONE: "Somebody removed or merged the Account; what the customer has may lie elsewhere.",
        Disagreement.CLIENT_GONE: "Somebody removed the client; its services and bills went with it.",
        Disagreement.CLIENT_CLOSED: "Somebody closed the client: end its sales and bar its user, or open it again.",
        Disagreement.NUMBER_DIFFERS: "Look whose client it is, then write that customer's number on it in WHMCS.",
        Disagreement.ACTIVE_WITHOUT_SERVICE: "Nothing says which service it was: find it in WHMCS, or end the sale.",
        Disagreement.SERVICE_NOT_LINKED: "The order's opportunity leads to another service, or is not Active.",
        Disagreement.ORPHAN_SERVICE: "Its order is cancelled or not to be found; ending it may cut a customer off.",
        Disagreement.CANCELLED_BUT_RUNNING: "Somebody may be using and paying for it: end it in WHMCS, or go on.",
        Disagreement.ACTIVE_BUT_PENDING: "Look why its order was not accepted in WHMCS, then accept it there.",
        Disagreement.SERVICE_WITHOUT_SALE: "Staff set it up: make its opportunity if it is to have one.",
        Disagreement.ENDED_BUT_ACTIVE: "Ask why the service ended before the sale does: kit and last bill hang on it.",
        Disagreement.BILLED_TWICE: "More than one may run: look which the customer uses, and end the others in WHMCS.",
        Disagreement.ACTIVATED_WITHOUT_SERVICE: "Making it anew might bill twice: look in WHMCS what became of it.",
        Disagreement.STAGE_BEHIND_ORDER: "The order's service does not run: look at it in WHMCS first.",
        Disagreement.VOID_NOT_SET: "A service was made for the cancelled order: end it in WHMCS first.",
        Disagreement.SEVERAL_OPEN: "Only staff know which of them goes on: close the others.",
    }
)
"""Why nothing is done where the repair is by hand, and what a person can do."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One disagreement: whose (None: nobody's), about what, and the safe repair; an orphan's says how old it is."""

    kind: Disagreement
    account: AccountId | None
    subject: str
    repair: Repair = Repair.BY_HAND
    since: date | None = None
    """The day an orphan was made, where its system says (ACC-4)."""

    @property
    def advice(self) -> str:
        """What the repair does; of one by hand, why, and what a person can do."""
        return REPAIRS.get(self.repair) or BY_HAND[self.kind]


class Outcome(StrEnum):
    """What became of a repair."""

    REPAIRED = "repaired"
    GONE = "gone"
    """Nothing was left to be put right."""
    BY_HAND = "by_hand"
    REFUSED = "refused"
    """The other system refused, with a code."""
    UNAVAILABLE = "unavailable"
    """The other system did not answer: the next run looks again."""


class Repaired(msgspec.Struct, frozen=True):
    """A disagreement and what became of its repair."""

    difference: Difference
    outcome: Outcome
    code: str | None = None


def differences(
    account: AccountId,
    *,
    opportunities: Iterable[Opportunity],
    orders: Iterable[Order],
    services: Iterable[Service],
) -> list[Difference]:
    """Everything in which one account's records disagree."""
    opportunities, orders = tuple(opportunities), tuple(orders)
    by_id = {service.id: service for service in services}
    found = [d for o in opportunities for d in _of_opportunity(account, o, by_id)]
    found += [d for order in orders for d in _of_order(account, order, by_id, opportunities)]
    found += [d for order in orders for d in _of_doubles(account, order, by_id.values())]
    for product_type in ProductType:
        begun = [o for o in opportunities if o.product_type is product_type and o.stage in OPEN_FOR_ORDER]
        if len(begun) > 1:
            found.append(Difference(kind=Disagreement.SEVERAL_OPEN, account=account, subject=str(begun[-1].id)))
    linked = {o.service for o in opportunities}
    alone = [service for service in by_id.values() if service.status in LIVE and service.id not in linked]
    sales = {o.id: o for o in opportunities}
    return found + [d for service in alone for d in _of_unlinked(account, service, orders, sales)]


def _of_unlinked(
    account: AccountId, service: Service, orders: tuple[Order, ...], sales: Mapping[OpportunityId, Opportunity]
) -> Iterable[Difference]:
    about = str(service.id)
    if service.mark is None:
        yield Difference(kind=Disagreement.SERVICE_WITHOUT_SALE, account=account, subject=about)
        return
    order = next((o for o in orders if o.id == service.mark), None)
    if order is None or order.status is OrderStatus.CANCELLED:
        since = service.started
        yield Difference(kind=Disagreement.ORPHAN_SERVICE, account=account, subject=about, since=since)
    elif order.status is OrderStatus.COMPLETED and order.plan is not None and order.plan.service == service.id:
        sale = sales.get(order.opportunity) if order.opportunity is not None else None
        # a sale that is behind its order is moved on first
        stands = sale is not None and sale.stage in (Stage.POST_PROCESSING, Stage.ACTIVE) and sale.service is None
        repair = Repair.LINK_SERVICE if stands else Repair.BY_HAND
        yield Difference(kind=Disagreement.SERVICE_NOT_LINKED, account=account, subject=about, repair=repair)


def _of_opportunity(
    account: AccountId, opportunity: Opportunity, services: dict[ServiceId, Service]
) -> Iterable[Difference]:
    service = services.get(opportunity.service) if opportunity.service else None
    running = _runs(service)
    if opportunity.stage is Stage.ACTIVE and service is None:
        yield Difference(kind=Disagreement.ACTIVE_WITHOUT_SERVICE, account=account, subject=str(opportunity.id))
    elif opportunity.stage is Stage.ACTIVE and service is not None and service.status is ServiceStatus.PENDING:
        yield Difference(kind=Disagreement.ACTIVE_BUT_PENDING, account=account, subject=str(opportunity.id))
    elif opportunity.stage is Stage.ACTIVE and not running:
        yield Difference(kind=Disagreement.ENDED_BUT_ACTIVE, account=account, subject=str(opportunity.id))
    elif opportunity.stage is Stage.CANCELLING and service is not None and _is_complete(opportunity, service):
        yield _of_stage(Disagreement.ENDED_BUT_CANCELLING, account, opportunity, is_safe=True)
    elif opportunity.stage in (Stage.CANCELLED, Stage.VOID) and running:
        yield Difference(kind=Disagreement.CANCELLED_BUT_RUNNING, account=account, subject=str(opportunity.id))


def _of_order(
    account: AccountId,
    order: Order,
    services: dict[ServiceId, Service],
    opportunities: tuple[Opportunity, ...],
) -> Iterable[Difference]:
    plan = order.plan
    opportunity = next((o for o in opportunities if o.id == order.opportunity), None)
    has_service = plan is not None and plan.service is not None and plan.service in services
    if order.activation is ActivationStatus.ACTIVATED and not has_service:
        yield Difference(kind=Disagreement.ACTIVATED_WITHOUT_SERVICE, account=account, subject=str(order.id))
    if opportunity is None:
        return
    alive = {service.mark for service in services.values() if service.status in LIVE}
    if order.status is OrderStatus.COMPLETED and opportunity.stage is Stage.POST_PROCESSING:
        runs = plan is not None and plan.service is not None and _runs(services.get(plan.service))
        yield _of_stage(Disagreement.STAGE_BEHIND_ORDER, account, opportunity, is_safe=runs)
    if order.status is OrderStatus.CANCELLED and opportunity.stage in (Stage.POST_PROCESSING, Stage.PENDING):
        yield _of_stage(Disagreement.VOID_NOT_SET, account, opportunity, is_safe=order.id not in alive)


def _of_doubles(account: AccountId, order: Order, services: Iterable[Service]) -> Iterable[Difference]:
    """The order was added to billing more often than once, though one is all that it is for."""
    if order.status is not OrderStatus.COMPLETED:
        return
    standing = [service for service in services if service.mark == order.id and service.status not in OVER]
    named = {line.service for line in order.lines}
    beyond = len(standing) - sum(line.quantity for line in order.lines)
    if beyond <= 0:
        return
    doubles = [service for service in standing if service.id not in named][:beyond]
    # what is pending can't be told from the order's own where that is pending too
    is_safe = [s for s in standing if s.status is ServiceStatus.PENDING] == doubles
    repair = Repair.DROP_PENDING if is_safe else Repair.BY_HAND
    yield Difference(kind=Disagreement.BILLED_TWICE, account=account, subject=str(order.id), repair=repair)


def _is_complete(sale: Opportunity, service: Service) -> bool:
    has_line = ProductType.INTERNET in (sale.product_type, service.product_type)
    return service.status in OVER and kit_is_settled(sale.kit, has_line=has_line)


def _runs(service: Service | None) -> bool:
    return service is not None and service.status in (ServiceStatus.ACTIVE, ServiceStatus.SUSPENDED)


def _of_stage(kind: Disagreement, account: AccountId, sale: Opportunity, *, is_safe: bool) -> Difference:
    repair = Repair.SET_STAGE if is_safe else Repair.BY_HAND
    return Difference(kind=kind, account=account, subject=str(sale.id), repair=repair)
