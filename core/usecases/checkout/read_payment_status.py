"""Whether there is something to charge."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.domain.billing import PaymentMethods
from core.domain.session import Session
from ports.billing import PaymentBook
from ports.clock import Clock


class PaymentStatus(msgspec.Struct, frozen=True):
    """The customer's payment methods, and when they were asked for."""

    methods: PaymentMethods
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class ReadPaymentStatus:
    """Say whether a payment method is there, for a page that waits for one (ORD-9, SRV-2).

    The page asks every few seconds, so `payments` is bound with a memory of that long; submitting has none.
    """

    payments: PaymentBook
    clock: Clock

    async def __call__(self, session: Session) -> PaymentStatus:
        now = self.clock.now()
        return PaymentStatus(await self.payments.payment_methods(session.client), now)
