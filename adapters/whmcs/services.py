"""Services, as the portal reads and ends them in WHMCS."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final

from adapters.whmcs.client import Client, reading
from adapters.whmcs.decoding import Row, amount, day, id_of, maybe_id, raw, rows, shown, word
from adapters.whmcs.faults import Refusal
from adapters.whmcs.sayings import Class
from adapters.whmcs.settings import Termination, WhmcsSettings
from core.domain.billing import OVER, Service, ServiceStatus, product_type_of, standing_of
from core.domain.catalog import BillingCycle, ProductType
from core.domain.ids import BillingOrderId, ClientId, OrderId, ServiceId
from core.domain.japan import tokyo_date
from core.domain.money import Yen
from ports.clock import Clock
from ports.errors import Rejected, Unavailable

ProductTypes = Callable[[Collection[str]], Awaitable[Mapping[str, ProductType]]]
"""Which product lines those products belong to that are plans', by their ids (CAT-6)."""

CYCLES: Final[Mapping[str, BillingCycle]] = {"monthly": BillingCycle.MONTHLY, "onetime": BillingCycle.ONE_TIME}
_MARK: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_STATUSES: Final = {word(status): status for status in ServiceStatus if status is not ServiceStatus.OTHER}


async def products_of(whmcs: Client, client: ClientId, **filters: str) -> list[Row]:
    """The client's services as WHMCS holds them, oldest first; another client's are none of them."""
    listed = await whmcs.every("GetClientsProducts", "products", "product", clientid=client, **filters)
    with reading("GetClientsProducts"):
        # a service that is asked for by its id comes whosever it is
        mine = [row for row in listed if id_of(row, "clientid", "userid") == client]
        return sorted(mine, key=lambda row: int(id_of(row, "id")))


async def record(whmcs: Client, service: ServiceId, status: ServiceStatus) -> None:
    """Say in the service's record how it stands; nothing is switched on or off by it."""
    await whmcs.write("UpdateClientProduct", {"serviceid": service, "status": status.value}, repeatable=True)


async def status_in_the_end(whmcs: Client, client: ClientId, service: ServiceId) -> ServiceStatus | None:
    """The service's status once what was not answered had its time; None where it is not there."""
    await asyncio.sleep(whmcs.settings.patience.settle)
    listed = await products_of(whmcs, client, serviceid=service)
    with reading("GetClientsProducts"):
        return next((status_of(row) for row in listed if id_of(row, "id") == service), None)


def status_of(row: Row) -> ServiceStatus:
    """The service's status; one that is not known is `other`."""
    return _STATUSES.get(word(raw(row, "status")), ServiceStatus.OTHER)


def cycle_of(row: Row) -> BillingCycle | None:
    """How often it is charged, where that is one of the portal's ways."""
    return CYCLES.get(word(raw(row, "billingcycle")))


def marks_of(row: Row, settings: WhmcsSettings) -> tuple[str, ...]:
    """What the service may be marked with: in the custom field first, then as its domain."""
    field = settings.order_fields.get(raw(row, "pid").strip())
    found = []
    for custom in rows(row, "customfields", "customfield"):
        named = settings.order_field and shown(custom, "name").strip().casefold() == settings.order_field.casefold()
        if named or (field is not None and maybe_id(custom, "id") == str(field)):
            found.append(shown(custom, "value").strip())
    if settings.marks_domain:
        found.append(raw(row, "domain").strip())
    return tuple(mark for mark in found if mark)


def mark_of(row: Row, settings: WhmcsSettings) -> OrderId | None:
    """The CRM's order that the service was provisioned for; a domain that staff gave it is none."""
    return next((OrderId(mark) for mark in marks_of(row, settings) if _MARK.fullmatch(mark)), None)


