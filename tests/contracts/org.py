"""An org of Salesforce in which everything is right, for tests to write something wrong to."""

from datetime import date
from typing import Any

from adapters.fakes.records import Records
from adapters.fakes.salesforce.setup import STANDARD_PRICE_BOOK, price_book

TODAY = date(2026, 1, 20)


class Org:
    """An org with one of each, for writes to refer to."""

    def __init__(self, records: Records) -> None:
        self.records = records
        make = records.create
        self.account = make("account", {"name": "Mina", "number": "P1000001", "key": "k"})
        self.contact = make("contact", {"last_name": "K", "account": self.account, "email": "mina@example.jp"})
        self.opportunity = make("opportunity", {"name": "Sale", "stage": "Ready", "close_date": TODAY})
        self.book, self.standard = price_book(records), price_book(records, STANDARD_PRICE_BOOK)
        self.product = make("product", {"name": "Plan", "sku": "PLAN", "is_active": True}, "staff")
        self.elsewhere, self.entry = (
            make(
                "price_entry",
                {"price_book": book, "product": self.product, "unit_price": 100, "is_active": True},
                "staff",
            )
            for book in (self.standard, self.book)
        )
        self.order = make("order", self.good("order"))
        self.line = make("order_line", self.good("order_line"))
        self.case = make("case", {"subject": "Help"})
        self.version = make("document_version", self.good("document_version"))
        self.document = records.find("document")[0]["id"]

    def good(self, table: str, **changed: Any) -> dict[str, Any]:
        """Values that can be written as they are."""
        values: dict[str, dict[str, Any]] = {
            "account": {"name": "Kenji"},
            "contact": {"last_name": "Sato"},
            "opportunity": {"name": "Sale", "stage": "Introduction", "close_date": TODAY},
            "order": {
                "account": self.account,
                "effective_date": TODAY,
                "status": "Pending Review",
                "price_book": self.book,
            },
            "order_line": {
                "order": getattr(self, "order", None),
                "price_entry": self.entry,
                "quantity": 1,
                "unit_price": 100,
            },
            "case": {},
            "case_comment": {"case": getattr(self, "case", None), "body": "Hello"},
            "lead": {"last_name": "García", "company": "Individual"},
            "document_version": {"path": "card.png", "data": b"card"},
            "price_entry": {"price_book": self.book, "product": self.product, "unit_price": 1},
            "product": {"name": "Another"},
            "document_link": {"document": getattr(self, "document", None), "linked": self.account},
            "order_history": {"order": getattr(self, "order", None)},
            "record_type": {"object": "Case", "developer_name": "Complaint"},
            "order_status": {"api_name": "On Hold", "status_code": "Draft"},
            "price_book": {"name": "Partners"},
        }
        return values[table] | changed
