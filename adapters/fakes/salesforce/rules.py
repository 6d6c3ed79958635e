"""What Salesforce refuses or fills in beyond the declaration of its columns."""

from hashlib import sha256
from pathlib import PurePosixPath
from typing import Final

from adapters.fakes.salesforce.columns import SHARED
from adapters.fakes.tables import Breach, Rule, Write
from core.domain.opportunity import PROBABILITY, Stage
from core.domain.support import CaseStatus

_WON: Final = frozenset({Stage.CANCELLING, Stage.CANCELLED})
_CLOSED: Final = _WON | {Stage.VOID}
_OPEN_AFTER_ACTIVATION: Final = frozenset({"status"})


def _category(write: Write, status: str | None) -> str | None:
    row = write.records.one("order_status", api_name=status)
    return str(row["status_code"]) if row else None


def _order_begins_as_draft(write: Write) -> None:
    if write.before is None and _category(write, write.after["status"]) != "Draft":
        raise write.refused(Breach.INTEGRITY, "status")


def _order_locks(write: Write) -> None:
    """An activated order locks; account and book change only while the order is a draft, the book never under lines."""
    if write.before is None:
        return
    changed = {name for name in write.table.columns if write.before[name] != write.after[name]}
    if _category(write, write.before["status"]) != "Draft" and changed - _OPEN_AFTER_ACTIVATION:
        raise write.refused(Breach.INTEGRITY, *sorted(changed - _OPEN_AFTER_ACTIVATION))
    if "price_book" in changed and write.records.find("order_line", order=write.id):
        raise write.refused(Breach.INTEGRITY, "price_book")


def _order_stays(write: Write) -> None:
    """An activated order is not deleted."""
    if _category(write, write.after["status"]) == "Activated":
        raise write.refused("DELETE_FAILED", "status")


def _order_line_stays(write: Write) -> None:
    order = write.records.get("order", write.after["order"])
    if order is not None and _category(write, order["status"]) == "Activated":
        raise write.refused("DELETE_FAILED", "order")


def _order_activation(write: Write) -> None:
    leads_out = write.before is not None and write.changes("status")
    if not leads_out or _category(write, write.after["status"]) != "Activated":
        return
    if not write.records.find("order_line", order=write.id):
        raise write.refused("FAILED_ACTIVATION", "status")


def _order_line_of_the_book(write: Write) -> None:
    order = write.records.get("order", write.after["order"])
    entry = write.records.get("price_entry", write.after["price_entry"])
    if order is None or entry is None:
        raise write.refused(Breach.WRONG_REFERENCE, "order" if order is None else "price_entry")
    if order["price_book"] is None or entry["price_book"] != order["price_book"]:
        raise write.refused(Breach.INTEGRITY, "price_entry")
    if _category(write, order["status"]) != "Draft" and write.changes("quantity", "unit_price"):
        raise write.refused(Breach.INTEGRITY, "order")
    if write.before is None:
        product = write.records.get("product", entry["product"])
        if not entry["is_active"] or product is None or not product["is_active"]:
            raise write.refused(Breach.INTEGRITY, "price_entry")
    write.after["product"] = entry["product"]


def _standard_price_first(write: Write) -> None:
    book = write.records.get("price_book", write.after["price_book"])
    if write.before is None and book is not None and not book["is_standard"]:
        entries = write.records.find("price_entry", product=write.after["product"])
        books = (write.records.get("price_book", entry["price_book"]) for entry in entries)
        if not any(book is not None and book["is_standard"] for book in books):
            raise write.refused("STANDARD_PRICE_NOT_DEFINED", "price_book")


def _one_price_a_book(write: Write) -> None:
    same = write.records.find("price_entry", product=write.after["product"], price_book=write.after["price_book"])
    if any(entry["id"] != write.id for entry in same):
        raise write.refused(Breach.DUPLICATE, "product")


def _opportunity_follows_stage(write: Write) -> None:
    if write.changes("stage"):
        stage = Stage(write.after["stage"])
        given = write.changes("probability") and write.after["probability"] is not None
        if not given:
            write.after["probability"] = PROBABILITY[stage]
        write.after["is_closed"] = stage in _CLOSED
        write.after["is_won"] = stage in _WON


def _account_from_contact(write: Write) -> None:
    contact = write.records.get("contact", write.after["contact"])
    if contact is not None and write.after["account"] is None:
        write.after["account"] = contact["account"]


def _case_closing(write: Write) -> None:
    if write.changes("status"):
        is_closed = write.after["status"] == CaseStatus.CLOSED
        write.after["is_closed"] = is_closed
        write.after["closed_at"] = write.records.now() if is_closed else None


def _document_links(write: Write) -> None:
    """A document has one link to each record; how it is shared may be left out, and can't be said to be nothing."""
    nothing = [name for name in SHARED if write.after[name] is None]
    if nothing:
        raise write.refused(Breach.NOT_A_CHOICE, *nothing)
    same = write.records.find("document_link", document=write.after["document"], linked=write.after["linked"])
    if any(link["id"] != write.id for link in same):
        raise write.refused(Breach.DUPLICATE, "linked")


def _document_versions(write: Write) -> None:
    """A first version makes its document and link, another one takes its place; the content itself can't be read."""
    if write.before is not None:
        return
    after, records = write.after, write.records
    content: bytes = after["data"]
    after["title"] = after["title"] or PurePosixPath(after["path"]).stem
    after["size"], after["checksum"], after["is_latest"] = len(content), sha256(content).hexdigest(), True
    if after["document"] is None:
        after["number"] = 1
        after["document"] = records.create("document", {"title": after["title"], "latest": write.id}, "flow")
        if after["first_publish_location"] is not None:
            link = {"document": after["document"], "linked": after["first_publish_location"]}
            records.create("document_link", link, "flow")
    else:
        if after["first_publish_location"] is not None:
            raise write.refused(Breach.READ_ONLY, "first_publish_location")
        versions = records.find("document_version", document=after["document"])
        after["number"] = len(versions) + 1
        for version in versions:
            records.update("document_version", version["id"], {"is_latest": False}, "flow")
        records.update("document", after["document"], {"title": after["title"], "latest": write.id}, "flow")
    records.files[write.id] = content
    # what a row shows of a file is where it lies, never the file
    after["data"] = f"/sobjects/ContentVersion/{write.id}/VersionData".encode()


ORDER_BEGINS_AS_DRAFT: Final[Rule] = _order_begins_as_draft
ORDER_STAYS: Final[Rule] = _order_stays
ORDER_LINE_STAYS: Final[Rule] = _order_line_stays
ORDER_LOCKS: Final[Rule] = _order_locks
ORDER_ACTIVATION: Final[Rule] = _order_activation
ORDER_LINE_OF_THE_BOOK: Final[Rule] = _order_line_of_the_book
STANDARD_PRICE_FIRST: Final[Rule] = _standard_price_first
ONE_PRICE_A_BOOK: Final[Rule] = _one_price_a_book
OPPORTUNITY_FOLLOWS_STAGE: Final[Rule] = _opportunity_follows_stage
ACCOUNT_FROM_CONTACT: Final[Rule] = _account_from_contact
CASE_CLOSING: Final[Rule] = _case_closing
DOCUMENT_LINKS: Final[Rule] = _document_links
DOCUMENT_VERSIONS: Final[Rule] = _document_versions
