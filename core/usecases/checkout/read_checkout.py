"""Coming back to a checkout."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.domain.billing import PaymentMethods, Service
from core.domain.cart import FirstBill, PricedCart, price
from core.domain.catalog import ProductType
from core.domain.checkout import Checkout, Standpoint, StepShown, progress
from core.domain.eligibility import REVIEWS_READ, Eligibility, EligibilityStatus, Expected, expected_answer
from core.domain.flags import Feature
from core.domain.gates import AtTheGates, beside_steps
from core.domain.identifying import methods_for, needs_id
from core.domain.identity import Identity, IdStatus, expected_review
from core.domain.ids import AccountId
from core.domain.japan import tokyo_date
from core.domain.policy import Policy
from core.domain.refusals import CartRefused, CheckoutMissing, FieldFault, SwitchedOff
from core.domain.session import Session
from ports.billing import PaymentBook, ServiceBook
from ports.catalog_shelf import CatalogShelf
from ports.clock import Clock
from ports.customer_registry import Profiles
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Unavailable
from ports.flags import Flags
from ports.identity_desk import IdentityDesk
from ports.secrets import Secrets
from ports.store import Store


class ShownCheckout(msgspec.Struct, frozen=True, kw_only=True):
    """A checkout as it is shown: priced now, or what in its cart can't be any more; with progress where known.

    `progress` is None for an anonymous checkout and while a system it is told from does not answer.
    """

    checkout: Checkout
    priced: PricedCart | None
    faults: tuple[FieldFault, ...]
    first_bill: FirstBill | None
    progress: tuple[StepShown, ...] | None
    stale: bool


@dataclass(frozen=True, slots=True)
class ReadCheckout:
    """Show the saved checkout with today's prices, which the customer has then seen, and its progress (ORD-7, ORD-8).

    What is kept as seen is what the gate compares the price with when the checkout is submitted (ORD-1).
    """

    store: Store
    shelf: CatalogShelf
    profiles: Profiles
    desk: EligibilityDesk
    identities: IdentityDesk
    payments: PaymentBook
    services: ServiceBook
    flags: Flags
    clock: Clock
    secrets: Secrets
    policy: Policy

    async def __call__(self, session: Session | None, token: str | None) -> ShownCheckout:
        """Raises CheckoutMissing; a token that holds none is the same as no token."""
        if not await self.flags.on(Feature.UNIFIED_CHECKOUT, session.account if session is not None else None):
            raise SwitchedOff(feature=Feature.UNIFIED_CHECKOUT.value)
        now = self.clock.now()
        held = self.secrets.fingerprint(token) if token is not None and session is None else None
        checkout = await self._kept(session, held, now)
        catalog = await self.shelf.catalog()
        priced: PricedCart | None = None
        faults: tuple[FieldFault, ...] = ()
        try:
            priced = price(checkout.cart, catalog, "cart.")
        except CartRefused as refused:
            faults = refused.faults
        if priced is not None and checkout.submitted_at is None and priced.totals != checkout.seen:
            checkout = await self._see(checkout, priced, held)
        return ShownCheckout(
            checkout=checkout,
            priced=priced,
            faults=faults,
            first_bill=priced.first_bill(tokyo_date(now)) if priced is not None else None,
            progress=await self._progress(session, checkout, priced),
            stale=catalog.stale,
        )

    async def _kept(self, session: Session | None, held: str | None, now: datetime) -> Checkout:
        kept: Checkout | None = None
        async with self.store.reading() as shelves:
            if session is not None:
                kept = await shelves.checkouts.of_user(session.user, now)
            elif held is not None:
                kept = await shelves.checkouts.by_token(held, now)
        if kept is None:
            raise CheckoutMissing
        return kept

    async def _see(self, checkout: Checkout, priced: PricedCart, held: str | None) -> Checkout:
        seen = msgspec.structs.replace(checkout, seen=priced.totals, version=checkout.version + 1)
        async with self.store.begin() as shelves:
            # not kept when it was saved or submitted meanwhile: then this answer is not the last one seen
            return seen if await shelves.checkouts.save(seen, held) else checkout

    async def _progress(
        self, session: Session | None, checkout: Checkout, priced: PricedCart | None
    ) -> tuple[StepShown, ...] | None:
        if session is None or priced is None:
            return None
        products = frozenset(service.product_type for service in priced.services)
        try:
            at = await self._standpoint(session, priced, products)
        except Unavailable:
            return None
        at = msgspec.structs.replace(at, id_method_open=self._id_method_open(priced))
        return tuple(progress(checkout, products, at, self.policy))

    async def _standpoint(self, session: Session, priced: PricedCart, products: frozenset[ProductType]) -> Standpoint:
        account = session.account
        profile, (payment, services), (eligibility, check_expected), (identity, review_expected) = await asyncio.gather(
            self.profiles.profile(account),
            self._billing(session, priced),
            self._eligibility(account, wanted=ProductType.INTERNET in products),
            self._identity(account, wanted=needs_id(products, self.policy)),
        )
        refusing = None
        if profile is not None:
            at = AtTheGates(
                profile=profile,
                email_confirmed=True,  # there is no portal user whose address was not (ACC-1)
                terms_version=await self._terms(session),
                address_confirmed=True,  # these two have a step, or a sight of the price, of their own
                seen=priced.totals,
                cart=priced,
                eligibility=eligibility,
                identity=identity,
                services=services,
                orders=(),
                payment=payment,
                policy=self.policy,
                now=self.clock.now(),
            )
            refusing = beside_steps(at)
        return Standpoint(
            address=profile.address if profile is not None else None,
            eligibility=eligibility,
            identity=identity,
            payment_present=payment.present,
            refusing=refusing,
            check_expected=check_expected,
            review_expected=review_expected,
        )

    def _id_method_open(self, priced: PricedCart) -> bool:
        today = tokyo_date(self.clock.now())
        asking = (service for service in priced.services if needs_id((service.product_type,), self.policy))
        return all(methods_for(service.product_type, service.sim_plan, self.policy, today) for service in asking)

    async def _terms(self, session: Session) -> str:
        async with self.store.reading() as shelves:
            user = await shelves.users.find(session.user)
        return user.terms_version if user is not None else ""

    async def _billing(self, session: Session, priced: PricedCart) -> tuple[PaymentMethods, tuple[Service, ...]]:
        payment = self.payments.payment_methods(session.client)
        if not any(each.family for each in priced.services):
            return await payment, ()  # only a family plan depends on what runs
        return await asyncio.gather(payment, self.services.services(session.client))

    async def _eligibility(self, account: AccountId, *, wanted: bool) -> tuple[Eligibility, Expected | None]:
        if not wanted:
            return Eligibility(account=account), None
        eligibility = await self.desk.standing(account)
        pending = eligibility.status is EligibilityStatus.PENDING
        reviews = await self.desk.review_times(REVIEWS_READ) if pending else ()
        return eligibility, expected_answer(eligibility, reviews, self.policy)

    async def _identity(self, account: AccountId, *, wanted: bool) -> tuple[Identity, Expected | None]:
        if not wanted:
            return Identity(account=account), None
        identity = await self.identities.standing(account)
        waits = identity.status is IdStatus.SUBMITTED
        reviews = await self.identities.review_times(REVIEWS_READ) if waits else ()
        return identity, expected_review(identity, self.policy, reviews)
