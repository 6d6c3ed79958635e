"""The customer as a person: name, address, phone, and what staff know them by."""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from core.domain.ids import AccountId, ClientId, ContactId, CustomerNumber
from core.domain.prefectures import is_prefecture
from core.domain.refusals import FieldFault

_POSTCODE: Final = re.compile(r"[0-9]{3}-?[0-9]{4}")
_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f\x7f<>\"(),:;\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_GAP: Final = r"[\s\-‐-―−ー,、.]"
_COUNTER: Final = r"丁目|番地の|番地|番|号室|号|の|ノ"
_SEPARATOR: Final = re.compile(rf"((?<=[0-9])(?:{_GAP}|{_COUNTER})+(?=[0-9]))|(?<=[0-9])(?:{_COUNTER})|{_GAP}+")
_POSTCODE_FIRST: Final = re.compile(rf"^[〒\s]*([0-9]{{3}}){_GAP}*([0-9]{{4}})(?![0-9])")
_NOT_OF_NUMBERS: Final = re.compile(r"[\s()‐-―−-]+")
OLDEST_YEARS: Final = 120


class Gender(StrEnum):
    """Gender as the customer states it."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Address(msgspec.Struct, frozen=True):
    """A Japanese address, written in Latin or Japanese script (ACC-6, ACC-11)."""

    postcode: str
    prefecture: str
    city: str
    town: str
    building: str = ""

    @property
    def one_line(self) -> str:
        """The address as staff read it on an Account, an Order or a Case."""
        return " ".join(
            part for part in (f"〒{self.postcode}", self.prefecture, self.city, self.town, self.building) if part
        )

    @property
    def place(self) -> str:
        """What two spellings of one place have in common; equal means the same address (ELG-2, ELG-10)."""
        return place_of(self.one_line)

    def tidied(self) -> "Address":
        """The address with widths, blanks and the postcode's dash made regular; the meaning is untouched."""
        digits = tidy(self.postcode).replace("-", "").replace("〒", "")
        postcode = f"{digits[:3]}-{digits[3:]}" if len(digits) == 7 else tidy(self.postcode)
        return Address(postcode, tidy(self.prefecture), tidy(self.city), tidy(self.town), tidy(self.building))


class Phone(msgspec.Struct, frozen=True):
    """A phone number with its country code, digits only ("81", "9012345678")."""

    country_code: str
    number: str

    def tidied(self) -> "Phone":
        """The number as digits alone: no blanks and dashes, and in Japan no leading 0, which the country code takes."""
        code, number = (
            _NOT_OF_NUMBERS.sub("", unicodedata.normalize("NFKC", x)) for x in (self.country_code, self.number)
        )
        return Phone(code.removeprefix("+"), number.removeprefix("0") if code.endswith("81") else number)

    @property
    def for_billing(self) -> str:
        """As WHMCS wants it: `+CC.NUMBER` (ACC-6)."""
        return f"+{self.country_code}.{self.number}"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who the customer says they are (ACC-6)."""

    first_name: str
    last_name: str
    first_kana: str = ""
    last_kana: str = ""
    company: str = ""
    nationality: str = ""
    birth_date: date | None = None
    gender: Gender | None = None

    @property
    def name(self) -> str:
        """Given name, then family name, as the customer wrote them."""
        return f"{self.first_name} {self.last_name}".strip()

    def completed(self, told: "Person") -> "Person":
        """The person with names from `told` where there is none."""
        return msgspec.structs.replace(
            self, first_name=self.first_name or told.first_name, last_name=self.last_name or told.last_name
        )

    def tidied(self) -> "Person":
        """The person with every line of text tidied; the meaning is untouched."""
        return msgspec.structs.replace(
            self,
            first_name=tidy(self.first_name),
            last_name=tidy(self.last_name),
            first_kana=tidy(self.first_kana),
            last_kana=tidy(self.last_kana),
            company=tidy(self.company),
            nationality=tidy(self.nationality),
        )


class PortalStatus(StrEnum):
    """Whether staff let the account use the portal (ACC-8)."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The customer as the CRM holds them (ACC-10)."""

    account: AccountId
    contact: ContactId
    number: CustomerNumber | None
    client: ClientId | None
    email: str
    person: Person
    phone: Phone | None
    address: Address | None
    status: PortalStatus | None = None
    added_on: date | None = None
    """The day the record was made, where the CRM says (ACC-4)."""
    by_portal: bool = False
    """Whether the portal made the record, under a request key of its own (ACC-4)."""


