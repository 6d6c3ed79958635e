"""Leads and support cases in the made-up Salesforce."""

from dataclasses import dataclass

from adapters.fakes.records import Records
from adapters.fakes.salesforce.cases import is_marked, marked, new_case, unmarked
from adapters.fakes.salesforce.shapes import record
from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain.ids import AccountId, CaseId, LeadId, RequestKey
from core.domain.support import (
    INTERNAL,
    CaseComment,
    CaseOrigin,
    CasePriority,
    CaseStatus,
    ContactMessage,
    NewCase,
    SupportCase,
)


@dataclass(frozen=True, slots=True)
class FakeSupportDesk:
    """`ports.support_desk.SupportDesk` over the world's leads and cases (SUP).

    Neither a lead nor a comment has a column for the request key in Salesforce, so their text carries it.
    """

    world: World
    company: str = "Individual"

    async def ensure_lead(self, message: ContactMessage) -> LeadId:
        async with self.world.touch("salesforce", "ensure_lead"):
            records = self.world.records
            theirs = records.find("lead", email=message.email)
            made = next((lead for lead in theirs if is_marked(lead["description"], message.key)), None)
            if made is not None:
                return LeadId(made["id"])
            first, last = message.names
            values = {
                "first_name": first,
                "last_name": last,
                "company": self.company,
                "email": message.email,
                "phone": message.phone,
                "description": marked(f"{message.subject}\n\n{message.message}", message.key),
                "lead_source": "Portal",
            }
            return LeadId(records.create("lead", values))

    async def ensure_case(self, case: NewCase) -> CaseId:
        async with self.world.touch("salesforce", "ensure_case"):
            made = self.world.records.one("case", key=case.key)
            return CaseId(made["id"] if made else new_case(self.world.records, case))

    async def is_closed(self, key: RequestKey) -> bool:
        async with self.world.touch("salesforce", "is_closed"):
            made = self.world.records.one("case", key=key)
            return made is not None and bool(made["is_closed"])

    async def ensure_comment(self, key: RequestKey, case: CaseId, text: str) -> None:
        async with self.world.touch("salesforce", "ensure_comment"):
            records = self.world.records
            row = record(records, "case", case)
            if not any(is_marked(comment["body"], key) for comment in records.find("case_comment", case=row["id"])):
                values = {"case": row["id"], "body": marked(text, key), "is_published": True}
                records.create("case_comment", values)

    async def cases(self, account: AccountId) -> tuple[SupportCase, ...]:
        async with self.world.touch("salesforce", "cases"):
            records = self.world.records
            rows = records.find("case", account=account, origin=CaseOrigin.PORTAL_WEBSITE)
            return tuple(_case(records, row) for row in reversed(rows) if not _is_internal(records, row))

    async def case(self, account: AccountId, case: CaseId) -> SupportCase | None:
        async with self.world.touch("salesforce", "case"):
            records = self.world.records
            row = records.get("case", case)
            if row is None or row["account"] != account or row["origin"] != CaseOrigin.PORTAL_WEBSITE:
                return None
            if _is_internal(records, row):
                return None
            return _case(records, row, _comments(records, row))


def _is_internal(records: Records, case: Row) -> bool:
    kind = records.get("record_type", case["record_type"]) if case["record_type"] else None
    return kind is not None and kind["developer_name"] in INTERNAL


def _comments(records: Records, case: Row) -> list[Row]:
    return [comment for comment in records.find("case_comment", case=case["id"]) if comment["is_published"]]


def _case(records: Records, row: Row, comments: list[Row] | None = None) -> SupportCase:
    latest = [comment["created_at"] for comment in _comments(records, row)]
    return SupportCase(
        id=CaseId(row["id"]),
        number=row["number"],
        account=AccountId(row["account"]),
        subject=row["subject"] or "",
        description=row["description"] or "",
        status=CaseStatus(row["status"] or CaseStatus.NEW),
        priority=CasePriority.HIGH if row["priority"] == CasePriority.HIGH else CasePriority.MEDIUM,
        opened_at=row["created_at"],
        changed_at=max(row["changed_at"], *latest) if latest else row["changed_at"],
        comments=tuple(
            CaseComment(unmarked(c["body"]), c["created_at"], c["created_by"] == "portal") for c in comments or ()
        ),
    )
