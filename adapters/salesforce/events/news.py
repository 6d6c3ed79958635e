"""What an event means to the portal: the facts in it, before it is known whose each record is."""

from datetime import UTC, datetime
from typing import Final

import msgspec

from adapters.salesforce.events.schemas import Unreadable
from core.domain.facts import (
    AccountChanged,
    AnyFact,
    CatalogChanged,
    EligibilityChanged,
    EventUnreadable,
    IdentityChanged,
    OpportunityChanged,
    OrderChanged,
)
from core.domain.ids import AccountId, OpportunityId, OrderId, crm_id

OfAccount = type[EligibilityChanged] | type[IdentityChanged] | type[AccountChanged]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The event behind a piece of news: what its facts are called after, when it was, whether it is an echo.

    `number` and `sequence` order what has one time: of commits, and within one.
    """

    id: str
    at: datetime
    own: bool = False
    number: int = 0
    sequence: int = 0


class News(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a record: `object` (by what the portal calls it) and the record's id.

    `account` is whose it is, where the event said so.
    """

    source: Source
    object: str
    record: str
    kind: OfAccount = AccountChanged
    account: AccountId | None = None
    only_details: bool = False
    """Whether a change of an account is none of its portal status."""
    unread: str = ""
    """Why the event could not be read; `object` is its topic then and `record` its place in it."""

    @property
    def is_of_nobody(self) -> bool:
        """Whether it belongs to no account, as what is sold does."""
        return self.object == "catalog" or bool(self.unread)

    def fact(self, account: AccountId | None) -> AnyFact | None:
        """The fact, given whose the record is; None for a record that is nobody's."""
        id, at, own = self.source.id, self.source.at, self.source.own
        if self.unread:
            return EventUnreadable(id=id, at=at, topic=self.object, place=self.record, reason=self.unread)
        if self.is_of_nobody:
            # what was changed together is read again together
            return CatalogChanged(id=f"{id}:catalog", at=at, own=own)
        if account is None:
            return None
        if self.object == "order":
            return OrderChanged(id=f"{id}:{self.record}", at=at, own=own, order=OrderId(self.record), account=account)
        if self.object == "opportunity":
            sale = OpportunityId(self.record)
            return OpportunityChanged(id=f"{id}:{self.record}", at=at, own=own, opportunity=sale, account=account)
        if self.only_details:
            # another event of the same transaction may be of more
            return AccountChanged(id=f"{id}:details:{account}", at=at, own=own, account=account, only_details=True)
        return self.kind(id=f"{id}:{_WORDS[self.kind]}:{account}", at=at, own=own, account=account)


_WORDS: Final = {EligibilityChanged: "eligibility", IdentityChanged: "identity", AccountChanged: "account"}


def record_id(text: object) -> str | None:
    """An id of Salesforce's in its long form; None for anything else."""
    return crm_id(text) if isinstance(text, str) else None


def unread_news(topic: str, place: str, reason: str) -> News:
    """That an event could not be read; when it was is in what could not be read."""
    return News(
        source=Source(id=f"salesforce:{topic}:{place}", at=instant(0)), object=topic, record=place, unread=reason
    )


def instant(milliseconds: int) -> datetime:
    """The time of so many milliseconds; raises Unreadable for one that no calendar has."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise Unreadable("time") from None