class WhmcsServiceBook:
    """`ports.billing.ServiceBook` on a WHMCS."""

    def __init__(self, client: Client, product_types: ProductTypes, clock: Clock) -> None:
        self._whmcs = client
        self._settings = client.settings
        self._product_types = product_types
        self._clock = clock

    async def services(self, client: ClientId) -> tuple[Service, ...]:
        listed = await products_of(self._whmcs, client)
        types = await self._types(listed)
        with reading("GetClientsProducts"):
            return tuple(self._service_of(row, types) for row in reversed(listed))

    async def service(self, client: ClientId, service: ServiceId) -> Service | None:
        listed = await products_of(self._whmcs, client, serviceid=service)
        types = await self._types(listed)
        with reading("GetClientsProducts"):
            return next((self._service_of(row, types) for row in listed if id_of(row, "id") == service), None)

    async def ensure_terminated(self, client: ClientId, service: ServiceId) -> None:
        listed = await products_of(self._whmcs, client)
        with reading("GetClientsProducts"):
            ending = [row for row in listed if id_of(row, "id") == service]
            if not ending:
                raise Rejected(Class.NOT_FOUND, "whmcs.service")
            along = _ordered_along(listed, ending[0])
            ending += [row for row in along if cycle_of(row) is BillingCycle.MONTHLY]
            ids = [ServiceId(id_of(row, "id")) for row in ending if status_of(row) not in OVER]
            paid = [row for row in along if cycle_of(row) is BillingCycle.ONE_TIME]
            done = [ServiceId(id_of(row, "id")) for row in paid if status_of(row) is ServiceStatus.ACTIVE]
        for each in ids:
            await self._end(client, each)
        for each in done:
            # nothing of the order is to look as if it ran on
            await record(self._whmcs, each, ServiceStatus.COMPLETED)

    # --- inside ----------------------------------------------------------------------------------------------------
    async def _types(self, listed: list[Row]) -> Mapping[str, ProductType]:
        with reading("GetClientsProducts"):
            asked = {raw(row, "pid").strip() for row in listed} - self._settings.product_types.keys()
        known = await self._product_types(asked) if asked else {}
        return {**known, **self._settings.product_types}

    async def _end(self, client: ClientId, service: ServiceId) -> None:
        try:
            await self._end_by_its_way(service)
        except Unavailable as lost:
            if not lost.outcome_unknown:
                raise
            if await status_in_the_end(self._whmcs, client, service) not in OVER:
                raise

    async def _end_by_its_way(self, service: ServiceId) -> None:
        way = self._settings.termination
        if way is Termination.REQUEST:
            await self._ask_to_end(service)
        elif way is Termination.RECORD:
            await self._end_by_record(service)
        else:
            try:
                await self._whmcs.write("ModuleTerminate", {"serviceid": service})
            except Refusal as refused:
                # a product without a module has nothing to switch off: its record says that it is over
                if "module" not in refused.hints:
                    raise
                await self._end_by_record(service)

    async def _end_by_record(self, service: ServiceId) -> None:
        fields: dict[str, Any] = {
            "serviceid": service,
            "status": ServiceStatus.TERMINATED.value,
            "terminationdate": tokyo_date(self._clock.now()).isoformat(),
        }
        await self._whmcs.write("UpdateClientProduct", fields, repeatable=True)

    async def _ask_to_end(self, service: ServiceId) -> None:
        try:
            # asked for again it is refused, so that a lost answer may be followed by another try
            await self._whmcs.write("AddCancelRequest", {"serviceid": service, "type": "Immediate"}, repeatable=True)
        except Rejected as refused:
            if refused.code != Class.CONFLICT:
                raise

    def _service_of(self, row: Row, types: Mapping[str, ProductType]) -> Service:
        cycle = cycle_of(row)
        name, group, product = shown(row, "name"), shown(row, "groupname"), raw(row, "pid").strip()
        order, mark = maybe_id(row, "orderid"), mark_of(row, self._settings)
        return Service(
            id=ServiceId(id_of(row, "id")),
            client=ClientId(id_of(row, "clientid", "userid")),
            name=name,
            group=group,
            billing_product=product,
            product_type=product_type_of(product, name, group, types),
            status=standing_of(status_of(row), cycle, mark),
            cycle=cycle,
            price=_price_of(row, cycle),
            next_due=day(row, "nextduedate"),
            started=day(row, "regdate"),
            ended=day(row, "terminationdate"),
            billing_order=BillingOrderId(order) if order else None,
            mark=mark,
        )


def _price_of(row: Row, cycle: BillingCycle | None) -> Yen:
    # a first payment holds set-up fees as well, so only of what is paid once it is the price
    return amount(row, "firstpaymentamount" if cycle is BillingCycle.ONE_TIME else "recurringamount")


def _ordered_along(listed: list[Row], plan: Row) -> list[Row]:
    """What was ordered with a plan; a plan is the first service of its order."""
    order = maybe_id(plan, "orderid")
    ordered = [row for row in listed if order is not None and maybe_id(row, "orderid") == order]
    if not ordered or id_of(ordered[0], "id") != id_of(plan, "id"):
        return []
    return ordered[1:]