def tidy(text: str) -> str:
    """Text in NFKC with blanks folded, as every stored line of text is."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def place_of(line: str) -> str:
    """The part of an address line that tells places apart, whatever its widths, case, blanks and dashes (ELG-10).

    Between two numbers one mark stays, since 1-11-1 is not 11-1-1; 1丁目11番1号 is 1-11-1.
    """
    written = _POSTCODE_FIRST.sub(r"\1\2〒", unicodedata.normalize("NFKC", line).casefold())
    return _SEPARATOR.sub(lambda found: "-" if found[1] else "", written).replace("〒", "")


def text_faults(field: str, text: str, *, longest: int, needed: bool = True) -> list[FieldFault]:
    """What is wrong with one line of text that a person typed."""
    if _CONTROL.search(text):
        return [FieldFault(field, "bad_characters")]
    if needed and not tidy(text):
        return [FieldFault(field, "required")]
    if len(tidy(text)) > longest:
        return [FieldFault(field, "too_long", {"longest": longest})]
    return []


def email_faults(field: str, email: str) -> list[FieldFault]:
    """What is wrong with an email address."""
    tidied = unicodedata.normalize("NFKC", email).strip()
    if not tidied:
        return [FieldFault(field, "required")]
    if len(tidied) > 80 or ".." in tidied or not _EMAIL.fullmatch(tidied):
        return [FieldFault(field, "not_an_email")]
    return []


def address_faults(field: str, address: Address) -> list[FieldFault]:
    """What is wrong with an address; empty when it can be used (ACC-6)."""
    faults: list[FieldFault] = []
    tidied = address.tidied()
    if not _POSTCODE.fullmatch(tidied.postcode):
        faults.append(FieldFault(f"{field}.postcode", "not_a_postcode"))
    faults += text_faults(f"{field}.prefecture", address.prefecture, longest=40)
    if tidied.prefecture and not is_prefecture(tidied.prefecture):
        faults.append(FieldFault(f"{field}.prefecture", "not_a_prefecture"))
    faults += text_faults(f"{field}.city", address.city, longest=40)
    faults += text_faults(f"{field}.town", address.town, longest=120)
    faults += text_faults(f"{field}.building", address.building, longest=100, needed=False)
    return faults


def phone_faults(field: str, phone: Phone) -> list[FieldFault]:
    """What is wrong with a phone number (ACC-6)."""
    faults: list[FieldFault] = []
    if not re.fullmatch(r"[1-9][0-9]{0,2}", phone.country_code):
        faults.append(FieldFault(f"{field}.countryCode", "not_a_country_code"))
    if not re.fullmatch(r"[0-9]{4,14}", phone.number):
        faults.append(FieldFault(f"{field}.number", "not_a_phone_number"))
    return faults


def person_faults(person: Person, today: date) -> list[FieldFault]:
    """What is wrong with a person's own details; `today` in Japan (ACC-6)."""
    faults = text_faults("firstName", person.first_name, longest=40)
    faults += text_faults("lastName", person.last_name, longest=80)
    faults += text_faults("firstKana", person.first_kana, longest=40, needed=False)
    faults += text_faults("lastKana", person.last_kana, longest=80, needed=False)
    faults += text_faults("company", person.company, longest=100, needed=False)
    faults += text_faults("nationality", person.nationality, longest=60, needed=False)
    if person.birth_date is not None:
        faults += birth_date_faults("birthDate", person.birth_date, today)
    return faults


def birth_date_faults(field: str, born: date, today: date) -> list[FieldFault]:
    """What is wrong with a date of birth; `today` in Japan (ACC-6)."""
    possible = today.year - OLDEST_YEARS <= born.year and born < today
    return [] if possible else [FieldFault(field, "not_a_birth_date")]
