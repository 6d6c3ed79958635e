"""The four queues staff work from, with what they see in each (STF-1 to STF-4)."""

from datetime import date, datetime

import msgspec

from adapters.fakes.records import Records
from adapters.fakes.salesforce.cases import of_kind
from adapters.fakes.salesforce.eligibility_desk import asked_at, open_checks
from adapters.fakes.salesforce.shapes import contact_of, order_of, record
from adapters.fakes.tables import Row
from core.domain.billing import LIVE, product_type_of
from core.domain.catalog import ProductType
from core.domain.identity import IdStatus
from core.domain.money import Yen
from core.domain.order import OrderLine, OrderStatus
from core.domain.support import CaseKind
from ports.errors import Rejected


class CheckToDo(msgspec.Struct, frozen=True, kw_only=True):
    """An availability check: where, for which sale, what the customer wrote (STF-1)."""

    case: str
    number: str
    account: str
    customer_number: str | None
    customer: str
    opportunity: str | None
    asked_at: datetime
    priority: str
    address: str | None
    description: str


class DocumentToReview(msgspec.Struct, frozen=True, kw_only=True):
    """A document to look at, beside what it must agree with (STF-2)."""

    account: str
    customer_number: str | None
    customer: str
    birth_date: date | None
    submitted_at: datetime | None
    file_name: str | None
    version: str | None
    size: int
    other_files: tuple[str, ...] = ()
    """What else lies on the account: the back of the card."""


