"""The mark of the CRM's order on what billing holds: where it is written, and what stands under it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from adapters.whmcs.client import Client, reading
from adapters.whmcs.decoding import Row, id_of, maybe_id, raw, rows, shown
from adapters.whmcs.encoding import serialized
from adapters.whmcs.sayings import Class
from adapters.whmcs.services import mark_of, marks_of, products_of, status_of
from core.domain.billing import Service, ServiceStatus
from core.domain.ids import BillingOrderId, ClientId, OrderId, ServiceId
from core.domain.provisioning import Billed, BillingOrder
from ports.errors import Rejected

PENDING = "pending"
ACTIVE = "active"
CANCELLED = "cancelled"
_GONE = frozenset({ServiceStatus.CANCELLED, ServiceStatus.FRAUD})


class Standing(msgspec.Struct, frozen=True):
    """An order with the services that bear the mark; `status` in lower case, and known where somebody asked for it."""

    order: BillingOrderId
    services: tuple[Row, ...]
    status: str = ""

    @property
    def ids(self) -> tuple[ServiceId, ...]:
        """Its services in the order of its lines, which is that of their ids."""
        return tuple(ServiceId(id_of(row, "id")) for row in self.services)

    @property
    def is_gone(self) -> bool:
        """Whether nothing of it runs or will run, so that the order may have been cancelled."""
        return all(status_of(row) in _GONE for row in self.services)

    @property
    def is_accepted(self) -> bool:
        """Whether all of it was set up: what waits for that is not accepted, whatever the order says."""
        return not any(status_of(row) is ServiceStatus.PENDING for row in self.services)

    @property
    def billed(self) -> Billed:
        """The order as the port tells it."""
        return Billed(self.order, self.ids, accepted=self.is_accepted)


class Look(msgspec.Struct, frozen=True):
    """One look for a mark: orders that bear it, oldest first, without their status; and what waits without any."""

    standings: tuple[Standing, ...]
    unmarked: frozenset[ServiceId]


def look_of(seen: Sequence[Service], mark: OrderId) -> Look | None:
    """The look of who has just read the client's services; None where one bears the mark: its row is needed then."""
    if any(service.mark == mark for service in seen):
        return None
    waiting = (service for service in seen if service.status is ServiceStatus.PENDING and service.mark is None)
    return Look((), frozenset(service.id for service in waiting))


class Marks:
    """How the orders of one installation are marked, and looked up by their mark."""

    def __init__(self, client: Client) -> None:
        self._whmcs = client
        self._settings = client.settings
        self._fields: dict[str, int | None] = dict(self._settings.order_fields)

    async def written(self, order: BillingOrder) -> Mapping[str, object]:
        """What marks each line of an order when it is added."""
        products = dict.fromkeys(line.billing_product for line in order.lines)
        await self._learn_fields([product for product in products if product not in self._fields])
        fields = [self._fields.get(line.billing_product) for line in order.lines]
        if not self._settings.marks_domain and not all(fields):
            raise Rejected(Class.VALIDATION, "whmcs.billing_order", ("mark",))  # nobody would find it again
        marked = {"domain": [order.mark for _ in order.lines]} if self._settings.marks_domain else {}
        if any(fields):
            return {**marked, "customfields": [serialized({field: order.mark}) if field else "" for field in fields]}
        return marked

    async def look(self, client: ClientId, mark: OrderId) -> Look:
        """What stands under the mark, and what waits under none."""
        listed = await products_of(self._whmcs, client)
        with reading("GetClientsProducts"):
            pending = [row for row in listed if status_of(row) is ServiceStatus.PENDING]
            unmarked = [ServiceId(id_of(row, "id")) for row in pending if mark_of(row, self._settings) is None]
            return Look(self._standing_under(frozenset({mark}), listed), frozenset(unmarked))

    def twins_of(self, ordered: Iterable[Row], listed: Iterable[Row]) -> tuple[Standing, ...]:
        """The orders among those that are listed which bear a mark of those services: theirs, and any other."""
        marks = {mark for row in ordered if (mark := mark_of(row, self._settings)) is not None}
        return self._standing_under(frozenset(marks), listed)

    def _standing_under(self, marks: frozenset[str], listed: Iterable[Row]) -> tuple[Standing, ...]:
        by_order: dict[str, list[Row]] = {}
        for row in listed:
            order = maybe_id(row, "orderid")
            if order is not None and marks.intersection(marks_of(row, self._settings)):
                by_order.setdefault(order, []).append(row)
        found = (Standing(BillingOrderId(order), tuple(services)) for order, services in by_order.items())
        return tuple(sorted(found, key=lambda standing: int(standing.order)))

    async def with_status(self, standings: Iterable[Standing]) -> list[Standing]:
        """The same with their orders' status, without those whose order is not there any more."""
        asked = list(standings)
        statuses = await asyncio.gather(*(self.status_of(standing.order) for standing in asked))
        pairs = zip(asked, statuses, strict=True)
        return [msgspec.structs.replace(one, status=status) for one, status in pairs if status]

    async def status_of(self, order: BillingOrderId) -> str:
        """The order's status in lower case; "" where there is no such order."""
        row = await self.order(order)
        with reading("GetOrders"):
            return raw(row, "status").casefold() if row is not None else ""

    async def order(self, order: BillingOrderId) -> Row | None:
        """The order as WHMCS holds it, or None."""
        listed = await self._whmcs.every("GetOrders", "orders", "order", id=order)
        with reading("GetOrders"):
            return next((row for row in listed if id_of(row, "id") == order), None)

    async def _learn_fields(self, products: Sequence[str]) -> None:
        """Find the custom field for the CRM's order of each product: each has its own."""
        if not self._settings.order_field or not products:
            return
        body = await self._whmcs.read("GetProducts", pid=",".join(products))
        with reading("GetProducts"):
            for row in rows(body, "products", "product"):
                self._fields[id_of(row, "pid")] = field_of(row, self._settings.order_field)


def field_of(product: Row, name: str) -> int | None:
    """The id of the product's custom field of that name, where it is listed."""
    for custom in rows(product, "customfields", "customfield"):
        if shown(custom, "name").strip().casefold() == name.casefold():
            return int(id_of(custom, "id"))
    return None
