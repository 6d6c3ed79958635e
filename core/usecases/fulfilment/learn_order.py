"""What follows when an order changed in Salesforce."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final

from core.domain.changes import OrderState, order_of, outruns, owner_of, status_in, version_of
from core.domain.facts import OrderChanged
from core.domain.fresh import Fresh
from core.domain.ids import OrderId
from core.domain.journeys import APPROVAL_SEEN, LINES_READ
from core.domain.notice import NewNotice, NoticeType
from core.domain.order import CancelCode, Order, OrderStatus, cancelled_notice
from core.domain.policy import Policy
from core.domain.provisioning import clear_job, dated_jobs, is_untouched, provision_job
from core.domain.session import PortalUser
from ports.activation import Activation
from ports.bell import Bell
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import DurableWork, Steps
from ports.notices import Notifier
from ports.order_book import OrderBook
from ports.store import AuditEntry, Store

_NOTHING_FOLLOWS: Final = (OrderStatus.PENDING_REVIEW, OrderStatus.COMPLETED)
"""Where a detail of the portal's own is all there is to an echo of it; of any other, looking tells more."""


@dataclass(frozen=True, slots=True)
class LearnOrder:
    """Follow an order: approved, it goes to activation, at once or on its date; cancelled, its traces are removed.

    Deliveries in any order and number end the same (FUL-1, FUL-5, FUL-6, ORD-10): the order is read anew for each, and
    everything that follows is keyed by it.
    """

    orders: OrderBook
    begin: Activation
    work: DurableWork
    store: Store
    notifier: Notifier
    caches: Caches
    bell: Bell
    clock: Clock
    policy: Policy

    async def __call__(self, steps: Steps, fact: OrderChanged) -> None:
        if fact.own and await steps.do("echo", bool, lambda: self._is_echo(fact)):
            await steps.do("forget", None, lambda: self.caches.drop_account(fact.account))
            await steps.do("ring", None, lambda: self._ring(fact))
            return
        fresh: Fresh[Order | None] = Fresh()
        seen = await steps.do("order", OrderState | None, lambda: self._seen(fact.order, fresh))
        status = seen.status if seen is not None else None
        await steps.do("forget", None, lambda: self.caches.drop_account(fact.account))
        if status in (OrderStatus.APPROVED, OrderStatus.COMPLETED):
            await steps.do("note approved", None, lambda: self._note_approved(fact))
            await steps.do("tell approved", None, lambda: self._tell_approved(fact.order, fresh))
        if status is OrderStatus.APPROVED:
            await steps.do("go on", None, lambda: self._go_on(fact.order, fresh))
        elif status is OrderStatus.CANCELLED:
            await steps.do("clear", None, lambda: self._clear(fact.order, fresh))
            await steps.do("tell cancelled", None, lambda: self._tell_cancelled(fact.order, fresh))
        await steps.do("ring", None, lambda: self._ring(fact))
        if seen is not None:
            await steps.do("learned", None, lambda: self._learned(seen))

    async def _is_echo(self, fact: OrderChanged) -> bool:
        """Whether nothing follows from what the portal wrote itself; then what the event says is learned, unread."""
        async with self.store.reading() as shelves:
            lines = await shelves.audit.of_subject(str(fact.order), LINES_READ)
        if not fact.is_quiet(approval_seen=any(line.deed == APPROVAL_SEEN for line in lines)):
            return False
        order, owner = order_of(fact.order), owner_of(fact.order)
        async with self.store.begin() as shelves:
            kept = await shelves.facts.learned([order, owner])
            said = _said(fact, kept.get(order))
            if said is None:
                return True
            if outruns(kept.get(order), version_of(said)):
                return False
            await shelves.facts.learn(order, version_of(said))
            if owner not in kept:
                await shelves.facts.learn(owner, said.account)
        return True

    def _order(self, id: OrderId, fresh: Fresh[Order | None]) -> AbstractAsyncContextManager[Order | None]:
        return fresh.of(self.clock.now(), lambda: self.orders.find(id))

    async def _seen(self, order_id: OrderId, fresh: Fresh[Order | None]) -> OrderState | None:
        async with self._order(order_id, fresh) as order:
            if order is None:
                return None
            return OrderState(order=order.id, account=order.account, status=order.status, changed_at=order.changed_at)

    async def _learned(self, seen: OrderState) -> None:
        async with self.store.begin() as shelves:
            await shelves.facts.learn(order_of(seen.order), version_of(seen))
            await shelves.facts.learn(owner_of(seen.order), seen.account)

    async def _go_on(self, order_id: OrderId, fresh: Fresh[Order | None]) -> None:
        async with self._order(order_id, fresh) as read:
            order = read
            if order is not None and await self.work.outcome(provision_job(order).key, 0) is not None:
                # an attempt may have left its trace since: whether another follows goes by what is so now
                order = await self.orders.find(order_id)
            if order is None or not is_untouched(order):
                return
            for job in dated_jobs(order, self.clock.now(), self.policy):
                await self.work.start(job)
            await self.begin(order, asked=False)

    async def _clear(self, order_id: OrderId, fresh: Fresh[Order | None]) -> None:
        async with self._order(order_id, fresh) as order:
            if order is not None:
                await self.work.start(clear_job(order, "cancelled"))

    async def _note_approved(self, fact: OrderChanged) -> None:
        subject = str(fact.order)
        async with self.store.begin() as shelves:
            await shelves.alone("audit", subject)
            if any(line.deed == APPROVAL_SEEN for line in await shelves.audit.of_subject(subject, LINES_READ)):
                return
            line = AuditEntry(at=self.clock.now(), actor="salesforce", deed=APPROVAL_SEEN, subject=subject)
            await shelves.audit.write(line)

    async def _tell_approved(self, order_id: OrderId, fresh: Fresh[Order | None]) -> None:
        order, user = await self._whose(order_id, fresh)
        if order is None or user is None:
            return
        if order.status is OrderStatus.COMPLETED and await self.work.outcome(provision_job(order).key, 0) is None:
            return  # completed by other hands, long ago perhaps
        await self.notifier(
            NewNotice(
                user=user.id,
                type=NoticeType.ORDER_APPROVED,
                source_id=str(order.id),
                version=OrderStatus.APPROVED.value,
                values={"number": order.number, "order": str(order.id)},
                created_at=self.clock.now(),
            )
        )

    async def _tell_cancelled(self, order_id: OrderId, fresh: Fresh[Order | None]) -> None:
        order, user = await self._whose(order_id, fresh)
        if order is None or user is None:
            return
        # of an order that was never placed for good, the customer was never told
        if order.cancel_code != CancelCode.NOT_PLACED:
            await self.notifier(cancelled_notice(order, user.id, self.clock.now()))

    async def _ring(self, fact: OrderChanged) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(fact.account)
        if user is not None:
            await self.bell.ring(user.id, "status")

    async def _whose(self, id: OrderId, fresh: Fresh[Order | None]) -> tuple[Order | None, PortalUser | None]:
        async with self._order(id, fresh) as order:
            if order is None:
                return None, None
            async with self.store.reading() as shelves:
                return order, await shelves.users.by_account(order.account)


def _said(fact: OrderChanged, learned: str | None) -> OrderState | None:
    """How the order stands by what an echo says of it; None where that does not tell, or where it has to be read."""
    status, before = fact.status, status_in(learned)
    if fact.only_details:
        status = next((each for each in _NOTHING_FOLLOWS if each == before), None)
    if status is None or fact.changed_at is None:
        return None
    return OrderState(order=fact.order, account=fact.account, status=status, changed_at=fact.changed_at)
