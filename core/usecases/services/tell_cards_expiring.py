"""A word before a card ends."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace

from core.domain.billing import LIVE, card_ends
from core.domain.japan import Month, tokyo_date
from core.domain.notice import NewNotice, NoticeType
from core.domain.policy import Policy
from ports.billing import PaymentBook, ServiceBook
from ports.clock import Clock
from ports.errors import Rejected
from ports.notices import Notifier
from ports.store import CardMonth, Store

REFRESHED_EVERY: Final = timedelta(days=30)
MOST_A_DAY: Final = 500


@dataclass(frozen=True, slots=True)
class TellCardsExpiring:
    """Tell each customer once that their card ends within 30 days (SRV-6).

    Card months come from earlier readings; those of a month ago are read again, and those of customers whose payment
    methods nobody ever looked at: where a service runs only, so that the daily job costs billing few calls.
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
        async with self.store.reading() as shelves:
            never = await shelves.things.without_card(MOST_A_DAY)
            old = await shelves.things.cards_read_before(today - REFRESHED_EVERY, MOST_A_DAY)
        for card in (*(CardMonth(user.id, user.client, None, None, today) for user in never), *old):
            await self._refresh(card, today)
        last = today + timedelta(days=self.policy.card_expiring_days)
        async with self.store.reading() as shelves:
            ending = await shelves.things.cards_ending(str(Month(last.year, last.month)))
        soon = [card for card in ending if _ends_within(card, today, last)]
        for card in soon:
            await self._tell(card)
        return len(soon)

    async def _refresh(self, card: CardMonth, today: date) -> None:
        # also where nothing is read, the day is noted: whoever has nothing running must not stand in others' way
        fresh = replace(card, read_on=today)
        try:
            services = await self.services.services(card.client)
            if any(service.status in LIVE for service in services):
                methods = await self.payments.payment_methods(card.client)
                fresh = CardMonth.of(card.user, card.client, methods, today)
        except Rejected:
            fresh = replace(fresh, last_four=None, expires=None)  # the client is gone
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


def _ends_within(card: CardMonth, today: date, last: date) -> bool:
    ends = card_ends(card.expires)
    return ends is not None and today <= ends <= last
