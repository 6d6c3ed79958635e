"""Billing, as WHMCS keeps it: clients, payment methods, orders, services, invoices and the door to its pages.

One protocol per role; a binding may be one object. Nothing here ever carries a card number.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import msgspec

from core.domain.account import Address, Person, Phone
from core.domain.billing import DoorLink, Invoice, Page, PaymentMethods, Service
from core.domain.ids import BillingOrderId, ClientId, CustomerNumber, InvoiceId, OrderId, RequestKey, ServiceId
from core.domain.provisioning import Billed, BillingOrder
from core.domain.words import Language


class NewClient(msgspec.Struct, frozen=True, kw_only=True):
    """A client to be added; its password is random and known to nobody (ACC-7).

    Without an address the client is added with billing's own check of fields waived and has none until save_details
    brings it; nothing is ordered before that (ORD-1).
    """

    number: CustomerNumber
    email: str
    person: Person
    phone: Phone
    address: Address | None
    language: Language
    marketing_consent: bool


class ClientRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A client as billing holds it."""

    id: ClientId
    email: str
    number: CustomerNumber | None
    person: Person
    phone: Phone | None
    address: Address | None
    marketing_consent: bool = False
    added_on: date | None = None
    closed: bool = False

    def is_of(self, number: CustomerNumber) -> bool:
        """Whether it is the open client of the customer with that number."""
        return self.number == number and not self.closed


class ClientBook(Protocol):
    """Where clients are found, added and kept (ACC-1, ACC-10)."""

    async def ensure_client(
        self, key: RequestKey, client: NewClient, seen: "Sequence[ClientRecord] | None" = None
    ) -> ClientId:
        """Add the client unless one with this customer number and address exists; then that one (ACC-4).

        Looks for the address before it adds. `seen` is that look, nobody or one, where the caller has just asked and
        no add was sent before that might yet come about (P-2). Raises Rejected("conflict") when the address belongs to
        a client without this number: a person decides.
        """

    async def find(self, client: ClientId) -> ClientRecord | None:
        """The client, or None."""

    async def find_by_email(self, email: str) -> ClientRecord | None:
        """The client with that address, or None."""

    async def save_details(
        self,
        client: ClientId,
        phone: Phone | None,
        address: Address | None,
        *,
        marketing_consent: bool | None = None,
    ) -> None:
        """Write phone, address and consent to marketing; None leaves a part as it is (ACC-10). Idempotent."""

    async def clear_details(self, client: ClientId, *, phone: bool, address: bool) -> None:
        """Take away phone or address, as before there was one, when a change is undone (ACC-10). Idempotent."""

    async def all_clients(self, after: ClientId | None, most: int) -> tuple[ClientRecord, ...]:
        """Clients in the order of their ids, from behind `after`; for drift and orphans (OPS-5)."""


class PaymentBook(Protocol):
    """Where payment methods are read (ORD-9, SRV-2)."""

    async def payment_methods(self, client: ClientId) -> PaymentMethods:
        """The client's payment methods, read now."""


class Provisioner(Protocol):
    """Where orders become services (FUL-2, FUL-3)."""

    async def ensure_billed(
        self, key: RequestKey, order: BillingOrder, seen: Sequence[Service] | None = None
    ) -> Billed:
        """Add one order for all lines, marked with the CRM's order, unless one with the mark exists (FUL-3).

        Looks for the mark before each add. `seen` is that look, where the caller has just read the client's services
        and no add of the order was sent before that might yet come about (P-1). Raises Unavailable when it can't tell
        whether the order exists. A duplicate that is still pending is cancelled and deleted.
        """

    async def find_billed(self, client: ClientId, mark: OrderId) -> Billed | None:
        """What billing holds under the mark, or None; Unavailable is not None."""

    async def ensure_accepted(self, client: ClientId, order: BillingOrderId) -> None:
        """Accept a pending order, so that its services run; an active one is left alone (FUL-2).

        What is paid once reads as completed from then on, so that it never looks like a running service.
        """

    async def ensure_dropped(self, client: ClientId, mark: OrderId) -> None:
        """Cancel and delete what is still pending under the mark; nothing there is well too (FUL-4)."""

    async def ensure_written_off(self, client: ClientId, mark: OrderId) -> None:
        """Cancel unpaid invoices that are for services under the mark alone; what is paid is left alone (FUL-4)."""


class ServiceBook(Protocol):
    """Where running services are read and ended (SRV-1, CAN-4)."""

    async def services(self, client: ClientId) -> tuple[Service, ...]:
        """All services of the client, newest first, read now."""

    async def service(self, client: ClientId, service: ServiceId) -> Service | None:
        """One service of that client, or None: another client's is None too (SRV-5)."""

    async def ensure_terminated(self, client: ClientId, service: ServiceId) -> None:
        """End the service and, with a plan, what was ordered along with it; what has ended is left alone (CAN-4).

        What that order charged once is completed, also where staff read it.
        """


class InvoiceBook(Protocol):
    """Where invoices are read (SRV-2)."""

    async def invoices(self, client: ClientId) -> tuple[Invoice, ...]:
        """All invoices of the client but drafts, newest first, without lines."""

    async def invoice(self, client: ClientId, invoice: InvoiceId) -> Invoice | None:
        """One invoice of that client with lines and balance, or None: another client's is None too."""

    async def due_by(self, day: date) -> tuple[Invoice, ...]:
        """Unpaid invoices of all clients that are due on or before `day` (SRV-6).

        One that can't be read is logged and left out: it hides nobody else's.
        """


class BillingDoor(Protocol):
    """The door to WHMCS's own pages (SRV-3)."""

    async def link(self, client: ClientId, page: Page, invoice: InvoiceId | None = None) -> DoorLink:
        """A link that logs the client in to that page, once, within a minute. Never kept, never logged.

        Raises Rejected when the client may not use it.
        """
