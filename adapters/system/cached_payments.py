"""Payment methods, read once in a few seconds however often a page asks (ORD-9)."""

from datetime import timedelta
from typing import Final

from adapters.system.cached_desks import DroppedReadings
from adapters.system.remembered import Remembered
from core.domain.billing import PaymentMethods
from core.domain.ids import ClientId
from ports.billing import PaymentBook
from ports.clock import Clock

LIFE: Final = timedelta(seconds=3)


class CachedPaymentBook:
    """A `PaymentBook` that asks once in three seconds for each client.

    A customer who has just added a card is not told of an older answer: while billing is down there is none.
    """

    def __init__(self, payments: PaymentBook, clock: Clock, readings: DroppedReadings) -> None:
        self._payments = payments
        self._methods: Remembered[ClientId, PaymentMethods] = Remembered(clock, lambda _: LIFE, outlives=False)
        readings.forgets_clients(self._methods)

    async def payment_methods(self, client: ClientId) -> PaymentMethods:
        return await self._methods.get(client, lambda: self._payments.payment_methods(client))
