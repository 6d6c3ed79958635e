"""The platform event by which an org tells that staff answered."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from adapters.salesforce.events.news import News, OfAccount, Source, instant, record_id
from adapters.salesforce.events.schemas import Unreadable
from core.domain.facts import EligibilityChanged, IdentityChanged
from core.domain.ids import AccountId

ACCOUNT: Final = "AccountId__c"
_KINDS: Final[Mapping[str, OfAccount]] = {
    "Internet_Eligibility_Status__c": EligibilityChanged,
    "Id_Verification_Status__c": IdentityChanged,
}


def platform_news(record: Mapping[str, Any], place: str) -> Iterator[News]:
    """What the event tells: of each status that it bears. Raises Unreadable for one without account or time."""
    account, at = record_id(record.get(ACCOUNT)), record.get("CreatedDate")
    if account is None or not isinstance(at, int):
        raise Unreadable("account or time")
    source = Source(id=f"salesforce:{place}", at=instant(at))
    for field, kind in _KINDS.items():
        if record.get(field) is not None:
            yield News(source=source, object="account", record=account, kind=kind, account=AccountId(account))
