"""Desks and books whose readings are kept for a while, and the one place that drops them (ELG-7, CAT-7)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from adapters.system.remembered import Generations, Remembered
from adapters.system.telling import nobody
from core.domain.account import Address, Profile
from core.domain.document import CleanDocument, Side, StoredDocument
from core.domain.eligibility import AvailabilityAnswer, AvailabilityCheck, Eligibility, EligibilityStatus, OpenedCheck
from core.domain.following import Followed, SaleMove
from core.domain.identity import Identity, IdStatus
from core.domain.ids import AccountId, CaseId, ClientId, DocumentId, OpportunityId, RequestKey
from core.domain.support import OpenCheck
from ports.clock import Clock
from ports.customer_registry import Profiles
from ports.eligibility_desk import EligibilityDesk
from ports.identity_desk import IdentityDesk

K_contra = TypeVar("K_contra", contravariant=True)

WAITING_LIFE: Final = timedelta(seconds=30)
SETTLED_LIFE: Final = timedelta(minutes=5)
REVIEWS_LIFE: Final = timedelta(minutes=10)
PROFILE_LIFE: Final = timedelta(minutes=1)
"""No list tells of a changed name or address whose event was lost, and it is to be known within a minute (T-5)."""


class Droppable(Protocol[K_contra]):
    """A cache whose readings can be dropped, one or all."""

    def drop(self, key: K_contra) -> object:
        """Forget the reading of `key`."""

    def drop_all(self) -> object:
        """Forget every reading."""


class DroppedReadings:
    """`ports.caches.Caches`: tells every cache that was made known here, and counts the generations.

    `tell` has the other instances drop the same.
    """

    def __init__(self, tell: Callable[..., None] = nobody) -> None:
        self._tell = tell
        self._of_accounts: list[Droppable[AccountId]] = []
        self._of_clients: list[Droppable[ClientId]] = []
        self._of_catalog: list[Callable[[], object]] = []
        self._generations: Generations[str] = Generations()

    def forgets_accounts(self, cache: Droppable[AccountId]) -> None:
        """Make known a cache of what Salesforce holds of an account."""
        self._of_accounts.append(cache)

    def forgets_clients(self, cache: Droppable[ClientId]) -> None:
        """Make known a cache of what WHMCS holds of a client."""
        self._of_clients.append(cache)

    def forgets_catalog(self, drop: Callable[[], object]) -> None:
        """Make known a cache of the catalog."""
        self._of_catalog.append(drop)

    async def drop_account(self, account: AccountId) -> None:
        self.hear_account(account)
        self._tell("account", account)

    async def drop_client(self, client: ClientId) -> None:
        self.hear_client(client)
        self._tell("client", client)

    async def drop_catalog(self) -> None:
        self.hear_catalog()
        self._tell("catalog")

    def hear_account(self, account: AccountId) -> None:
        """Drop it here alone."""
        for cache in self._of_accounts:
            cache.drop(account)
        self._generations.grow(f"account:{account}")

    def hear_client(self, client: ClientId) -> None:
        """Drop it here alone."""
        for cache in self._of_clients:
            cache.drop(client)
        self._generations.grow(f"client:{client}")

    def hear_catalog(self) -> None:
        """Drop it here alone."""
        for drop in self._of_catalog:
            drop()

    def hear_all(self) -> None:
        """Drop everything here: what was dropped elsewhere may have been missed."""
        for of_account in self._of_accounts:
            of_account.drop_all()
        for of_client in self._of_clients:
            of_client.drop_all()
        self.hear_catalog()
        self._generations.grow_all()

    def generation(self, account: AccountId, client: ClientId) -> int:
        # numbers are dealt once, so the larger of the two changes whenever either does
        return max(self._generations.of(f"account:{account}"), self._generations.of(f"client:{client}"))


class CachedEligibilityDesk:
    """An `EligibilityDesk` whose standing is kept 30 s while pending, else 5 minutes; writes go through (ELG-7)."""

    def __init__(self, desk: EligibilityDesk, clock: Clock, readings: DroppedReadings) -> None:
        self._desk = desk
        self._standings: Remembered[AccountId, Eligibility] = Remembered(clock, _life_of_eligibility)
        self._reviews: Remembered[int, tuple[timedelta, ...]] = Remembered(clock, lambda _: REVIEWS_LIFE)
        readings.forgets_accounts(self._standings)

    async def standing(self, account: AccountId) -> Eligibility:
        return await self._standings.get(account, lambda: self._desk.standing(account))

    async def review_times(self, most: int) -> tuple[timedelta, ...]:
        return await self._reviews.get(most, lambda: self._desk.review_times(most))

    async def ensure_check(
        self, check: AvailabilityCheck, opportunity: OpportunityId | None, home: Address | None = None
    ) -> OpenedCheck:
        return await self._desk.ensure_check(check, opportunity, home)

    async def ensure_address(self, case: CaseId, address: Address) -> None:
        await self._desk.ensure_address(case, address)

    async def ensure_answer(self, account: AccountId, case: CaseId, answer: AvailabilityAnswer) -> None:
        await self._desk.ensure_answer(account, case, answer)

    async def ensure_followed(self, account: AccountId, moves: tuple[SaleMove, ...]) -> Followed:
        return await self._desk.ensure_followed(account, moves)

    async def ensure_belongs(self, account: AccountId) -> None:
        await self._desk.ensure_belongs(account)

    async def raise_priority(self, case: CaseId) -> None:
        await self._desk.raise_priority(case)

    async def open_checks(self, asked_before: datetime) -> tuple[OpenCheck, ...]:
        return await self._desk.open_checks(asked_before)


class CachedIdentityDesk:
    """An `IdentityDesk` whose standing is kept as long as an eligibility's; writes go through."""

    def __init__(self, desk: IdentityDesk, clock: Clock, readings: DroppedReadings) -> None:
        self._desk = desk
        self._standings: Remembered[AccountId, Identity] = Remembered(clock, _life_of_identity)
        self._reviews: Remembered[int, tuple[timedelta, ...]] = Remembered(clock, lambda _: REVIEWS_LIFE)
        readings.forgets_accounts(self._standings)

    async def standing(self, account: AccountId, *, documents: bool = False) -> Identity:
        if documents:
            return await self._desk.standing(account, documents=True)
        return await self._standings.get(account, lambda: self._desk.standing(account))

    async def ensure_document(
        self,
        key: RequestKey,
        account: AccountId,
        document: CleanDocument,
        side: Side = Side.FRONT,
        stored: tuple[StoredDocument, ...] | None = None,
    ) -> DocumentId:
        return await self._desk.ensure_document(key, account, document, side, stored)

    async def ensure_submitted(self, account: AccountId, document: DocumentId, at: datetime) -> Identity:
        return await self._desk.ensure_submitted(account, document, at)

    async def review_times(self, most: int) -> tuple[timedelta, ...]:
        return await self._reviews.get(most, lambda: self._desk.review_times(most))


class CachedProfiles:
    """`Profiles` kept a minute, for showing; whoever writes or gates reads the registry."""

    def __init__(self, profiles: Profiles, clock: Clock, readings: DroppedReadings) -> None:
        self._source = profiles
        self._profiles: Remembered[AccountId, Profile | None] = Remembered(clock, lambda _: PROFILE_LIFE)
        readings.forgets_accounts(self._profiles)

    async def profile(self, account: AccountId) -> Profile | None:
        return await self._profiles.get(account, lambda: self._source.profile(account))


def _life_of_eligibility(standing: Eligibility) -> timedelta:
    return WAITING_LIFE if standing.status is EligibilityStatus.PENDING else SETTLED_LIFE


def _life_of_identity(identity: Identity) -> timedelta:
    return WAITING_LIFE if identity.status is IdStatus.SUBMITTED else SETTLED_LIFE
