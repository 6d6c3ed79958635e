"""A catalog to try the portal with: what an operator in Japan might sell, in yen with tax; data.

`stock` writes it into Salesforce as staff would have: products, their standard prices and the portal's. Each carries
the product that WHMCS bills it as.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from adapters.fakes.records import Records
from adapters.fakes.salesforce.setup import STANDARD_PRICE_BOOK, price_book
from adapters.fakes.salesforce.values import ITEM_CLASSES, ITEM_CYCLES, PRODUCT_CATEGORIES, SIM_PLAN_TYPES
from core.domain.catalog import BillingCycle, ItemClass, ProductType, SimPlanType


class DemoItem(msgspec.Struct, frozen=True, kw_only=True):
    """One product with its price, as the operator describes it."""

    sku: str
    name: str
    description: str
    product_type: ProductType
    item_class: ItemClass
    billing_cycle: BillingCycle
    price: int
    billing_product: str
    shown: bool = True
    orderable: bool = True
    offering: str | None = None
    tier: str | None = None
    data_size: str | None = None
    sim_plan: SimPlanType | None = None
    family: bool = False
    region: str | None = None


_INTERNET_PLANS: Final = (
    # offering, speed as people read it, then the monthly price of each tier
    ("Home 1G", "1 Gbps", 5_500, 6_000, 7_400),
    ("Home 10G", "10 Gbps", 7_000, 7_600, 9_000),
    ("Apartment 1G", "1 Gbps", 4_400, 4_900, 6_300),
    ("Apartment 100M", "100 Mbps", 4_000, 4_500, 5_900),
)
_TIERS: Final = (
    ("Silver", "Line, provider and modem."),
    ("Gold", "Silver with a Wi-Fi router and help in English by phone."),
    ("Platinum", "Gold with a router in every room and visits by our technicians."),
)
_INSTALLATIONS: Final = (
    ("SINGLE", "Installation, paid at once", "The line is put in by NTT; one payment.", BillingCycle.ONE_TIME, 22_800),
    ("12", "Installation, 12 instalments", "The line is put in by NTT; paid over a year.", BillingCycle.MONTHLY, 1_900),
    ("24", "Installation, 24 instalments", "Put in by NTT; paid over two years.", BillingCycle.MONTHLY, 950),
)
_INTERNET_ADD_ONS: Final = (
    ("HOME-PHONE", "Home phone", "A landline number over the fibre line.", 550),
    ("ROUTER-RENTAL", "Wi-Fi router rental", "A Wi-Fi 6 router that we keep up to date.", 330),
)
_DATA_SIZES: Final = ("5GB", "10GB", "25GB", "50GB")
_SIM_PLANS: Final = (
    (SimPlanType.DATA_SMS_VOICE, "DATA-VOICE", "Data, SMS and calls", (1_480, 2_180, 3_280, 4_680)),
    (SimPlanType.DATA_ONLY, "DATA", "Data only", (980, 1_580, 2_580, 3_980)),
)
_FAMILY_DISCOUNT: Final = 300
_VPN_REGIONS: Final = (("San Francisco", "SAN-FRANCISCO"), ("London", "LONDON"))


def _internet() -> Iterator[DemoItem]:
    number = 101
    for offering, speed, *prices in _INTERNET_PLANS:
        for (tier, what), price in zip(_TIERS, prices, strict=True):
            yield DemoItem(
                sku=f"INTERNET-{offering.upper().replace(' ', '-')}-{tier.upper()}",
                name=f"Internet {offering} {tier}",
                description=f"Fibre to your home, up to {speed}. {what}",
                product_type=ProductType.INTERNET,
                item_class=ItemClass.PLAN,
                billing_cycle=BillingCycle.MONTHLY,
                price=price,
                billing_product=str(number),
                offering=offering,
                tier=tier,
            )
            number += 1
    for code, name, description, cycle, price in _INSTALLATIONS:
        yield _extra(f"INTERNET-INSTALL-{code}", name, description, ItemClass.INSTALLATION, cycle, price, number)
        number += 1
    for code, name, description, price in _INTERNET_ADD_ONS:
        cycle = BillingCycle.MONTHLY
        yield _extra(f"INTERNET-ADDON-{code}", name, description, ItemClass.ADD_ON, cycle, price, number)
        number += 1
    # sold no more, but there are customers who have it
    yield DemoItem(
        sku="INTERNET-HOME-1G-CLASSIC",
        name="Internet Home 1G Classic",
        description="Our plan of former years.",
        product_type=ProductType.INTERNET,
        item_class=ItemClass.PLAN,
        billing_cycle=BillingCycle.MONTHLY,
        price=6_800,
        billing_product=str(number),
        shown=False,
        orderable=False,
        offering="Home 1G",
        tier="Classic",
    )


def _extra(
    sku: str, name: str, description: str, item_class: ItemClass, cycle: BillingCycle, price: int, number: int
) -> DemoItem:
    return DemoItem(
        sku=sku,
        name=name,
        description=description,
        product_type=ProductType(sku.partition("-")[0].lower()),
        item_class=item_class,
        billing_cycle=cycle,
        price=price,
        billing_product=str(number),
    )


def _sim() -> Iterator[DemoItem]:
    number = 201
    for sim_plan, code, carries, prices in _SIM_PLANS:
        for data_size, price in zip(_DATA_SIZES, prices, strict=True):
            for family in (False, True):
                yield _sim_plan(sim_plan, code, carries, data_size, price, family, number)
                number += 1
    yield DemoItem(
        sku="SIM-VOICE-ONLY",
        name="SIM Voice only",
        description="Calls and SMS without data, on eSIM or a card.",
        product_type=ProductType.SIM,
        item_class=ItemClass.PLAN,
        billing_cycle=BillingCycle.MONTHLY,
        price=1_080,
        billing_product=str(number),
        sim_plan=SimPlanType.VOICE_ONLY,
    )
    # announced, not yet sold
    yield DemoItem(
        sku="SIM-DATA-VOICE-100GB",
        name="SIM 100GB Data, SMS and calls",
        description="100 GB a month; coming soon.",
        product_type=ProductType.SIM,
        item_class=ItemClass.PLAN,
        billing_cycle=BillingCycle.MONTHLY,
        price=6_980,
        billing_product=str(number + 1),
        orderable=False,
        data_size="100GB",
        sim_plan=SimPlanType.DATA_SMS_VOICE,
    )
    fee = "Charged once when a SIM is activated."
    cycle = BillingCycle.ONE_TIME
    yield _extra("SIM-ACTIVATION-FEE", "SIM activation fee", fee, ItemClass.ACTIVATION_FEE, cycle, 1_500, number + 2)


def _sim_plan(
    sim_plan: SimPlanType, code: str, carries: str, data_size: str, price: int, family: bool, number: int
) -> DemoItem:
    return DemoItem(
        sku=f"SIM-{code}-{data_size}" + ("-FAMILY" if family else ""),
        name=f"SIM {data_size} {carries}" + (" (family)" if family else ""),
        description=f"{data_size} a month on eSIM or a card. {carries}."
        + (" Beside another SIM of ours." if family else ""),
        product_type=ProductType.SIM,
        item_class=ItemClass.PLAN,
        billing_cycle=BillingCycle.MONTHLY,
        price=price - (_FAMILY_DISCOUNT if family else 0),
        billing_product=str(number),
        data_size=data_size,
        sim_plan=sim_plan,
        family=family,
    )


def _vpn() -> Iterator[DemoItem]:
    for number, (region, code) in enumerate(_VPN_REGIONS, start=301):
        yield DemoItem(
            sku=f"VPN-{code}",
            name=f"VPN {region}",
            description=f"A router at home that reaches the internet from {region}.",
            product_type=ProductType.VPN,
            item_class=ItemClass.PLAN,
            billing_cycle=BillingCycle.MONTHLY,
            price=2_500,
            billing_product=str(number),
            region=region,
        )


DEMO_CATALOG: Final = (*_internet(), *_sim(), *_vpn())


def stock(records: Records) -> None:
    """Write the catalog's products and prices, once; a SKU that is there is left as it is."""
    with records.all_or_none():
        for place, item in enumerate(DEMO_CATALOG, start=1):
            if records.one("product", sku=item.sku) is None:
                _put_on_shelf(records, item, display_order=place * 10)


def _put_on_shelf(records: Records, item: DemoItem, display_order: int) -> None:
    values = {
        "sku": item.sku,
        "name": item.name,
        "description": item.description,
        "category": PRODUCT_CATEGORIES[item.product_type],
        "item_class": ITEM_CLASSES[item.item_class],
        "billing_cycle": ITEM_CYCLES[item.billing_cycle],
        "is_active": True,
        "is_shown": item.shown,
        "is_orderable": item.orderable,
        "billing_product": item.billing_product,
        "offering": item.offering,
        "tier": item.tier,
        "data_size": item.data_size,
        "sim_plan": None if item.sim_plan is None else SIM_PLAN_TYPES[item.sim_plan],
        "family": item.family,
        "region": item.region,
        "display_order": display_order,
    }
    product = records.create("product", values, "seed")
    for book in (price_book(records, STANDARD_PRICE_BOOK), price_book(records)):
        price = {"price_book": book, "product": product, "unit_price": item.price, "is_active": True}
        records.create("price_entry", price, "seed")
