"""Ending services on their date, where the operator lets the portal do it."""

from dataclasses import dataclass

import msgspec

from core.domain.cancellation import ServiceRef
from core.domain.ids import request_key
from core.domain.opportunity import Opportunity
from core.domain.policy import Policy
from core.domain.work import Job, WorkKind
from ports.clock import Clock
from ports.durable import DurableWork
from ports.opportunities import Opportunities
from ports.store import Store


@dataclass(frozen=True, slots=True)
class TerminateDue:
    """Start the end of every service whose last day has passed, if the policy says so; staff do it else (CAN-4)."""

    opportunities: Opportunities
    work: DurableWork
    store: Store
    clock: Clock
    policy: Policy

    async def __call__(self) -> int:
        """How many were started."""
        if not self.policy.auto_terminate:
            return 0
        due = [o for o in await self.opportunities.cancelling(self.clock.now()) if o.service is not None]
        for opportunity in due:
            await self._start(opportunity)
        return len(due)

    async def _start(self, opportunity: Opportunity) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(opportunity.account)
        if user is None or opportunity.service is None or opportunity.ends_at is None:
            return
        data = ServiceRef(
            account=opportunity.account,
            client=user.client,
            user=user.id,
            service=opportunity.service,
            plan="",
            opportunity=opportunity.id,
        )
        job = Job(
            key=request_key("terminate", opportunity.service, opportunity.ends_at.isoformat()),
            kind=WorkKind.TERMINATE_SERVICE,
            data=msgspec.to_builtins(data),
            lane=str(opportunity.account),
        )
        await self.work.start(job)
