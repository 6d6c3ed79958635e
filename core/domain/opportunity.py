"""An opportunity: one sale from first interest to the end of the service (OPP)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.cancellation import Cancellation, Kit
from core.domain.catalog import ProductType
from core.domain.ids import AccountId, OpportunityId, RequestKey, ServiceId
from core.domain.japan import Month
from core.domain.machines import moved, one_move_apart
from core.domain.refusals import OpportunityUnusable


class Stage(StrEnum):
    """A stage as the CRM spells it."""

    INTRODUCTION = "Introduction"
    READY = "Ready"
    POST_PROCESSING = "Post Processing"
    PENDING = "Pending"
    ACTIVE = "Active"
    CANCELLING = "△Cancelling"
    CANCELLED = "〇Cancelled"
    VOID = "Void"


class Trigger(StrEnum):
    """What moves an opportunity."""

    REQUESTED_AGAIN = "eligibility requested again"
    ELIGIBILITY_CONFIRMED = "eligibility confirmed"
    ELIGIBILITY_DENIED = "eligibility denied"
    ORDER_PLACED = "order placed"
    PUT_ON_HOLD = "put on hold"
    RESUMED = "resumed"
    PROVISIONED = "provisioned"
    ORDER_CANCELLED = "order cancelled"
    GIVEN_UP = "given up"
    CANCELLATION_REQUESTED = "cancellation requested"
    CANCELLATION_UNDONE = "cancellation undone"
    CANCELLATION_COMPLETE = "cancellation complete"


class Beginning(StrEnum):
    """What creates an opportunity, and the source it is told apart by (OPP-2)."""

    ELIGIBILITY_REQUESTED = "Portal - Internet Eligibility Request"
    SIM_CHECKOUT = "Portal - SIM Checkout"
    ORDER_PLACED = "Portal - Order Placement"


_S, _T = Stage, Trigger
MOVES: Final = MappingProxyType(
    {
        (_S.INTRODUCTION, _T.REQUESTED_AGAIN): _S.INTRODUCTION,
        (_S.READY, _T.REQUESTED_AGAIN): _S.READY,
        (_S.INTRODUCTION, _T.ELIGIBILITY_CONFIRMED): _S.READY,
        (_S.INTRODUCTION, _T.ELIGIBILITY_DENIED): _S.VOID,
        (_S.READY, _T.ELIGIBILITY_DENIED): _S.VOID,
        (_S.INTRODUCTION, _T.ORDER_PLACED): _S.POST_PROCESSING,
        (_S.READY, _T.ORDER_PLACED): _S.POST_PROCESSING,
        (_S.POST_PROCESSING, _T.PUT_ON_HOLD): _S.PENDING,
        (_S.PENDING, _T.RESUMED): _S.POST_PROCESSING,
        (_S.POST_PROCESSING, _T.PROVISIONED): _S.ACTIVE,
        (_S.POST_PROCESSING, _T.ORDER_CANCELLED): _S.VOID,
        (_S.PENDING, _T.ORDER_CANCELLED): _S.VOID,
        (_S.INTRODUCTION, _T.GIVEN_UP): _S.VOID,
        (_S.READY, _T.GIVEN_UP): _S.VOID,
        (_S.ACTIVE, _T.CANCELLATION_REQUESTED): _S.CANCELLING,
        (_S.CANCELLING, _T.CANCELLATION_UNDONE): _S.ACTIVE,
        (_S.CANCELLING, _T.CANCELLATION_COMPLETE): _S.CANCELLED,
    }
)

BEGINS_AT: Final = MappingProxyType(
    {
        Beginning.ELIGIBILITY_REQUESTED: Stage.INTRODUCTION,
        Beginning.SIM_CHECKOUT: Stage.POST_PROCESSING,
        Beginning.ORDER_PLACED: Stage.POST_PROCESSING,
    }
)

PROBABILITY: Final = MappingProxyType(
    {
        Stage.INTRODUCTION: 30,
        Stage.READY: 50,
        Stage.POST_PROCESSING: 75,
        Stage.PENDING: 75,
        Stage.ACTIVE: 90,
        Stage.CANCELLING: 100,
        Stage.CANCELLED: 100,
        Stage.VOID: 0,
    }
)

OPEN_FOR_ORDER: Final = frozenset({Stage.INTRODUCTION, Stage.READY})
SOLD: Final = frozenset({Stage.POST_PROCESSING, Stage.PENDING, Stage.ACTIVE, Stage.CANCELLING})
"""Stages at which there may be a service in billing, or one on its way."""
FIRST_APPLICATION_STAGE: Final = "INTRO-1"


def move(stage: Stage, trigger: Trigger) -> Stage:
    """Where `trigger` takes an opportunity; raises MoveRefused (OPP-1)."""
    return moved("opportunity", MOVES, stage, trigger)


STAGE_SEEN: Final = "stage seen"
"""The deed in the audit trail of a stage that the portal saw, the portal's own moves included (OPP-1)."""


