"""Looking for what Salesforce, WHMCS and the portal disagree on."""

from asyncio import gather
from collections.abc import AsyncIterator, Mapping, Set
from dataclasses import dataclass

from core.domain.account import PortalStatus, Profile
from core.domain.drift import Difference, Disagreement, Repair, differences
from core.domain.ids import AccountId, ClientId, CustomerNumber, UserId
from core.domain.session import PortalUser, canonical_email
from ports.billing import ClientBook, ClientRecord, ServiceBook
from ports.customer_registry import CustomerRegistry
from ports.errors import Rejected
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.store import Store

PAGE = 200
NOBODYS = CustomerNumber("")


@dataclass(frozen=True, slots=True)
class FindDrift:
    """List every disagreement, account by account, with its safe repair; changes nothing (OPS-5).

    Records of a sign-up that has become no portal user are among them, with their age (ACC-4), and portal users
    whose account or client is gone.
    """

    registry: CustomerRegistry
    clients: ClientBook
    opportunities: Opportunities
    orders: OrderBook
    services: ServiceBook
    store: Store

    async def __call__(self) -> tuple[Difference, ...]:
        clients = {client.id: client async for client in self._clients()}
        found: list[Difference] = []
        accounts: set[AccountId] = set()
        linked: set[ClientId] = set()
        lacking: dict[CustomerNumber, Profile] = {}
        async for profile in self._accounts():
            async with self.store.reading() as shelves:
                user = await shelves.users.by_account(profile.account)
            accounts.add(profile.account)
            client = profile.client or (user.client if user is not None else None)
            if client is not None:
                linked.add(client)  # where the Account lost it, that says it all
            elif profile.number is not None:
                lacking[profile.number] = profile
            found += _links(profile, user, clients)
            found += await self._records(profile, clients.keys())
        found += [d async for d in self._gone(accounts, clients.keys(), linked)]
        lost = (each for each in clients.values() if each.id not in linked and _was_ours(each))
        found += [_orphan_client(each, lacking.get(each.number or NOBODYS)) for each in lost]
        return tuple(found)

    async def _accounts(self) -> AsyncIterator[Profile]:
        after: AccountId | None = None
        while page := await self.registry.all_accounts(after, PAGE):
            for profile in page:
                yield profile
            after = page[-1].account

    async def _clients(self) -> AsyncIterator[ClientRecord]:
        after: ClientId | None = None
        while page := await self.clients.all_clients(after, PAGE):
            for client in page:
                yield client
            after = page[-1].id

    async def _users(self) -> AsyncIterator[PortalUser]:
        after: UserId | None = None
        while page := await self._page(after):
            for user in page:
                yield user
            after = page[-1].id

    async def _page(self, after: UserId | None) -> tuple[PortalUser, ...]:
        async with self.store.reading() as shelves:
            return await shelves.users.everyone(after, PAGE)

    async def _records(self, profile: Profile, clients: Set[ClientId]) -> list[Difference]:
        if profile.client is not None and profile.client not in clients:
            return []  # that the client is gone says it all
        opportunities, orders = await gather(
            self.opportunities.of_account(profile.account), self.orders.of_account(profile.account)
        )
        services = await self.services.services(profile.client) if profile.client is not None else ()
        return differences(profile.account, opportunities=opportunities, orders=orders, services=services)

    async def _gone(
        self, accounts: Set[AccountId], clients: Set[ClientId], linked: set[ClientId]
    ) -> AsyncIterator[Difference]:
        async for user in self._users():
            # an account that was not listed may have lost its number only, or be younger than the list
            if user.account not in accounts and not await self._is_there(user, linked):
                yield Difference(kind=Disagreement.ACCOUNT_GONE, account=user.account, subject=str(user.account))
            if user.client not in clients and await self.clients.find(user.client) is None:
                yield Difference(kind=Disagreement.CLIENT_GONE, account=user.account, subject=str(user.client))

    async def _is_there(self, user: PortalUser, linked: set[ClientId]) -> bool:
        try:
            return await self.registry.profile(user.account) is not None
        except Rejected:
            linked.add(user.client)  # as far as anybody knows: the account is there, and can't be read
            return True


def _links(profile: Profile, user: PortalUser | None, clients: Mapping[ClientId, ClientRecord]) -> list[Difference]:
    account = profile.account
    if user is None:
        return [_orphan(profile)] if _began_here(profile) else []
    if profile.client is None:
        billed = clients.get(user.client)
        repair = Repair.WRITE_LINK if billed is not None and billed.is_of(user.number) else Repair.BY_HAND
        return [Difference(kind=Disagreement.LINK_MISSING, account=account, subject=str(user.client), repair=repair)]
    if profile.client != user.client:
        return [Difference(kind=Disagreement.LINK_DIFFERS, account=account, subject=str(profile.client))]
    billed = clients.get(user.client)
    if billed is None or billed.is_of(user.number):
        return []
    kind = Disagreement.CLIENT_CLOSED if billed.closed else Disagreement.NUMBER_DIFFERS
    return [Difference(kind=kind, account=account, subject=str(user.client))]


def _began_here(profile: Profile) -> bool:
    # a customer of old who never came to the portal, with a client or without one, is no orphan of a sign-up
    return profile.status is not None or profile.by_portal


def _orphan(profile: Profile) -> Difference:
    barred = profile.status is PortalStatus.INACTIVE
    return Difference(
        kind=Disagreement.ORPHAN_ACCOUNT,
        account=profile.account,
        subject=str(profile.account),
        repair=Repair.ADOPT if profile.email and not barred else Repair.BY_HAND,
        since=profile.added_on,
    )


def _was_ours(client: ClientRecord) -> bool:
    return client.number is not None and not client.closed


def _orphan_client(client: ClientRecord, owner: Profile | None) -> Difference:
    theirs = owner is not None and canonical_email(owner.email) == canonical_email(client.email)
    return Difference(
        kind=Disagreement.ORPHAN_CLIENT,
        account=owner.account if owner is not None and theirs else None,
        subject=str(client.id),
        repair=Repair.ADOPT if theirs else Repair.BY_HAND,
        since=client.added_on,
    )
