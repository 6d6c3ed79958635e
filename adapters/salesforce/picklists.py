"""The words of the org's picklists and what they mean in the business: data, which a setting may replace."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from core.domain.account import Gender
from core.domain.cart import SimType
from core.domain.catalog import BillingCycle, ItemClass, ProductType, SimPlanType

T = TypeVar("T")


class Picklists(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each picklist whose words are the operator's own; those of the machines are spelled in the core."""

    commodity_types: Mapping[ProductType, str] = MappingProxyType(
        {
            ProductType.INTERNET: "Personal SonixNet Home Internet",
            ProductType.SIM: "SIM",
            ProductType.VPN: "VPN",
        }
    )
    product_categories: Mapping[ProductType, str] = MappingProxyType(
        {ProductType.INTERNET: "Internet", ProductType.SIM: "SIM", ProductType.VPN: "VPN"}
    )
    item_classes: Mapping[ItemClass, str] = MappingProxyType(
        {
            ItemClass.PLAN: "Service",
            ItemClass.INSTALLATION: "Installation",
            ItemClass.ADD_ON: "Add-on",
            ItemClass.ACTIVATION_FEE: "Activation",
        }
    )
    billing_cycles: Mapping[BillingCycle, str] = MappingProxyType(
        {BillingCycle.MONTHLY: "Monthly", BillingCycle.ONE_TIME: "Onetime"}
    )
    sim_plans: Mapping[SimPlanType, str] = MappingProxyType(
        {
            SimPlanType.DATA_ONLY: "DataOnly",
            SimPlanType.DATA_SMS_VOICE: "DataSmsVoice",
            SimPlanType.VOICE_ONLY: "VoiceOnly",
        }
    )
    sim_types: Mapping[SimType, str] = MappingProxyType({SimType.ESIM: "eSIM", SimType.PHYSICAL: "Physical SIM"})
    genders: Mapping[Gender, str] = MappingProxyType(
        {Gender.FEMALE: "Female", Gender.MALE: "Male", Gender.OTHER: "Other"}
    )
    notice_given: str = "有"
    country: str = "JP"
    """What stands in the country of an address."""
    lead_source: str = "Portal"


def meaning(words: Mapping[T, str], word: Any) -> T | None:
    """What a word stands for; None for none, and for one that the portal does not know."""
    return next((thing for thing, said in words.items() if said == word), None)
