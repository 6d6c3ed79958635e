"""The products that WHMCS bills, as the operator set them up beside the catalog."""

from collections.abc import Mapping
from typing import Final

from adapters.fakes.records import Records
from adapters.fakes.salesforce.values import ITEM_CLASSES, PRODUCT_CATEGORIES
from core.domain.catalog import ItemClass, ProductType

_GROUPS: Final = {
    ProductType.INTERNET: "SonixNet via NTT Optical Fiber",
    ProductType.SIM: "SonixNet Mobile",
    ProductType.VPN: "SonixNet VPN",
}
_TYPES: Final = {category: product_type for product_type, category in PRODUCT_CATEGORIES.items()}
MODULE: Final = "autorelease"


def mirror_catalog(records: Records) -> None:
    """Set up a billing product for each product of the catalog that names one and has none yet."""
    for product in records.find("product"):
        pid = product["billing_product"]
        if pid is None or records.one("billing_product", pid=pid) is not None:
            continue
        prices = [entry["unit_price"] for entry in records.find("price_entry", product=product["id"])]
        once = product["billing_cycle"] != "Monthly"
        product_type = _TYPES.get(product["category"])
        is_plan = product["item_class"] == ITEM_CLASSES[ItemClass.PLAN]
        records.create(
            "billing_product",
            {
                "pid": pid,
                "name": product["name"],
                "groupname": _GROUPS[product_type] if is_plan and product_type is not None else "Fees and options",
                "paytype": "onetime" if once else "recurring",
                "onetime" if once else "monthly": max(prices, default=0),
                # a fee is charged and done: there is nothing to switch on or off
                "module": None if once else MODULE,
            },
            by="seed",
        )


def mapping_of(records: Records) -> Mapping[str, ProductType]:
    """Which product line each plan's billing product belongs to, as the catalog says (CAT-6).

    Plans alone: a fee or an add-on that outlives its plan is no Internet service.
    """
    return {
        product["billing_product"]: _TYPES[product["category"]]
        for product in records.find("product")
        if product["item_class"] == ITEM_CLASSES[ItemClass.PLAN]
        and product["billing_product"] is not None
        and product["category"] in _TYPES
    }
