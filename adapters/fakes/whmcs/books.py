"""What the portal reads of a client in WHMCS: payment methods, services, invoices; and the door to its pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from adapters.fakes.tables import Refused, Row
from adapters.fakes.whmcs.acting import every
from adapters.fakes.whmcs.actions import WhmcsActions, asking_whmcs
from adapters.fakes.whmcs.client_actions import TOKEN_LIFE
from adapters.fakes.whmcs.products import mapping_of
from adapters.fakes.whmcs.sayings import Says
from adapters.fakes.world import World
from core.domain.billing import (
    OVER,
    SSO_DESTINATIONS,
    DoorLink,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Page,
    PaymentMethod,
    PaymentMethods,
    Service,
    ServiceStatus,
    product_type_of,
    standing_of,
)
from core.domain.catalog import BillingCycle, ProductType
from core.domain.ids import BillingOrderId, ClientId, InvoiceId, OrderId, ServiceId
from core.domain.japan import tokyo_date
from core.domain.money import Yen
from ports.errors import Rejected

_CYCLES: Final = {"Monthly": BillingCycle.MONTHLY, "One-Time": BillingCycle.ONE_TIME}
_Word = TypeVar("_Word", ServiceStatus, InvoiceStatus)


@dataclass(frozen=True, slots=True)
class FakePaymentBook:
    """`ports.billing.PaymentBook` on the world's WHMCS."""

    world: World

    async def payment_methods(self, client: ClientId) -> PaymentMethods:
        async with asking_whmcs(self.world, "payment_methods") as whmcs:
            return PaymentMethods(tuple(_method_of(row) for row in whmcs.get_pay_methods(client)))


@dataclass(frozen=True, slots=True)
class FakeServiceBook:
    """`ports.billing.ServiceBook` on the world's WHMCS; product lines are those of the catalog's billing products."""

    world: World

    async def services(self, client: ClientId) -> tuple[Service, ...]:
        async with asking_whmcs(self.world, "services") as whmcs:
            mapping = mapping_of(whmcs.records)
            rows = every(whmcs.get_clients_products, clientid=client)
            return tuple(_service_of(row, mapping) for row in reversed(rows))

    async def service(self, client: ClientId, service: ServiceId) -> Service | None:
        async with asking_whmcs(self.world, "service") as whmcs:
            row = _service_row(whmcs, client, service)
            return _service_of(row, mapping_of(whmcs.records)) if row is not None else None

    async def ensure_terminated(self, client: ClientId, service: ServiceId) -> None:
        async with asking_whmcs(self.world, "ensure_terminated") as whmcs:
            row = _service_row(whmcs, client, service)
            if row is None:
                raise Says.SERVICE_MISSING.about()
            along = _ordered_along(whmcs, row)
            for ending in (row, *(each for each in along if each["billingcycle"] == "Monthly")):
                if ending["status"] not in OVER:
                    _terminate(whmcs, ending)
            for paid in along:
                # nothing of the order is to look as if it ran on
                if paid["billingcycle"] == "One-Time" and paid["status"] == "Active":
                    whmcs.update_client_product(paid["id"], {"status": "Completed"})


@dataclass(frozen=True, slots=True)
class FakeInvoiceBook:
    """`ports.billing.InvoiceBook` on the world's WHMCS."""

    world: World

    async def invoices(self, client: ClientId) -> tuple[Invoice, ...]:
        async with asking_whmcs(self.world, "invoices") as whmcs:
            rows = every(whmcs.get_invoices, userid=client)
            return tuple(_invoice_of(row) for row in reversed(rows) if row["status"] != "Draft")

    async def invoice(self, client: ClientId, invoice: InvoiceId) -> Invoice | None:
        async with asking_whmcs(self.world, "invoice") as whmcs:
            try:
                found = whmcs.get_invoice(invoice)
            except Refused as refused:
                if refused.code != "not_found":
                    raise
                return None
            if found.invoice["client"] != client or found.invoice["status"] == "Draft":
                return None
            return _invoice_of(found.invoice, found.items)

    async def due_by(self, day: date) -> tuple[Invoice, ...]:
        async with asking_whmcs(self.world, "due_by") as whmcs:
            rows = (row for row in every(whmcs.get_invoices, status="Unpaid") if row["duedate"] <= day)
            return tuple(_invoice_of(row) for row in sorted(rows, key=lambda row: (row["duedate"], row["seq"])))