class FileToReview(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a card as staff open it; `data` is base64 over the wire (STF-2)."""

    title: str
    version: str
    data: bytes


class OrderToReview(msgspec.Struct, frozen=True, kw_only=True):
    """An order under review, or an approved one until it runs: what it rests on, what it costs (STF-3)."""

    order: str
    number: str
    account: str
    customer: str
    product_type: ProductType | None
    status: str
    activation: str
    placed_at: datetime
    lines: tuple[OrderLine, ...]
    monthly: Yen
    one_time: Yen
    eligibility: str | None
    eligibility_value: str | None
    identity: str | None
    address: str | None
    payment_method: str
    other_internet: str | None
    to_be_shipped: bool
    error_code: str | None


class CancellationToDo(msgspec.Struct, frozen=True, kw_only=True):
    """A cancellation with the three fields staff check (STF-4)."""

    case: str
    number: str
    account: str
    customer: str
    subject: str
    description: str
    asked_at: datetime
    opportunity: str | None
    stage: str | None
    service: str | None
    ends_at: datetime | None
    notice: str | None
    kit: str | None


class Queues(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that waits for staff, each queue oldest first."""

    availability: tuple[CheckToDo, ...]
    documents: tuple[DocumentToReview, ...]
    orders: tuple[OrderToReview, ...]
    cancellations: tuple[CancellationToDo, ...]


def queues_of(records: Records) -> Queues:
    """The queues as they stand."""
    submitted = records.find("account", lambda row: row["id_status"] == IdStatus.SUBMITTED)
    submitted.sort(key=lambda row: (row["id_submitted_at"] or row["changed_at"], row["seq"]))
    cancellations = [case for case in of_kind(records, CaseKind.CANCELLATION) if not case["is_closed"]]
    waiting = (OrderStatus.PENDING_REVIEW, OrderStatus.APPROVED)
    orders = records.find("order", lambda row: row["status"] in waiting)
    return Queues(
        availability=tuple(_check(records, case) for case in open_checks(records)),
        documents=tuple(_document(records, account) for account in submitted),
        orders=tuple(_order(records, row) for row in orders),
        cancellations=tuple(_cancellation(records, case) for case in cancellations),
    )


def _customer(records: Records, account: str | None) -> tuple[Row | None, str]:
    row = records.get("account", account)
    return row, row["name"] if row else ""


def _check(records: Records, case: Row) -> CheckToDo:
    account, name = _customer(records, case["account"])
    return CheckToDo(
        case=case["id"],
        number=case["number"],
        account=case["account"] or "",
        customer_number=account["number"] if account else None,
        customer=name,
        opportunity=case["opportunity"],
        asked_at=asked_at(records, case),
        priority=case["priority"],
        address=account["eligibility_address"] if account else None,
        description=case["description"] or "",
    )


def _document(records: Records, account: Row) -> DocumentToReview:
    contact = contact_of(records, account["id"])
    document = records.get("document", account["id_document"])
    version = records.get("document_version", document["latest"]) if document else None
    links = [link["document"] for link in records.find("document_link", linked=account["id"])]
    others = (records.get("document", id) for id in links if id != account["id_document"])
    return DocumentToReview(
        account=account["id"],
        customer_number=account["number"],
        customer=account["name"],
        birth_date=contact["birth_date"] if contact else None,
        submitted_at=account["id_submitted_at"],
        file_name=document["title"] if document else None,
        version=version["id"] if version else None,
        size=version["size"] if version else 0,
        other_files=tuple(other["title"] for other in others if other is not None),
    )


def file_of(records: Records, account: Row, title: str | None) -> FileToReview:
    """The latest version of the account's front, or of its file of that title; raises Rejected without one."""
    links = [link["document"] for link in records.find("document_link", linked=account["id"])]
    held = [
        document for id in (account["id_document"], *links) if (document := records.get("document", id)) is not None
    ]
    for document in held if title is not None else held[:1]:
        if title in (None, document["title"]):
            version = record(records, "document_version", document["latest"])
            if version["id"] not in records.files:
                break  # contents of files last as long as the world's process (IDV-6)
            return FileToReview(title=document["title"], version=version["id"], data=records.files[version["id"]])
    raise Rejected("not_found", "document")


def _order(records: Records, row: Row) -> OrderToReview:
    account, name = _customer(records, row["account"])
    order = order_of(records, row)
    client = account["client"] if account else None
    return OrderToReview(
        order=row["id"],
        number=row["number"],
        account=row["account"],
        customer=name,
        product_type=order.product_type,
        status=order.status,
        activation=order.activation,
        placed_at=order.placed_at,
        lines=order.lines,
        monthly=order.monthly,
        one_time=order.one_time,
        eligibility=account["eligibility_status"] if account else None,
        eligibility_value=account["eligibility_value"] if account else None,
        identity=account["id_status"] if account else None,
        address=order.address.one_line if order.address is not None else None,
        payment_method="present" if client and records.find("payment_method", client=client) else "missing",
        other_internet=_internet(records, client, row["id"]),
        to_be_shipped=order.waits_for_shipping,
        error_code=order.error_code,
    )


def _internet(records: Records, client: str | None, order: str) -> str | None:
    """The Internet service that the client has besides this order's own, as staff see it in WHMCS."""
    live = records.find("service", lambda row: row["client"] == client and row["status"] in LIVE)
    others = (row for row in live if order not in (row["crm_order"], row["domain"]))
    is_internet = (
        r for r in others if product_type_of(r["pid"], r["name"], r["groupname"], {}) is ProductType.INTERNET
    )
    found = next(is_internet, None)
    return str(found["name"]) if found is not None else None


def _cancellation(records: Records, case: Row) -> CancellationToDo:
    _, name = _customer(records, case["account"])
    opportunity = records.get("opportunity", case["opportunity"])
    return CancellationToDo(
        case=case["id"],
        number=case["number"],
        account=case["account"] or "",
        customer=name,
        subject=case["subject"] or "",
        description=case["description"] or "",
        asked_at=case["created_at"],
        opportunity=case["opportunity"],
        stage=opportunity["stage"] if opportunity else None,
        service=str(opportunity["service"]) if opportunity and opportunity["service"] is not None else None,
        ends_at=opportunity["ends_at"] if opportunity else None,
        notice=opportunity["cancellation_notice"] if opportunity else None,
        kit=opportunity["kit"] if opportunity else None,
    )
