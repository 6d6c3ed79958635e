"""eSIMs of orders, and when customers' cards end."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import bindparam, exists, select, update

from adapters.db.tables import cards, esims, users
from adapters.db.transaction import Transaction
from core.domain.ids import AccountId, OrderId, ServiceId
from core.domain.session import PortalUser
from ports.store import CardMonth, EsimRecord

_OF_ORDER: Final = select(esims).where(esims.c.order == bindparam("which"))
_OF_SERVICE: Final = (
    select(esims)
    .where(esims.c.account == bindparam("whose"), esims.c.service == bindparam("which"))
    .order_by(esims.c.order.desc())
    .limit(1)
)
_SET_ESIM: Final = update(esims).where(esims.c.order == bindparam("which"))
_SET_CARD: Final = update(cards).where(cards.c.client == bindparam("which"))
_STALE: Final = (
    select(cards)
    .where(cards.c.read_on < bindparam("before"))
    .order_by(cards.c.read_on, cards.c.client)
    .limit(bindparam("most"))
)
_NEVER_READ: Final = (
    select(users)
    .where(~exists().where(cards.c.client == users.c.client))
    .order_by(users.c.created_at, users.c.id)
    .limit(bindparam("most"))
)
_ENDING: Final = select(cards).where(cards.c.expires <= bindparam("month")).order_by(cards.c.client)


@dataclass(frozen=True, slots=True)
class SqlThings:
    """eSIMs and cards in the database (SRV-4, SRV-6)."""

    transaction: Transaction

    async def keep_esim(self, record: EsimRecord) -> None:
        values = msgspec.structs.asdict(record)
        if not await self.transaction.add(esims, values):
            await self.transaction.change(_SET_ESIM.values(values), which=record.order)

    async def esim_of_order(self, order: OrderId) -> EsimRecord | None:
        return await self.transaction.struct(EsimRecord, _OF_ORDER, which=order)

    async def esim_of_service(self, account: AccountId, service: ServiceId) -> EsimRecord | None:
        return await self.transaction.struct(EsimRecord, _OF_SERVICE, whose=account, which=service)

    async def keep_card(self, card: CardMonth) -> None:
        values = msgspec.structs.asdict(card)
        if not await self.transaction.add(cards, values):
            await self.transaction.change(_SET_CARD.values(values), which=card.client)

    async def cards_read_before(self, day: date, most: int) -> tuple[CardMonth, ...]:
        return await self.transaction.structs(CardMonth, _STALE, before=day, most=most)

    async def without_card(self, most: int) -> tuple[PortalUser, ...]:
        return await self.transaction.structs(PortalUser, _NEVER_READ, most=most)

    async def cards_ending(self, month: str) -> tuple[CardMonth, ...]:
        return await self.transaction.structs(CardMonth, _ENDING, month=month)
