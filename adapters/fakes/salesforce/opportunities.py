"""Opportunities in the made-up Salesforce."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.fakes.records import Records
from adapters.fakes.salesforce.cases import close_case, new_case, of_kind
from adapters.fakes.salesforce.changes import changed_rows, sale_state_of
from adapters.fakes.salesforce.shapes import opportunity_of, record
from adapters.fakes.salesforce.values import COMMODITY_TYPES, NOTICE_GIVEN
from adapters.fakes.world import World
from core.domain.cancellation import Kit
from core.domain.catalog import ProductType
from core.domain.changes import SaleState
from core.domain.ids import AccountId, CaseId, OpportunityId, ServiceId
from core.domain.japan import tokyo_date
from core.domain.opportunity import (
    BEGINS_AT,
    FIRST_APPLICATION_STAGE,
    OPEN_FOR_ORDER,
    NewOpportunity,
    Opportunity,
    Stage,
)
from core.domain.support import CaseKind, NewCase
from ports.errors import Rejected

CLOSES_AFTER: Final = timedelta(days=90)
"""When a sale is expected to be closed, where Salesforce wants a date: once it would be given up."""


def new_opportunity(records: Records, new: NewOpportunity, stage: Stage | None = None) -> str:
    """Write an opportunity with all that goes with its beginning (OPP-2)."""
    values = {
        "key": new.key,
        "account": new.account,
        "name": new.name,
        "stage": stage or BEGINS_AT[new.beginning],
        "close_date": tokyo_date(new.at + CLOSES_AFTER),
        "commodity_type": COMMODITY_TYPES[new.product_type],
        "application_stage": FIRST_APPLICATION_STAGE,
        "source": new.beginning,
    }
    return records.create("opportunity", values)


@dataclass(frozen=True, slots=True)
class FakeOpportunities:
    """`ports.opportunities.Opportunities` over the world's opportunities (OPP)."""

    world: World

    async def find(self, opportunity: OpportunityId) -> Opportunity | None:
        async with self.world.touch("salesforce", "find"):
            row = self.world.records.get("opportunity", opportunity)
            return opportunity_of(self.world.records, row) if row else None

    async def of_account(self, account: AccountId) -> tuple[Opportunity, ...]:
        async with self.world.touch("salesforce", "of_account"):
            return self._found(account=account)

    async def for_service(self, account: AccountId, service: ServiceId) -> Opportunity | None:
        async with self.world.touch("salesforce", "for_service"):
            if not service.isdecimal():
                return None
            return next(iter(self._found(account=account, service=int(service))), None)

    async def open_for_order(self, account: AccountId, product_type: ProductType) -> Opportunity | None:
        async with self.world.touch("salesforce", "open_for_order"):
            return next((o for o in self._found(account=account) if o.takes_order(account, product_type)), None)

    async def ensure(self, opportunity: NewOpportunity) -> OpportunityId:
        async with self.world.touch("salesforce", "ensure"):
            records = self.world.records
            made = records.one("opportunity", key=opportunity.key)
            return OpportunityId(made["id"] if made else new_opportunity(records, opportunity))

    async def ensure_stage(self, opportunity: OpportunityId, expected: Stage, stage: Stage) -> Stage:
        async with self.world.touch("salesforce", "ensure_stage"):
            row = record(self.world.records, "opportunity", opportunity)
            if row["stage"] == expected:
                row = self.world.records.update("opportunity", opportunity, {"stage": stage})
            return Stage(row["stage"])

    async def ensure_service(self, opportunity: OpportunityId, service: ServiceId) -> ServiceId:
        async with self.world.touch("salesforce", "ensure_service"):
            row = record(self.world.records, "opportunity", opportunity)
            if row["service"] is None:
                row = self.world.records.update("opportunity", opportunity, {"service": int(service)})
            return ServiceId(str(row["service"]))

    async def ensure_cancelling(
        self, opportunity: OpportunityId, ends_at: datetime, has_line: bool, case: NewCase
    ) -> CaseId:
        async with self.world.touch("salesforce", "ensure_cancelling"):
            records = self.world.records
            made = records.one("case", key=case.key)
            if made is not None:
                return CaseId(made["id"])
            if record(records, "opportunity", opportunity)["stage"] != Stage.ACTIVE:
                raise Rejected("conflict", "opportunity", ("stage",))
            values: dict[str, Any] = {
                "stage": Stage.CANCELLING,
                "ends_at": ends_at,
                "cancellation_notice": NOTICE_GIVEN,
            }
            if has_line:
                values["kit"] = Kit.NOT_YET
            with records.all_or_none():
                records.update("opportunity", opportunity, values)
                return CaseId(new_case(records, case))

    async def ensure_cancellation_undone(self, opportunity: OpportunityId) -> None:
        async with self.world.touch("salesforce", "ensure_cancellation_undone"):
            records = self.world.records
            row = record(records, "opportunity", opportunity)
            if row["stage"] != Stage.CANCELLING:
                return
            cleared = {"stage": Stage.ACTIVE, "cancellation_notice": None, "ends_at": None}
            with records.all_or_none():
                records.update("opportunity", opportunity, cleared)
                for case in of_kind(records, CaseKind.CANCELLATION):
                    if case["opportunity"] == row["id"]:
                        close_case(records, case)

    async def stale(self, unmoved_since: datetime) -> tuple[Opportunity, ...]:
        async with self.world.touch("salesforce", "stale"):
            rows = self.world.records.find(
                "opportunity", lambda row: row["stage"] in OPEN_FOR_ORDER and row["changed_at"] < unmoved_since
            )
            return tuple(opportunity_of(self.world.records, row) for row in rows)

    async def cancelling(self, ends_before: datetime) -> tuple[Opportunity, ...]:
        async with self.world.touch("salesforce", "cancelling"):
            rows = self.world.records.find("opportunity", stage=Stage.CANCELLING)
            due = [row for row in rows if row["ends_at"] is not None and row["ends_at"] < ends_before]
            return tuple(opportunity_of(self.world.records, row) for row in due)

    async def changed(self, since: datetime, after: OpportunityId | None, most: int) -> tuple[SaleState, ...]:
        async with self.world.touch("salesforce", "changed"):
            rows = changed_rows(self.world.records, "opportunity", since, after)
            return tuple([sale_state_of(row) for row in rows if row["account"] is not None][:most])

    def _found(self, **equals: Any) -> tuple[Opportunity, ...]:
        rows = self.world.records.find("opportunity", **equals)
        return tuple(opportunity_of(self.world.records, row) for row in reversed(rows))
