"""Reading everything that stands between a cart and its orders."""

import asyncio
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from core.domain.account import Profile
from core.domain.billing import PaymentMethods, Service
from core.domain.cart import PricedCart, price, sim_faults
from core.domain.catalog import ProductType
from core.domain.checkout import choice_faults, confirms
from core.domain.eligibility import Eligibility
from core.domain.gates import AtTheGates
from core.domain.identifying import needs_id
from core.domain.identity import Identity
from core.domain.ids import AccountId
from core.domain.japan import tokyo_date
from core.domain.opportunity import Opportunity
from core.domain.order import Order
from core.domain.placing import Asked, Gathered
from core.domain.policy import Policy
from core.domain.refusals import Invalid, NotFound, Refusal
from core.domain.session import PortalUser, Session
from ports.billing import PaymentBook, ServiceBook
from ports.catalog_shelf import CatalogShelf
from ports.customer_registry import CustomerRegistry
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Unavailable
from ports.identity_desk import IdentityDesk
from ports.opportunities import Opportunities
from ports.order_book import OrderBook

_Read: TypeAlias = tuple[
    tuple[Profile | None, Eligibility, Identity, tuple[Order, ...], tuple[Opportunity, ...]],
    tuple[PaymentMethods, tuple[Service, ...]],
]


@dataclass(frozen=True, slots=True)
class ReadGates:
    """Read what the gates of a cart look at, fresh, all at once; one that can't be read is Unavailable (ORD-1, T-10).

    Bound to ports without a memory. What no gate of this cart looks at is not asked for.
    """

    shelf: CatalogShelf
    known: CatalogShelf
    """The catalog as it is shown, which no gate goes by."""
    registry: CustomerRegistry
    desk: EligibilityDesk
    identities: IdentityDesk
    orders: OrderBook
    opportunities: Opportunities
    services: ServiceBook
    payments: PaymentBook
    policy: Policy

    async def __call__(self, session: Session, user: PortalUser, asked: Asked, now: datetime) -> Gathered:
        """Raises Invalid and CartRefused for a cart that is none."""
        faults = sim_faults(asked.cart, tokyo_date(now), asked.at) + choice_faults(asked.choices, now)
        if faults:
            raise Invalid(*faults)
        expected = await self._expected(asked)
        if expected is None:
            priced = await self._priced(asked)
            read = await self._read(session, asked, priced)
        else:
            # the price of now is read along with what the cart needs by the price that was shown
            priced, read = await asyncio.gather(self._priced(asked), self._read(session, asked, expected))
            if _looked_at(priced) != _looked_at(expected):
                read = await self._read(session, asked, priced)
        (profile, eligibility, identity, orders, opportunities), (payment, services) = read
        if profile is None:
            raise NotFound
        at = AtTheGates(
            profile=profile,
            email_confirmed=True,  # there is no portal user whose address was not (ACC-1)
            terms_version=user.terms_version,
            address_confirmed=confirms(asked.choices, asked.address, profile.address),
            cart=priced,
            seen=asked.seen,
            eligibility=eligibility,
            identity=identity,
            services=services,
            orders=orders,
            payment=payment,
            policy=self.policy,
            now=now,
        )
        return Gathered(at, opportunities)

    async def _expected(self, asked: Asked) -> PricedCart | None:
        """The cart as the catalog had it that the customer was shown; None where that tells nothing."""
        try:
            return price(asked.cart, await self.known.catalog(), asked.at)
        except Refusal:
            return None

    async def _read(self, session: Session, asked: Asked, priced: PricedCart) -> _Read:
        products, account = frozenset(service.product_type for service in priced.services), session.account
        return await asyncio.gather(
            asyncio.gather(
                self.registry.profile(account),
                self._eligibility(account, products),
                self._identity(account, products),
                self._orders(account, products),
                self._opportunities(account, asked, products),
            ),
            asyncio.gather(self.payments.payment_methods(session.client), self._services(session, priced)),
        )

    async def _priced(self, asked: Asked) -> PricedCart:
        catalog = await self.shelf.catalog()
        if catalog.stale:
            raise Unavailable("the catalog's prices of now", outcome_unknown=False)
        return price(asked.cart, catalog, asked.at)

    async def _eligibility(self, account: AccountId, products: Set[ProductType]) -> Eligibility:
        if ProductType.INTERNET not in products:
            return Eligibility(account=account)
        return await self.desk.standing(account)

    async def _identity(self, account: AccountId, products: Set[ProductType]) -> Identity:
        if not needs_id(products, self.policy):
            return Identity(account=account)
        return await self.identities.standing(account)

    async def _orders(self, account: AccountId, products: Set[ProductType]) -> tuple[Order, ...]:
        return await self.orders.of_account(account) if ProductType.INTERNET in products else ()

    async def _services(self, session: Session, priced: PricedCart) -> tuple[Service, ...]:
        asked_for = any(each.product_type is ProductType.INTERNET or each.family for each in priced.services)
        return await self.services.services(session.client) if asked_for else ()

    async def _opportunities(
        self, account: AccountId, asked: Asked, products: Set[ProductType]
    ) -> tuple[Opportunity, ...]:
        if asked.choices.opportunity is None and products == {ProductType.VPN}:
            return ()
        return await self.opportunities.of_account(account)


def _looked_at(priced: PricedCart) -> frozenset[tuple[ProductType, bool]]:
    return frozenset((service.product_type, service.family) for service in priced.services)
