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
        """How many services are to be ended."""
        if not self.policy.auto_terminate:
            return 0
        jobs = [await self._job(sale) for sale in await self.opportunities.cancelling(self.clock.now())]
        due = [job for job in jobs if job is not None]
        for job in due:
            await self.work.start(job)
        return len(due)

    async def _job(self, sale: Opportunity) -> Job | None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(sale.account)
        if user is None or sale.service is None or sale.ends_at is None:
            return None
        ref = ServiceRef(
            account=sale.account, client=user.client, user=user.id, service=sale.service, opportunity=sale.id
        )
        return Job(
            key=request_key("terminate", sale.service, sale.ends_at.isoformat()),
            kind=WorkKind.TERMINATE_SERVICE,
            data=msgspec.to_builtins(ref),
            lane=str(sale.account),
        )
