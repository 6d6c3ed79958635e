"""Looking for what Salesforce, WHMCS and the portal disagree on."""

from asyncio import gather
from collections.abc import AsyncIterator
from dataclasses import dataclass

from core.domain.account import Profile
from core.domain.drift import Difference, Disagreement, Repair, differences
from core.domain.ids import AccountId, ClientId
from core.domain.session import PortalUser
from ports.billing import ClientBook, ServiceBook
from ports.customer_registry import CustomerRegistry
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.store import Store

PAGE = 200


@dataclass(frozen=True, slots=True)
class FindDrift:
    """List every disagreement, account by account, with its safe repair; changes nothing (OPS-5).

    Records of a sign-up that has become no portal user are among them, with their age (ACC-4).
    """

    registry: CustomerRegistry
    clients: ClientBook
    opportunities: Opportunities
    orders: OrderBook
    services: ServiceBook
    store: Store

    async def __call__(self) -> tuple[Difference, ...]:
        found: list[Difference] = []
        linked: set[ClientId] = set()
        async for profile in self._accounts():
            async with self.store.reading() as shelves:
                user = await shelves.users.by_account(profile.account)
            if profile.client is not None:
                linked.add(profile.client)
            found += _links(profile, user)
            found += await self._records(profile)
        found += [d async for d in self._orphan_clients(linked)]
        return tuple(found)

    async def _accounts(self) -> AsyncIterator[Profile]:
        after: AccountId | None = None
        while page := await self.registry.all_accounts(after, PAGE):
            for profile in page:
                yield profile
            after = page[-1].account

    async def _records(self, profile: Profile) -> list[Difference]:
        opportunities, orders = await gather(
            self.opportunities.of_account(profile.account), self.orders.of_account(profile.account)
        )
        services = await self.services.services(profile.client) if profile.client is not None else ()
        return differences(profile.account, opportunities=opportunities, orders=orders, services=services)

    async def _orphan_clients(self, linked: set[ClientId]) -> AsyncIterator[Difference]:
        after: ClientId | None = None
        while page := await self.clients.all_clients(after, PAGE):
            for client in page:
                if client.id not in linked and client.number is not None and not client.closed:
                    yield Difference(
                        kind=Disagreement.ORPHAN_CLIENT,
                        account=None,
                        subject=str(client.id),
                        repair=Repair.ADOPT,
                        since=client.added_on,
                    )
            after = page[-1].id


def _links(profile: Profile, user: PortalUser | None) -> list[Difference]:
    account = profile.account
    if user is None:
        return [_orphan(profile)] if _began_here(profile) else []
    if profile.client is None:
        kind = Disagreement.LINK_MISSING
        return [Difference(kind=kind, account=account, subject=str(user.client), repair=Repair.WRITE_LINK)]
    if profile.client != user.client:
        return [Difference(kind=Disagreement.LINK_DIFFERS, account=account, subject=str(profile.client))]
    return []


def _began_here(profile: Profile) -> bool:
    # a customer of old who never came to the portal has a client and no portal status, and is no orphan of a sign-up
    return profile.status is not None or profile.client is None


def _orphan(profile: Profile) -> Difference:
    return Difference(
        kind=Disagreement.ORPHAN_ACCOUNT,
        account=profile.account,
        subject=str(profile.account),
        repair=Repair.ADOPT,
        since=profile.added_on,
    )
