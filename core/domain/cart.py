"""A cart: what the customer wants, what it costs, and how it splits into orders (CAT-8, ORD-2)."""

import itertools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from core.domain.catalog import BillingCycle, Catalog, CatalogItem, ItemClass, ProductType, SimPlanType
from core.domain.ids import Sku
from core.domain.japan import Month
from core.domain.money import Yen, total
from core.domain.porting import Porting, porting_faults
from core.domain.refusals import CartRefused, FieldFault

MOST_SERVICES: Final = 5
_EID: Final = re.compile(r"[0-9]{32}")


class SimType(StrEnum):
    """How the subscriber identity reaches the phone."""

    ESIM = "esim"
    PHYSICAL = "physical"


class SimChoice(msgspec.Struct, frozen=True):
    """What a SIM service needs to know: eSIM (for which device) or a card, and a number brought along (ORD-11)."""

    sim_type: SimType
    eid: str | None = None
    porting: Porting | None = None


class CartService(msgspec.Struct, frozen=True):
    """One service the customer wants: a plan and what goes with it."""

    plan: Sku
    extras: tuple[Sku, ...] = ()
    sim: SimChoice | None = None


class Cart(msgspec.Struct, frozen=True):
    """Up to five services, each of which becomes an order of its own (CAT-8, ORD-2)."""

    services: tuple[CartService, ...]


class CartLine(msgspec.Struct, frozen=True, kw_only=True):
    """One priced line: an item, once."""

    sku: Sku
    name: str
    item_class: ItemClass
    billing_cycle: BillingCycle
    quantity: int
    unit_price: Yen
    price_entry: str
    billing_product: str

    @property
    def total(self) -> Yen:
        """Quantity times unit price."""
        return Yen(self.quantity * self.unit_price)


class PricedService(msgspec.Struct, frozen=True, kw_only=True):
    """One service with its lines, plan first."""

    product_type: ProductType
    lines: tuple[CartLine, ...]
    offering: str | None = None
    sim_plan: SimPlanType | None = None
    family: bool = False
    sim: SimChoice | None = None

    @property
    def plan(self) -> CartLine:
        """The plan's line."""
        return self.lines[0]

    @property
    def monthly(self) -> Yen:
        """What the service costs each month."""
        return total(*(line.total for line in self.lines if line.billing_cycle is BillingCycle.MONTHLY))

    @property
    def one_time(self) -> Yen:
        """What the service costs once."""
        return total(*(line.total for line in self.lines if line.billing_cycle is BillingCycle.ONE_TIME))


class Totals(msgspec.Struct, frozen=True):
    """What a customer saw a cart cost; compared again at submit time (ORD-1)."""

    monthly: Yen
    one_time: Yen


class FirstBill(msgspec.Struct, frozen=True):
    """The first bill of a cart that starts on `starts`: a full month from that day, and what is paid once."""

    starts: date
    ends: date
    amount: Yen


class PricedCart(msgspec.Struct, frozen=True):
    """A cart with the catalog's prices of the moment."""

    services: tuple[PricedService, ...]

    @property
    def totals(self) -> Totals:
        """The cart's monthly and one-time totals."""
        return Totals(total(*(s.monthly for s in self.services)), total(*(s.one_time for s in self.services)))

    def first_bill(self, today: date) -> FirstBill:
        """The first bill when the services start today; `today` in Japan (CAT-8)."""
        return FirstBill(today, _month_later(today) - timedelta(days=1), total(*msgspec.structs.astuple(self.totals)))


def price(cart: Cart, catalog: Catalog, at: str = "") -> PricedCart:
    """The cart with today's prices; every SKU that can't stand where it does is named (CAT-8).

    `at` is where the caller wrote the cart ("cart."). Raises CartRefused with a fault for each service and SKU.
    """
    faults: list[FieldFault] = []
    if not cart.services:
        faults.append(FieldFault(f"{at}services", "cart_empty"))
    if len(cart.services) > MOST_SERVICES:
        faults.append(FieldFault(f"{at}services", "too_many_services", {"most": MOST_SERVICES}))
    found = [tuple(_found(service, catalog)) for service in cart.services[:MOST_SERVICES]]
    for index, (service, items) in enumerate(zip(cart.services, found, strict=False)):
        faults += _faults(f"{at}services[{index}]", service, items)
    if faults:
        raise CartRefused(*faults)
    return PricedCart(
        tuple(
            _priced(service, [item for _, item in items if item is not None], catalog)
            for service, items in zip(cart.services, found, strict=True)
        )
    )


