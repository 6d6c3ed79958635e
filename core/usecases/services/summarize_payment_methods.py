"""How a customer pays."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from core.domain.billing import PaymentMethod
from core.domain.japan import tokyo_date
from core.domain.policy import Policy
from core.domain.session import Session
from ports.billing import PaymentBook
from ports.caches import ReadTimes
from ports.clock import Clock


class PaymentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How many methods there are, the one used (the first listed), and whether it ends soon (SRV-2)."""

    count: int
    first: PaymentMethod | None
    expires_soon: bool
    read_at: datetime


@dataclass(frozen=True, slots=True)
class SummarizePaymentMethods:
    """The customer's payment methods by their last four digits (SRV-2)."""

    payments: PaymentBook
    times: ReadTimes
    clock: Clock
    policy: Policy

    async def __call__(self, session: Session) -> PaymentSummary:
        now = self.clock.now()
        methods, read_at = await self.times.of(self.payments.payment_methods(session.client))
        today = tokyo_date(now)
        soon = today + timedelta(days=self.policy.card_expiring_days)
        first = methods.first
        return PaymentSummary(
            count=len(methods.methods),
            first=first,
            expires_soon=first is not None and first.ends_by(soon),
            read_at=read_at,
        )
