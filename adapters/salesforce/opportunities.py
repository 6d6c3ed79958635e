"""Opportunities in Salesforce."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from adapters.salesforce.cases import case_values, of_kind
from adapters.salesforce.customers import Customers
from adapters.salesforce.likeness import case_made, sale_made
from adapters.salesforce.org import FOUND, Org, is_halted, is_taken, overtaken
from adapters.salesforce.requests import Get, Record, Ref
from adapters.salesforce.rows import CHILDREN, Row, to_the_second
from adapters.salesforce.sales import opportunity_of, sale_state_of, service_of
from adapters.salesforce.shapes import UNKNOWN_WORD, word
from adapters.salesforce.soql import Condition, Select, ge, gt, is_in, lt, ne, select
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
from core.domain.support import CaseKind, CaseStatus, NewCase
from ports.errors import Rejected, Unavailable

log = structlog.get_logger()

CLOSES_AFTER: Final = timedelta(days=90)
"""When a sale is expected to be closed, where Salesforce wants a date: once it would be given up."""
LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class SalesforceOpportunities:
    """`ports.opportunities.Opportunities` over Salesforce's opportunities (OPP)."""

    org: Org
    customers: Customers

    async def find(self, opportunity: OpportunityId) -> Opportunity | None:
        id = self.org.id_of(opportunity)
        if id is None:
            return None
        return next(iter(await self._found(self.org.is_("opportunity", "id", id))), None)

    async def of_account(self, account: AccountId) -> tuple[Opportunity, ...]:
        id = self.org.id_of(account)
        return tuple(await self._found(self.org.is_("opportunity", "account", id))) if id is not None else ()

    async def for_service(self, account: AccountId, service: ServiceId) -> Opportunity | None:
        id = self.org.id_of(account)
        if id is None or not service.isdecimal():
            return None
        linked = self.org.is_("opportunity", "service", int(service))
        return next(iter(await self._found(self.org.is_("opportunity", "account", id), linked)), None)

    async def open_for_order(self, account: AccountId, product_type: ProductType) -> Opportunity | None:
        return next((o for o in await self.of_account(account) if o.takes_order(account, product_type)), None)

    async def ensure(self, opportunity: NewOpportunity) -> OpportunityId:
        async with self.org.alone(opportunity.account):
            values = sale_values(self.org, opportunity, BEGINS_AT[opportunity.beginning])
            made = await self.org.make("opportunity", lambda: sale_made(self.org, opportunity), values)
            return OpportunityId(made)

    async def ensure_stage(self, opportunity: OpportunityId, expected: Stage, stage: Stage) -> Stage:
        row = await self._change(opportunity, [self.org.is_("opportunity", "stage", expected)], {"stage": stage})
        return word(Stage, row["stage"], "opportunity", "stage")

    async def ensure_service(self, opportunity: OpportunityId, service: ServiceId) -> ServiceId:
        none = self.org.is_("opportunity", "service", None)
        return service_of(await self._change(opportunity, [none], {"service": int(service)})) or service

    async def ensure_cancelling(
        self, opportunity: OpportunityId, ends_at: datetime, has_line: bool, case: NewCase
    ) -> CaseId:
        values: dict[str, Any] = {"stage": Stage.CANCELLING}
        values |= {"ends_at": ends_at, "cancellation_notice": self.org.picklists.notice_given}
        if has_line:
            values["kit"] = Kit.NOT_YET
        id = self.org.sure_id("opportunity", opportunity)
        opened = await case_values(self.org, self.customers, case)
        running = self.org.by_id("opportunity", id, self.org.is_("opportunity", "stage", Stage.ACTIVE))
        parts = (
            Get.query(running, "running"),
            self.org.patch("opportunity", Ref("running", FOUND), values, "sale"),
            self.org.post("case", opened, "case"),
        )
        async with self.org.alone(case.account):
            before = None if self.org.keys_are_unique else await case_made(self.org, case)
            if before is not None:
                return CaseId(before["id"])
            try:
                return CaseId((await self.org.at_once(*parts, by_key=True))["case"].id)
            except Rejected as rejected:
                if not (is_taken(rejected) or is_halted(rejected)):
                    raise
                made = await case_made(self.org, case)
                if made is None:
                    raise await self._not_running(id, rejected) from rejected
                return CaseId(made["id"])

    async def ensure_cancellation_undone(self, opportunity: OpportunityId) -> None:
        id = self.org.sure_id("opportunity", opportunity)
        cases = self.org.choose("case", only=("id",)).where(
            self.org.is_("case", "opportunity", id),
            of_kind(self.org, CaseKind.CANCELLATION),
            self.org.is_("case", "is_closed", False),
        )
        async with self.org.alone(id):
            sale = self.org.by_id("opportunity", id, self.org.is_("opportunity", "stage", Stage.CANCELLING))
            row, still_open = await asyncio.gather(self._sure_row(id), self.org.rows("case", cases))
            if row["stage"] != Stage.CANCELLING:
                return
            closed = [
                self.org.patch("case", case["id"], {"status": CaseStatus.CLOSED}, f"case{n}")
                for n, case in enumerate(still_open)
            ]
            cleared = {"stage": Stage.ACTIVE, "cancellation_notice": None, "ends_at": None}
            back = self.org.patch("opportunity", Ref("sale", FOUND), cleared, "back")
            try:
                await self.org.at_once(Get.query(sale, "sale"), back, *closed)
            except Rejected as rejected:
                if not is_halted(rejected):  # else it was moved on meanwhile
                    raise

    async def stale(self, unmoved_since: datetime) -> tuple[Opportunity, ...]:
        changed_at = self.org.names.field("opportunity", "changed_at")
        unmoved = (self.org.is_("opportunity", "stage", tuple(sorted(OPEN_FOR_ORDER))), lt(changed_at, unmoved_since))
        return tuple(reversed(await self._found(*unmoved, background=True)))

    async def cancelling(self, ends_before: datetime) -> tuple[Opportunity, ...]:
        ends_at = self.org.names.field("opportunity", "ends_at")
        due = (self.org.is_("opportunity", "stage", Stage.CANCELLING), lt(ends_at, ends_before))
        return tuple(reversed(await self._found(*due, background=True)))

    async def changed(self, since: datetime, after: OpportunityId | None, most: int) -> tuple[SaleState, ...]:
        field = self.org.names.field
        since = to_the_second(since)
        moved = [ne(field("opportunity", "account"), None), ge(field("opportunity", "changed_at"), since)]
        moved += [gt(field("opportunity", "id"), after)] if after else []
        # a page of others' alone would look like the last one
        moved += [is_in(field("opportunity", "stage"), [stage.value for stage in Stage])]
        page = self.org.choose("opportunity").where(*moved).order_by(field("opportunity", "id")).limit(most)
        states = map(sale_state_of, await self.org.rows("opportunity", page, background=True))
        return tuple(state for state in states if state is not None)

    # --- inside ----------------------------------------------------------------------------------------------------
    def choose(self) -> Select:
        """The query for opportunities, newest first, each with one of its orders."""
        orders = select(*self.org.names.fields("order", "id")).of(CHILDREN["opportunity", "order"]).limit(1)
        newest_first = (f"-{field}" for field in self.org.names.fields("opportunity", "created_at", "id"))
        return self.org.choose("opportunity", orders).order_by(*newest_first)

    def shaped(self, records: Iterable[Record]) -> list[Opportunity]:
        """The opportunities in these records, but for those at stages that are none of the portal's."""
        names, found = self.org.names, []
        for record in records:
            row, has_order = names.row("opportunity", record), bool(names.below("opportunity", "order", record))
            sale = opportunity_of(row, has_order, self.org.picklists)
            if sale is not None:
                found.append(sale)
            elif row["key"]:
                # it is followed no further until it is at a word of the portal's again: its operators must hear of it
                log.error("salesforce.opportunity.unread", subject=row["id"], code=UNKNOWN_WORD)
        return found

    async def _found(self, *conditions: Condition, background: bool = False) -> list[Opportunity]:
        return self.shaped(await self.org.records(self.choose().where(*conditions), background=background))

    async def _change(self, opportunity: str, expected: list[Condition], values: dict[str, Any]) -> Row:
        id = self.org.sure_id("opportunity", opportunity)
        async with self.org.alone(id):
            record, _ = await self.org.change("opportunity", id, expected, values, self._by_id(id))
        return self.org.names.row("opportunity", record)

    def _by_id(self, id: str) -> Select:
        return self.org.choose("opportunity").where(self.org.is_("opportunity", "id", id))

    async def _sure_row(self, id: str) -> Row:
        found = await self.org.rows("opportunity", self._by_id(id))
        if not found:
            raise Rejected("NOT_FOUND", "opportunity", ("id",))
        return found[0]

    async def _not_running(self, id: str, rejected: Rejected) -> Rejected | Unavailable:
        """Why a cancellation was not written: the service does not run, or what Salesforce said."""
        if (await self._sure_row(id))["stage"] != Stage.ACTIVE:
            return Rejected("conflict", "opportunity", ("stage",))
        return overtaken("opportunity") if is_halted(rejected) else rejected


def sale_values(org: Org, new: NewOpportunity, stage: Stage) -> dict[str, Any]:
    """The fields of a new opportunity, with all that goes with its beginning; its probability follows (OPP-2)."""
    return {
        "stage": stage,
        "key": new.key,
        "account": new.account,
        "name": new.name[:LONGEST_NAME],
        "close_date": tokyo_date(new.at + CLOSES_AFTER),
        "commodity_type": org.picklists.commodity_types[new.product_type],
        "application_stage": FIRST_APPLICATION_STAGE,
        "source": new.beginning,
    }


async def sale_name(org: Org, customers: Customers, account: AccountId, product_type: ProductType) -> str:
    """What staff's lists call a sale that the portal begins."""
    seen = await customers.seen(account)
    return f"{org.picklists.commodity_types[product_type]} - {seen.last_name if seen is not None else account}"
