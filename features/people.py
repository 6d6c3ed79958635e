"""Who plays in the features: customers by name, with what they would type into a form."""

from types import MappingProxyType
from typing import Any, Final

PASSWORD: Final = "a quiet morning in Yanaka"
ANOTHER_PASSWORD: Final = "a loud evening in Koenji"
TERMS: Final = "2026-01"

YANAKA: Final = MappingProxyType(
    {
        "postcode": "110-0001",
        "prefecture": "Tokyo",
        "city": "Taito-ku",
        "town": "Yanaka 3-1-2",
        "building": "Hill House 201",
    }
)
KOENJI: Final = MappingProxyType(
    {"postcode": "166-0002", "prefecture": "Tokyo", "city": "Suginami-ku", "town": "Koenji-kita 2-5-1", "building": ""}
)
UMEDA: Final = MappingProxyType(
    {"postcode": "530-0001", "prefecture": "大阪府", "city": "大阪市北区", "town": "梅田1-3-1", "building": ""}
)
JINGUMAE: Final = MappingProxyType(
    {"postcode": "150-0001", "prefecture": "Tokyo", "city": "Shibuya-ku", "town": "Jingumae 1-1-1", "building": ""}
)
ADDRESSES: Final = MappingProxyType({"Yanaka": YANAKA, "Koenji": KOENJI, "Umeda": UMEDA, "Jingumae": JINGUMAE})
"""The places that features speak of."""


def _person(first: str, last: str, born: str, home: MappingProxyType[str, str], **more: Any) -> dict[str, Any]:
    return {
        "email": f"{first.lower().replace('á', 'a')}@example.com",
        "password": PASSWORD,
        "firstName": first,
        "lastName": last,
        "birthDate": born,
        "phone": {"countryCode": "81", "number": "9012345678"},
        "address": dict(home),
        "marketingConsent": True,
        "termsVersion": TERMS,
    } | more


PEOPLE: Final = MappingProxyType(
    {
        "Mina": _person("Mina", "Okafor", "1994-05-06", YANAKA, nationality="Nigeria", gender="female"),
        "Tomás": _person("Tomás", "Rivera", "1989-11-23", KOENJI, nationality="Chile", marketingConsent=False),
        "Priya": _person("Priya", "Nair", "1998-02-14", UMEDA, nationality="India", gender="female"),
        "Kenji": _person("Kenji", "Mori", "1990-03-12", KOENJI),
        "Aiko": _person(
            "愛子", "田中", "1975-08-30", UMEDA, email="aiko@example.com", lastKana="タナカ", firstKana="アイコ"
        ),
    }
)
"""Customers by the name that features call them."""

IN_JAPANESE: Final = MappingProxyType(
    {"ミナ": "Mina", "トマス": "Tomás", "プリヤ": "Priya", "ケンジ": "Kenji", "愛子": "Aiko"}
)
PRONOUNS: Final = frozenset({"she", "he", "they", "her", "him", "them", "hers", "his", "their", "彼女", "彼"})
NOBODY: Final = "nobody.here@example.com"
"""An address that has no account."""
