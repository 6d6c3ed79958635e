"""Change events: their header, and which facts it comes to."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from adapters.salesforce.events.bitmaps import names_in
from adapters.salesforce.events.news import News, OfAccount, Source, instant, known_word, record_id
from adapters.salesforce.events.schemas import Schema, Unreadable
from adapters.salesforce.field_map import FieldMap
from core.domain.eligibility import EligibilityStatus
from core.domain.facts import AccountChanged, EligibilityChanged, IdentityChanged
from core.domain.identity import IdStatus
from core.domain.ids import AccountId
from core.domain.opportunity import Stage
from core.domain.order import OrderStatus

_OF_ACCOUNT: Final[tuple[OfAccount, ...]] = (EligibilityChanged, IdentityChanged, AccountChanged)
_STAMPS: Final = frozenset({"LastModifiedById", "SystemModstamp"})
_OVERFLOW: Final = "GAP_OVERFLOW"


class ChangeHeader(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The header of a change event, as far as it matters here."""

    entity_name: str
    record_ids: list[str]
    change_type: str
    change_origin: str = ""
    transaction_key: str = ""
    sequence_number: int = 0
    commit_timestamp: int
    commit_number: int = 0
    changed_fields: list[str] = []
    nulled_fields: list[str] = []

    @property
    def is_gap(self) -> bool:
        """Whether it tells which records changed, and not how."""
        return self.change_type.startswith("GAP_")

    @property
    def lists_changes(self) -> bool:
        """Whether it says which fields of a record changed, so that all others did not."""
        return self.change_type == "UPDATE" and bool(self.changed_fields)

    @property
    def is_overflow(self) -> bool:
        """Whether more changed than is told: no ids at all, or a pattern instead of ids."""
        return self.change_type == _OVERFLOW or any("*" in id for id in self.record_ids)


class ChangeEvents:
    """Reads change events by the names that the org has for things."""

    def __init__(self, names: FieldMap, client_name: str) -> None:
        self._own = f"client={client_name}"
        self._objects = {names[each].name: each for each in ("account", "contact", "order", "opportunity")}
        self._objects |= {names[each].name: "catalog" for each in ("product", "price_entry")}
        self._account_fields = {each: names[each]["account"] for each in ("contact", "order", "opportunity")}
        account = names["account"]
        self._eligibility = frozenset(api for name, api in account.fields.items() if name.startswith("eligibility_"))
        self._identity = frozenset(api for name, api in account.fields.items() if name.startswith("id_"))
        self._status = account["portal_status"]
        self._words: Mapping[tuple[str, OfAccount], tuple[str, type[StrEnum]]] = {
            ("account", EligibilityChanged): (account["eligibility_status"], EligibilityStatus),
            ("account", IdentityChanged): (account["id_status"], IdStatus),
            ("order", AccountChanged): (names["order"]["status"], OrderStatus),
            ("opportunity", AccountChanged): (names["opportunity"]["stage"], Stage),
        }
        self._changed_at = {each: names[each]["changed_at"] for each in ("order", "opportunity")}
        self._dates = _STAMPS | {account["changed_at"]}
        # a log-in is the portal's own note and changes nothing that anybody waits for
        self._silent = {
            "account": self._dates | {account["last_sign_in"]},
            "contact": _STAMPS | {names["contact"]["changed_at"]},
        }

    def header_of(self, record: Mapping[str, Any]) -> ChangeHeader | None:
        """The header of a change event; None for another kind of event. Raises Unreadable."""
        header = record.get("ChangeEventHeader")
        if header is None:
            return None
        try:
            return msgspec.convert(header, ChangeHeader)
        except msgspec.ValidationError:
            raise Unreadable("header") from None

    def is_ours(self, header: ChangeHeader) -> bool:
        """Whether the portal has anything to do with such records."""
        return header.entity_name in self._objects

    def news_of(self, header: ChangeHeader, schema: Schema, record: Mapping[str, Any], place: str) -> Iterator[News]:
        """What happened; `place` is the event's own, which no other event has. Raises Unreadable."""
        object = self._objects[header.entity_name]
        own = header.change_origin.rpartition(";")[2] == self._own and not header.is_gap
        # one transaction is told of once, however often it wrote a record: what is read then has all of it, whereas of
        # an echo it counts what each event says
        named = header.transaction_key if header.transaction_key and not header.is_gap and not own else place
        source = Source(
            id=f"salesforce:{named}",
            at=instant(header.commit_timestamp),
            own=own,
            number=header.commit_number,
            sequence=header.sequence_number,
        )
        account = record_id(record.get(self._account_fields.get(object, "")))
        told = self._told(header, schema, record, object)
        for id in map(_long, header.record_ids):
            for kind in self._kinds(object, header, told):
                whose = id if object == "account" else account
                news = News(
                    source=source,
                    object=object,
                    record=id,
                    kind=kind,
                    account=AccountId(whose) if whose is not None else None,
                    only_details=kind is AccountChanged and self._leaves_status(object, header, told),
                )
                yield self._said(news, header, record, told) if own and told else news

    def _said(self, news: News, header: ChangeHeader, record: Mapping[str, Any], told: frozenset[str]) -> News:
        """The same with what an echo says of the status; nothing where it says another thing than the portal knows."""
        field, words = self._words.get((news.object, news.kind), ("", None))
        if words is None or header.change_type not in ("CREATE", "UPDATE"):
            return news
        at = record.get(self._changed_at.get(news.object, ""))
        dated = replace(news, changed_at=instant(at) if isinstance(at, int) else None)
        if field in told:
            return replace(dated, word=known_word(words, record.get(field)))
        return replace(dated, only_details=header.lists_changes)

    def _leaves_status(self, object: str, header: ChangeHeader, told: frozenset[str]) -> bool:
        """Whether the event says what changed of an account or a contact, and no portal status with it."""
        return header.lists_changes and object in self._silent and self._status not in told

    def _kinds(self, object: str, header: ChangeHeader, told: frozenset[str]) -> Iterable[OfAccount]:
        if header.change_type == "DELETE" or object not in self._silent:
            return (AccountChanged,)
        possible = _OF_ACCOUNT if object == "account" else (AccountChanged,)
        if header.is_gap or header.change_type == "UNDELETE":
            return possible
        changed = told - self._silent[object]
        if object == "contact":
            # that of a person account is dated whatever changed of the account, whose own event says what
            return possible if changed else ()
        if not told - self._dates:
            # the account of a person of whom something changed, in an org that does not tell of contacts
            return (AccountChanged,)
        eligibility, identity = changed & self._eligibility, changed & self._identity
        found = zip(_OF_ACCOUNT, (eligibility, identity, changed - eligibility - identity), strict=True)
        return [kind for kind, fields in found if fields]

    def _told(self, header: ChangeHeader, schema: Schema, record: Mapping[str, Any], object: str) -> frozenset[str]:
        """The fields of which an event says that they changed; none where it can't say. Raises Unreadable."""
        if header.is_gap:
            return frozenset()
        # of what is new everything that is there has changed, and the bitmaps are empty
        filled = frozenset(name for name, value in record.items() if value is not None and name != "ChangeEventHeader")
        try:
            return names_in((*header.changed_fields, *header.nulled_fields), schema) or filled
        except Unreadable:
            if object in self._silent:
                raise
            return frozenset()  # the record is read, whatever changed of it


def _long(id: str) -> str:
    long = record_id(id)
    if long is None:
        raise Unreadable("record id")
    return long