def sim_faults(cart: Cart, today: date, at: str = "") -> list[FieldFault]:
    """What is wrong with what the SIM services say of themselves; `today` in Japan (ORD-3, ORD-11)."""
    faults: list[FieldFault] = []
    for index, service in enumerate(cart.services):
        if service.sim is None:
            continue
        field = f"{at}services[{index}].sim"
        if service.sim.eid is not None and service.sim.sim_type is not SimType.ESIM:
            faults.append(FieldFault(f"{field}.eid", "not_for_this_product"))
        elif service.sim.eid is not None and not _EID.fullmatch(service.sim.eid):
            faults.append(FieldFault(f"{field}.eid", "not_an_eid"))
        if service.sim.porting is not None:
            faults += porting_faults(f"{field}.porting", service.sim.porting, today)
    return faults


def _found(service: CartService, catalog: Catalog) -> Iterator[tuple[str, CatalogItem | None]]:
    yield service.plan, catalog.find(service.plan)
    for sku in service.extras:
        yield sku, catalog.find(sku)


def _faults(at: str, service: CartService, items: tuple[tuple[str, CatalogItem | None], ...]) -> Iterator[FieldFault]:
    plan = items[0][1]
    for place, (sku, item) in enumerate(items):
        part = f"extras[{place - 1}]" if place else "plan"
        code = _item_fault(place, item, plan) or ("twice" if place and sku in service.extras[: place - 1] else None)
        if code is not None:
            yield FieldFault(f"{at}.{part}", code, {"sku": sku})
    if plan is not None:
        for part, code in _service_faults(service, plan, items):
            yield FieldFault(f"{at}.{part}", code, {"sku": service.plan})


def _item_fault(place: int, item: CatalogItem | None, plan: CatalogItem | None) -> str | None:
    if item is None:
        return "unknown_sku"
    if not item.orderable:
        return "not_orderable"
    if place == 0:
        return None if item.item_class is ItemClass.PLAN else "not_a_plan"
    if item.item_class in (ItemClass.PLAN, ItemClass.ACTIVATION_FEE):
        return "not_an_extra"
    if plan is not None and item.product_type is not plan.product_type:
        return "incompatible_sku"
    return None


def _service_faults(
    service: CartService, plan: CatalogItem, items: tuple[tuple[str, CatalogItem | None], ...]
) -> Iterator[tuple[str, str]]:
    installations = [i for _, i in items if i is not None and i.item_class is ItemClass.INSTALLATION]
    if plan.product_type is ProductType.INTERNET and len(installations) != 1:
        yield "extras", "one_installation"
    if plan.product_type is ProductType.SIM and service.sim is None:
        yield "sim", "required"
    if plan.product_type is not ProductType.SIM and service.sim is not None:
        yield "sim", "not_for_this_product"


def _priced(service: CartService, items: list[CatalogItem], catalog: Catalog) -> PricedService:
    plan = items[0]
    if plan.product_type is ProductType.SIM:
        # nobody orders the fee, so whether it is orderable says nothing: it is charged for as long as it is listed
        fees = (i for i in catalog.of(ProductType.SIM) if i.item_class is ItemClass.ACTIVATION_FEE)
        items += itertools.islice(fees, 1)
    return PricedService(
        product_type=plan.product_type,
        lines=tuple(_line(item) for item in items),
        offering=plan.offering,
        sim_plan=plan.sim_plan,
        family=plan.family,
        sim=service.sim,
    )


def _line(item: CatalogItem) -> CartLine:
    return CartLine(
        sku=item.sku,
        name=item.name,
        item_class=item.item_class,
        billing_cycle=item.billing_cycle,
        quantity=1,
        unit_price=item.unit_price,
        price_entry=item.price_entry,
        billing_product=item.billing_product,
    )


def _month_later(day: date) -> date:
    later = Month(day.year, day.month).next
    return later.first_day.replace(day=min(day.day, later.last_day.day))
