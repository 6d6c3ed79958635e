"""Addresses as callers write and read them (ACC-6, ACC-11)."""

from typing import Annotated, Any, ClassVar

import msgspec

from adapters.http.body import Answer, Ask
from core.domain.account import Address

_Line = Annotated[str, msgspec.Meta(max_length=200)]


class AddressAsk(Ask, frozen=True):
    """A Japanese address, in Latin or Japanese script."""

    postcode: Annotated[str, msgspec.Meta(max_length=16)]
    prefecture: _Line
    city: _Line
    town: _Line
    building: _Line = ""

    example: ClassVar[Any] = {
        "postcode": "110-0001",
        "prefecture": "Tokyo",
        "city": "Taito-ku",
        "town": "Yanaka 3-1-2",
        "building": "Hill House 201",
    }

    def address(self) -> Address:
        """The address, as it was typed."""
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
    def of(cls, address: Address) -> "AddressShown":
        """The address as it is kept."""
        return cls(
            postcode=address.postcode,
            prefecture=address.prefecture,
            city=address.city,
            town=address.town,
            building=address.building,
        )
