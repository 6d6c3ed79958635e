"""Cancellation: the 25th rule, the last day, the undo window and the way of the rented kit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.ids import AccountId, ClientId, ContactId, OpportunityId, RequestKey, ServiceId, UserId, request_key
from core.domain.japan import Month, end_of_month, tokyo_date
from core.domain.work import Job, WorkKind

CUT_OFF_DAY: Final = 25
"""From this day of the month on, the month itself can no longer be chosen (CAN-1)."""

MONTHS_AHEAD: Final = 12
"""How many months after the earliest one may still be chosen (CAN-1)."""

UNDO_DAYS: Final = 3
"""How many days before the last day the customer's undo closes (CAN-7)."""


class Kit(StrEnum):
    """Where the rented line equipment is, in the words of the CRM's line-return field (CAN-4)."""

    NOT_YET = "NotYet"
    SENT = "SentKit"
    PICKUP = "AS/Pickup provided"
    RETURNED_1 = "Returned1"
    RETURNED_2 = "Returned2"
    NTT_DISPATCH = "NTTDispatch"
    COMPENSATED = "Compensated"
    NOT_APPLICABLE = "N/A"


KIT_PATH: Final = (Kit.NOT_YET, Kit.SENT, Kit.RETURNED_1, Kit.RETURNED_2)
"""The kit's usual way (CAN-4)."""

_ON_ITS_WAY: Final = frozenset({Kit.SENT, Kit.PICKUP, Kit.NTT_DISPATCH})
_WITHOUT_KIT: Final = frozenset({Kit.COMPENSATED, Kit.NOT_APPLICABLE})

KIT_MOVES: Final[Mapping[Kit, frozenset[Kit]]] = MappingProxyType(
    {
        Kit.NOT_YET: _ON_ITS_WAY | _WITHOUT_KIT | {Kit.RETURNED_1},
        # another way of fetching it may be arranged; NotYet takes back a step recorded by mistake
        Kit.SENT: (_ON_ITS_WAY - {Kit.SENT}) | _WITHOUT_KIT | {Kit.NOT_YET, Kit.RETURNED_1},
        Kit.PICKUP: (_ON_ITS_WAY - {Kit.PICKUP}) | _WITHOUT_KIT | {Kit.NOT_YET, Kit.RETURNED_1},
        Kit.NTT_DISPATCH: (_ON_ITS_WAY - {Kit.NTT_DISPATCH}) | _WITHOUT_KIT | {Kit.NOT_YET, Kit.RETURNED_1},
        # compensated after a part came back; the ways back are corrections
        Kit.RETURNED_1: _ON_ITS_WAY | {Kit.RETURNED_2, Kit.COMPENSATED, Kit.NOT_YET},
        Kit.RETURNED_2: frozenset({Kit.RETURNED_1}),
        # the kit turned up after it was paid for, or the entry was a mistake
        Kit.COMPENSATED: _ON_ITS_WAY | {Kit.RETURNED_1, Kit.NOT_YET},
        Kit.NOT_APPLICABLE: frozenset({Kit.NOT_YET}),
    }
)
"""Where staff may move the kit from each state, corrections included (CAN-4)."""

_BACK: Final = frozenset({Kit.RETURNED_1, Kit.RETURNED_2})


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """A service on its way out (CAN-2, CAN-6).

    `kit` is None where nothing is rented (all but Internet). `ends_at` is what the CRM holds: staff may have set
    another date than the month's. `by_case`: the service has no sale to show how far it is, so a case alone tells
    staff of it, and they alone can take it back (CAN-3).
    """

    month: Month
    ends_at: datetime
    requested_at: datetime
    kit: Kit | None = None
    by_case: bool = False


def earliest_month(requested_at: datetime) -> Month:
    """The first month a service can end in: this one until the 24th, the next from the 25th (CAN-1)."""
    month = Month.of(requested_at)
    return month if tokyo_date(requested_at).day < CUT_OFF_DAY else month.next


