"""What customers order in the features: services by short names, alone or several in one cart."""

import re
from typing import Any, Final

from features.parameters import choice
from features.sentences import parameter
from features.shop import PLANS, service

SHORT: Final[dict[str, dict[str, Any]]] = {
    "Internet": service(PLANS["Internet Home 1G Silver"]),
    "Internet for apartments": service(PLANS["Internet Apartment 1G Silver"]),
    "an eSIM": service(PLANS["SIM 5GB"]),
    "a SIM card": service(PLANS["SIM 5GB"], card=True),
    "a family SIM": service(PLANS["SIM 5GB family"]),
    "a VPN": service(PLANS["VPN London"]),
}
"""The services that features mean by a few words."""
IN_JAPANESE: Final = {
    "インターネット": "Internet",
    "eSIM": "an eSIM",
    "SIMカード": "a SIM card",
    "VPN": "a VPN",
}
CARTS: Final = {**SHORT, **{said: SHORT[meant] for said, meant in IN_JAPANESE.items()}}
_ONE: Final = "|".join(re.escape(word) for word in sorted(CARTS, key=lambda word: -len(word)))


def _cart(said: str) -> list[dict[str, Any]]:
    return [CARTS[each] for each in re.findall(_ONE, said)]


parameter("wish", f"(?:{_ONE})", CARTS.__getitem__, "an eSIM")
parameter("cart", f"(?:{_ONE})(?:(?:, | and |と)(?:{_ONE}))*", _cart, "Internet, an eSIM and a VPN")
choice("line", {"Internet": "internet", "VPN": "vpn", "eSIM": "sim", "SIM": "sim", "インターネット": "internet"}, "VPN")
choice(
    "detail",
    {
        "the reservation": "reservation",
        "the last day": "expires",
        "the phone number": "phoneNumber",
        "the last name": "lastKana",
        "the first name": "firstKana",
        "the day of birth": "birthDate",
    },
    "the reservation",
)
parameter("data", r"[0-9,]+ ?MB", lambda said: yen(said.removesuffix("MB")), "3,000 MB")

PORTING: Final = {
    "reservation": "1234567890",
    "expires": "2026-02-04",
    "phoneNumber": "09087654321",
    "lastKana": "オカフォー",
    "firstKana": "ミナ",
    "birthDate": "1994-05-06",
    "gender": "female",
}
"""What a customer says who brings a number along."""


def table(datatable: list[list[str]]) -> list[dict[str, str]]:
    """The rows of a sentence's table, by the names in its head."""
    head, *rows = datatable
    return [dict(zip(head, row, strict=True)) for row in rows]


def yen(said: str) -> int:
    """An amount in a table."""
    return int(re.sub(r"[^0-9]", "", said))
