"""What people do in WHMCS: staff on its admin pages, customers on the pages the portal sends them to (STF-4, SRV-3)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from adapters.fakes.schema_whmcs import GATEWAYS
from adapters.fakes.tables import Refused
from adapters.fakes.whmcs.actions import WhmcsActions
from adapters.fakes.whmcs.invoicing import later, run_cron
from adapters.fakes.whmcs.products import MODULE
from adapters.fakes.world import World
from core.domain.ids import BillingOrderId, ClientId, InvoiceId, ServiceId
from ports.errors import Rejected

_MONTH: Final = re.compile(r"20([0-9]{2})-(0[1-9]|1[0-2])")
_FOUR: Final = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class BillingDesk:
    """Deeds in WHMCS, each as one of staff or the customer does it. Rejected says that WHMCS's page would refuse it."""

    world: World

    # --- the customer, on WHMCS's pages ----------------------------------------------------------------------------
    async def add_payment_method(
        self, client: ClientId, last_four: str = "4242", expires: str = "2030-12", brand: str = "Visa"
    ) -> str:
        """The customer adds a card; `expires` is its month ("2030-12"). Answers the pay method's id."""
        month = _MONTH.fullmatch(expires)
        if month is None or not _FOUR.fullmatch(last_four):
            raise Rejected("validation", "payment_method", ("expires" if month is None else "last_four",))
        with self._acting("customer") as whmcs:
            whmcs.get_clients_details(clientid=client)
            return whmcs.records.create(
                "payment_method",
                {
                    "client": client,
                    "type": "RemoteCreditCard",
                    "description": f"{brand} {last_four}",
                    "gateway_name": GATEWAYS[0],
                    "card_last_four": last_four,
                    "expiry_date": f"{month[2]}/{month[1]}",
                    "card_type": brand,
                },
                by=whmcs.by,
            )

    async def remove_payment_method(self, client: ClientId, method: str) -> None:
        """The customer removes a pay method of theirs."""
        with self._acting("customer") as whmcs:
            if method not in {row["id"] for row in whmcs.get_pay_methods(client)}:
                raise Rejected("not_found", "payment_method")
            whmcs.records.delete("payment_method", method, by=whmcs.by)

    async def pay_invoice(self, invoice: InvoiceId) -> None:
        """The customer pays what is open on an invoice."""
        with self._acting("customer") as whmcs:
            if whmcs.get_invoice(invoice).invoice["status"] != "Unpaid":
                raise Rejected("wrong_state", "invoice")
            whmcs.add_invoice_payment(
                invoice, transid=f"page-{invoice}", gateway=GATEWAYS[0], date=self.world.clock.now()
            )

    async def open_link(self, url: str) -> str:
        """The customer opens a link that logs in; answers the page. It works once, within a minute (SRV-3)."""
        with self._acting("customer") as whmcs:
            row = whmcs.open_sso_link(url)
            return " ".join(filter(None, (row["destination"], row["path"])))

    async def switch_sso(self, client: ClientId, on: bool) -> None:
        """The customer switches single sign-on off, or on again, in their security settings."""
        with self._acting("customer") as whmcs:
            whmcs.update_client(client, {"sso_off": not on})

    # --- staff, on the admin pages ---------------------------------------------------------------------------------
    async def add_client(
        self, email: str, first_name: str, last_name: str, customer_number: str | None = None
    ) -> ClientId:
        """Staff add a client by hand, as those from before the portal were."""
        with self._acting("staff") as whmcs:
            fields = {"email": email, "firstname": first_name, "lastname": last_name, "password2": "set by staff"}
            added = whmcs.add_client(fields, customer_number=customer_number, skipvalidation=True)
            return ClientId(added)

    async def close_client(self, client: ClientId) -> None:
        """Staff close a client: its services end, its unpaid invoices are cancelled."""
        with self._acting("staff") as whmcs:
            whmcs.close_client(client)

    async def add_service(
        self, client: ClientId, name: str, group: str = "Other", price: int = 0, product: str = "by-hand"
    ) -> ServiceId:
        """Staff set up a running monthly service by hand, without an order; a product nobody mapped unless told."""
        with self._acting("staff") as whmcs:
            whmcs.get_clients_details(clientid=client)
            if whmcs.records.one("billing_product", pid=product) is None:
                fields = {"pid": product, "name": name, "groupname": group, "paytype": "recurring"}
                whmcs.records.create("billing_product", {**fields, "monthly": price, "module": MODULE}, by=whmcs.by)
            today = whmcs.today
            service = whmcs.records.create(
                "service",
                {
                    "client": client,
                    "pid": product,
                    "name": name,
                    "groupname": group,
                    "regdate": today,
                    "firstpaymentamount": price,
                    "recurringamount": price,
                    "billingcycle": "Monthly",
                    "nextduedate": later(today, today.day),
                    "nextinvoicedate": later(today, today.day),
                    "paymentmethod": GATEWAYS[0],
                    "status": "Active",
                },
                by=whmcs.by,
            )
            return ServiceId(service)

    async def terminate_service(self, service: ServiceId) -> None:
        """Staff end a service (CAN-4)."""
        with self._acting("staff") as whmcs:
            whmcs.module_terminate(service)

    async def suspend_service(self, service: ServiceId, reason: str = "Overdue on payment") -> None:
        """Staff suspend a service."""
        with self._acting("staff") as whmcs:
            whmcs.module_suspend(service, reason)

    async def unsuspend_service(self, service: ServiceId) -> None:
        """Staff let a suspended service run again."""
        with self._acting("staff") as whmcs:
            whmcs.module_unsuspend(service)

    async def cancel_order(self, order: BillingOrderId) -> None:
        """Staff cancel an order that is still pending."""
        with self._acting("staff") as whmcs:
            whmcs.cancel_order(order)

    async def make_invoice(
        self, client: ClientId, description: str, amount: int, due: date, draft: bool = False
    ) -> InvoiceId:
        """Staff write an invoice by hand; `amount` in yen."""
        with self._acting("staff") as whmcs:
            status = "Draft" if draft else "Unpaid"
            return InvoiceId(whmcs.create_invoice(client, [(description, amount)], duedate=due, status=status))

    @contextmanager
    def _acting(self, by: str) -> Iterator[WhmcsActions]:
        run_cron(self.world)
        try:
            with self.world.records.all_or_none():
                yield WhmcsActions(self.world, by)
        except Refused as refused:
            raise Rejected(refused.code, refused.table, refused.fields) from refused