def months_offered(requested_at: datetime) -> tuple[Month, ...]:
    """The months to choose from, the earliest first and the twelve after it (CAN-1)."""
    earliest = earliest_month(requested_at)
    return tuple(earliest.plus(ahead) for ahead in range(MONTHS_AHEAD + 1))


def ends_at(month: Month) -> datetime:
    """The instant a service ends when `month` is chosen (CAN-2)."""
    return end_of_month(month)


def undo_until(ends_at: datetime, days: int = UNDO_DAYS) -> datetime:
    """The last instant the customer can take the cancellation back (CAN-7).

    `days` before the date, at the same time of day: with the usual end, that whole day still counts.
    """
    return ends_at - timedelta(days=days)


def may_undo(cancellation: Cancellation, now: datetime, days: int = UNDO_DAYS) -> bool:
    """Whether the customer can still take the cancellation of a running service back at `now` (CAN-7)."""
    in_time = now <= undo_until(cancellation.ends_at, days)
    return in_time and not kit_is_back(cancellation.kit) and not cancellation.by_case


def last_bill(month: Month) -> Month:
    """The month whose bill is the last: the one the service ends in, charged whole (CAN-6)."""
    return month


def asked_a_day_later(month: Month, requested_at: datetime) -> Month:
    """The month the service would end in if the same were asked a day later (CAN-6).

    The same month means that waiting a day changes nothing; a later one that it costs the bills in between.
    """
    return max(month, earliest_month(requested_at + timedelta(days=1)))


def kit_may_move(kit: Kit, to: Kit) -> bool:
    """Whether staff may move the kit there; staying where it is always may (CAN-4)."""
    return kit is to or to in KIT_MOVES[kit]


def kit_is_settled(kit: Kit | None, *, has_line: bool) -> bool:
    """Whether nothing about the kit holds up completion any more (CAN-5).

    Where nothing is rented nothing has to be said of it; of a line's kit somebody has to say where it is.
    """
    return (kit is None and not has_line) or kit in _BACK or kit in _WITHOUT_KIT


def kit_is_back(kit: Kit | None) -> bool:
    """Whether staff have the kit, or a part of it, so that the line can't just go on (CAN-7)."""
    return kit in _BACK


# --- work --------------------------------------------------------------------------------------------------------
ASKED: Final = "cancellation"
"""The intent of ending a service, or of letting it go on: one at a time for a service (CAN-3, T-2)."""
BY_CASE: Final = "cancellation_by_case"
"""The intent of ending a service that has no sale: it outlives its work, and is all that tells of it (CAN-3)."""


class CancellationData(msgspec.Struct, frozen=True, kw_only=True):
    """What a cancellation request carries on: whose service, which month, asked when (CAN-2)."""

    account: AccountId
    contact: ContactId
    client: ClientId
    user: UserId
    service: ServiceId
    plan: str
    billing_product: str
    month: str
    requested_at: datetime
    has_line: bool
    opportunity: OpportunityId | None
    sku: str | None = None
    """By which staff know the plan, where it was known when it was asked."""

    @property
    def case_key(self) -> RequestKey:
        """The key that the case is opened under."""
        return request_key("cancellation case", self.service, self.requested_at.isoformat())

    def ending(self) -> Cancellation:
        """The end that was asked for, where no sale tells of it (CAN-3)."""
        month = Month.parse(self.month)
        return Cancellation(month=month, ends_at=ends_at(month), requested_at=self.requested_at, by_case=True)


class ServiceRef(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's service and its sale, as work on its end names them."""

    account: AccountId
    client: ClientId
    user: UserId
    service: ServiceId
    opportunity: OpportunityId
    plan: str = ""


def completion_job(ref: ServiceRef, because: str) -> Job:
    """The work of looking whether a cancellation is complete, once for each thing that may have made it so (CAN-5)."""
    return Job(
        key=request_key("complete", ref.opportunity, because),
        kind=WorkKind.COMPLETE_CANCELLATION,
        data=msgspec.to_builtins(ref),
        lane=str(ref.account),
    )
