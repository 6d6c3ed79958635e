"""Availability checks in Salesforce."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.salesforce.cases import case_values, of_kind
from adapters.salesforce.check_cases import ANOTHER_ADDRESS, case_of, places_in
from adapters.salesforce.customers import OWN_PARTS, Customers
from adapters.salesforce.following import followed, open_cases
from adapters.salesforce.likeness import case_made
from adapters.salesforce.opportunities import sale_name, sale_values
from adapters.salesforce.org import FOUND, Org, is_halted, is_taken, overtaken, part_of
from adapters.salesforce.requests import Get, Record, Ref, SubAnswer, SubRequest
from adapters.salesforce.rows import CHILDREN, Row, instant, sure_instant
from adapters.salesforce.shapes import address_of, address_values, eligibility_of
from adapters.salesforce.soql import Select, ne, select
from core.domain.account import Address, place_of
from core.domain.catalog import ProductType
from core.domain.eligibility import (
    ANSWERED,
    AvailabilityAnswer,
    AvailabilityCheck,
    Eligibility,
    EligibilityStatus,
    OpenedCheck,
)
from core.domain.following import Followed, SaleMove
from core.domain.ids import AccountId, CaseId, OpportunityId, crm_id
from core.domain.opportunity import BEGINS_AT, Beginning, NewOpportunity
from core.domain.support import CaseKind, CasePriority, CaseStatus, OpenCheck
from ports.eligibility_desk import HOME
from ports.errors import Rejected

ANSWERED_BY: Final = "Answered by "
_TURNS: Final = 3
_CASES_A_REVIEW: Final = 4
"""How many closed checks are looked at for each that staff answered, at most."""
_LONGEST_PAGE: Final = 2_000
_ON_ACCOUNT: Final = ("id", "eligibility_case", "eligibility_status", "eligibility_requested_at", "eligibility_address")


@dataclass(frozen=True, slots=True)
class SalesforceEligibilityDesk:
    """`ports.eligibility_desk.EligibilityDesk` over Salesforce's accounts and cases (ELG)."""

    org: Org
    customers: Customers

    async def standing(self, account: AccountId) -> Eligibility:
        id = self.org.sure_id("account", account)
        found = self.org.rows("case", open_cases(self.org, id))
        record, still_open = await asyncio.gather(self.customers.sure_record(id), found)
        cases = {case["id"] for case in still_open}
        return eligibility_of(self.customers.account(record), cases, self.org.clock.now())

    async def ensure_check(
        self, check: AvailabilityCheck, opportunity: OpportunityId | None, home: Address | None = None
    ) -> OpenedCheck:
        parts = await self._opening(check, opportunity)
        async with self.org.alone(check.account):
            opened = None if self.org.keys_are_unique else await self._opened(check)
            if opened is not None:
                return opened
            try:
                made = await self._moved(check.account, home, parts)
            except Rejected as rejected:
                opened = await self._opened(check) if is_taken(rejected) else None
                if opened is None:
                    raise
                return opened
        return OpenedCheck(CaseId(made["case"].id), opportunity or OpportunityId(made["sale"].id))

    async def ensure_address(self, case: CaseId, address: Address) -> None:
        for _ in range(_TURNS):
            record = await self._sure_case(case)
            row, account = self.org.names.row("case", record), self._account_of(record)
            if _is_answered(row, account):
                return
            parts = [Get.query(self._still_open(row), "case"), *self._unanswered(row, account)]
            if address.place not in places_in(row["description"] or ""):
                added = f"{row['description'] or ''}\n{ANOTHER_ADDRESS}{address.one_line}"
                parts.append(self.org.patch("case", Ref("case", FOUND), {"description": added}, "description"))
            if account is not None and place_of(account["eligibility_address"] or "") != address.place:
                values = {"eligibility_address": address.one_line}
                parts.append(self.org.patch("account", account["id"], values, "address"))
            if await self._written(row, parts):
                return
        raise overtaken("case")

    async def ensure_answer(self, account: AccountId, case: CaseId, answer: AvailabilityAnswer) -> None:
        values = {
            "eligibility_status": answer.status,
            "eligibility_value": answer.value,
            "eligibility_notes": answer.notes,
            "eligibility_checked_at": answer.checked_at,
        }
        id = self.org.sure_id("account", account)
        for _ in range(_TURNS):
            record = await self._sure_case(case)
            row, held = self.org.names.row("case", record), self._account_of(record)
            if _is_answered(row, held):
                return
            source = {"case": row["id"], "body": f"{ANSWERED_BY}{answer.source}", "is_published": False}
            decided = [*self._unanswered(row, held), self.org.patch("account", id, values, "answer")]
            parts = [
                Get.query(self._still_open(row), "case"),
                # what became of a later check is no business of this one
                *([] if _is_overtaken(row, held) else decided),
                self.org.post("case_comment", source, "source"),
                self.org.patch("case", Ref("case", FOUND), {"status": CaseStatus.CLOSED}, "closed"),
            ]
            if await self._written(row, parts):
                return
        raise overtaken("case")

    async def ensure_followed(self, account: AccountId, moves: tuple[SaleMove, ...]) -> Followed:
        return await followed(self.org, self.customers, account, moves)

    async def ensure_belongs(self, account: AccountId) -> None:
        record = await self.customers.sure_record(account)
        row = self.customers.account(record)
        home = address_of(row)
        if home is None or row["eligibility_status"] not in ANSWERED or row["eligibility_address"]:
            return
        # the address itself can't be a condition: Salesforce compares no long text
        answered = [
            self.org.is_("account", "eligibility_status", row["eligibility_status"]),
            self.org.is_("account", "eligibility_checked_at", instant(row["eligibility_checked_at"])),
        ]
        values = {"eligibility_address": home.one_line}
        async with self.org.alone(row["id"]):
            await self.org.change("account", row["id"], answered, values, self.org.by_id("account", row["id"]))

    async def raise_priority(self, case: CaseId) -> None:
        id = self.org.sure_id("case", case)
        lower = [
            self.org.is_("case", "is_closed", False),
            ne(self.org.names.field("case", "priority"), CasePriority.HIGH),
        ]
        async with self.org.alone(id):
            await self.org.change("case", id, lower, {"priority": CasePriority.HIGH}, self.org.by_id("case", id))

    async def open_checks(self, asked_before: datetime) -> tuple[OpenCheck, ...]:
        pending = self.org.choose("account").where(
            self.org.is_("account", "eligibility_status", EligibilityStatus.PENDING)
        )
        cases = self._choose().where(of_kind(self.org, CaseKind.AVAILABILITY), self.org.is_("case", "is_closed", False))
        found, accounts = await asyncio.gather(
            self.org.records(cases, background=True), self.org.rows("account", pending, background=True)
        )
        checks = [check for check in map(self._open_check, found) if check is not None]
        open_for = {check.account for check in checks}
        checks += [_unanswered_check(row) for row in accounts if row["id"] not in open_for]
        return tuple(check for check in sorted(checks, key=_asked_at) if check.asked_at < asked_before)

    async def review_times(self, most: int) -> tuple[timedelta, ...]:
        if most < 1:
            return ()
        names = self.org.names
        comments = select(*names.fields("case_comment", "body")).of(CHILDREN["case", "case_comment"])
        closed = self.org.choose("case", comments, only=("id", "created_at", "closed_at")).where(
            of_kind(self.org, CaseKind.AVAILABILITY), self.org.is_("case", "is_closed", True)
        )
        latest = closed.order_by(*(f"-{field}" for field in names.fields("case", "closed_at", "created_at", "id")))
        page = latest.limit(min(_CASES_A_REVIEW * most + 20, _LONGEST_PAGE))
        by_people = [names.row("case", r) for r in await self.org.records(page) if not self._by_a_checker(r)]
        return tuple(sure_instant(row["closed_at"]) - sure_instant(row["created_at"]) for row in by_people[:most])

    # --- opening ---------------------------------------------------------------------------------------------------
    async def _opening(self, check: AvailabilityCheck, opportunity: OpportunityId | None) -> list[SubRequest]:
        parts: list[SubRequest] = []
        if opportunity is None:
            begun = NewOpportunity(
                key=check.key,
                account=check.account,
                product_type=ProductType.INTERNET,
                beginning=Beginning.ELIGIBILITY_REQUESTED,
                name=await sale_name(self.org, self.customers, check.account, ProductType.INTERNET),
                at=check.requested_at,
            )
            values = sale_values(self.org, begun, BEGINS_AT[begun.beginning])
            parts.append(self.org.post("opportunity", values, "sale"))
        case = await case_values(self.org, self.customers, case_of(check))
        case["opportunity"] = opportunity or Ref("sale")
        account = {
            "eligibility_status": EligibilityStatus.PENDING,
            "eligibility_requested_at": check.requested_at,
            "eligibility_case": Ref("case"),
            "eligibility_address": check.address.one_line,
        }
        id = self.org.sure_id("account", check.account)
        return [*parts, self.org.post("case", case, "case"), self.org.patch("account", id, account, "status")]

    async def _moved(self, account: AccountId, home: Address | None, parts: list[SubRequest]) -> dict[str, SubAnswer]:
        """Write the parts, and with them the address where one is to be saved."""
        if home is None:
            return await self.org.at_once(*parts, by_key=True)
        values = address_values(home, self.org.picklists.country)
        try:
            return await self.customers.rewritten(account, lambda *_: (values, values), *parts, by_key=True)
        except Rejected as rejected:
            if part_of(rejected) in OWN_PARTS:
                raise Rejected(rejected.code, HOME, rejected.fields) from rejected
            raise

    async def _opened(self, check: AvailabilityCheck) -> OpenedCheck | None:
        made = await case_made(self.org, case_of(check), since=check.requested_at)
        return OpenedCheck(CaseId(made["id"]), OpportunityId(made["opportunity"] or "")) if made is not None else None

    # --- answering -------------------------------------------------------------------------------------------------
    def _choose(self) -> Select:
        return self.org.choose("case", *self.org.names.parent("case", "account", "account", *_ON_ACCOUNT))

    async def _sure_case(self, case: CaseId) -> Record:
        id = self.org.sure_id("case", case)
        found = await self.org.records(self._choose().where(self.org.is_("case", "id", id)))
        if not found:
            raise Rejected("NOT_FOUND", "case", ("id",))
        return found[0]

    def _account_of(self, case: Record) -> Row | None:
        return self.org.names.above("case", "account", "account", case)

    def _still_open(self, case: Row) -> Select:
        return self.org.by_id("case", case["id"], self.org.is_("case", "is_closed", False))

    def _unanswered(self, case: Row, account: Row | None) -> list[SubRequest]:
        """The parts that halt all others once staff have answered on the account."""
        if account is None or _is_overtaken(case, account):
            return []
        pending = self.org.is_("account", "eligibility_status", EligibilityStatus.PENDING)
        # a write of what is there is the one way for a part to halt the rest
        again = self.org.patch(
            "account", Ref("pending", FOUND), {"eligibility_status": EligibilityStatus.PENDING}, "again"
        )
        return [Get.query(self.org.by_id("account", account["id"], pending), "pending"), again]

    async def _written(self, case: Row, parts: list[SubRequest]) -> bool:
        """Write all of it, unless somebody was faster."""
        async with self.org.alone(case["account"] or case["id"]):
            try:
                await self.org.at_once(*parts)
            except Rejected as rejected:
                if not is_halted(rejected):
                    raise
                return False
        return True

    # --- listing ---------------------------------------------------------------------------------------------------
    def _open_check(self, record: Record) -> OpenCheck | None:
        row, account = self.org.names.row("case", record), self._account_of(record)
        if account is None or _is_answered(row, account):
            return None
        asked = account["eligibility_requested_at"] if _is_latest(row, account) else None
        return OpenCheck(
            case=CaseId(row["id"]),
            account=AccountId(account["id"]),
            asked_at=sure_instant(asked or row["created_at"]),
            priority=CasePriority.HIGH if row["priority"] == CasePriority.HIGH else CasePriority.MEDIUM,
        )

    def _by_a_checker(self, case: Record) -> bool:
        comments = self.org.names.below("case", "case_comment", case)
        bodies = (self.org.names.row("case_comment", comment)["body"] for comment in comments)
        return any((body or "").startswith(ANSWERED_BY) for body in bodies)


def _is_latest(case: Row, account: Row) -> bool:
    return bool(crm_id(account["eligibility_case"] or "") == case["id"])


def _is_overtaken(case: Row, account: Row | None) -> bool:
    """Whether another check was asked for after it."""
    return account is not None and bool(account["eligibility_case"]) and not _is_latest(case, account)


def _is_answered(case: Row, account: Row | None) -> bool:
    answered = account is not None and account["eligibility_status"] != EligibilityStatus.PENDING
    return bool(case["is_closed"] or (answered and not _is_overtaken(case, account)))


def _unanswered_check(account: Row) -> OpenCheck:
    case: Any = account["eligibility_case"]
    return OpenCheck(
        case=CaseId(crm_id(case) or case) if case else None,
        account=AccountId(account["id"]),
        asked_at=sure_instant(account["eligibility_requested_at"] or account["changed_at"]),
        priority=CasePriority.MEDIUM,
        is_open=False,
    )


def _asked_at(check: OpenCheck) -> datetime:
    return check.asked_at
