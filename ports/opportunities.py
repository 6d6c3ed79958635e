"""Opportunities: the operator's sales, from first interest to the end."""

from datetime import datetime
from typing import Protocol

from core.domain.catalog import ProductType
from core.domain.changes import SaleState
from core.domain.ids import AccountId, CaseId, OpportunityId, ServiceId
from core.domain.opportunity import NewOpportunity, Opportunity, Stage
from core.domain.support import NewCase


class Opportunities(Protocol):
    """Where opportunities are found, made and moved (OPP)."""

    async def find(self, opportunity: OpportunityId) -> Opportunity | None:
        """The opportunity as it stands, or None."""

    async def of_account(self, account: AccountId) -> tuple[Opportunity, ...]:
        """All opportunities of an account, newest first."""

    async def for_service(self, account: AccountId, service: ServiceId) -> Opportunity | None:
        """The account's opportunity linked to that billing service, or None (CAN-2)."""

    async def open_for_order(self, account: AccountId, product_type: ProductType) -> Opportunity | None:
        """The newest one at Introduction or Ready without an order, or None (ORD-4)."""

    async def ensure(self, opportunity: NewOpportunity) -> OpportunityId:
        """Create it under its key at the stage its beginning says, unless the key did already (OPP-2)."""

    async def ensure_stage(self, opportunity: OpportunityId, expected: Stage, stage: Stage) -> Stage:
        """Move from `expected` to `stage`; where it already stands elsewhere nothing is written.

        Answers with the stage it stands at afterwards. The core has checked the move (OPP-1); the probability and
        what else follows the stage is written with it (OPP-2).
        """

    async def ensure_service(self, opportunity: OpportunityId, service: ServiceId) -> ServiceId:
        """Link the billing service where none is linked; answers the one that is linked then (OPS-5)."""

    async def ensure_cancelling(
        self, opportunity: OpportunityId, ends_at: datetime, has_line: bool, case: NewCase
    ) -> CaseId:
        """Write stage, end, notice and (with a line to return) kit, and open the case, all or none (CAN-2).

        The same case key finds what it made and writes nothing.
        """

    async def ensure_cancellation_undone(self, opportunity: OpportunityId) -> None:
        """Active again, notice and date cleared, its cancellation case closed, all or none (CAN-7).

        Where the kit is stays as staff noted it. Once is enough; one that is not at △Cancelling is left alone.
        """

    async def stale(self, unmoved_since: datetime) -> tuple[Opportunity, ...]:
        """Those at Introduction or Ready that nothing moved since then; to be given up (OPP-1)."""

    async def cancelling(self, ends_before: datetime) -> tuple[Opportunity, ...]:
        """Those at △Cancelling whose end is before then (CAN-4, CAN-5)."""

    async def changed(self, since: datetime, after: OpportunityId | None, most: int) -> tuple[SaleState, ...]:
        """Those of an account that changed at `since` or later, paged by their ids (T-5)."""
