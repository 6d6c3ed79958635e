"""What follows when an opportunity changed in Salesforce."""

from dataclasses import dataclass

import msgspec

from core.domain.cancellation import ServiceRef
from core.domain.facts import OpportunityChanged
from core.domain.ids import request_key
from core.domain.machines import leads_to
from core.domain.opportunity import MOVES, Opportunity, Stage
from core.domain.work import Job, WorkKind
from ports.billing import ServiceBook
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import DurableWork, Steps
from ports.opportunities import Opportunities
from ports.store import AuditEntry, Store


@dataclass(frozen=True, slots=True)
class LearnOpportunity:
    """Follow staff's moves, report the ones no rule knows, and complete a cancellation that is due (OPP-1, CAN-5)."""

    opportunities: Opportunities
    services: ServiceBook
    work: DurableWork
    store: Store
    caches: Caches
    clock: Clock

    async def __call__(self, steps: Steps, fact: OpportunityChanged) -> None:
        opportunity = await steps.do(
            "opportunity", Opportunity | None, lambda: self.opportunities.find(fact.opportunity)
        )
        if opportunity is None:
            return
        await steps.do("forget", None, lambda: self.caches.drop_account(opportunity.account))
        await steps.do("report", None, lambda: self._report(opportunity))
        if opportunity.stage is Stage.CANCELLING and opportunity.service is not None:
            await steps.do("complete", None, lambda: self._complete(opportunity, fact.id))

    async def _report(self, opportunity: Opportunity) -> None:
        async with self.store.begin() as shelves:
            before = await shelves.audit.of_subject(str(opportunity.id), 1)
            last = Stage(before[0].details["stage"]) if before else None
            if last is opportunity.stage:
                return
            known = last is None or leads_to(MOVES, last, opportunity.stage)
            await shelves.audit.write(
                AuditEntry(
                    at=self.clock.now(),
                    actor="salesforce",
                    deed="stage" if known else "stage no rule leads to",
                    subject=str(opportunity.id),
                    details={"stage": opportunity.stage.value},
                )
            )

    async def _complete(self, opportunity: Opportunity, fact: str) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(opportunity.account)
        if user is None or opportunity.service is None:
            return
        service = await self.services.service(user.client, opportunity.service)
        data = ServiceRef(
            account=opportunity.account,
            client=user.client,
            user=user.id,
            service=opportunity.service,
            plan=service.name if service is not None else "",
            opportunity=opportunity.id,
        )
        await self.work.start(
            Job(
                key=request_key("complete", opportunity.id, fact),
                kind=WorkKind.COMPLETE_CANCELLATION,
                data=msgspec.to_builtins(data),
                lane=str(opportunity.account),
            )
        )
