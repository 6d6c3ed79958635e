"""Putting right one thing that the systems disagree on."""

from asyncio import gather
from dataclasses import dataclass
from typing import NamedTuple

from core.domain.drift import Difference, Disagreement, Outcome, Repair, Repaired, differences
from core.domain.ids import AccountId, ClientId, OpportunityId, OrderId, ServiceId
from core.domain.opportunity import MOVES, Opportunity, Trigger
from core.domain.order import Order
from core.domain.session import canonical_email
from core.domain.sign_up import RegistrationSource
from ports.billing import ClientBook, Provisioner, ServiceBook
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.errors import Rejected, Unavailable
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.store import AuditEntry, Store

_LEADS: dict[Disagreement, Trigger] = {
    Disagreement.STAGE_BEHIND_ORDER: Trigger.PROVISIONED,
    Disagreement.VOID_NOT_SET: Trigger.ORDER_CANCELLED,
    Disagreement.ENDED_BUT_CANCELLING: Trigger.CANCELLATION_COMPLETE,
}


class _Gone(Exception):
    """What was found is not so any more."""


class _Records(NamedTuple):
    """An account's records, which still disagree as it was found."""

    client: ClientId
    opportunities: tuple[Opportunity, ...]
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class RepairDifference:
    """Do the safe repair of one difference, if it still stands as it was found; whatever is by hand stays (OPS-5).

    Every record is read again before the one write there is, which writes nothing where somebody else was first; so it
    may be stopped and repeated anywhere. That it was wanted, and what became of it, stands in the audit trail.
    """

    registry: CustomerRegistry
    clients: ClientBook
    opportunities: Opportunities
    orders: OrderBook
    services: ServiceBook
    provisioner: Provisioner
    store: Store
    clock: Clock

    async def __call__(self, difference: Difference) -> Repaired:
        if difference.repair is Repair.BY_HAND:
            return Repaired(difference, Outcome.BY_HAND)
        await self._note(difference, "wanted")
        try:
            await self._repair(difference)
        except _Gone:
            repaired = Repaired(difference, Outcome.GONE)
        except Rejected as refused:
            repaired = Repaired(difference, Outcome.REFUSED, refused.code)
        except Unavailable:
            repaired = Repaired(difference, Outcome.UNAVAILABLE)
        else:
            repaired = Repaired(difference, Outcome.REPAIRED)
        await self._note(difference, repaired.outcome.value)
        return repaired

    async def _repair(self, difference: Difference) -> None:
        account = difference.account
        if account is None:
            raise _Gone
        match difference.repair, difference.kind:
            case Repair.WRITE_LINK, _:
                await self._write_link(account, ClientId(difference.subject))
            case Repair.ADOPT, Disagreement.ORPHAN_CLIENT:
                await self._adopt_client(account, ClientId(difference.subject))
            case Repair.SET_STAGE, kind:
                sale = await self._sale(difference, account, OpportunityId(difference.subject))
                move = (sale.stage, _LEADS[kind])
                if move not in MOVES:
                    raise _Gone
                await self.opportunities.ensure_stage(sale.id, sale.stage, MOVES[move])
            case Repair.LINK_SERVICE, _:
                await self._link_service(difference, account)
            case Repair.DROP_PENDING, _:
                await self._drop_pending(difference, account, OrderId(difference.subject))
            case _:
                raise Rejected("adopted_otherwise")  # an Account's user is made by work of its own

    async def _write_link(self, account: AccountId, client: ClientId) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(account)
        profile, billed = await gather(self.registry.profile(account), self.clients.find(client))
        if user is None or user.client != client or profile is None or profile.client is not None:
            raise _Gone
        if billed is None or not billed.is_of(user.number):
            raise Rejected("client_of_another")
        await self.registry.ensure_link(account, client, RegistrationSource.SIGN_UP.value, user.created_at)

    async def _adopt_client(self, account: AccountId, client: ClientId) -> None:
        profile, billed = await gather(self.registry.profile(account), self.clients.find(client))
        if profile is None or profile.client is not None:
            raise _Gone
        same = billed is not None and canonical_email(billed.email) == canonical_email(profile.email)
        if billed is None or profile.number is None or not same or not billed.is_of(profile.number):
            raise Rejected("client_of_another")
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(account)
        if user is not None and user.client != client:
            raise Rejected("user_of_another_client")
        await self.registry.ensure_link(account, client, RegistrationSource.SIGN_UP.value, self.clock.now())

    async def _link_service(self, difference: Difference, account: AccountId) -> None:
        service = ServiceId(difference.subject)
        orders = await self.orders.of_account(account)
        order = next((o for o in orders if o.plan is not None and o.plan.service == service), None)
        if order is None or order.opportunity is None:
            raise _Gone
        await self._sale(difference, account, order.opportunity)
        if await self.opportunities.ensure_service(order.opportunity, service) != service:
            raise Rejected("sale_of_another_service")

    async def _drop_pending(self, difference: Difference, account: AccountId, mark: OrderId) -> None:
        records = await self._still(difference, account)
        order = next((o for o in records.orders if o.id == mark), None)
        billed = await self.provisioner.find_billed(records.client, mark)
        mine = order.plan.service if order is not None and order.plan is not None else None
        # everything that is pending goes: the order that the customer has must not be
        if billed is None or not billed.accepted or mine not in billed.services:
            raise Rejected("not_accepted")
        await self.provisioner.ensure_dropped(records.client, mark)

    async def _sale(self, difference: Difference, account: AccountId, sale: OpportunityId) -> Opportunity:
        """The opportunity as it stands, if the account's records still disagree like that."""
        records = await self._still(difference, account)
        mine = next((o for o in records.opportunities if o.id == sale), None)
        if mine is None:
            raise _Gone
        return mine

    async def _still(self, difference: Difference, account: AccountId) -> _Records:
        profile, opportunities, orders = await gather(
            self.registry.profile(account), self.opportunities.of_account(account), self.orders.of_account(account)
        )
        if profile is None or profile.client is None:
            raise _Gone
        services = await self.services.services(profile.client)
        if difference not in differences(account, opportunities=opportunities, orders=orders, services=services):
            raise _Gone
        return _Records(profile.client, opportunities, orders)

    async def _note(self, difference: Difference, outcome: str) -> None:
        details = {"kind": difference.kind.value, "outcome": outcome, "account": str(difference.account or "")}
        deed = f"repair {difference.repair.value}"
        async with self.store.begin() as shelves:
            at = self.clock.now()
            entry = AuditEntry(at=at, actor="operator", deed=deed, subject=difference.subject, details=details)
            await shelves.audit.write(entry)
