"""What an event means to the portal: the facts in it, before it is known whose each record is."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

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
    """Whether the event says that the status did not change: the portal status, or of the portal's writes any."""
    word: Any = None
    """The status that the record came to, as a word of the portal's; None where the event does not say it."""
    changed_at: datetime | None = None
    """When the record says that the portal changed it."""
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
        said: dict[str, Any] = {
            "id": f"{id}:{self.record}",
            "at": at,
            "own": own,
            "account": account,
            "only_details": self.only_details,
        }
        if self.object == "order":
            return OrderChanged(order=OrderId(self.record), status=self.word, changed_at=self.changed_at, **said)
        if self.object == "opportunity":
            sale = OpportunityId(self.record)
            return OpportunityChanged(opportunity=sale, stage=self.word, changed_at=self.changed_at, **said)
        # another event of the same transaction may be of more
        details = "details:" if self.only_details else ""
        said["id"] = f"{id}:{details}{_WORDS[self.kind]}:{account}"
        if self.kind is EligibilityChanged:
            return EligibilityChanged(status=self.word, **said)
        if self.kind is IdentityChanged:
            return IdentityChanged(status=self.word, **said)
        return AccountChanged(**said)


_WORDS: Final = {EligibilityChanged: "eligibility", IdentityChanged: "identity", AccountChanged: "account"}


def known_word(words: type[StrEnum], said: object) -> StrEnum | None:
    """The portal's word for a status; None for one that it does not know."""
    return next((each for each in words if each == said), None)


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
