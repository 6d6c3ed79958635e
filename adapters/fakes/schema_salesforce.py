"""Salesforce's tables as the operator's org has them, with names of the business for columns; data."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.fakes.salesforce.automation import FLOWS, TELLINGS
from adapters.fakes.salesforce.rules import (
    ACCOUNT_FROM_CONTACT,
    CASE_CLOSING,
    DOCUMENT_VERSIONS,
    ONE_PRICE_A_BOOK,
    OPPORTUNITY_FOLLOWS_STAGE,
    ORDER_ACTIVATION,
    ORDER_BEGINS_AS_DRAFT,
    ORDER_LINE_OF_THE_BOOK,
    ORDER_LOCKS,
    STANDARD_PRICE_FIRST,
)
from adapters.fakes.salesforce.setup import set_up
from adapters.fakes.salesforce.values import (
    CANCELLATION_NOTICES,
    COMMODITY_TYPES,
    GENDERS,
    ITEM_CLASSES,
    ITEM_CYCLES,
    PRODUCT_CATEGORIES,
    REGISTRATION_SOURCES,
    SIM_PLAN_TYPES,
    SIM_TYPES,
)
from adapters.fakes.tables import Access, Breach, Column, Kind, Rule, Table, Upstream
from core.domain.account import PortalStatus
from core.domain.cancellation import Kit
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.opportunity import FIRST_APPLICATION_STAGE, Beginning, Stage
from core.domain.order import ActivationStatus, ActivationType, OrderStatus
from core.domain.support import CaseOrigin, CasePriority, CaseStatus

CODES: Final[Mapping[Breach, str]] = MappingProxyType(
    {
        Breach.UNKNOWN_COLUMN: "INVALID_FIELD",
        Breach.READ_ONLY: "INVALID_FIELD_FOR_INSERT_UPDATE",
        Breach.REQUIRED: "REQUIRED_FIELD_MISSING",
        Breach.WRONG_TYPE: "JSON_PARSER_ERROR",
        Breach.TOO_LONG: "STRING_TOO_LONG",
        Breach.NOT_A_CHOICE: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        Breach.NOT_AN_EMAIL: "INVALID_EMAIL_ADDRESS",
        Breach.OUT_OF_RANGE: "NUMBER_OUTSIDE_VALID_RANGE",
        Breach.MALFORMED_ID: "MALFORMED_ID",
        Breach.WRONG_REFERENCE: "INVALID_CROSS_REFERENCE_KEY",
        Breach.DUPLICATE: "DUPLICATE_VALUE",
        Breach.NOT_FOUND: "NOT_FOUND",
        Breach.DELETED: "ENTITY_IS_DELETED",
        Breach.INTEGRITY: "FIELD_INTEGRITY_EXCEPTION",
    }
)
LONG: Final = 32_768
CASE_TEXT: Final = 32_000


def _text(length: int = 255, *, required: bool = False, indexed: bool = False) -> Column:
    return Column(length=length, required=required, indexed=indexed)


def _email() -> Column:
    return Column(kind=Kind.EMAIL, length=80, indexed=True)


def _pick(choices: object, *, required: bool = False, default: str | None = None, shown: bool = True) -> Column:
    words = tuple(str(choice) for choice in choices)  # type: ignore[attr-defined]
    return Column(kind=Kind.PICKLIST, choices=words, required=required, default=default, shown=shown)


def _to(*tables: str, required: bool = False, fixed: bool = False) -> Column:
    return Column(kind=Kind.REFERENCE, references=tables, required=required, fixed=fixed)


def _staffs(column_kind: Kind = Kind.TEXT, length: int = 255, portal: Access = Access.READS) -> Column:
    return Column(kind=column_kind, length=length, portal=portal)


def _address(prefix: str = "") -> dict[str, Column]:
    lengths = {"street": 255, "city": 40, "state": 80, "postcode": 20, "country": 80}
    return {prefix + part: _text(length) for part, length in lengths.items()}


_KEY: Final = Column(length=255, unique=True)
_INSTANT: Final = Column(kind=Kind.INSTANT)
_DATE: Final = Column(kind=Kind.DATE)
_FLAG: Final = Column(kind=Kind.CHECKBOX, default=False)
_MADE: Final = Column(system=True)


def _table(name: str, prefix: str, columns: dict[str, Column], *rules: Rule, autonumber: str | None = None) -> Table:
    return Table(
        name=name,
        system="salesforce",
        codes=CODES,
        prefix=prefix,
        columns=columns,
        rules=rules,
        autonumber=autonumber,
        key="key" if "key" in columns else None,
    )


_ACCOUNT: Final = _table(
    "account",
    "001",
    {
        "key": _KEY,
        "number": Column(length=20, unique=True),
        "name": _text(required=True),
        "phone": _text(40),
        **_address(),
        "record_type": _to("record_type"),
        "portal_status": _pick(PortalStatus),
        "registration_source": _pick(REGISTRATION_SOURCES),
        "last_sign_in": _INSTANT,
        "client": _text(indexed=True),
        "eligibility_value": _text(),
        "eligibility_status": _pick(EligibilityStatus),
        "eligibility_requested_at": _INSTANT,
        "eligibility_checked_at": _INSTANT,
        "eligibility_notes": _text(LONG),
        "eligibility_case": _to("case"),
        "eligibility_address": _text(LONG),
        "id_status": _pick(IdStatus),
        "id_submitted_at": _INSTANT,
        "id_reviewed_at": _staffs(Kind.INSTANT),
        "id_note": _staffs(length=LONG, portal=Access.CLEARS),
        "id_message": _staffs(length=LONG, portal=Access.CLEARS),
        "id_document": _to("document"),
    },
)
_CONTACT: Final = _table(
    "contact",
    "003",
    {
        "key": _KEY,
        "account": _to("account"),
        "first_name": _text(40),
        "last_name": _text(80, required=True),
        "first_kana": _text(40),
        "last_kana": _text(80),
        "company": _text(),
        "email": _email(),
        "phone": _text(40),
        **_address(),
        "birth_date": _DATE,
        "gender": _pick(GENDERS, shown=False),
        "nationality": _text(80),
    },
)
_OPPORTUNITY: Final = _table(
    "opportunity",
    "006",
    {
        "key": _KEY,
        "account": _to("account"),
        "name": _text(120, required=True),
        "stage": _pick(Stage, required=True),
        "close_date": Column(kind=Kind.DATE, required=True),
        "probability": Column(kind=Kind.NUMBER, least=0, most=100),
        "commodity_type": _pick(COMMODITY_TYPES.values()),
        "application_stage": _pick((FIRST_APPLICATION_STAGE,)),
        "source": _pick(Beginning),
        "service": Column(kind=Kind.NUMBER, least=0, most=10**15, indexed=True),
        "cancellation_notice": _pick(CANCELLATION_NOTICES),
        "ends_at": _INSTANT,
        "kit": _pick(Kit),
        "is_closed": Column(kind=Kind.CHECKBOX, default=False, system=True),
        "is_won": Column(kind=Kind.CHECKBOX, default=False, system=True),
    },
    OPPORTUNITY_FOLLOWS_STAGE,
)
_ORDER: Final = _table(
    "order",
    "801",
    {
        "number": _MADE,
        "key": _KEY,
        "account": _to("account", required=True),
        "effective_date": Column(kind=Kind.DATE, required=True),
        "status": _pick((*OrderStatus, "Activated"), required=True),
        "price_book": _to("price_book"),
        "opportunity": _to("opportunity"),
        **_address(),
        "activation_type": _pick(ActivationType),
        "activate_at": _INSTANT,
        "activation": _pick(ActivationStatus),
        "error_code": _text(),
        "error_message": _text(),
        "billing_order": _text(),
        "sim_type": _pick(SIM_TYPES.values()),
        "eid": _text(64),
        "shipped_at": _staffs(Kind.INSTANT),
        "mnp_reservation": _text(40),
        "mnp_expires": _DATE,
        "mnp_phone_number": _text(40),
        "mnp_last_kana": _text(80),
        "mnp_first_kana": _text(80),
        "mnp_birth_date": _DATE,
        "mnp_gender": _pick(GENDERS, shown=False),
        "cancel_code": _text(),
        "cancel_message": _text(LONG),
    },
    ORDER_BEGINS_AS_DRAFT,
    ORDER_LOCKS,
    ORDER_ACTIVATION,
    autonumber="number",
)
_ORDER_LINE: Final = _table(
    "order_line",
    "802",
    {
        "key": _KEY,
        "order": _to("order", required=True, fixed=True),
        "price_entry": _to("price_entry", required=True, fixed=True),
        "quantity": Column(kind=Kind.NUMBER, required=True, least=1),
        "unit_price": Column(kind=Kind.NUMBER, required=True, least=0),
        "billing_cycle": _pick(ITEM_CYCLES.values()),
        "configuration": _text(LONG),
        "service": _text(),
        "product": Column(kind=Kind.REFERENCE, references=("product",), system=True),
    },
    ORDER_LINE_OF_THE_BOOK,
)
_CASE: Final = _table(
    "case",
    "500",
    {
        "number": _MADE,
        "key": _KEY,
        "account": _to("account"),
        "contact": _to("contact"),
        "opportunity": _to("opportunity"),
        "subject": _text(),
        "description": _text(CASE_TEXT),
        "origin": _pick((*CaseOrigin, "Phone", "Email", "Web")),
        "status": _pick(CaseStatus, default=CaseStatus.NEW),
        "priority": _pick(("Low", *CasePriority), default=CasePriority.MEDIUM),
        "record_type": _to("record_type"),
        "supplied_email": _email(),
        "is_closed": Column(kind=Kind.CHECKBOX, default=False, system=True),
        "closed_at": Column(kind=Kind.INSTANT, system=True),
    },
    ACCOUNT_FROM_CONTACT,
    CASE_CLOSING,
    autonumber="number",
)
_REST: Final = (
    _table(
        "case_comment",
        "00a",
        {"case": _to("case", required=True, fixed=True), "body": _text(4000, required=True), "is_published": _FLAG},
    ),
    _table(
        "lead",
        "00Q",
        {
            "last_name": _text(80, required=True),
            "first_name": _text(40),
            "company": _text(required=True),
            "email": _email(),
            "phone": _text(40),
            "description": _text(CASE_TEXT),
            "lead_source": _pick(("Portal", "Web", "Other")),
        },
    ),
    _table("document", "069", {"title": _MADE, "latest": _MADE}),
    _table("document_link", "06A", {"document": _to("document", required=True), "linked": _to("account", "case")}),
    _table(
        "document_version",
        "068",
        {
            "document": _to("document", fixed=True),
            "path": Column(length=500, required=True, fixed=True),
            "title": _text(),
            "data": Column(kind=Kind.BYTES, length=37_500_000, required=True, fixed=True),
            "reference": _KEY,
            "first_publish_location": _to("account", "case", fixed=True),
            "number": Column(kind=Kind.NUMBER, system=True),
            "is_latest": Column(kind=Kind.CHECKBOX, default=False, system=True),
            "size": Column(kind=Kind.NUMBER, system=True),
            "checksum": _MADE,
        },
        DOCUMENT_VERSIONS,
    ),
    _table("record_type", "012", {"object": _text(40, required=True), "developer_name": _text(80, required=True)}),
    _table("order_status", "72c", {"api_name": _text(80, required=True), "status_code": _pick(("Draft", "Activated"))}),
    _table("price_book", "01s", {"name": _text(required=True), "is_standard": _FLAG, "is_active": _FLAG}),
    _table(
        "product",
        "01t",
        {
            "sku": Column(length=180, unique=True),
            "name": _text(required=True),
            "description": _text(4000),
            "category": _pick(PRODUCT_CATEGORIES.values()),
            "item_class": _pick(ITEM_CLASSES.values()),
            "billing_cycle": _pick(ITEM_CYCLES.values()),
            "is_active": _FLAG,
            "is_shown": _FLAG,
            "is_orderable": _FLAG,
            "billing_product": _text(40),
            "offering": _text(),
            "tier": _text(),
            "data_size": _text(),
            "sim_plan": _pick(SIM_PLAN_TYPES.values()),
            "family": _FLAG,
            "region": _text(),
            "display_order": Column(kind=Kind.NUMBER),
        },
    ),
    _table(
        "price_entry",
        "01u",
        {
            "price_book": _to("price_book", required=True, fixed=True),
            "product": _to("product", required=True, fixed=True),
            "unit_price": Column(kind=Kind.NUMBER, required=True, least=0),
            "is_active": _FLAG,
        },
        STANDARD_PRICE_FIRST,
        ONE_PRICE_A_BOOK,
    ),
)
SALESFORCE: Final = Upstream(
    tables=(_ACCOUNT, _CONTACT, _OPPORTUNITY, _ORDER, _ORDER_LINE, _CASE, *_REST),
    tellings=TELLINGS,
    flows=FLOWS,
    setup=set_up,
)
