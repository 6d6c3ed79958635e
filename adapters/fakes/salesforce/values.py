"""The words Salesforce's picklists use, and what they mean in the business; data."""

from types import MappingProxyType
from typing import Final

from core.domain.account import Gender
from core.domain.cart import SimType
from core.domain.catalog import BillingCycle, ItemClass, ProductType, SimPlanType

COMMODITY_TYPES: Final = MappingProxyType(
    {
        ProductType.INTERNET: "Personal SonixNet Home Internet",
        ProductType.SIM: "SIM",
        ProductType.VPN: "VPN",
    }
)
PRODUCT_CATEGORIES: Final = MappingProxyType(
    {ProductType.INTERNET: "Internet", ProductType.SIM: "SIM", ProductType.VPN: "VPN"}
)
ITEM_CLASSES: Final = MappingProxyType(
    {
        ItemClass.PLAN: "Service",
        ItemClass.INSTALLATION: "Installation",
        ItemClass.ADD_ON: "Add-on",
        ItemClass.ACTIVATION_FEE: "Activation",
    }
)
ITEM_CYCLES: Final = MappingProxyType({BillingCycle.MONTHLY: "Monthly", BillingCycle.ONE_TIME: "Onetime"})
SIM_PLAN_TYPES: Final = MappingProxyType(
    {
        SimPlanType.DATA_ONLY: "DataOnly",
        SimPlanType.DATA_SMS_VOICE: "DataSmsVoice",
        SimPlanType.VOICE_ONLY: "VoiceOnly",
    }
)
SIM_TYPES: Final = MappingProxyType({SimType.ESIM: "eSIM", SimType.PHYSICAL: "Physical SIM"})
GENDERS: Final = ("Female", "Male", "Other")
GENDER_WORDS: Final = MappingProxyType({Gender.FEMALE: "Female", Gender.MALE: "Male", Gender.OTHER: "Other"})
REGISTRATION_SOURCES: Final = ("Portal Checkout", "Portal Signup", "Staff")
NOTICE_GIVEN: Final = "有"
CANCELLATION_NOTICES: Final = (NOTICE_GIVEN, "未", "不要")
SHARE_TYPES: Final = ("V", "C", "I")
"""Whether who is shown a file may view it, may change it, or may what they may with the record that it is linked to."""
VISIBILITIES: Final = ("AllUsers", "InternalUsers")
"""Who is shown it. Salesforce's third word is for files that are shared with a user, of which there are none here."""
