"""Records that no portal user belongs to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.domain.account import Profile
from core.domain.drift import Disagreement, Orphan
from ports.billing import ClientBook, ClientRecord
from ports.customer_registry import CustomerRegistry
from ports.store import Store

AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class FindOrphans:
    """List accounts and clients without a portal user, oldest first; nothing is deleted (ACC-4)."""

    registry: CustomerRegistry
    clients: ClientBook
    store: Store

    async def __call__(self) -> tuple[Orphan, ...]:
        found = [orphan async for page in self._accounts() for orphan in await self._of_accounts(page)]
        found += [orphan async for page in self._clients() for orphan in await self._of_clients(page)]
        return tuple(sorted(found, key=lambda orphan: (orphan.since or date.max, orphan.subject)))

    async def _accounts(self) -> AsyncIterator[tuple[Profile, ...]]:
        page = await self.registry.all_accounts(None, AT_ONCE)
        while page:
            yield page
            page = await self.registry.all_accounts(page[-1].account, AT_ONCE)

    async def _clients(self) -> AsyncIterator[tuple[ClientRecord, ...]]:
        page = await self.clients.all_clients(None, AT_ONCE)
        while page:
            yield page
            page = await self.clients.all_clients(page[-1].id, AT_ONCE)

    async def _of_accounts(self, page: tuple[Profile, ...]) -> list[Orphan]:
        async with self.store.reading() as shelves:
            alone = [profile for profile in page if await shelves.users.by_account(profile.account) is None]
        return [
            Orphan(
                kind=Disagreement.ORPHAN_ACCOUNT,
                subject=profile.account,
                number=profile.number,
                since=profile.added_on,
            )
            for profile in alone
        ]

    async def _of_clients(self, page: tuple[ClientRecord, ...]) -> list[Orphan]:
        async with self.store.reading() as shelves:
            alone = [client for client in page if await shelves.users.by_client(client.id) is None]
        return [
            Orphan(kind=Disagreement.ORPHAN_CLIENT, subject=client.id, number=client.number, since=client.added_on)
            for client in alone
            if not client.closed
        ]
