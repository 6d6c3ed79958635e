"""Reading where a customer stands."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from core.domain.billing import Invoice
from core.domain.checkout import Checkout
from core.domain.checks import for_customers
from core.domain.eligibility import Eligibility
from core.domain.identifying import needs_id, takes_pictures
from core.domain.policy import Policy
from core.domain.session import Session
from core.domain.standing import OWED, Part, Standing, StandingShown, tasks
from ports.billing import InvoiceBook, PaymentBook, ServiceBook
from ports.caches import ReadTimes
from ports.catalog_shelf import CatalogShelf
from ports.clock import Clock
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Rejected, Unavailable
from ports.identity_desk import IdentityDesk
from ports.order_book import OrderBook
from ports.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReadStanding:
    """Tell in one look where the customer stands and what is best done next (STA-1, STA-2).

    What other systems hold is read at once; a part that can't be read is marked, the rest is told.
    """

    desk: EligibilityDesk
    identity_desk: IdentityDesk
    orders: OrderBook
    payments: PaymentBook
    services: ServiceBook
    invoices: InvoiceBook
    shelf: CatalogShelf
    times: ReadTimes
    store: Store
    clock: Clock
    policy: Policy

    async def __call__(self, session: Session) -> StandingShown:
        checkout, unread = await self._kept(session)
        eligibility, identity, orders, payment, services, invoices = await asyncio.gather(
            self._part(self._eligibility(session)),
            self._part(self.identity_desk.standing(session.account)),
            self._part(self.orders.of_account(session.account)),
            self._part(self.payments.payment_methods(session.client)),
            self._part(self.services.services(session.client)),
            self._part(self._owed(session)),
        )
        standing = Standing(
            eligibility=eligibility,
            identity=identity,
            orders=orders,
            payment=payment,
            services=services,
            invoices=invoices,
            checkout=Part.of(checkout),
            unread=Part.of(unread),
            read_at=self.clock.now(),
        )
        return StandingShown(standing=standing, tasks=tasks(standing, id_needed=await self._id_needed(checkout)))

    async def _eligibility(self, session: Session) -> Eligibility:
        return for_customers(await self.desk.standing(session.account))

    async def _owed(self, session: Session) -> tuple[Invoice, ...]:
        invoices = await self.invoices.invoices(session.client)
        return tuple(invoice for invoice in invoices if invoice.status in OWED)

    async def _kept(self, session: Session) -> tuple[Checkout | None, int]:
        async with self.store.reading() as shelves:
            checkout = await shelves.checkouts.of_user(session.user, self.clock.now())
            return checkout, await shelves.notices.unread(session.user)

    async def _id_needed(self, checkout: Checkout | None) -> bool:
        if checkout is None or checkout.submitted_at is not None or not takes_pictures(self.policy, self.clock.now()):
            return False
        catalog = await self._part(self.shelf.catalog())
        if catalog.value is None:
            return any(service.sim is not None for service in checkout.cart.services)
        plans = (catalog.value.find(service.plan) for service in checkout.cart.services)
        return needs_id({plan.product_type for plan in plans if plan is not None}, self.policy)

    async def _part(self, reading: Awaitable[T]) -> Part[T]:
        try:
            return Part.of(*await self.times.of(reading))
        except (Unavailable, Rejected):
            return Part()
