"""A word before a card ends."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.billing import LIVE
from core.domain.japan import Month, tokyo_date
from core.domain.notice import NewNotice, NoticeType
from core.domain.policy import Policy
from ports.billing import PaymentBook, ServiceBook
from ports.clock import Clock
from ports.notices import Notifier
from ports.store import CardMonth, Store

REFRESHED_EVERY = timedelta(days=30)
MOST_A_DAY = 500


@dataclass(frozen=True, slots=True)
class TellCardsExpiring:
    """Tell each customer once that their card ends within 30 days (SRV-6).

    Card months come from earlier readings; a share of them is read again each day, of customers with a running
    service only, so that the daily job costs billing few calls.
    """

    payments: PaymentBook
    services: ServiceBook
    store: Store
    notifier: Notifier
    clock: Clock
    policy: Policy

    async def __call__(self) -> int:
        """How many cards end so soon."""
        today = tokyo_date(self.clock.now())
        await self._refresh(today)
        last = today + timedelta(days=self.policy.card_expiring_days)
        async with self.store.reading() as shelves:
            ending = await shelves.things.cards_ending(str(Month(last.year, last.month)))
        soon = [card for card in ending if card.expires and today <= Month.parse(card.expires).last_day <= last]
        for card in soon:
            await self._tell(card)
        return len(soon)

    async def _refresh(self, today: date) -> None:
        async with self.store.reading() as shelves:
            old = await shelves.things.cards_read_before(today - REFRESHED_EVERY, MOST_A_DAY)
        for card in old:
            services = await self.services.services(card.client)
            if not any(service.status in LIVE for service in services):
                continue
            methods = (await self.payments.payment_methods(card.client)).methods
            first = methods[0] if methods else None
            fresh = CardMonth(
                user=card.user,
                client=card.client,
                last_four=first.last_four if first else None,
                expires=first.expires if first else None,
                read_on=today,
            )
            async with self.store.begin() as shelves:
                await shelves.things.keep_card(fresh)

    async def _tell(self, card: CardMonth) -> None:
        expires = str(card.expires)
        await self.notifier(
            NewNotice(
                user=card.user,
                type=NoticeType.PAYMENT_METHOD_EXPIRING,
                source_id=f"{card.client}:{card.last_four}",
                version=expires,
                values={"last_four": card.last_four or "", "expires": expires},
                created_at=self.clock.now(),
            )
        )