class NewOpportunity(msgspec.Struct, frozen=True, kw_only=True):
    """An opportunity to be created under its request key (OPP-2)."""

    key: RequestKey
    account: AccountId
    product_type: ProductType
    beginning: Beginning
    name: str
    at: datetime


class Opportunity(msgspec.Struct, frozen=True, kw_only=True):
    """An opportunity as the CRM holds it."""

    id: OpportunityId
    account: AccountId
    product_type: ProductType | None
    stage: Stage
    created_at: datetime
    changed_at: datetime
    service: ServiceId | None = None
    has_order: bool = False
    ends_at: datetime | None = None
    notice_given: bool = False
    kit: Kit | None = None

    @property
    def cancellation(self) -> Cancellation | None:
        """The cancellation that is under way, or None (CAN-6)."""
        if self.stage is not Stage.CANCELLING or self.ends_at is None:
            return None
        return Cancellation(
            month=Month.of(self.ends_at), ends_at=self.ends_at, requested_at=self.changed_at, kit=self.kit
        )

    @property
    def behind_it(self) -> frozenset[Trigger]:
        """The moves that have left their trace on it, whoever saw them: order, service, notice."""
        traces = {
            Trigger.ORDER_PLACED: self.has_order,
            Trigger.PROVISIONED: self.service is not None,
            Trigger.CANCELLATION_REQUESTED: self.notice_given,
        }
        return frozenset(trigger for trigger, there in traces.items() if there)

    def takes_order(self, account: AccountId, product_type: ProductType) -> bool:
        """Whether an order of that account and type may be put on it (ORD-4)."""
        mine = self.account == account and self.product_type is product_type
        return mine and self.stage in OPEN_FOR_ORDER and not self.has_order


def assigned(
    account: AccountId,
    products: Sequence[ProductType],
    known: Sequence[Opportunity],
    given: OpportunityId | None = None,
) -> tuple[OpportunityId | None, ...]:
    """The opportunity for each order of a cart; None where a new one is made (ORD-2, ORD-4).

    `known` are the account's, newest first. `given` goes to the first order of its type; no opportunity takes two.
    Raises OpportunityUnusable when the given one takes none of these orders.
    """
    chosen: dict[int, OpportunityId] = {}
    free = [o for o in known if o.product_type is not None and o.takes_order(account, o.product_type)]
    if given is not None:
        takes = next((o.product_type for o in free if o.id == given), None)
        if takes is None or takes not in products:
            raise OpportunityUnusable
        chosen[products.index(takes)] = given
    for place, product_type in enumerate(products):
        if place in chosen or product_type is ProductType.VPN:
            continue
        mine = (o.id for o in free if o.product_type is product_type and o.id not in chosen.values())
        if (newest := next(mine, None)) is not None:
            chosen[place] = newest
    return tuple(chosen.get(place) for place in range(len(products)))


def follows(last: Stage, sale: Opportunity) -> bool:
    """Whether the table leads from the stage seen last to where the sale stands now (OPP-1).

    One move may be anybody's. Before and behind it only moves that left their trace may stand, since what the portal
    wrote in between may be read together with what staff did next.
    """
    return one_move_apart(MOVES, last, sale.stage, sale.behind_it)
