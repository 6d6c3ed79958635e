"""The platform event by which an org tells that staff answered."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.salesforce.events.news import News, OfAccount, Source, instant, record_id
from adapters.salesforce.events.schemas import Unreadable
from adapters.salesforce.field_map import FieldMap
from core.domain.facts import EligibilityChanged, IdentityChanged
from core.domain.ids import AccountId


class PlatformEvents:
    """Reads the event by the names that the org has for what it bears."""

    def __init__(self, names: FieldMap) -> None:
        update = names["account_update"]
        self._account, self._created_at = update["account"], update["created_at"]
        self._kinds: Mapping[str, OfAccount] = {
            update["eligibility_status"]: EligibilityChanged,
            update["id_status"]: IdentityChanged,
        }

    def news_of(self, record: Mapping[str, Any], place: str) -> Iterator[News]:
        """What the event tells: of each status that it bears. Raises Unreadable for one without account or time."""
        account, at = record_id(record.get(self._account)), record.get(self._created_at)
        if account is None or not isinstance(at, int):
            raise Unreadable("account or time")
        source = Source(id=f"salesforce:{place}", at=instant(at))
        for field, kind in self._kinds.items():
            if record.get(field) is not None:
                yield News(source=source, object="account", record=account, kind=kind, account=AccountId(account))
