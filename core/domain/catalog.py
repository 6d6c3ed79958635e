"""What can be bought: products, plans and the things that go with them (CAT-1 to CAT-6)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.ids import ServiceId, Sku
from core.domain.money import Yen


class ProductType(StrEnum):
    """A product line of the operator."""

    INTERNET = "internet"
    SIM = "sim"
    VPN = "vpn"


class ItemClass(StrEnum):
    """The part an item plays in a service."""

    PLAN = "plan"
    INSTALLATION = "installation"
    ADD_ON = "add_on"
    ACTIVATION_FEE = "activation_fee"


class BillingCycle(StrEnum):
    """How often an item is charged."""

    MONTHLY = "monthly"
    ONE_TIME = "one_time"


class SimPlanType(StrEnum):
    """What a SIM plan carries."""

    DATA_ONLY = "data_only"
    DATA_SMS_VOICE = "data_sms_voice"
    VOICE_ONLY = "voice_only"


class CatalogItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of the catalog with its price in the portal's price book (CAT-1).

    `price_entry` is the price book's id of that price, `billing_product` the product that WHMCS bills it as.
    `orderable` is False for what is shown but can't be bought now.
    """

    sku: Sku
    name: str
    description: str = ""
    product_type: ProductType
    item_class: ItemClass
    billing_cycle: BillingCycle
    unit_price: Yen
    price_entry: str
    billing_product: str
    display_order: int = 0
    orderable: bool = True
    offering: str | None = None
    tier: str | None = None
    data_size: str | None = None
    sim_plan: SimPlanType | None = None
    family: bool = False
    region: str | None = None


class Catalog(msgspec.Struct, frozen=True):
    """The catalog as Salesforce gave it at `read_at`; `stale` when it could not be read again (CAT-7)."""

    items: tuple[CatalogItem, ...]
    read_at: datetime
    stale: bool = False

    def billed_as(self, billing_product: str) -> str:
        """The SKU of what is billed as that product; what is not sold any more has none, and is told by the product."""
        return next((item.sku for item in self.items if item.billing_product == billing_product), billing_product)

    def find(self, sku: str) -> CatalogItem | None:
        """The item of that SKU, or None."""
        return next((item for item in self.items if item.sku == sku), None)

    def of(self, product_type: ProductType) -> tuple[CatalogItem, ...]:
        """The items of one product line, in display order."""
        mine = (item for item in self.items if item.product_type is product_type)
        return tuple(sorted(mine, key=lambda item: (item.display_order, item.sku)))


OFFERINGS: Final = MappingProxyType(
    {
        "Home 1G": frozenset({"Home 1G"}),
        "Home 10G": frozenset({"Home 10G", "Home 1G"}),
        "Apartment 1G": frozenset({"Apartment 1G"}),
        "Mansion 1G": frozenset({"Apartment 1G"}),
        "Apartment 100M": frozenset({"Apartment 100M"}),
        "Mansion 100M": frozenset({"Apartment 100M"}),
    }
)
"""From the eligibility value that staff write to the offerings sold there (CAT-3); a 10G line carries 1G too."""


VALUE_UNKNOWN: Final = "eligibility_value_unknown"
"""The alarm for staff when an account's eligibility value is not in the map (CAT-3)."""


def offerings_of(value: str | None) -> frozenset[str] | None:
    """The offerings that an eligibility value opens; None when the value is not known (CAT-3)."""
    return OFFERINGS.get(" ".join((value or "").split()))


class WhyNot(StrEnum):
    """Why an item that is shown can't be ordered by this customer now (CAT-4, CAT-6)."""

    ADDRESS_MISSING = "address_missing"
    CHECK_NEEDED = "check_needed"
    CHECK_OPEN = "check_open"
    NOT_AVAILABLE = "not_available"
    CONFIRMING_OPTIONS = "confirming_options"
    INTERNET_ALREADY = "internet_already"
    NOT_KNOWN = "not_known"
    """What it depends on could not be read."""


class ShownItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item as one customer sees it: orderable, or why not, which also names what to do next (CAT-3 to CAT-6).

    `service` is the one that stands in the way.
    """

    item: CatalogItem
    orderable: bool
    reason: WhyNot | None = None
    service: ServiceId | None = None


class Shelf(msgspec.Struct, frozen=True):
    """One product line as it is shown; `notice` speaks for the whole line, empty ones included (CAT-3)."""

    product_type: ProductType
    items: tuple[ShownItem, ...]
    notice: WhyNot | None = None


def shown_to_anyone(items: Iterable[CatalogItem]) -> tuple[ShownItem, ...]:
    """The generic catalog: everything but family plans, which only customers with a SIM see (CAT-2, CAT-5)."""
    return tuple(ShownItem(item=item, orderable=item.orderable) for item in items if not item.family)


def shown_internet(
    items: Iterable[CatalogItem], *, closed: WhyNot | None, value: str | None, service: ServiceId | None
) -> Shelf:
    """Internet as one account sees it: what its value opens, closed until eligible, closed by a running service.

    `closed` is None once the account is eligible for its address. Then `value` chooses the plans, and one that the map
    does not know shows none (CAT-3). Not yet eligible shows all, none orderable (CAT-4); so does a service (CAT-6).
    """
    offerings = offerings_of(value) if closed is None else None
    if closed is None and offerings is None and service is None:
        return Shelf(ProductType.INTERNET, (), WhyNot.CONFIRMING_OPTIONS)
    why = WhyNot.INTERNET_ALREADY if service is not None else closed
    return Shelf(
        ProductType.INTERNET,
        tuple(
            ShownItem(item=item, orderable=item.orderable and why is None, reason=why, service=service)
            for item in items
            if offerings is None or item.offering is None or item.offering in offerings
        ),
        why,
    )


def shown_sim(items: Iterable[CatalogItem], *, has_active_sim: bool) -> Shelf:
    """SIM as one account sees it: family plans only beside an active SIM service (CAT-5)."""
    shown = (ShownItem(item=i, orderable=i.orderable) for i in items if has_active_sim or not i.family)
    return Shelf(ProductType.SIM, tuple(shown))
