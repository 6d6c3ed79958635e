"""Payment methods whose card months are remembered at each reading (SRV-6)."""

from typing import Final

from core.domain.billing import PaymentMethods
from core.domain.ids import ClientId
from core.domain.japan import tokyo_date
from ports.billing import PaymentBook
from ports.clock import Clock
from ports.store import CardMonth, Store

_MOST: Final = 10_000


class CardKeepingBook:
    """A `PaymentBook` that remembers the month of what it read, whoever asked; nothing is written twice a day."""

    def __init__(self, payments: PaymentBook, store: Store, clock: Clock) -> None:
        self._payments = payments
        self._store = store
        self._clock = clock
        self._kept: dict[ClientId, CardMonth] = {}

    async def payment_methods(self, client: ClientId) -> PaymentMethods:
        methods = await self._payments.payment_methods(client)
        today = tokyo_date(self._clock.now())
        kept = self._kept.get(client)
        if kept is not None and CardMonth.of(kept.user, client, methods, today) == kept:
            return methods
        async with self._store.reading() as shelves:
            user = await shelves.users.by_client(client)
        if user is None:
            return methods
        card = CardMonth.of(user.id, client, methods, today)
        if kept != card:
            async with self._store.begin() as shelves:
                await shelves.things.keep_card(card)
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[client] = card
        return methods
