"""The platform event by which an org tells that staff answered."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from adapters.salesforce.events.news import News, OfAccount, Source, instant, known_word, record_id
from adapters.salesforce.events.schemas import Unreadable
from adapters.salesforce.field_map import FieldMap
from core.domain.eligibility import EligibilityStatus
from core.domain.facts import EligibilityChanged, IdentityChanged
from core.domain.identity import IdStatus
from core.domain.ids import AccountId


class PlatformEvents:
    """Reads the event by the names that the org has for what it bears."""

    def __init__(self, names: FieldMap) -> None:
        update = names["account_update"]
        self._account, self._created_at = update["account"], update["created_at"]
        self._kinds: Mapping[str, tuple[OfAccount, type[StrEnum]]] = {
            update["eligibility_status"]: (EligibilityChanged, EligibilityStatus),
            update["id_status"]: (IdentityChanged, IdStatus),
        }

    def news_of(self, record: Mapping[str, Any], place: str) -> Iterator[News]:
        """What the event tells: of each status that it bears. Raises Unreadable for one without account or time."""
        account, at = record_id(record.get(self._account)), record.get(self._created_at)
        if account is None or not isinstance(at, int):
            raise Unreadable("account or time")
        source = Source(id=f"salesforce:{place}", at=instant(at))
        for field, (kind, words) in self._kinds.items():
            if (status := record.get(field)) is not None:
                whose, word = AccountId(account), known_word(words, status)
                yield News(source=source, object="account", record=account, kind=kind, account=whose, word=word)
