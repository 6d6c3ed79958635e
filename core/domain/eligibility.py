"""Whether an address can have internet: asked by the customer, answered by staff (ELG)."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.account import Address, place_of
from core.domain.ids import AccountId, CaseId, ContactId, OpportunityId, RequestKey, Sku
from core.domain.japan import add_business_days, end_of_day, tokyo_date
from core.domain.machines import moved
from core.domain.policy import Policy
from core.domain.refusals import AskedTooSoon
from core.domain.support import OpenCheck

SURE_ENOUGH: Final = 0.8
"""From which confidence on a checker's answer stands without staff (ELG-8)."""
REVIEWS_READ: Final = 100
"""How many recent review times an expectation looks at (ELG-4)."""


class EligibilityStatus(StrEnum):
    """Where the check of an account's address stands."""

    NOT_REQUESTED = "Not Requested"
    PENDING = "Pending"
    ELIGIBLE = "Eligible"
    INELIGIBLE = "Ineligible"


class EligibilityTrigger(StrEnum):
    """What moves an eligibility."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    REOPENED = "reopened by staff"
    WITHDRAWN = "withdrawn by staff"


_S, _T = EligibilityStatus, EligibilityTrigger
MOVES: Final = MappingProxyType(
    {
        (_S.NOT_REQUESTED, _T.REQUESTED): _S.PENDING,
        (_S.PENDING, _T.CONFIRMED): _S.ELIGIBLE,
        (_S.PENDING, _T.DENIED): _S.INELIGIBLE,
        (_S.ELIGIBLE, _T.REQUESTED): _S.PENDING,
        (_S.INELIGIBLE, _T.REQUESTED): _S.PENDING,
        # staff's corrections, and answers that a checker or staff give before anybody asked
        (_S.NOT_REQUESTED, _T.CONFIRMED): _S.ELIGIBLE,
        (_S.NOT_REQUESTED, _T.DENIED): _S.INELIGIBLE,
        (_S.ELIGIBLE, _T.DENIED): _S.INELIGIBLE,
        (_S.INELIGIBLE, _T.CONFIRMED): _S.ELIGIBLE,
        (_S.ELIGIBLE, _T.REOPENED): _S.PENDING,
        (_S.INELIGIBLE, _T.REOPENED): _S.PENDING,
        (_S.PENDING, _T.WITHDRAWN): _S.NOT_REQUESTED,
    }
)


ANSWERED: Final = frozenset({EligibilityStatus.ELIGIBLE, EligibilityStatus.INELIGIBLE})


def move_eligibility(status: EligibilityStatus, trigger: EligibilityTrigger) -> EligibilityStatus:
    """Where `trigger` takes an eligibility; raises MoveRefused."""
    return moved("eligibility", MOVES, status, trigger)


class Eligibility(msgspec.Struct, frozen=True, kw_only=True):
    """An account's eligibility as the CRM holds it; `read_at` says when that was (ELG-4, ELG-7).

    `address` is the line the result belongs to, `notes` what staff wrote for the customer.
    """

    account: AccountId
    status: EligibilityStatus = EligibilityStatus.NOT_REQUESTED
    value: str | None = None
    requested_at: datetime | None = None
    checked_at: datetime | None = None
    notes: str | None = None
    case: CaseId | None = None
    address: str | None = None
    read_at: datetime | None = None

    def at(self, home: Address | None) -> "Eligibility":
        """The eligibility with its address: what was answered without one is for the one on file (ELG-10)."""
        if self.address or home is None:
            return self
        return msgspec.structs.replace(self, address=home.one_line)

    def is_for(self, address: Address | None) -> bool:
        """Whether the result was given for that address (ELG-10); an unrecorded address is taken as the one on file."""
        return address is not None and (not self.address or place_of(self.address) == address.place)

    def opens_gate(self, address: Address | None) -> bool:
        """Whether Internet may be ordered there: eligible, and for this address (ORD-1, ELG-10)."""
        return self.status is EligibilityStatus.ELIGIBLE and self.is_for(address)

    def settles(self, address: Address) -> bool:
        """Whether asking again for `address` would learn nothing new (ELG-2); with no case open it would."""
        is_open = self.status is EligibilityStatus.PENDING and self.case is not None
        return (is_open or self.status is EligibilityStatus.ELIGIBLE) and self.is_for(address)

    @property
    def no_on(self) -> date | None:
        """The day in Japan on which the address got a no; None without one."""
        answered_at = self.checked_at or self.requested_at
        if self.status is not EligibilityStatus.INELIGIBLE or answered_at is None:
            return None
        return tokyo_date(answered_at)

    def first_day_again(self, address: Address, policy: Policy) -> date | None:
        """The first day in Japan on which the same address may be asked again after a no; None without one (ELG-2)."""
        return self.no_on + policy.ask_again_after if self.no_on is not None and self.is_for(address) else None


class Asking(StrEnum):
    """What asking for an address comes to (ELG-2)."""

    CHANGES_NOTHING = "changes_nothing"
    ADDS_ADDRESS = "adds_address"
    OPENS_CHECK = "opens_check"


def asking(standing: Eligibility, address: Address, now: datetime, policy: Policy, no_on: date | None = None) -> Asking:
    """What asking for `address` does as things stand; raises AskedTooSoon for an address that got a no (ELG-2).

    `no_on` is the day of an earlier no for it, which the account tells no more.
    """
    if standing.settles(address):
        return Asking.CHANGES_NOTHING
    remembered = no_on + policy.ask_again_after if no_on is not None else date.min
    again = max(remembered, standing.first_day_again(address, policy) or date.min)
    if tokyo_date(now) < again:
        raise AskedTooSoon(until=again.isoformat())
    if standing.status is EligibilityStatus.PENDING and standing.case is not None:
        return Asking.ADDS_ADDRESS
    return Asking.OPENS_CHECK


class AvailabilityCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A check to be opened: what staff need to see, under one request key (ELG-1)."""

    key: RequestKey
    account: AccountId
    contact: ContactId
    address: Address
    sku: Sku | None
    note: str
    requested_at: datetime


