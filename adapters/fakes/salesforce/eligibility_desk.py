"""Availability checks in the made-up Salesforce."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from adapters.fakes.records import Records
from adapters.fakes.salesforce.cases import close_case, new_case, of_kind
from adapters.fakes.salesforce.opportunities import new_opportunity
from adapters.fakes.salesforce.shapes import (
    address_columns,
    address_of,
    contact_of,
    eligibility_of,
    opportunity_of,
    record,
)
from adapters.fakes.salesforce.values import COMMODITY_TYPES
from adapters.fakes.tables import Refused, Row
from adapters.fakes.world import World
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
from core.domain.ids import AccountId, CaseId, OpportunityId
from core.domain.opportunity import Beginning, NewOpportunity
from core.domain.support import CHECK_SUBJECT, CaseKind, CaseOrigin, CasePriority, NewCase, OpenCheck
from ports.eligibility_desk import HOME
from ports.errors import Rejected

ANSWERED_BY: Final = "Answered by "
ADDRESS: Final = "Address: "
ANOTHER_ADDRESS: Final = "Another address: "


def open_checks(records: Records) -> list[Row]:
    """The check cases that staff have neither closed nor answered on the account, oldest first."""
    return [case for case in of_kind(records, CaseKind.AVAILABILITY) if not _is_answered(records, case)]


def asked_at(records: Records, case: Row) -> datetime:
    """When the customer asked: the account knows of its latest check, the case of itself."""
    account = records.get("account", case["account"])
    is_latest = account is not None and account["eligibility_case"] == case["id"]
    asked: datetime | None = account["eligibility_requested_at"] if account is not None and is_latest else None
    return asked or case["created_at"]


def _is_overtaken(records: Records, case: Row) -> bool:
    account = records.get("account", case["account"])
    return account is not None and account["eligibility_case"] not in (None, case["id"])


def _is_answered(records: Records, case: Row) -> bool:
    account = records.get("account", case["account"])
    answered = account is not None and account["eligibility_status"] != EligibilityStatus.PENDING
    return bool(case["is_closed"] or (answered and not _is_overtaken(records, case)))


@dataclass(frozen=True, slots=True)
class FakeEligibilityDesk:
    """`ports.eligibility_desk.EligibilityDesk` over the world's accounts and cases (ELG)."""

    world: World

    async def standing(self, account: AccountId) -> Eligibility:
        async with self.world.touch("salesforce", "standing"):
            return eligibility_of(self.world.records, record(self.world.records, "account", account))

    async def ensure_check(
        self, check: AvailabilityCheck, opportunity: OpportunityId | None, home: Address | None = None
    ) -> OpenedCheck:
        async with self.world.touch("salesforce", "ensure_check"), self._saving(home):
            records = self.world.records
            made = records.one("case", key=check.key)
            if made is not None:
                return OpenedCheck(CaseId(made["id"]), OpportunityId(made["opportunity"] or ""))
            with records.all_or_none():
                if home is not None:
                    self._move(check.account, home)
                sale = opportunity or OpportunityId(new_opportunity(records, self._sale(check)))
                case = CaseId(new_case(records, _case(check, sale)))
                values = {
                    "eligibility_status": EligibilityStatus.PENDING,
                    "eligibility_requested_at": check.requested_at,
                    "eligibility_case": case,
                    "eligibility_address": check.address.one_line,
                }
                records.update("account", check.account, values)
            return OpenedCheck(case, sale)

    @asynccontextmanager
    async def _saving(self, home: Address | None) -> AsyncIterator[None]:
        """What strikes the saving of details strikes the saving of an address with a check."""
        if home is None:
            yield
            return
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self.world.touch("salesforce", "save_details"))
            except Rejected as refused:
                raise Rejected(refused.code, HOME, refused.fields) from refused
            yield

    def _move(self, account: AccountId, home: Address) -> None:
        records, values = self.world.records, address_columns(home)
        try:
            row = records.update("account", account, values)
            contact = contact_of(records, row["id"])
            if contact is not None:
                records.update("contact", contact["id"], values)
        except Refused as refused:
            raise Rejected(refused.code, HOME, refused.fields) from refused

    async def ensure_address(self, case: CaseId, address: Address) -> None:
        async with self.world.touch("salesforce", "ensure_address"):
            row = record(self.world.records, "case", case)
            if _is_answered(self.world.records, row):
                return
            records = self.world.records
            with records.all_or_none():
                if address.place not in _places(row["description"] or ""):
                    added = f"{row['description'] or ''}\n{ANOTHER_ADDRESS}{address.one_line}"
                    records.update("case", case, {"description": added})
                account = records.get("account", row["account"])
                if account is not None and place_of(account["eligibility_address"] or "") != address.place:
                    records.update("account", account["id"], {"eligibility_address": address.one_line})

    async def ensure_answer(self, account: AccountId, case: CaseId, answer: AvailabilityAnswer) -> None:
        async with self.world.touch("salesforce", "ensure_answer"):
            records = self.world.records
            row = record(records, "case", case)
            if _is_answered(records, row):
                return
            values = {
                "eligibility_status": answer.status,
                "eligibility_value": answer.value,
                "eligibility_notes": answer.notes,
                "eligibility_checked_at": answer.checked_at,
            }
            source = {"case": case, "body": f"{ANSWERED_BY}{answer.source}", "is_published": False}
            with records.all_or_none():
                if not _is_overtaken(records, row):
                    records.update("account", account, values)
                records.create("case_comment", source)
                close_case(records, row)

    async def ensure_followed(self, account: AccountId, moves: tuple[SaleMove, ...]) -> Followed:
        async with self.world.touch("salesforce", "ensure_followed"):
            records = self.world.records
            standing = eligibility_of(records, record(records, "account", account))
            for move in moves:
                waiting = [
                    sale
                    for sale in records.find("opportunity", account=account)
                    if opportunity_of(records, sale).takes_order(account, ProductType.INTERNET)
                    and sale["stage"] in move.stages
                ]
                if standing.status is move.status and waiting:
                    records.update("opportunity", waiting[-1]["id"], {"stage": move.to})
                    return Followed(standing, OpportunityId(waiting[-1]["id"]))
            return Followed(standing)

    async def ensure_belongs(self, account: AccountId) -> None:
        async with self.world.touch("salesforce", "ensure_belongs"):
            row = record(self.world.records, "account", account)
            home = address_of(row)
            if home is not None and row["eligibility_status"] in ANSWERED and not row["eligibility_address"]:
                self.world.records.update("account", account, {"eligibility_address": home.one_line})

    async def raise_priority(self, case: CaseId) -> None:
        async with self.world.touch("salesforce", "raise_priority"):
            row = record(self.world.records, "case", case)
            if not row["is_closed"]:
                self.world.records.update("case", case, {"priority": CasePriority.HIGH})

    async def open_checks(self, asked_before: datetime) -> tuple[OpenCheck, ...]:
        async with self.world.touch("salesforce", "open_checks"):
            records = self.world.records
            checks = [_open_check(records, case) for case in open_checks(records) if case["account"] is not None]
            checks += _closed_unanswered(records, {check.account for check in checks})
            checks.sort(key=lambda check: check.asked_at)
            return tuple(check for check in checks if check.asked_at < asked_before)

    async def review_times(self, most: int) -> tuple[timedelta, ...]:
        async with self.world.touch("salesforce", "review_times"):
            records = self.world.records
            closed = [case for case in of_kind(records, CaseKind.AVAILABILITY) if case["is_closed"]]
            by_people = [case for case in closed if not _by_a_checker(records, case)]
            by_people.sort(key=lambda case: (case["closed_at"], case["seq"]), reverse=True)
            return tuple(case["closed_at"] - case["created_at"] for case in by_people[:most])

    def _sale(self, check: AvailabilityCheck) -> NewOpportunity:
        contact = contact_of(self.world.records, check.account)
        name = contact["last_name"] if contact else check.account
        return NewOpportunity(
            key=check.key,
            account=check.account,
            product_type=ProductType.INTERNET,
            beginning=Beginning.ELIGIBILITY_REQUESTED,
            name=f"{COMMODITY_TYPES[ProductType.INTERNET]} - {name}"[:120],
            at=check.requested_at,
        )


