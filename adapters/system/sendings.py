"""What was sent to billing, in the portal's database."""

from collections.abc import Callable
from dataclasses import dataclass

from core.domain.ids import OrderId
from ports.sendings import Sent
from ports.store import Store


@dataclass(slots=True)
class StoredSendings:
    """`ports.sendings.Sendings` on the store, which is there once the portal is put together."""

    store: Callable[[], Store] | None = None

    async def find(self, mark: OrderId) -> Sent | None:
        async with self._there().reading() as shelves:
            return await shelves.things.sent(mark)

    async def keep(self, sent: Sent) -> None:
        async with self._there().begin() as shelves:
            await shelves.things.keep_sent(sent)

    async def forget(self, mark: OrderId) -> None:
        async with self._there().begin() as shelves:
            await shelves.things.forget_sent(mark)

    def _there(self) -> Store:
        if self.store is None:
            raise RuntimeError("nothing is sent before the portal is put together")
        return self.store()
