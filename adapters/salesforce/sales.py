"""From the org's records to the values of the business and back: what is sold, opportunities and orders."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from adapters.salesforce.picklists import Picklists, meaning
from adapters.salesforce.rows import Row, day, instant, sure_instant, whole
from adapters.salesforce.shapes import address_of, word_or_none
from core.domain.cancellation import Kit
from core.domain.cart import SimChoice
from core.domain.catalog import BillingCycle, CatalogItem, ItemClass, ProductType
from core.domain.changes import OrderState, SaleState
from core.domain.ids import (
    AccountId,
    BillingOrderId,
    OpportunityId,
    OrderId,
    OrderLineId,
    RequestKey,
    ServiceId,
    Sku,
)
from core.domain.money import Yen
from core.domain.opportunity import Opportunity, Stage
from core.domain.order import ActivationStatus, ActivationType, Order, OrderLine, OrderStatus
from core.domain.porting import Porting

LOCKED: Final = "Activated"
"""The status of an order that staff activated in Salesforce's own sense: it is locked, and nothing is left to do."""


def item_of(product: Row, entry: Row, picklists: Picklists) -> CatalogItem | None:
    """One thing of the catalog; None while staff have not filled in what it can't do without."""
    if not all(product[name] for name in ("sku", "name", "billing_product")) or entry["unit_price"] is None:
        return None
    product_type = meaning(picklists.product_categories, product["category"])
    item_class = meaning(picklists.item_classes, product["item_class"])
    cycle = meaning(picklists.billing_cycles, product["billing_cycle"])
    if product_type is None or item_class is None or cycle is None:
        return None
    return CatalogItem(
        sku=Sku(product["sku"]),
        name=product["name"],
        description=product["description"] or "",
        product_type=product_type,
        item_class=item_class,
        billing_cycle=cycle,
        unit_price=Yen(whole(entry["unit_price"])),
        price_entry=entry["id"],
        billing_product=product["billing_product"],
        display_order=whole(product["display_order"]),
        orderable=bool(product["is_orderable"]),
        offering=product["offering"],
        tier=product["tier"],
        data_size=product["data_size"],
        sim_plan=meaning(picklists.sim_plans, product["sim_plan"]),
        family=bool(product["family"]),
        region=product["region"],
    )


# --- opportunities -------------------------------------------------------------------------------------------------
def opportunity_of(row: Row, has_order: bool, picklists: Picklists) -> Opportunity | None:
    """An opportunity with what stands on it; None at a stage that is none of the portal's."""
    stage = word_or_none(Stage, row["stage"])
    if stage is None:
        return None
    return Opportunity(
        id=OpportunityId(row["id"]),
        account=AccountId(row["account"] or ""),
        product_type=meaning(picklists.commodity_types, row["commodity_type"]),
        stage=stage,
        created_at=sure_instant(row["created_at"]),
        changed_at=sure_instant(row["changed_at"]),
        service=service_of(row),
        has_order=has_order,
        ends_at=instant(row["ends_at"]),
        notice_given=row["cancellation_notice"] == picklists.notice_given,
        kit=word_or_none(Kit, row["kit"]),
    )


def service_of(opportunity: Row) -> ServiceId | None:
    """The billing service that an opportunity is linked to; its field holds a number."""
    number = opportunity["service"]
    return None if number is None else ServiceId(str(whole(number)))


def sale_state_of(row: Row) -> SaleState | None:
    """Where an opportunity of an account stands; None at a stage that is none of the portal's."""
    stage = word_or_none(Stage, row["stage"])
    if stage is None:
        return None
    return SaleState(
        opportunity=OpportunityId(row["id"]),
        account=AccountId(row["account"]),
        stage=stage,
        changed_at=sure_instant(row["changed_at"]),
    )


# --- orders --------------------------------------------------------------------------------------------------------
def sim_values(sim: SimChoice | None, picklists: Picklists) -> dict[str, Any]:
    """The fields of an order that say how the SIM comes and which number comes along (ORD-11)."""
    if sim is None:
        return {}
    values: dict[str, Any] = {"sim_type": picklists.sim_types[sim.sim_type], "eid": sim.eid}
    if sim.porting is not None:
        values |= {f"mnp_{name}": value for name, value in msgspec.structs.asdict(sim.porting).items()}
        values["mnp_gender"] = picklists.genders[sim.porting.gender]
    return values


