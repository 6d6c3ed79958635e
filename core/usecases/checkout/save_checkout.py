"""Keeping a checkout."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.domain.account import address_faults
from core.domain.cart import Totals, price, sim_faults
from core.domain.checkout import Checkout, CheckoutStep, Wish, choice_faults
from core.domain.flags import Feature
from core.domain.ids import CheckoutId
from core.domain.japan import tokyo_date
from core.domain.policy import Policy
from core.domain.refusals import CheckoutChanged, CheckoutSubmitted, Invalid, SwitchedOff
from core.domain.session import Session
from ports.bell import Bell
from ports.catalog_shelf import CatalogShelf
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.flags import Flags
from ports.ids import Ids
from ports.secrets import Secrets
from ports.store import CHECKOUT, Shelves, Store


class SavedCheckout(msgspec.Struct, frozen=True):
    """A checkout that was kept; `token` is how its anonymous owner comes back, told once.

    `before` is the step it stood at until now; None where it is new.
    """

    checkout: Checkout
    token: str | None
    before: CheckoutStep | None = None


@dataclass(frozen=True, slots=True)
class SaveCheckout:
    """Keep where the customer is in the checkout, on the server, for any device of theirs (ORD-7, CAT-8).

    An address confirmed is kept as it was, so that confirming one never confirms another (ACC-11, ORD-1).
    """

    store: Store
    shelf: CatalogShelf
    registry: CustomerRegistry
    flags: Flags
    bell: Bell
    clock: Clock
    ids: Ids
    secrets: Secrets
    policy: Policy

    async def __call__(self, session: Session | None, token: str | None, wish: Wish) -> SavedCheckout:
        """Raises Invalid, CartRefused, CheckoutChanged for a version that is not the kept one, CheckoutSubmitted."""
        if not await self.flags.on(Feature.UNIFIED_CHECKOUT, session.account if session is not None else None):
            raise SwitchedOff(feature=Feature.UNIFIED_CHECKOUT.value)
        now = self.clock.now()
        _check(wish, now)
        totals = price(wish.cart, await self.shelf.catalog(), "cart.").totals
        wish = await self._with_confirmed_address(session, wish)
        held = self.secrets.fingerprint(token) if token is not None and session is None else None
        async with self.store.begin() as shelves:
            if session is not None:
                await shelves.alone(CHECKOUT, session.user)
            kept = await _kept(shelves, session, held, now)
            fresh = self.secrets.token() if session is None and kept is None else None
            checkout = self._next(kept, session, wish, totals, now)
            if checkout != kept and not await shelves.checkouts.save(
                checkout, self.secrets.fingerprint(fresh) if fresh else held
            ):
                raise CheckoutChanged
        if session is not None:
            await self.bell.ring(session.user, "status")
        goes_on = kept is not None and kept.id == checkout.id
        return SavedCheckout(checkout, fresh, kept.step if kept is not None and goes_on else None)

    async def _with_confirmed_address(self, session: Session | None, wish: Wish) -> Wish:
        if wish.address is not None:
            return msgspec.structs.replace(wish, address=wish.address.tidied())
        if session is None or not wish.choices.address_confirmed:
            return wish
        profile = await self.registry.profile(session.account)
        return msgspec.structs.replace(wish, address=profile.address if profile is not None else None)

    def _next(
        self, kept: Checkout | None, session: Session | None, wish: Wish, seen: Totals, now: datetime
    ) -> Checkout:
        if kept is not None and kept.submitted_at is not None:
            if wish.version is not None:
                raise CheckoutSubmitted
            kept = None
        if kept is not None and now < kept.changed_at + self.policy.same_intent_for and _is_as_kept(wish, seen, kept):
            return kept  # whoever got no answer saves again: that is no other version (T-2)
        if kept is not None and wish.version not in (None, kept.version):
            raise CheckoutChanged
        return Checkout(
            id=kept.id if kept is not None else CheckoutId(self.ids.new()),
            user=session.user if session is not None else None,
            cart=wish.cart,
            step=wish.step,
            address=wish.address,
            choices=wish.choices,
            seen=seen,
            version=kept.version + 1 if kept is not None else 1,
            created_at=kept.created_at if kept is not None else now,
            changed_at=now,
            expires_at=now + self.policy.checkout_life,
        )


async def _kept(shelves: Shelves, session: Session | None, held: str | None, now: datetime) -> Checkout | None:
    if session is not None:
        return await shelves.checkouts.of_user(session.user, now)
    return await shelves.checkouts.by_token(held, now) if held is not None else None


def _is_as_kept(wish: Wish, seen: Totals, kept: Checkout) -> bool:
    asked = (wish.cart, wish.step, wish.address, wish.choices, seen)
    same = asked == (kept.cart, kept.step, kept.address, kept.choices, kept.seen)
    return same and wish.version in (None, kept.version - 1, kept.version)


def _check(wish: Wish, now: datetime) -> None:
    faults = sim_faults(wish.cart, tokyo_date(now), "cart.") + choice_faults(wish.choices, now, "choices.")
    if wish.address is not None:
        faults += address_faults("address", wish.address)
    if faults:
        raise Invalid(*faults)
