"""Leads and support cases in Salesforce."""

from dataclasses import dataclass
from typing import Any

from adapters.salesforce.cases import case_values, is_marked, marked, unmarked
from adapters.salesforce.customers import Customers
from adapters.salesforce.likeness import case_made
from adapters.salesforce.org import Org
from adapters.salesforce.requests import Record
from adapters.salesforce.rows import CHILDREN, Row, sure_instant
from adapters.salesforce.shapes import word_or_none
from adapters.salesforce.soql import Condition, Select, select
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
from ports.errors import Rejected


@dataclass(frozen=True, slots=True)
class SalesforceSupportDesk:
    """`ports.support_desk.SupportDesk` over Salesforce's leads and cases (SUP).

    Neither a lead nor a comment has a field for the request key, so their text carries it and is looked for first.
    """

    org: Org
    customers: Customers

    async def ensure_lead(self, message: ContactMessage) -> LeadId:
        async with self.org.alone(message.key):
            theirs = self.org.choose("lead", only=("id", "description")).where(
                self.org.is_("lead", "email", message.email)
            )
            for row in await self.org.rows("lead", theirs):
                if is_marked(row["description"], message.key):
                    return LeadId(row["id"])
            first, last = message.names
            values = {
                "first_name": first,
                "last_name": last,
                "company": self.org.settings.lead_company,
                "email": message.email,
                "phone": message.phone,
                "description": marked(f"{message.subject}\n\n{message.message}", message.key),
                "lead_source": self.org.picklists.lead_source,
            }
            return LeadId(await self.org.create("lead", values))

    async def ensure_case(self, case: NewCase) -> CaseId:
        values = await case_values(self.org, self.customers, case)
        async with self.org.alone(case.account):
            return CaseId(await self.org.make("case", lambda: self._made(case), values))

    async def is_closed(self, key: RequestKey) -> bool:
        if not self.org.has_keys("case"):
            return False  # nobody can tell the case, so the request counts until its last day
        made = self.org.choose("case", only=("id", "is_closed")).where(self.org.is_("case", "key", key))
        return any(row["is_closed"] for row in await self.org.rows("case", made))

    async def ensure_comment(self, key: RequestKey, case: CaseId, text: str) -> None:
        id = self.org.sure_id("case", case)
        async with self.org.alone(id):
            query = self._choose(self.org.is_("case", "id", id))
            record = next(iter(await self.org.records(query)), None)
            if record is None:
                raise Rejected("NOT_FOUND", "case", ("id",))
            if not any(is_marked(comment["body"], key) for comment in self._comments(record)):
                values = {"case": id, "body": marked(text, key), "is_published": True}
                await self.org.create("case_comment", values)

    async def cases(self, account: AccountId) -> tuple[SupportCase, ...]:
        found = await self._found(account)
        return tuple(self._shaped(record, with_comments=False) for record in found)

    async def case(self, account: AccountId, case: CaseId) -> SupportCase | None:
        id = self.org.id_of(case)
        if id is None:
            return None
        found = await self._found(account, self.org.is_("case", "id", id))
        return self._shaped(found[0], with_comments=True) if found else None

    # --- inside ----------------------------------------------------------------------------------------------------
    async def _made(self, case: NewCase) -> str | None:
        made = await case_made(self.org, case)
        return str(made["id"]) if made is not None else None

    async def _found(self, account: AccountId, *conditions: Condition) -> list[Record]:
        id = self.org.id_of(account)
        if id is None:
            return []
        origin = self.org.is_("case", "origin", CaseOrigin.PORTAL_WEBSITE)
        query = self._choose(self.org.is_("case", "account", id), origin, *conditions)
        return [record for record in await self.org.records(query) if not self._is_internal(record)]

    def _choose(self, *conditions: Condition) -> Select:
        names = self.org.names
        comments = select(*names.fields("case_comment")).of(CHILDREN["case", "case_comment"])
        kind = names.parent("case", "record_type", "record_type", "developer_name")
        newest_first = (f"-{field}" for field in names.fields("case", "created_at", "id"))
        return self.org.choose("case", *kind, comments).where(*conditions).order_by(*newest_first)

    def _is_internal(self, record: Record) -> bool:
        kind = self.org.names.above("case", "record_type", "record_type", record)
        return kind is not None and kind["developer_name"] in {self.org.case_type_name(each) for each in INTERNAL}

    def _comments(self, record: Record) -> list[Row]:
        names = self.org.names
        rows = (names.row("case_comment", each) for each in names.below("case", "case_comment", record))
        return sorted(rows, key=lambda row: (row["created_at"], row["id"]))

    def _shaped(self, record: Record, *, with_comments: bool) -> SupportCase:
        row = self.org.names.row("case", record)
        shown = [comment for comment in self._comments(record) if comment["is_published"]]
        changes = [row["changed_at"], *(comment["created_at"] for comment in shown)]
        return SupportCase(
            id=CaseId(row["id"]),
            number=row["number"],
            account=AccountId(row["account"]),
            subject=row["subject"] or "",
            description=row["description"] or "",
            status=_status(row),
            priority=CasePriority.HIGH if row["priority"] == CasePriority.HIGH else CasePriority.MEDIUM,
            opened_at=sure_instant(row["created_at"]),
            changed_at=max(map(sure_instant, changes)),
            comments=tuple(_comment(each) for each in shown) if with_comments else (),
        )


def _comment(row: Row) -> CaseComment:
    text, from_customer = unmarked(row["body"])
    return CaseComment(text, sure_instant(row["created_at"]), from_customer)


def _status(case: Row) -> CaseStatus:
    """How far staff are; whatever word of their own they use for it is work."""
    if case["is_closed"]:
        return CaseStatus.CLOSED
    said: Any = case["status"]
    return word_or_none(CaseStatus, said or CaseStatus.NEW) or CaseStatus.WORKING
