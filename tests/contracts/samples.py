"""Values the contract suites begin from."""

import os
import secrets
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from core.domain.account import Address, Gender, Person, Phone
from core.domain.cart import SimChoice, SimType
from core.domain.catalog import Catalog, ProductType
from core.domain.document import CleanDocument
from core.domain.eligibility import AvailabilityCheck
from core.domain.ids import AccountId, ContactId, CustomerNumber, OpportunityId, RequestKey, Sku
from core.domain.opportunity import Beginning, NewOpportunity
from core.domain.order import OrderDraft, OrderLine
from core.domain.porting import Porting
from core.domain.support import CaseKind, CaseOrigin, NewCase
from ports.customer_registry import NewCustomer, Registered

MARK = secrets.token_hex(3) if os.environ.get("GENKAN_TEST_LIVE_SALESFORCE") else ""
"""What tells a run's own records from everything else in a live org."""
AT = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)
HOME = Address("150-0002", "東京都", "渋谷区", "渋谷1-2-3", "青山ビル 401")
ELSEWHERE = Address("530-0001", "Osaka", "Kita-ku", "Umeda 4-5-6")
MINA = Person(
    first_name="Mina",
    last_name="Kowalska",
    first_kana="ミナ",
    last_kana="コワルスカ",
    company="Kita Design",
    nationality="PL",
    birth_date=date(1990, 5, 4),
    gender=Gender.FEMALE,
)
PHONE = Phone("81", "9012345678")
PORTING = Porting(
    reservation="1234567890",
    expires=date(2026, 2, 1),
    phone_number="09011112222",
    last_kana="コワルスカ",
    first_kana="ミナ",
    birth_date=date(1990, 5, 4),
    gender=Gender.FEMALE,
)
ESIM = SimChoice(SimType.ESIM, "8904" + "9" * 28, PORTING)
CARD = SimChoice(SimType.PHYSICAL)
INTERNET = ("INTERNET-HOME-1G-GOLD", "INTERNET-INSTALL-12")


class Samples:
    """Makers of what the ports take, each usable as it is and changeable by keyword."""

    @staticmethod
    def key(*parts: str) -> RequestKey:
        return RequestKey(":".join((f"test{MARK}", *parts)))

    @staticmethod
    def mail(name: str) -> str:
        return f"{name}{MARK and f'.{MARK}'}@example.jp"

    @staticmethod
    def number(number: int) -> CustomerNumber:
        return CustomerNumber(f"{f'T{MARK}-' if MARK else 'P'}{1_000_000 + number}")

    @staticmethod
    def customer(**changed: Any) -> NewCustomer:
        new = NewCustomer(number=Samples.number(1), email=Samples.mail("mina"), person=MINA, phone=PHONE, address=HOME)
        return msgspec.structs.replace(new, **changed)

    @staticmethod
    def check(who: Registered, **changed: Any) -> AvailabilityCheck:
        new = AvailabilityCheck(
            key=Samples.key("check", who.account),
            account=who.account,
            contact=who.contact,
            address=HOME,
            sku=Sku(INTERNET[0]),
            note="Top floor, please call before.",
            requested_at=AT,
        )
        return msgspec.structs.replace(new, **changed)

    @staticmethod
    def document(data: bytes = b"\x89PNG card", name: str = "在留カード.png") -> CleanDocument:
        return CleanDocument(name, "image/png", data, sha256(data).hexdigest())

    @staticmethod
    def opportunity(account: AccountId, **changed: Any) -> NewOpportunity:
        new = NewOpportunity(
            key=Samples.key("sale", account),
            account=account,
            product_type=ProductType.INTERNET,
            beginning=Beginning.ELIGIBILITY_REQUESTED,
            name="Internet - Kowalska",
            at=AT,
        )
        return msgspec.structs.replace(new, **changed)

    @staticmethod
    def line(catalog: Catalog, sku: str) -> OrderLine:
        item = catalog.find(sku)
        assert item is not None
        return OrderLine(
            sku=item.sku,
            name=item.name,
            item_class=item.item_class,
            billing_cycle=item.billing_cycle,
            quantity=1,
            unit_price=item.unit_price,
            price_entry=item.price_entry,
            billing_product=item.billing_product,
        )

    @staticmethod
    def draft(account: AccountId, catalog: Catalog, *skus: str, **changed: Any) -> OrderDraft:
        new = OrderDraft(
            key=Samples.key("order", account),
            account=account,
            product_type=ProductType.INTERNET,
            lines=tuple(Samples.line(catalog, sku) for sku in skus or INTERNET),
            address=HOME,
            placed_at=AT,
            beginning=Beginning.ORDER_PLACED,
        )
        return msgspec.structs.replace(new, **changed)

    @staticmethod
    def case(account: AccountId, contact: ContactId, **changed: Any) -> NewCase:
        new = NewCase(
            key=Samples.key("case", account),
            kind=CaseKind.SUPPORT,
            origin=CaseOrigin.PORTAL_WEBSITE,
            account=account,
            contact=contact,
            subject="My router blinks",
            description="It blinks red since this morning.",
        )
        return msgspec.structs.replace(new, **changed)

    @staticmethod
    def cancellation(who: Registered, opportunity: OpportunityId) -> NewCase:
        return Samples.case(
            who.account,
            who.contact,
            key=Samples.key("cancellation", opportunity),
            kind=CaseKind.CANCELLATION,
            origin=CaseOrigin.PORTAL,
            subject="Cancellation Request - Internet Home 1G Gold",
            opportunity=opportunity,
        )

    @staticmethod
    def later(**span: float) -> datetime:
        return AT + timedelta(**span)
