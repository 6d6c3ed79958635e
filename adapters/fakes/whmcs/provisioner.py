"""How an order becomes services in WHMCS, once, although WHMCS adds one for every call."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.fakes.schema_whmcs import GATEWAYS
from adapters.fakes.tables import Refused, Row
from adapters.fakes.whmcs.acting import every
from adapters.fakes.whmcs.actions import WhmcsActions, asking_whmcs
from adapters.fakes.whmcs.sayings import Says
from adapters.fakes.world import World
from core.domain.billing import Service
from core.domain.catalog import BillingCycle
from core.domain.ids import BillingOrderId, ClientId, OrderId, RequestKey, ServiceId
from core.domain.provisioning import Billed, BillingOrder
from ports.errors import Rejected

_CYCLES = {BillingCycle.MONTHLY: "monthly", BillingCycle.ONE_TIME: "onetime"}
_STANDING = ("Active", "Pending")


@dataclass(frozen=True, slots=True)
class FakeProvisioner:
    """`ports.billing.Provisioner` on the world's WHMCS.

    The mark stands on each service twice: in the custom field, and in `domain`, which can be searched.
    """

    world: World

    async def ensure_billed(
        self, key: RequestKey, order: BillingOrder, seen: Sequence[Service] | None = None
    ) -> Billed:
        async with asking_whmcs(self.world, "ensure_billed") as whmcs:
            was_seen = seen is None or any(service.mark == order.mark for service in seen)
            billed = _the_one(whmcs, order.client, order.mark) if was_seen else None
            if billed is None:
                _add(whmcs, order)
                # read back, so that an order added meanwhile by somebody else is found as well
                billed = _the_one(whmcs, order.client, order.mark)
            if billed is None or len(billed.services) != len(order.lines):
                raise Rejected("conflict", "billing_order", ("services",))
            return billed

    async def find_billed(self, client: ClientId, mark: OrderId) -> Billed | None:
        async with asking_whmcs(self.world, "find_billed") as whmcs:
            found = _under_mark(whmcs, client, mark)
            return _billed(whmcs, *found[0]) if found else None

    async def ensure_accepted(self, client: ClientId, order: BillingOrderId) -> None:
        async with asking_whmcs(self.world, "ensure_accepted") as whmcs:
            row = _order(whmcs, order)
            if row is None or row["client"] != client:
                raise Says.ORDER_MISSING.about()
            try:
                whmcs.accept_order(order)
            except Refused:
                # an answer that was lost: it is accepted already
                if row["status"] != "Active":
                    raise

    async def ensure_dropped(self, client: ClientId, mark: OrderId) -> None:
        async with asking_whmcs(self.world, "ensure_dropped") as whmcs:
            for order, _ in _under_mark(whmcs, client, mark, ("Pending", "Cancelled")):
                _drop(whmcs, order)

    async def ensure_written_off(self, client: ClientId, mark: OrderId) -> None:
        async with asking_whmcs(self.world, "ensure_written_off") as whmcs:
            own = {service["id"] for _, services in _under_mark(whmcs, client, mark) for service in services}
            for row in every(whmcs.get_invoices, userid=client, status="Unpaid"):
                items = whmcs.get_invoice(row["id"]).items
                if items and {item["relid"] for item in items} <= own:
                    whmcs.update_invoice(row["id"], status="Cancelled")


def _add(whmcs: WhmcsActions, order: BillingOrder) -> None:
    lines = order.lines
    whmcs.add_order(
        order.client,
        paymentmethod=GATEWAYS[0],
        pid=[line.billing_product for line in lines],
        billingcycle=[_CYCLES[line.cycle] for line in lines],
        priceoverride=[line.price for line in lines],
        domain=[order.mark for _ in lines],
        customfields=[{"crm_order": order.mark} for _ in lines],
    )


def _the_one(whmcs: WhmcsActions, client: ClientId, mark: OrderId) -> Billed | None:
    """What stands under the mark after younger pending duplicates are gone."""
    found = _under_mark(whmcs, client, mark)
    if not found:
        return None
    for order, _ in found[1:]:
        if order["status"] == "Pending":
            _drop(whmcs, order)
    return _billed(whmcs, *found[0])


def _under_mark(
    whmcs: WhmcsActions, client: ClientId, mark: OrderId, statuses: tuple[str, ...] = _STANDING
) -> list[tuple[Row, list[Row]]]:
    """The client's orders whose services bear the mark, with those: accepted ones first, then the oldest."""
    by_order: dict[str, list[Row]] = {}
    for service in every(whmcs.get_clients_products, clientid=client):
        if mark in (service["crm_order"], service["domain"]) and service["order"] is not None:
            by_order.setdefault(service["order"], []).append(service)
    orders = ((_order(whmcs, BillingOrderId(id)), services) for id, services in by_order.items())
    found = [(order, services) for order, services in orders if order is not None and order["status"] in statuses]
    return sorted(found, key=lambda pair: (pair[0]["status"] == "Pending", int(pair[0]["id"])))


def _billed(whmcs: WhmcsActions, order: Row, services: list[Row]) -> Billed:
    ids = tuple(ServiceId(service["id"]) for service in sorted(services, key=lambda row: int(row["id"])))
    return Billed(BillingOrderId(order["id"]), ids, accepted=order["status"] == "Active")


def _order(whmcs: WhmcsActions, order: BillingOrderId) -> Row | None:
    return next(iter(whmcs.get_orders(id=order).rows), None)


def _drop(whmcs: WhmcsActions, order: Row) -> None:
    if order["status"] == "Pending":
        whmcs.cancel_order(order["id"])
    whmcs.delete_order(order["id"])