def sim_of(order: Row, picklists: Picklists) -> SimChoice | None:
    """How the SIM of an order comes; None for what is no SIM."""
    sim_type = meaning(picklists.sim_types, order["sim_type"])
    if sim_type is None:
        return None
    told: dict[str, Any] = {name: order[f"mnp_{name}"] for name in Porting.__struct_fields__}
    told |= {name: day(told[name]) for name in ("expires", "birth_date")}
    told["gender"] = meaning(picklists.genders, told["gender"])
    is_whole = all(value is not None for value in told.values())
    return SimChoice(sim_type, order["eid"], Porting(**told) if is_whole else None)


def line_of(line: Row, product: Row | None, picklists: Picklists) -> tuple[OrderLine, ProductType | None]:
    """A line, and the product line it is of."""
    sold: dict[str, Any] = dict(product or {})
    cycle = meaning(picklists.billing_cycles, line["billing_cycle"] or sold.get("billing_cycle"))
    shape = OrderLine(
        sku=Sku(sold.get("sku") or ""),
        name=sold.get("name") or "",
        item_class=meaning(picklists.item_classes, sold.get("item_class")) or ItemClass.ADD_ON,
        billing_cycle=cycle or BillingCycle.MONTHLY,
        quantity=whole(line["quantity"]),
        unit_price=Yen(whole(line["unit_price"])),
        price_entry=line["price_entry"],
        billing_product=sold.get("billing_product") or "",
        id=OrderLineId(line["id"]),
        service=ServiceId(line["service"]) if line["service"] else None,
    )
    return shape, meaning(picklists.product_categories, sold.get("category"))


def in_order(lines: Iterable[Row]) -> list[Row]:
    """The lines as they were written: those of the portal by the number in their key, others by their time."""

    def place(line: Row) -> tuple[int, str, str]:
        number = (line["key"] or "").rpartition(":")[2]
        return (int(number) if number.isdecimal() else 0, line["created_at"] or "", line["id"])

    return sorted(lines, key=place)


def order_of(
    row: Row, lines: Iterable[tuple[OrderLine, ProductType | None]], commodity: str | None, picklists: Picklists
) -> Order | None:
    """An order with its lines; None at a status or an activation that is none of the portal's."""
    status, activation = order_status_of(row), activation_of(row)
    if status is None or activation is None:
        return None
    told = list(lines)
    planned = next((of for line, of in told if line.item_class is ItemClass.PLAN), None)
    return Order(
        id=OrderId(row["id"]),
        number=row["number"],
        key=RequestKey(row["key"]) if row["key"] else None,
        account=AccountId(row["account"]),
        opportunity=OpportunityId(row["opportunity"]) if row["opportunity"] else None,
        product_type=planned or meaning(picklists.commodity_types, commodity),
        status=status,
        activation=activation,
        activation_type=word_or_none(ActivationType, row["activation_type"]) or ActivationType.IMMEDIATE,
        activate_at=instant(row["activate_at"]),
        lines=tuple(line for line, _ in told),
        address=address_of(row),
        placed_at=sure_instant(row["created_at"]),
        changed_at=sure_instant(row["changed_at"]),
        sim=sim_of(row, picklists),
        shipped_at=instant(row["shipped_at"]),
        error_code=row["error_code"],
        error_message=row["error_message"],
        billing_order=BillingOrderId(row["billing_order"]) if row["billing_order"] else None,
        cancel_code=row["cancel_code"],
        cancel_message=row["cancel_message"],
    )


def activation_of(order: Row) -> ActivationStatus | None:
    """How far the activation of an order is; None for a word the portal does not know."""
    return word_or_none(ActivationStatus, order["activation"] or ActivationStatus.NOT_STARTED)


def order_status_of(row: Row) -> OrderStatus | None:
    """Where an order stands; one that staff activated in Salesforce's own sense is over."""
    return OrderStatus.COMPLETED if row["status"] == LOCKED else word_or_none(OrderStatus, row["status"])


def order_state_of(row: Row) -> OrderState | None:
    """Where an order stands, for lists of changes; None at a status that is none of the portal's."""
    status = order_status_of(row)
    if status is None:
        return None
    return OrderState(
        order=OrderId(row["id"]),
        account=AccountId(row["account"]),
        status=status,
        changed_at=sure_instant(row["changed_at"]),
    )