@dataclass(frozen=True, slots=True)
class FakeBillingDoor:
    """`ports.billing.BillingDoor` on the world's WHMCS; the pages behind the door are not part of the world."""

    world: World

    async def link(self, client: ClientId, page: Page, invoice: InvoiceId | None = None) -> DoorLink:
        async with asking_whmcs(self.world, "link") as whmcs:
            path = ""
            if page is Page.INVOICE:
                if invoice is None or whmcs.get_invoice(invoice).invoice["client"] != client:
                    raise Rejected("not_found", "invoice")
                path = f"viewinvoice.php?id={invoice}"
            token = whmcs.create_sso_token(client, SSO_DESTINATIONS[page], path)
            return DoorLink(url=token.redirect_url, until=self.world.clock.now() + TOKEN_LIFE)


def _method_of(row: Row) -> PaymentMethod:
    month, slash, year = (row["expiry_date"] or "").partition("/")
    return PaymentMethod(
        kind=row["type"],
        label=row["description"] or row["card_type"] or row["bank_name"] or "",
        last_four=row["card_last_four"],
        expires=f"20{year}-{month}" if slash else None,
    )


def _service_row(whmcs: WhmcsActions, client: ClientId, service: ServiceId) -> Row | None:
    return next(iter(whmcs.get_clients_products(clientid=client, serviceid=service).rows), None)


def _ordered_along(whmcs: WhmcsActions, plan: Row) -> list[Row]:
    """What was ordered with a plan; a plan is the first service of its order."""
    rows = every(whmcs.get_clients_products, clientid=plan["client"])
    ordered = [row for row in rows if row["order"] is not None and row["order"] == plan["order"]]
    if not ordered or ordered[0]["id"] != plan["id"]:
        return []
    return ordered[1:]


def _terminate(whmcs: WhmcsActions, service: Row) -> None:
    try:
        whmcs.module_terminate(service["id"])
    except Refused as refused:
        # a product without a module has nothing to switch off: its record says that it is over
        if refused.code != "validation":
            raise
        fields = {"status": "Terminated", "terminationdate": whmcs.today}
        whmcs.update_client_product(service["id"], fields)


def _service_of(row: Row, mapping: Mapping[str, ProductType]) -> Service:
    cycle = _CYCLES.get(row["billingcycle"])
    price = row["firstpaymentamount"] if cycle is BillingCycle.ONE_TIME else row["recurringamount"]
    mark = OrderId(row["crm_order"]) if row["crm_order"] else None
    return Service(
        id=ServiceId(row["id"]),
        client=ClientId(row["client"]),
        name=row["name"],
        group=row["groupname"],
        billing_product=row["pid"],
        product_type=product_type_of(row["pid"], row["name"], row["groupname"], mapping),
        status=standing_of(_known(row["status"], ServiceStatus), cycle, mark),
        cycle=cycle,
        price=Yen(price),
        next_due=row["nextduedate"],
        started=row["regdate"],
        ended=row["terminationdate"],
        billing_order=BillingOrderId(row["order"]) if row["order"] else None,
        mark=mark,
    )


def _invoice_of(row: Row, items: tuple[Row, ...] | None = None) -> Invoice:
    return Invoice(
        id=InvoiceId(row["id"]),
        client=ClientId(row["client"]),
        number=row["invoicenum"] or row["id"],
        status=_known(row["status"], InvoiceStatus),
        issued=row["date"],
        due=row["duedate"],
        paid_on=tokyo_date(row["datepaid"]) if row["datepaid"] else None,
        total=Yen(row["total"]),
        balance=Yen(row["balance"]) if items is not None else None,
        lines=tuple(
            InvoiceLine(item["description"], Yen(item["amount"]), ServiceId(item["relid"]) if item["relid"] else None)
            for item in items or ()
        ),
    )


def _known(word: str, words: Callable[[str], _Word]) -> _Word:
    try:
        return words(word)
    except ValueError:
        return words("Other")
