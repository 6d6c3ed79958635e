"""How what other systems list differs from what the portal has learned, so that a lost event is made good (T-5).

What was learned is remembered as one version for each subject; a version that differs is learned as if it were told.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.account import PortalStatus
from core.domain.eligibility import Eligibility, EligibilityStatus
from core.domain.facts import (
    AccountChanged,
    AnyFact,
    EligibilityChanged,
    IdentityChanged,
    OpportunityChanged,
    OrderChanged,
)
from core.domain.identity import Identity, IdStatus
from core.domain.ids import AccountId, OpportunityId, OrderId
from core.domain.notice import fact_version
from core.domain.opportunity import Stage
from core.domain.order import OrderStatus
from core.domain.session import STATE_OF, PortalUser

_TOLD_BY: Final[Mapping[str, type[AccountChanged | EligibilityChanged | IdentityChanged]]] = MappingProxyType(
    {"portal_status": AccountChanged, "eligibility_status": EligibilityChanged, "id_status": IdentityChanged}
)
"""From an account's fields of words to the facts by which they are learned."""
Learned = Mapping[str, str]
"""From a subject to the version of it that was learned last."""


class AccountState(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What staff decide on an account, as a list shows it; each status with its own time."""

    account: AccountId
    changed_at: datetime
    portal: PortalStatus | None = None
    eligibility: EligibilityStatus = EligibilityStatus.NOT_REQUESTED
    eligibility_at: datetime | None = None
    identity: IdStatus = IdStatus.NOT_SUBMITTED
    identity_at: datetime | None = None


class UnreadAccount(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An account at a word that the portal does not know, as staff may have added one to the list of `field`."""

    account: AccountId
    changed_at: datetime
    field: str


class OrderState(msgspec.Struct, frozen=True, kw_only=True):
    """Where an order stands, as a list shows it."""

    order: OrderId
    account: AccountId
    status: OrderStatus
    changed_at: datetime


class SaleState(msgspec.Struct, frozen=True, kw_only=True):
    """Where an opportunity stands, as a list shows it."""

    opportunity: OpportunityId
    account: AccountId
    stage: Stage
    changed_at: datetime


AnyState = AccountState | UnreadAccount | OrderState | SaleState


def eligibility_of(account: AccountId) -> str:
    """The subject under which an account's eligibility is remembered as learned."""
    return f"eligibility:{account}"


def identity_of(account: AccountId) -> str:
    """The subject under which an account's ID verification is remembered as learned."""
    return f"identity:{account}"


def order_of(order: OrderId) -> str:
    """The subject under which an order is remembered as learned."""
    return f"order:{order}"


def sale_of(sale: OpportunityId) -> str:
    """The subject under which an opportunity is remembered as learned."""
    return f"opportunity:{sale}"


def owner_of(record: str) -> str:
    """The subject under which the account is remembered that an order or a sale belongs to."""
    return f"owner:{record}"


def subjects(state: AnyState) -> tuple[str, ...]:
    """What is remembered as learned of that record."""
    match state:
        case AccountState():
            return eligibility_of(state.account), identity_of(state.account)
        case UnreadAccount():
            return ()
        case OrderState():
            return (order_of(state.order),)
        case SaleState():
            return (sale_of(state.opportunity),)


def version_of(state: OrderState | SaleState) -> str:
    """The version of an order or a sale: whatever changes on it makes another."""
    return fact_version(state.status if isinstance(state, OrderState) else state.stage, state.changed_at)


def version_of_check(standing: Eligibility) -> str:
    """The version of an account's eligibility: its status and that status's own time."""
    return fact_version(standing.status, standing.checked_at or standing.requested_at)


def version_of_id(standing: Identity) -> str:
    """The version of an account's ID verification, as of an eligibility."""
    return fact_version(standing.status, standing.reviewed_at or standing.submitted_at)


def status_in(learned: str | None) -> str | None:
    """The status in a version that was learned."""
    return learned.rpartition("@")[0] if learned is not None else None


def outruns(learned: str | None, version: str) -> bool:
    """Whether what was learned is of a later time than that version; learned last, the earlier would stand for it."""
    times = (each.rpartition("@")[2] for each in (learned or "", version))
    then, now = (datetime.fromisoformat(time) if time not in ("", "-") else None for time in times)
    return then is not None and now is not None and then > now


def untold(state: AnyState, user: PortalUser, learned: Learned, now: datetime) -> Iterator[AnyFact]:
    """The facts in which the record differs from what was learned of it.

    What was so before the customer came to the portal, and never changed since, is no news.
    """
    match state:
        case AccountState():
            yield from _of_account(state, user, learned, now)
        case UnreadAccount():
            # to learn of it reads it anew: that is refused by the word, and left with staff
            fact_id = f"poll:account:{state.account}:{state.field}:{state.changed_at.isoformat()}"
            yield _TOLD_BY[state.field](id=fact_id, at=now, account=state.account)
        case OrderState():
            (subject,) = subjects(state)
            before = learned.get(subject)
            # an order under review has nothing to follow yet
            begun = before is not None or state.status is not OrderStatus.PENDING_REVIEW
            if begun and _differs(before, version_of(state), state.changed_at, user):
                fact_id = f"poll:{subject}:{version_of(state)}"
                yield OrderChanged(id=fact_id, at=now, order=state.order, account=state.account)
        case SaleState():
            (subject,) = subjects(state)
            if _differs(learned.get(subject), version_of(state), state.changed_at, user):
                fact_id = f"poll:{subject}:{version_of(state)}"
                yield OpportunityChanged(id=fact_id, at=now, opportunity=state.opportunity, account=state.account)


def _of_account(state: AccountState, user: PortalUser, learned: Learned, now: datetime) -> Iterator[AnyFact]:
    account = state.account
    if state.portal is not None and STATE_OF[state.portal] is not user.state:
        fact_id = f"poll:account:{account}:{fact_version(state.portal, state.changed_at)}"
        yield AccountChanged(id=fact_id, at=now, account=account)
    before, version = learned.get(eligibility_of(account)), fact_version(state.eligibility, state.eligibility_at)
    first = before is None and state.eligibility is EligibilityStatus.NOT_REQUESTED
    if not first and _differs(before, version, state.eligibility_at or state.changed_at, user):
        fact_id = f"poll:{eligibility_of(account)}:{version}:{state.changed_at.isoformat()}"
        yield EligibilityChanged(id=fact_id, at=now, account=account)
    before, version = learned.get(identity_of(account)), fact_version(state.identity, state.identity_at)
    first = before is None and state.identity is IdStatus.NOT_SUBMITTED
    if not first and _differs(before, version, state.identity_at or state.changed_at, user):
        fact_id = f"poll:{identity_of(account)}:{version}:{state.changed_at.isoformat()}"
        yield IdentityChanged(id=fact_id, at=now, account=account)


def _differs(before: str | None, version: str, at: datetime, user: PortalUser) -> bool:
    if before is None:
        return at >= user.created_at
    return before != version
