"""How a customer pays."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from core.domain.billing import PaymentMethod
from core.domain.japan import Month, tokyo_date
from core.domain.policy import Policy
from core.domain.session import Session
from ports.billing import PaymentBook
from ports.clock import Clock
from ports.store import CardMonth, Store


class PaymentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How many methods there are, the one used (the first listed), and whether it ends soon (SRV-2)."""

    count: int
    first: PaymentMethod | None
    expires_soon: bool


@dataclass(frozen=True, slots=True)
class SummarizePaymentMethods:
    """The customer's payment methods by their last four digits; card months are remembered (SRV-2, SRV-6)."""

    payments: PaymentBook
    store: Store
    clock: Clock
    policy: Policy

    async def __call__(self, session: Session) -> PaymentSummary:
        methods = (await self.payments.payment_methods(session.client)).methods
        today = tokyo_date(self.clock.now())
        first = methods[0] if methods else None
        card = CardMonth(
            user=session.user,
            client=session.client,
            last_four=first.last_four if first else None,
            expires=first.expires if first else None,
            read_on=today,
        )
        async with self.store.begin() as shelves:
            await shelves.things.keep_card(card)
        soon = timedelta(days=self.policy.card_expiring_days)
        return PaymentSummary(count=len(methods), first=first, expires_soon=_ends_within(first, today, soon))


def _ends_within(method: PaymentMethod | None, today: date, period: timedelta) -> bool:
    if method is None or method.expires is None:
        return False
    month = Month.parse(method.expires)
    return date(month.year, month.month, monthrange(month.year, month.month)[1]) - today <= period
