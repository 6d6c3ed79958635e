"""What several areas take and show of people: phone numbers, addresses, and words for states."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

import msgspec

from adapters.http.body import Answer, Ask
from core.domain.account import Address, Phone

Line = Annotated[str, msgspec.Meta(max_length=200)]
"""One line of text that a person types; how much of it is needed stands in the core."""
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
"""An id as the surface gave it out."""
Email = Annotated[str, msgspec.Meta(max_length=200, description="An email address.")]
Token = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
"""A token as the surface or a mail gave it out."""


class PhoneAsk(Ask, frozen=True):
    """A phone number: country code and number, digits only."""

    country_code: Annotated[str, msgspec.Meta(max_length=8)]
    number: Annotated[str, msgspec.Meta(max_length=32)]

    example: ClassVar[Any] = {"countryCode": "81", "number": "9012345678"}

    @property
    def phone(self) -> Phone:
        """As the core knows it."""
        return Phone(self.country_code, self.number)


class PhoneShown(Answer, frozen=True):
    """A phone number on file."""

    country_code: str
    number: str

    example: ClassVar[Any] = PhoneAsk.example

    @classmethod
    def of(cls, phone: Phone | None) -> "PhoneShown | None":
        """The phone number, if there is one."""
        return cls(country_code=phone.country_code, number=phone.number) if phone is not None else None


class AddressAsk(Ask, frozen=True):
    """A Japanese address, in Latin or Japanese script."""

    postcode: Line
    prefecture: Line
    city: Line
    town: Line
    building: Line = ""

    example: ClassVar[Any] = {
        "postcode": "110-0001",
        "prefecture": "Tokyo",
        "city": "Taito-ku",
        "town": "Yanaka 3-1-2",
        "building": "Hill House 201",
    }

    @property
    def address(self) -> Address:
        """As the core knows it."""
        return Address(self.postcode, self.prefecture, self.city, self.town, self.building)


class AddressShown(Answer, frozen=True):
    """An address on file."""

    postcode: str
    prefecture: str
    city: str
    town: str
    building: str

    example: ClassVar[Any] = AddressAsk.example

    @classmethod
    def of(cls, address: Address | None) -> "AddressShown | None":
        """The address, if there is one."""
        if address is None:
            return None
        return cls(
            postcode=address.postcode,
            prefecture=address.prefecture,
            city=address.city,
            town=address.town,
            building=address.building,
        )


def word_of(state: StrEnum) -> str:
    """A state's word as the surface says it: "Pending Review" is pending_review."""
    return state.value.lower().replace(" ", "_")
