"""Where the three systems disagree, and what would be safe to do about it (OPS-5)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from core.domain.billing import LIVE, Service, ServiceStatus
from core.domain.catalog import ProductType
from core.domain.ids import AccountId, ServiceId
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
    ACTIVE_WITHOUT_SERVICE = "active_without_service"
    SERVICE_NOT_LINKED = "service_not_linked"
    CANCELLED_BUT_RUNNING = "cancelled_but_running"
    ACTIVE_BUT_PENDING = "active_but_pending"
    SERVICE_WITHOUT_SALE = "service_without_sale"
    ENDED_BUT_ACTIVE = "ended_but_active"
    ACTIVATED_WITHOUT_SERVICE = "activated_without_service"
    STAGE_BEHIND_ORDER = "stage_behind_order"
    VOID_NOT_SET = "void_not_set"
    SEVERAL_OPEN = "several_open"


ORPHANS: Final = frozenset({Disagreement.ORPHAN_ACCOUNT, Disagreement.ORPHAN_CLIENT})
"""Records of a sign-up that has become no portal user; told of once a week with their age (ACC-4)."""


class Repair(StrEnum):
    """What puts a disagreement right without deciding anything a person should decide."""

    WRITE_LINK = "write_link"
    ADOPT = "adopt"
    SET_STAGE = "set_stage"
    LINK_SERVICE = "link_service"
    BY_HAND = "by_hand"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One disagreement: whose (None: nobody's), about what, and the safe repair; an orphan's says how old it is."""

    kind: Disagreement
    account: AccountId | None
    subject: str
    repair: Repair = Repair.BY_HAND
    since: date | None = None
    """The day an orphan was made, where its system says (ACC-4)."""


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
    for product_type in ProductType:
        begun = [o for o in opportunities if o.product_type is product_type and o.stage in OPEN_FOR_ORDER]
        if len(begun) > 1:
            found.append(Difference(kind=Disagreement.SEVERAL_OPEN, account=account, subject=str(begun[-1].id)))
    linked = {o.service for o in opportunities}
    alone = [service for service in by_id.values() if service.status in LIVE and service.id not in linked]
    return found + [d for service in alone for d in _of_unlinked(account, service, orders)]


def _of_unlinked(account: AccountId, service: Service, orders: tuple[Order, ...]) -> Iterable[Difference]:
    if service.mark is None:
        yield Difference(kind=Disagreement.SERVICE_WITHOUT_SALE, account=account, subject=str(service.id))
        return
    placed = next((o for o in orders if o.id == service.mark and o.status is OrderStatus.COMPLETED), None)
    plan = placed.plan if placed else None
    if plan is not None and plan.service == service.id:
        kind = Disagreement.SERVICE_NOT_LINKED
        yield Difference(kind=kind, account=account, subject=str(service.id), repair=Repair.LINK_SERVICE)


def _of_opportunity(
    account: AccountId, opportunity: Opportunity, services: dict[ServiceId, Service]
) -> Iterable[Difference]:
    service = services.get(opportunity.service) if opportunity.service else None
    running = service is not None and service.status in (ServiceStatus.ACTIVE, ServiceStatus.SUSPENDED)
    if opportunity.stage is Stage.ACTIVE and service is None:
        yield Difference(kind=Disagreement.ACTIVE_WITHOUT_SERVICE, account=account, subject=str(opportunity.id))
    elif opportunity.stage is Stage.ACTIVE and service is not None and service.status is ServiceStatus.PENDING:
        yield Difference(kind=Disagreement.ACTIVE_BUT_PENDING, account=account, subject=str(opportunity.id))
    elif opportunity.stage is Stage.ACTIVE and not running:
        yield Difference(kind=Disagreement.ENDED_BUT_ACTIVE, account=account, subject=str(opportunity.id))
    elif opportunity.stage is Stage.CANCELLED and running:
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
    if order.status is OrderStatus.COMPLETED and opportunity.stage is Stage.POST_PROCESSING:
        yield Difference(
            kind=Disagreement.STAGE_BEHIND_ORDER,
            account=account,
            subject=str(opportunity.id),
            repair=Repair.SET_STAGE,
        )
    if order.status is OrderStatus.CANCELLED and opportunity.stage in (Stage.POST_PROCESSING, Stage.PENDING):
        yield Difference(
            kind=Disagreement.VOID_NOT_SET, account=account, subject=str(opportunity.id), repair=Repair.SET_STAGE
        )
