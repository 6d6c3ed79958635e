"""What staff changed on an account."""

from dataclasses import dataclass

from core.domain.account import PortalStatus
from core.domain.facts import AccountChanged
from core.domain.ids import AccountId
from core.domain.session import STATE_OF, UserState
from ports.caches import Caches, KnownSessions
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.durable import Steps
from ports.store import AuditEntry, Store


@dataclass(frozen=True, slots=True)
class LearnAccount:
    """Follow an account's portal status: Inactive bars the customer and ends their sessions, Active admits (ACC-8)."""

    registry: CustomerRegistry
    store: Store
    caches: Caches
    known: KnownSessions
    clock: Clock

    async def __call__(self, steps: Steps, fact: AccountChanged) -> None:
        await steps.do("forget", None, lambda: self.caches.drop_account(fact.account))
        if fact.own or fact.only_details:
            return  # what staff decide the portal never writes over, so there is nothing of theirs in its own write
        status = await steps.do("status", PortalStatus | None, lambda: self._status(fact.account))
        if status is not None:
            await steps.do("follow", None, lambda: self._follow(fact.account, STATE_OF[status]))

    async def _status(self, account: AccountId) -> PortalStatus | None:
        profile = await self.registry.profile(account)
        return profile.status if profile is not None else None

    async def _follow(self, account: AccountId, state: UserState) -> None:
        now = self.clock.now()
        async with self.store.begin() as shelves:
            await shelves.alone("account", account)
            user = await shelves.users.by_account(account)
            if user is None or user.state is state:
                return
            await shelves.users.set_state(user.id, state)
            if state is UserState.BARRED:
                await shelves.sessions.revoke_all(user.id, now)
                await shelves.sign_ups.spend(user.id)
            await shelves.audit.write(AuditEntry(at=now, actor="salesforce", deed=state.value, subject=user.id))
        self.known.forget_all(user.id)
