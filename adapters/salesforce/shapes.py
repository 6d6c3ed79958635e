"""From the org's records to the values of the business and back: people, and what staff keep on their accounts."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from adapters.salesforce.picklists import Picklists, meaning
from adapters.salesforce.rows import Row, day, instant, sure_instant
from core.domain.account import Address, Person, Phone, PortalStatus, Profile
from core.domain.changes import AccountState
from core.domain.eligibility import Eligibility, EligibilityStatus
from core.domain.identity import Identity, IdStatus
from core.domain.ids import AccountId, CaseId, ClientId, ContactId, CustomerNumber, crm_id
from core.domain.japan import tokyo_date
from ports.errors import Rejected

W = TypeVar("W", bound=StrEnum)

UNKNOWN_WORD: Final = "unknown_word"
"""What a record is refused with that stands at a word the portal does not know."""
_PHONE: Final = re.compile(r"\+([1-9][0-9]{0,2})[ .-]([0-9]{4,14})")
_DIALLED_IN_JAPAN: Final = re.compile(r"0[0-9]{4,14}")
_PLACE: Final = ("street", "city", "state", "postcode")


def word(words: type[W], said: str | None, table: str, field: str) -> W:
    """A word that the core spells; raises Rejected for one that staff put into the list and the portal never met."""
    known = word_or_none(words, said)
    if known is None:
        raise Rejected(UNKNOWN_WORD, table, (field,))
    return known


def word_or_none(words: type[W], said: str | None) -> W | None:
    """A word that the core spells, or None."""
    return next((each for each in words if each.value == said), None)


# --- people --------------------------------------------------------------------------------------------------------
def address_values(address: Address, country: str) -> dict[str, str]:
    """The fields of an address; the building stands on a line of its own, so that it can be told again."""
    return {
        "street": f"{address.town}\n{address.building}" if address.building else address.town,
        "city": address.city,
        "state": address.prefecture,
        "postcode": address.postcode,
        "country": country,
    }


def address_of(row: Row) -> Address | None:
    """The address in a record, or None where none of it stands there."""
    if not any(row[part] for part in _PLACE):
        return None
    street, city, state, postcode = (row[part] or "" for part in _PLACE)
    # Salesforce breaks the lines of a street in its own way
    town, _, building = street.replace("\r\n", "\n").partition("\n")
    return Address(postcode, state, city, town, building)


def phone_text(phone: Phone) -> str:
    """A number as staff dial it, with the country code set off."""
    return f"+{phone.country_code} {phone.number}"


def phone_of(text: str | None) -> Phone | None:
    """The number that the portal wrote, or staff in Japan's own way; None where it is neither."""
    written = _PHONE.fullmatch(text or "")
    if written is not None:
        return Phone(written[1], written[2])
    digits = re.sub(r"[^0-9]", "", text or "")
    return Phone("81", digits[1:]) if _DIALLED_IN_JAPAN.fullmatch(digits) else None


def person_values(person: Person, email: str, picklists: Picklists) -> dict[str, Any]:
    """The fields of a contact that say who the customer is."""
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "first_kana": person.first_kana,
        "last_kana": person.last_kana,
        "company": person.company,
        "nationality": person.nationality,
        "birth_date": person.birth_date,
        "gender": None if person.gender is None else picklists.genders[person.gender],
        "email": email,
    }


def person_of(contact: Row, picklists: Picklists) -> Person:
    """Who a contact is."""
    return Person(
        first_name=contact["first_name"] or "",
        last_name=contact["last_name"] or "",
        first_kana=contact["first_kana"] or "",
        last_kana=contact["last_kana"] or "",
        company=contact["company"] or "",
        nationality=contact["nationality"] or "",
        birth_date=day(contact["birth_date"]),
        gender=meaning(picklists.genders, contact["gender"]),
    )


def profile_of(account: Row, contact: Row, picklists: Picklists) -> Profile:
    """The customer on an account."""
    return Profile(
        account=AccountId(account["id"]),
        contact=ContactId(contact["id"]),
        number=CustomerNumber(account["number"]) if account["number"] else None,
        client=ClientId(account["client"]) if account["client"] else None,
        email=contact["email"] or "",
        person=person_of(contact, picklists),
        phone=phone_of(contact["phone"] or account["phone"]),
        address=address_of(account),
        status=portal_status_of(account),
        added_on=tokyo_date(sure_instant(account["created_at"])),
        by_portal=bool(account["key"]),
    )


def portal_status_of(account: Row) -> PortalStatus | None:
    """Whether staff let the account use the portal; None where nobody has said."""
    said = account["portal_status"]
    return word(PortalStatus, said, "account", "portal_status") if said else None


# --- what staff keep on the account --------------------------------------------------------------------------------
def eligibility_of(account: Row, open_cases: Collection[str | None], read_at: datetime) -> Eligibility:
    """An account's eligibility; while pending without its closed case, of which nothing comes any more."""
    status = _eligibility_status(account)
    case = crm_id(account["eligibility_case"] or "")
    over = status is EligibilityStatus.PENDING and case not in open_cases
    return Eligibility(
        account=AccountId(account["id"]),
        status=status,
        value=account["eligibility_value"],
        requested_at=instant(account["eligibility_requested_at"]),
        checked_at=instant(account["eligibility_checked_at"]),
        notes=account["eligibility_notes"],
        case=CaseId(case) if case and not over else None,
        address=account["eligibility_address"],
        read_at=read_at,
    )


def identity_of(account: Row, titles: Mapping[str, str], read_at: datetime) -> Identity:
    """An account's ID verification; `titles` are those of its documents. Staff's own note stays there (IDV-3)."""
    return Identity(
        account=AccountId(account["id"]),
        status=_id_status(account),
        submitted_at=instant(account["id_submitted_at"]),
        reviewed_at=instant(account["id_reviewed_at"]),
        message=account["id_message"],
        file_name=titles.get(crm_id(account["id_document"] or "") or ""),
        read_at=read_at,
    )


def account_state_of(row: Row) -> AccountState:
    """What staff decide on an account."""
    return AccountState(
        account=AccountId(row["id"]),
        changed_at=sure_instant(row["changed_at"]),
        portal=portal_status_of(row),
        eligibility=_eligibility_status(row),
        eligibility_at=instant(row["eligibility_checked_at"] or row["eligibility_requested_at"]),
        identity=_id_status(row),
        identity_at=instant(row["id_reviewed_at"] or row["id_submitted_at"]),
    )


def _eligibility_status(account: Row) -> EligibilityStatus:
    said = account["eligibility_status"] or EligibilityStatus.NOT_REQUESTED
    return word(EligibilityStatus, said, "account", "eligibility_status")


def _id_status(account: Row) -> IdStatus:
    return word(IdStatus, account["id_status"] or IdStatus.NOT_SUBMITTED, "account", "id_status")
