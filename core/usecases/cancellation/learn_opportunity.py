"""What follows when an opportunity changed in Salesforce."""

from asyncio import gather
from dataclasses import dataclass
from typing import Final

from core.domain.cancellation import ServiceRef, completion_job
from core.domain.changes import SaleState, outruns, owner_of, sale_of, version_of
from core.domain.facts import OpportunityChanged
from core.domain.fresh import Fresh
from core.domain.ids import AccountId, OpportunityId
from core.domain.opportunity import STAGE_SEEN, Opportunity, Stage, follows
from core.domain.order import Order
from core.domain.provisioning import is_untouched
from ports.activation import Activation
from ports.alarms import Alarms
from ports.bell import Bell
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import DurableWork, Steps
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.store import AuditEntry, Shelves, Store

NO_RULE: Final = "stage_no_rule_leads_to"
"""The alarm of an opportunity that was moved as no rule moves it (OPP-1)."""
_MANY: Final = 50


@dataclass(frozen=True, slots=True)
class LearnOpportunity:
    """Follow staff's moves and report those no rule knows; go on with what they resume or complete (OPP-1, CAN-5)."""

    opportunities: Opportunities
    orders: OrderBook
    begin: Activation
    work: DurableWork
    store: Store
    caches: Caches
    bell: Bell
    alarms: Alarms
    clock: Clock

    async def __call__(self, steps: Steps, fact: OpportunityChanged) -> None:
        if fact.own and await steps.do("echo", bool, lambda: self._is_echo(fact)):
            await steps.do("forget", None, lambda: self.caches.drop_account(fact.account))
            await steps.do("ring", None, lambda: self._ring(fact.account))
            return
        waiting: Fresh[tuple[Order, ...]] = Fresh()
        sale = await steps.do("sale", Opportunity | None, lambda: self._sale(fact, waiting))
        if sale is None:
            return
        await steps.do("forget", None, lambda: self.caches.drop_account(sale.account))
        last = await steps.do("last seen", Stage | None, lambda: self._last_seen(sale.id))
        await steps.do("report", None, lambda: self._report(sale, last, own=fact.own))
        by_staff = sale.stage is Stage.CANCELLED and last is Stage.CANCELLING and not fact.own
        if sale.stage is Stage.CANCELLING or by_staff:
            await steps.do("complete", None, lambda: self._complete(sale, fact.id))
        if sale.stage is Stage.POST_PROCESSING and sale.has_order:
            await steps.do("go on", None, lambda: self._go_on(sale, waiting))
        await steps.do("ring", None, lambda: self._ring(sale.account))
        await steps.do("learned", None, lambda: self._learned(_state_of(sale)))

    async def _is_echo(self, fact: OpportunityChanged) -> bool:
        """Whether nothing follows from what the portal wrote itself; then what the event says is learned, unread."""
        last = await self._last_seen(fact.opportunity)
        if not fact.is_quiet(last):
            return False
        said = _said(fact, last)
        if said is None:
            return True
        sale, owner = sale_of(said.opportunity), owner_of(said.opportunity)
        async with self.store.reading() as shelves:
            kept = await shelves.facts.learned([sale, owner])
        if outruns(kept.get(sale), version_of(said)):
            return False
        await self._note(said.opportunity, said.stage, own=True)
        async with self.store.begin() as shelves:
            await shelves.facts.learn(sale, version_of(said))
            if owner not in kept:
                await shelves.facts.learn(owner, said.account)
        return True

    async def _sale(self, fact: OpportunityChanged, waiting: Fresh[tuple[Order, ...]]) -> Opportunity | None:
        if await self._last_seen(fact.opportunity) is not Stage.PENDING:
            return await self.opportunities.find(fact.opportunity)
        # taken up again, perhaps: what has waited for that is read in the same call (P-1)
        now = self.clock.now()
        sale, orders = await gather(self.opportunities.find(fact.opportunity), self.orders.of_account(fact.account))
        waiting.keep(orders, now)
        return sale

    async def _last_seen(self, sale: OpportunityId) -> Stage | None:
        async with self.store.reading() as shelves:
            return await _latest(shelves, sale)

    async def _report(self, sale: Opportunity, last: Stage | None, *, own: bool) -> None:
        if last is sale.stage:
            return
        if last is not None and not follows(last, sale):
            await self.alarms.raise_alarm(NO_RULE, sale.id)
        await self._note(sale.id, sale.stage, own=own)

    async def _note(self, sale: OpportunityId, stage: Stage, *, own: bool) -> None:
        line = AuditEntry(
            at=self.clock.now(),
            actor="portal" if own else "salesforce",
            deed=STAGE_SEEN,
            subject=str(sale),
            details={"stage": stage.value},
        )
        async with self.store.begin() as shelves:
            await shelves.alone("audit", str(sale))
            # after a crash in here it stands there already
            if await _latest(shelves, sale) is not stage:
                await shelves.audit.write(line)

    async def _complete(self, sale: Opportunity, fact: str) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(sale.account)
        if user is None or sale.service is None:
            return
        ref = ServiceRef(
            account=sale.account, client=user.client, user=user.id, service=sale.service, opportunity=sale.id
        )
        await self.work.start(completion_job(ref, fact))

    async def _go_on(self, sale: Opportunity, waiting: Fresh[tuple[Order, ...]]) -> None:
        # an order that was approved while its sale was on hold has waited for this
        async with waiting.of(self.clock.now(), lambda: self.orders.of_account(sale.account)) as orders:
            for order in orders:
                if order.opportunity == sale.id and is_untouched(order):
                    await self.begin(order, asked=False)

    async def _learned(self, seen: SaleState) -> None:
        async with self.store.begin() as shelves:
            await shelves.facts.learn(sale_of(seen.opportunity), version_of(seen))
            await shelves.facts.learn(owner_of(seen.opportunity), seen.account)

    async def _ring(self, account: AccountId) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(account)
        if user is not None:
            await self.bell.ring(user.id, "status")


def _said(fact: OpportunityChanged, last: Stage | None) -> SaleState | None:
    """How the sale stands by what an echo says of it, or where it stood; None where that does not tell."""
    stage = last if fact.only_details else fact.stage
    if stage is None or fact.changed_at is None:
        return None
    return SaleState(opportunity=fact.opportunity, account=fact.account, stage=stage, changed_at=fact.changed_at)


def _state_of(sale: Opportunity) -> SaleState:
    return SaleState(opportunity=sale.id, account=sale.account, stage=sale.stage, changed_at=sale.changed_at)


async def _latest(shelves: Shelves, sale: OpportunityId) -> Stage | None:
    lines = await shelves.audit.of_subject(str(sale), _MANY)
    return next((Stage(line.details["stage"]) for line in lines if line.deed == STAGE_SEEN), None)
