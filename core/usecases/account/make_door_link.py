"""The way to billing's own pages."""

from dataclasses import dataclass

from core.domain.billing import DoorLink, Page
from core.domain.ids import InvoiceId
from core.domain.limits import Limited
from core.domain.refusals import DestinationNotAllowed, NotFound, TooMany
from core.domain.session import Session
from ports.billing import BillingDoor, InvoiceBook
from ports.clock import Clock
from ports.errors import Rejected
from ports.limits import Limits


@dataclass(frozen=True, slots=True)
class MakeDoorLink:
    """Make a link that logs the customer in to one page of billing, on click, for one use (SRV-2, SRV-3, ORD-9)."""

    door: BillingDoor
    invoices: InvoiceBook
    limits: Limits
    clock: Clock

    async def __call__(self, session: Session, page: Page, invoice: InvoiceId | None = None) -> DoorLink:
        """Raises DestinationNotAllowed, TooMany, or NotFound for an invoice that is not the customer's."""
        if (page is Page.INVOICE) != (invoice is not None):
            raise DestinationNotAllowed(page=page.value)
        if invoice is not None and await self.invoices.invoice(session.client, invoice) is None:
            raise NotFound
        seconds = await self.limits.take(Limited.DOOR_LINK, session.account, self.clock.now())
        if seconds is not None:
            raise TooMany(retry_after=seconds, limit=Limited.DOOR_LINK.value)
        try:
            return await self.door.link(session.client, page, invoice)
        except Rejected as error:
            raise DestinationNotAllowed(page=page.value) from error