class OpenedCheck(msgspec.Struct, frozen=True):
    """What opening a check made or found."""

    case: CaseId
    opportunity: OpportunityId


class AvailabilityAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A result as staff write it; `source` says who else gave it (ELG-5, ELG-8)."""

    status: EligibilityStatus
    value: str | None
    notes: str
    checked_at: datetime
    source: str = "staff"


class Expected(msgspec.Struct, frozen=True):
    """When an answer is expected: not before `earliest`, by `latest` (ELG-4)."""

    earliest: datetime
    latest: datetime

    def is_late(self, now: datetime) -> bool:
        """Whether `latest` has passed (ELG-11)."""
        return now > self.latest


def expected_by(
    asked_at: datetime, reviews: Sequence[timedelta], days: tuple[int, int], samples_needed: int
) -> Expected:
    """When staff are expected to answer what was asked at `asked_at` (ELG-4).

    `reviews` are the operator's own recent review times; with enough of them their 90th percentile (nearest rank) is
    the date, else business days in Japan.
    """
    if len(reviews) >= samples_needed:
        ranked = sorted(reviews)
        return Expected(asked_at, asked_at + ranked[math.ceil(0.9 * len(ranked)) - 1])
    earliest, latest = (end_of_day(add_business_days(asked_at, count)) for count in days)
    return Expected(earliest, latest)


def expected_answer(standing: Eligibility, reviews: Sequence[timedelta], policy: Policy) -> Expected | None:
    """When the open check is expected to be answered; None when none is open (ELG-4)."""
    if standing.status is not EligibilityStatus.PENDING or standing.requested_at is None:
        return None
    return expected_by(standing.requested_at, reviews, policy.check_business_days, policy.samples_needed)


def late_checks(
    checks: Iterable[OpenCheck], reviews: Sequence[timedelta], now: datetime, policy: Policy
) -> tuple[OpenCheck, ...]:
    """Those of the open checks that take longer than the customer was told (ELG-11)."""
    return tuple(
        check
        for check in checks
        if expected_by(check.asked_at, reviews, policy.check_business_days, policy.samples_needed).is_late(now)
    )


class EligibilityAction(StrEnum):
    """What the customer does next about the check (ELG-4, ELG-10)."""

    REQUEST_CHECK = "request_check"
    WAIT = "wait"
    VIEW_PLANS = "view_plans"
    SEE_ALTERNATIVES = "see_alternatives"


class Alternative(StrEnum):
    """What there is instead, where no line reaches (ELG-10)."""

    SIM_PLANS = "sim_plans"
    OTHER_ADDRESS = "other_address"
    CHECK_LATER = "check_later"


class EligibilityShown(msgspec.Struct, frozen=True, kw_only=True):
    """An eligibility as the customer sees it (ELG-4).

    `for_address`: whether the result is for the address on file now (ELG-10). `again_from` is the first day on which
    the same address may be asked again.
    """

    eligibility: Eligibility
    for_address: bool
    action: EligibilityAction
    expected: Expected | None = None
    late: bool = False
    alternatives: tuple[Alternative, ...] = ()
    again_from: date | None = None


def eligibility_shown(
    standing: Eligibility, address: Address | None, expected: Expected | None, now: datetime, policy: Policy
) -> EligibilityShown:
    """What the customer is told: how it stands, what to do, by when, and what else there is (ELG-4, ELG-10).

    `address` is the one on file; a result for another one offers a new check.
    """
    here = address is None or standing.is_for(address)
    match standing.status:
        case EligibilityStatus.PENDING:
            action = EligibilityAction.WAIT
        case EligibilityStatus.ELIGIBLE if here:
            action = EligibilityAction.VIEW_PLANS
        case EligibilityStatus.INELIGIBLE if here:
            action = EligibilityAction.SEE_ALTERNATIVES
        case _:
            action = EligibilityAction.REQUEST_CHECK
    return EligibilityShown(
        eligibility=standing,
        for_address=here,
        action=action,
        expected=expected,
        late=expected is not None and expected.is_late(now),
        alternatives=tuple(Alternative) if action is EligibilityAction.SEE_ALTERNATIVES else (),
        again_from=standing.first_day_again(address, policy) if address is not None else None,
    )
