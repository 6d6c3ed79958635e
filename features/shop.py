"""What the demo shop sells, by the names that features use."""

from types import MappingProxyType
from typing import Any, Final

EID: Final = "89049032000000000000000000000123"

_OFFERINGS: Final = ("Home 1G", "Home 10G", "Apartment 1G", "Apartment 100M")
_SIZES: Final = ("5GB", "10GB", "25GB", "50GB")


def _names() -> dict[str, str]:
    names = {
        f"Internet {offering} {tier}": f"INTERNET-{offering.upper().replace(' ', '-')}-{tier.upper()}"
        for offering in _OFFERINGS
        for tier in ("Silver", "Gold", "Platinum")
    }
    for size in _SIZES:
        names[f"SIM {size}"] = f"SIM-DATA-VOICE-{size}"
        names[f"SIM {size} family"] = f"SIM-DATA-VOICE-{size}-FAMILY"
        names[f"SIM {size} data only"] = f"SIM-DATA-{size}"
    return names | {
        "SIM Voice only": "SIM-VOICE-ONLY",
        "SIM 100GB": "SIM-DATA-VOICE-100GB",
        "Internet Home 1G Classic": "INTERNET-HOME-1G-CLASSIC",
        "VPN London": "VPN-LONDON",
        "VPN San Francisco": "VPN-SAN-FRANCISCO",
    }


PLANS: Final = MappingProxyType(_names())
"""Every plan's SKU by the name that features use."""

EXTRAS: Final = MappingProxyType(
    {
        "installation paid at once": "INTERNET-INSTALL-SINGLE",
        "installation in 12 instalments": "INTERNET-INSTALL-12",
        "installation in 24 instalments": "INTERNET-INSTALL-24",
        "home phone": "INTERNET-ADDON-HOME-PHONE",
        "router rental": "INTERNET-ADDON-ROUTER-RENTAL",
        "SIM activation fee": "SIM-ACTIVATION-FEE",
    }
)
"""What goes with a plan, by the name that features use."""


def service(plan: str, *extras: str, card: bool = False) -> dict[str, Any]:
    """A service as a cart holds it: Internet with an installation, a SIM as an eSIM unless it comes on a card."""
    wanted: dict[str, Any] = {"plan": plan}
    if plan.startswith("INTERNET") and not any("INSTALL" in extra for extra in extras):
        extras = ("INTERNET-INSTALL-SINGLE", *extras)
    if extras:
        wanted["extras"] = list(extras)
    if plan.startswith("SIM"):
        wanted["sim"] = {"type": "physical"} if card else {"type": "esim", "eid": EID}
    return wanted
