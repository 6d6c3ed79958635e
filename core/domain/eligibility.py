"""Whether an address can have internet: asked by the customer, answered by staff (ELG)."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.account import Address, place_of
from core.domain.ids import AccountId, CaseId, ContactId, OpportunityId, RequestKey, Sku
from core.domain.japan import add_business_days, end_of_day
from core.domain.policy import Policy


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

    def is_for(self, address: Address | None) -> bool:
        """Whether the result was given for that address (ELG-10); an unrecorded address is taken as the one on file."""
        return address is not None and (not self.address or place_of(self.address) == address.place)

    def opens_gate(self, address: Address | None) -> bool:
        """Whether Internet may be ordered there: eligible, and for this address (ORD-1, ELG-10)."""
        return self.status is EligibilityStatus.ELIGIBLE and self.is_for(address)

    def settles(self, address: Address) -> bool:
        """Whether asking again for `address` would learn nothing new (ELG-2)."""
        asked = self.status in (EligibilityStatus.PENDING, EligibilityStatus.ELIGIBLE)
        return asked and self.is_for(address)

    def may_ask_from(self, address: Address, policy: Policy) -> datetime | None:
        """From when the same address may be asked again after a no; None when it may be now (ELG-2)."""
        if self.status is not EligibilityStatus.INELIGIBLE or not self.is_for(address):
            return None
        answered = self.checked_at or self.requested_at
        return answered + policy.ask_again_after if answered is not None else None


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