def _case(check: AvailabilityCheck, opportunity: OpportunityId) -> NewCase:
    lines = [f"{ADDRESS}{check.address.one_line}"]
    lines += [f"Plan: {check.sku}"] if check.sku else []
    # no line of the note is taken for one of the portal's own
    lines += ["Note: " + "\n  ".join(check.note.splitlines())] if check.note else []
    return NewCase(
        key=check.key,
        kind=CaseKind.AVAILABILITY,
        origin=CaseOrigin.PORTAL,
        account=check.account,
        contact=check.contact,
        subject=CHECK_SUBJECT,
        description="\n".join(lines),
        opportunity=opportunity,
    )


def _places(description: str) -> set[str]:
    labels = (ADDRESS, ANOTHER_ADDRESS)
    lines = description.splitlines()
    return {place_of(line.removeprefix(label)) for line in lines for label in labels if line.startswith(label)}


def _open_check(records: Records, case: Row) -> OpenCheck:
    return OpenCheck(
        case=CaseId(case["id"]),
        account=AccountId(case["account"]),
        asked_at=asked_at(records, case),
        priority=CasePriority.HIGH if case["priority"] == CasePriority.HIGH else CasePriority.MEDIUM,
    )


def _closed_unanswered(records: Records, open_for: set[AccountId]) -> list[OpenCheck]:
    pending = records.find("account", eligibility_status=EligibilityStatus.PENDING)
    return [
        OpenCheck(
            case=CaseId(account["eligibility_case"]) if account["eligibility_case"] else None,
            account=AccountId(account["id"]),
            asked_at=account["eligibility_requested_at"] or account["changed_at"],
            priority=CasePriority.MEDIUM,
            is_open=False,
        )
        for account in pending
        if account["id"] not in open_for
    ]


def _by_a_checker(records: Records, case: Row) -> bool:
    comments = records.find("case_comment", case=case["id"])
    return any(c["body"].startswith(ANSWERED_BY) and c["created_by"] == "portal" for c in comments)
