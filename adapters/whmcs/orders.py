"""How an order becomes services in WHMCS, once, although WHMCS adds one for every call."""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from adapters.calling.lanes import Lanes
from adapters.whmcs.client import Client, reading
from adapters.whmcs.decoding import id_of, ids_in, maybe_id, raw
from adapters.whmcs.faults import Refusal
from adapters.whmcs.invoices import UNPAID, invoice_row, invoices_of, items_of, service_of
from adapters.whmcs.marking import ACTIVE, CANCELLED, PENDING, Look, Marks, Standing, look_of
from adapters.whmcs.sayings import Class
from adapters.whmcs.services import cycle_of, products_of, record, status_in_the_end, status_of
from core.domain.billing import Service, ServiceStatus
from core.domain.catalog import BillingCycle
from core.domain.ids import BillingOrderId, ClientId, InvoiceId, OrderId, RequestKey, ServiceId
from core.domain.provisioning import Billed, BillingOrder
from ports.errors import Rejected, Unavailable
from ports.sendings import Sendings, Sent

_CYCLES: Final = {BillingCycle.MONTHLY: "monthly", BillingCycle.ONE_TIME: "onetime"}
_LOOKS: Final = 2
_MOST_ADDED: Final = 1000


class WhmcsProvisioner:
    """`ports.billing.Provisioner` on a WHMCS.

    The CRM's order stands on each service as a mark, and is looked up before each add. A lost answer is waited out
    and looked for, also by who finds after a restart that it was sent; nothing is added again before somebody asks
    anew (FUL-3).
    """

    def __init__(self, client: Client, sendings: Sendings) -> None:
        self._whmcs = client
        self._settings = client.settings
        self._marks = Marks(client)
        self._lanes = Lanes()
        self._sendings = sendings
        self._added: dict[BillingOrderId, ClientId] = {}

    async def ensure_billed(
        self, key: RequestKey, order: BillingOrder, seen: Sequence[Service] | None = None
    ) -> Billed:
        async with self._lanes.alone(order.client):
            sent = await self._sendings.find(order.mark)
            look = None if seen is None or sent is not None else look_of(seen, order.mark)
            look = look or await self._marks.look(order.client, order.mark)
            billed = await self._the_one(look)
            if billed is None:
                billed = await self._sent_again(order, look, sent) if sent else await self._add(order, look.unmarked)
            elif sent is not None:
                await self._sendings.forget(order.mark)
            if len(billed.services) != len(order.lines):
                raise Rejected(Class.CONFLICT, "whmcs.billing_order", ("services",))
            return billed

    async def find_billed(self, client: ClientId, mark: OrderId) -> Billed | None:
        found = await self._holding(await self._marks.look(client, mark))
        if found and await self._sendings.find(mark) is not None:
            await self._sendings.forget(mark)
        return found[0].billed if found else None

    async def ensure_accepted(self, client: ClientId, order: BillingOrderId) -> None:
        async with self._lanes.alone(client):
            if self._added.get(order) != client:
                await self._accept_what_there_is(client, order)
            else:
                del self._added[order]
                if not await self._accept(order):
                    await self._set_up(client, order)

    async def ensure_dropped(self, client: ClientId, mark: OrderId) -> None:
        async with self._lanes.alone(client):
            look = await self._marks.look(client, mark)
            for standing in await self._marks.with_status(look.standings):
                if standing.status in (PENDING, CANCELLED):
                    await self._drop(standing)

    async def ensure_written_off(self, client: ClientId, mark: OrderId) -> None:
        look = await self._marks.look(client, mark)
        own = {service for standing in look.standings for service in standing.ids}
        listed = await invoices_of(self._whmcs, client, UNPAID)
        with reading("GetInvoices"):
            invoices = [InvoiceId(id_of(row, "id", "invoiceid")) for row in listed]
        for invoice in invoices:
            row = await invoice_row(self._whmcs, client, invoice)
            with reading("GetInvoice"):
                services = [service_of(item) for item in items_of(row)] if row is not None else []
            if services and set(services) <= own:
                fields = {"invoiceid": invoice, "status": "Cancelled"}
                await self._whmcs.write("UpdateInvoice", fields, repeatable=True)

    # --- adding ----------------------------------------------------------------------------------------------------
    async def _sent_again(self, order: BillingOrder, look: Look, sent: Sent) -> Billed:
        """Add what was sent before and is not seen, once that can't come about any more."""
        if sent.order is not None and await self._marks.status_of(sent.order) in (PENDING, ACTIVE):
            raise Rejected(Class.CONFLICT, "whmcs.billing_order", ("mark",))  # WHMCS keeps none: a person decides
        if sent.order is None and look.unmarked - sent.waiting:
            # it came while an answer was lost, and WHMCS may have dropped the mark: a person decides
            raise Unavailable("whmcs.AddOrder was not answered, and an order without a mark is pending")
        if sent.order is None and not sent.is_over:
            return await self._after_a_lost_answer(order, sent)
        waiting = sent.waiting if sent.order is None else look.unmarked
        return await self._add(order, waiting, is_first=False)

    async def _add(self, order: BillingOrder, waiting: frozenset[ServiceId], *, is_first: bool = True) -> Billed:
        params = {
            "clientid": order.client,
            "paymentmethod": self._settings.gateway,
            "pid": [line.billing_product for line in order.lines],
            "billingcycle": [_CYCLES[line.cycle] for line in order.lines],
            "priceoverride": [int(line.price) for line in order.lines],
            **await self._marks.written(order),
            "noemail": not self._settings.order_mails,
        }
        sent = Sent(mark=order.mark, waiting=waiting)
        await self._sendings.keep(sent)
        try:
            body = await self._whmcs.write("AddOrder", params)
            with reading("AddOrder", is_read=False):
                billed = Billed(
                    BillingOrderId(id_of(body, "orderid")),
                    tuple(map(ServiceId, ids_in(body, "serviceids") or ids_in(body, "productids"))),
                    accepted=False,
                )
        except (Refusal, Unavailable) as error:
            if isinstance(error, Unavailable) and error.outcome_unknown:
                return await self._after_a_lost_answer(order, sent)
            await self._sendings.keep(replace(sent, is_over=True))
            raise
        await self._sendings.keep(replace(sent, order=billed.order))
        if is_first and len(billed.services) == len(order.lines):
            self._remember(order.client, billed.order)
        return billed

    def _remember(self, client: ClientId, order: BillingOrderId) -> None:
        self._added[order] = client
        while len(self._added) > _MOST_ADDED:
            self._added.pop(next(iter(self._added)))

    async def _after_a_lost_answer(self, order: BillingOrder, sent: Sent) -> Billed:
        for _ in range(_LOOKS):
            await asyncio.sleep(self._settings.patience.settle)
            found = await self._the_one(await self._marks.look(order.client, order.mark))
            if found is not None:
                await self._sendings.forget(order.mark)
                return found
        await self._sendings.keep(replace(sent, is_over=True))
        raise Unavailable("whmcs.AddOrder was not answered, and added nothing so far")

    async def _the_one(self, look: Look) -> Billed | None:
        """What holds under the mark, after other pending orders under it are gone."""
        found = await self._holding(look)
        for standing in found[1:]:
            if standing.status == PENDING:
                await self._drop(standing)
        return found[0].billed if found else None

    async def _holding(self, look: Look) -> list[Standing]:
        """The orders that hold under the mark: accepted ones first, then the oldest.

        Of a single one that has live services nobody asks for its status: it can't be cancelled.
        """
        if len(look.standings) == 1 and not look.standings[0].is_gone:
            return [*look.standings]
        known = await self._marks.with_status(look.standings)
        holding = [standing for standing in known if standing.status in (PENDING, ACTIVE)]
        return sorted(holding, key=lambda standing: (standing.status == PENDING, int(standing.order)))

    # --- accepting -------------------------------------------------------------------------------------------------
    async def _accept(self, order: BillingOrderId) -> bool:
        """Accept a pending order; False says that it is active, and nobody knows how far it was set up."""
        mails = self._settings.welcome_mails
        try:
            await self._whmcs.write("AcceptOrder", {"orderid": order, "autosetup": True, "sendemail": mails})
        except (Refusal, Unavailable) as error:
            if isinstance(error, Unavailable):
                if not error.outcome_unknown:
                    raise
                await asyncio.sleep(self._settings.patience.settle)
            if await self._marks.status_of(order) != ACTIVE:
                raise
            return False
        return True

    async def _accept_what_there_is(self, client: ClientId, order: BillingOrderId) -> None:
        """Go by what WHMCS holds."""
        row = await self._marks.order(order)
        with reading("GetOrders"):
            if row is None or id_of(row, "userid", "clientid") != client:
                raise Rejected(Class.NOT_FOUND, "whmcs.billing_order")
            status = raw(row, "status").casefold()
        if status not in (PENDING, ACTIVE):
            raise Rejected(Class.WRONG_STATE, "whmcs.billing_order")
        if status == PENDING:
            await self._accept(order)
        await self._set_up(client, order)

    async def _set_up(self, client: ClientId, order: BillingOrderId) -> None:
        """Set up once more what waits although its order is active.

        What else stands pending under its mark, by an answer that was lost, is dropped.
        """
        listed = await products_of(self._whmcs, client)
        with reading("GetClientsProducts"):
            ordered = [row for row in listed if maybe_id(row, "orderid") == order]
            waits = [row for row in ordered if status_of(row) is ServiceStatus.PENDING]
            waiting = [(ServiceId(id_of(row, "id")), cycle_of(row) is BillingCycle.ONE_TIME) for row in waits]
            twins = [twin for twin in self._marks.twins_of(ordered, listed) if twin.order != order]
        for service, is_paid_once in waiting:
            if is_paid_once:
                await record(self._whmcs, service, ServiceStatus.COMPLETED)
            else:
                await self._create(client, service)
        for twin in await self._marks.with_status(twins):
            if twin.status == PENDING:
                await self._drop(twin)

    async def _create(self, client: ClientId, service: ServiceId) -> None:
        try:
            await self._whmcs.write("ModuleCreate", {"serviceid": service})
        except Refusal as refused:
            if "module" in refused.hints:
                await record(self._whmcs, service, ServiceStatus.ACTIVE)
            elif "exists" not in refused.hints:
                raise
        except Unavailable as lost:
            if not lost.outcome_unknown:
                raise
            # the module may still be at it, and is not asked beside itself
            if await status_in_the_end(self._whmcs, client, service) is not ServiceStatus.ACTIVE:
                raise

    # --- dropping --------------------------------------------------------------------------------------------------
    async def _drop(self, standing: Standing) -> None:
        """Cancel and delete a pending order; one that was cancelled already is deleted."""
        self._added.pop(standing.order, None)
        if standing.status == PENDING:
            await self._done_or(standing, "CancelOrder", {"orderid": standing.order, "noemail": True}, CANCELLED)
        await self._done_or(standing, "DeleteOrder", {"orderid": standing.order}, "")

    async def _done_or(self, standing: Standing, action: str, params: dict[str, object], after: str) -> None:
        try:
            await self._whmcs.write(action, params)
        except (Refusal, Unavailable) as error:
            # a lost answer, or one that came before: it may be done
            if isinstance(error, Unavailable) and error.outcome_unknown:
                await asyncio.sleep(self._settings.patience.settle)
            elif isinstance(error, Unavailable):
                raise
            status = await self._marks.status_of(standing.order)
            if status not in (after, ""):
                raise
