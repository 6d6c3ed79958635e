"""The words of the org's picklists and what they mean in the business: data, which a setting may replace."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from core.domain.account import Gender
from core.domain.cart import SimType
from core.domain.catalog import BillingCycle, ItemClass, ProductType, SimPlanType

T = TypeVar("T")


class UnknownWord(ValueError):
    """A setting says another word for a thing that no picklist here has, or the word says nothing, or two things."""


class Picklists(msgspec.Struct, frozen=True, kw_only=True):
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

    def reworded(self, words: Mapping[str, str]) -> "Picklists":
        """The same where a thing goes by another word in the org: `commodity_types.sim`, or `lead_source` by itself.

        Raises UnknownWord.
        """
        lists = {name: getattr(self, name) for name in self.__struct_fields__}
        for place, said in words.items():
            name, _, thing = place.partition(".")
            there = lists.get(name)
            things = {each.value: each for each in there} if isinstance(there, Mapping) else {"": ""}
            if there is None or thing not in things:
                raise UnknownWord(f"the portal knows no {place} in Salesforce")
            if not said.strip():
                raise UnknownWord(f"{place} has no word")
            lists[name] = {**there, things[thing]: said} if isinstance(there, Mapping) else said
        for name, there in lists.items():
            if isinstance(there, Mapping) and len(set(there.values())) < len(there):
                raise UnknownWord(f"{name} has one word for two things")
        return Picklists(**lists)

    @property
    def by_field(self) -> Mapping[str, tuple[str, ...]]:
        """The words that each of the org's fields must offer, by `object.field`."""
        genders, cycles = tuple(self.genders.values()), tuple(self.billing_cycles.values())
        return {
            "contact.gender": genders,
            "order.mnp_gender": genders,
            "order.sim_type": tuple(self.sim_types.values()),
            "order_line.billing_cycle": cycles,
            "opportunity.commodity_type": tuple(self.commodity_types.values()),
            "opportunity.cancellation_notice": (self.notice_given,),
            "lead.lead_source": (self.lead_source,),
            "product.category": tuple(self.product_categories.values()),
            "product.item_class": tuple(self.item_classes.values()),
            "product.billing_cycle": cycles,
            "product.sim_plan": tuple(self.sim_plans.values()),
        }


def meaning(words: Mapping[T, str], word: Any) -> T | None:
    """What a word stands for; None for none, and for one that the portal does not know."""
    return next((thing for thing, said in words.items() if said == word), None)
