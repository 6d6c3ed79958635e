"""What the operator's org holds before the first customer: record types, order statuses, price books."""

from typing import Final

from adapters.fakes.records import Records
from core.domain.order import OrderStatus
from core.domain.support import CaseKind

PERSON_RECORD_TYPE: Final = "Portal_Customer"
PORTAL_PRICE_BOOK: Final = "Portal"
STANDARD_PRICE_BOOK: Final = "Standard Price Book"


def set_up(records: Records) -> None:
    """Write the org's own records."""
    by = "seed"
    records.create("record_type", {"object": "Account", "developer_name": PERSON_RECORD_TYPE}, by)
    for kind in CaseKind:
        records.create("record_type", {"object": "Case", "developer_name": kind}, by)
    for status in OrderStatus:
        records.create("order_status", {"api_name": status, "status_code": "Draft"}, by)
    records.create("order_status", {"api_name": "Activated", "status_code": "Activated"}, by)
    for name, is_standard in ((STANDARD_PRICE_BOOK, True), (PORTAL_PRICE_BOOK, False)):
        records.create("price_book", {"name": name, "is_standard": is_standard, "is_active": True}, by)


def record_type(records: Records, object: str, developer_name: str) -> str:
    """The id of a record type, looked up by its developer name."""
    row = next(iter(records.find("record_type", object=object, developer_name=developer_name)), None)
    if row is None:
        raise LookupError(f"no record type {developer_name} for {object}")
    return str(row["id"])


def price_book(records: Records, name: str = PORTAL_PRICE_BOOK) -> str:
    """The id of a price book; the portal's unless told otherwise."""
    row = next(iter(records.find("price_book", name=name)), None)
    if row is None:
        raise LookupError(f"no price book {name}")
    return str(row["id"])
