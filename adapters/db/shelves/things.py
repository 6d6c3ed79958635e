"""eSIMs of orders, what was sent to billing, when customers' cards end, and where no line reaches."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, exists, select

from adapters.db.tables import cards, esims, noes, users
from adapters.db.transaction import Transaction
from adapters.db.work_tables import sent
from core.domain.ids import AccountId, OrderId, ServiceId
from core.domain.session import PortalUser
from ports.sendings import Sent
from ports.store import CardMonth, EsimRecord

_OF_ORDER: Final = select(esims).where(esims.c.order == bindparam("which"))
_OF_SERVICE: Final = (
    select(esims)
    .where(esims.c.account == bindparam("whose"), esims.c.service == bindparam("which"))
    .order_by(esims.c.order.desc())
    .limit(1)
)
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
_SENT: Final = select(sent.c.told).where(sent.c.mark == bindparam("which"))
_SEEN: Final = delete(sent).where(sent.c.mark == bindparam("which"))
_NO: Final = select(noes.c.answered_on).where(noes.c.account == bindparam("whose"), noes.c.place == bindparam("which"))
_OLD_NOES: Final = delete(noes).where(noes.c.answered_on < bindparam("before"))


@dataclass(frozen=True, slots=True)
class SqlThings:
    """eSIMs, sent orders, cards and noes in the database (SRV-4, FUL-3, SRV-6, ELG-2)."""

    transaction: Transaction

    async def keep_esim(self, record: EsimRecord) -> None:
        await self.transaction.put(esims, msgspec.structs.asdict(record))

    async def esim_of_order(self, order: OrderId) -> EsimRecord | None:
        return await self.transaction.struct(EsimRecord, _OF_ORDER, which=order)

    async def esim_of_service(self, account: AccountId, service: ServiceId) -> EsimRecord | None:
        return await self.transaction.struct(EsimRecord, _OF_SERVICE, whose=account, which=service)

    async def keep_sent(self, sending: Sent) -> None:
        await self.transaction.put(sent, {"mark": sending.mark, "told": sending})

    async def sent(self, mark: OrderId) -> Sent | None:
        told: Sent | None = await self.transaction.value(_SENT, which=mark)
        return told

    async def forget_sent(self, mark: OrderId) -> None:
        await self.transaction.change(_SEEN, which=mark)

    async def keep_card(self, card: CardMonth) -> None:
        await self.transaction.put(cards, msgspec.structs.asdict(card))

    async def cards_read_before(self, day: date, most: int) -> tuple[CardMonth, ...]:
        return await self.transaction.structs(CardMonth, _STALE, before=day, most=most)

    async def without_card(self, most: int) -> tuple[PortalUser, ...]:
        return await self.transaction.structs(PortalUser, _NEVER_READ, most=most)

    async def cards_ending(self, month: str) -> tuple[CardMonth, ...]:
        return await self.transaction.structs(CardMonth, _ENDING, month=month)

    async def keep_no(self, account: AccountId, place: str, answered_on: date) -> None:
        await self.transaction.put(noes, {"account": account, "place": place, "answered_on": answered_on})

    async def no_of(self, account: AccountId, place: str) -> date | None:
        answered_on: date | None = await self.transaction.value(_NO, whose=account, which=place)
        return answered_on

    async def forget_noes_before(self, day: date) -> int:
        return await self.transaction.change(_OLD_NOES, before=day)
