"""What the portal needs of each object and field of the org, and what breaks without it; data."""

from enum import StrEnum
from typing import Final

import msgspec


class Use(StrEnum):
    """What the portal does with a field."""

    READS = "reads"
    CREATES = "creates"
    """Writes it into a new record, and never again."""
    UPDATES = "updates"
    """Writes it into a record that is there, never into a new one."""
    WRITES = "writes"


class Holds(StrEnum):
    """What a field must be able to hold."""

    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"
    ID = "id"
    FILE = "file"


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Fields of one object that are needed for one purpose, and what breaks without one of them.

    `optional` says that the portal goes on without them, once the setting says that the org has them not. `length` is
    the longest text that is written.
    """

    of: str
    fields: tuple[str, ...]
    breaks: str
    use: Use = Use.READS
    holds: Holds = Holds.TEXT
    unique: bool = False
    optional: bool = False
    length: int = 0


class Records(msgspec.Struct, frozen=True):
    """An object whose records the portal makes or changes (`use`), and what breaks where it may not."""

    of: str
    use: Use
    breaks: str


def _need(of: str, fields: str, breaks: str, use: Use = Use.READS, holds: Holds = Holds.TEXT, length: int = 0) -> Need:
    return Need(of=of, fields=tuple(fields.split()), breaks=breaks, use=use, holds=holds, length=length)


def _key(of: str, more: str = "") -> Need:
    breaks = f"a repeated request finds its {of} by look-up under a lock instead of by its key (T-1){more}"
    return _key_that(of, breaks)


def _key_that(of: str, breaks: str) -> Need:
    return Need(of=of, fields=("key",), breaks=breaks, use=Use.CREATES, unique=True, optional=True, length=255)


def _times(of: str, breaks: str) -> Need:
    return _need(of, "created_at changed_at", breaks, holds=Holds.INSTANT)


_R, _C, _U, _W = Use.READS, Use.CREATES, Use.UPDATES, Use.WRITES
_ADDRESS: Final = "street city state postcode country"
_CHANGES: Final = "changes that no event told are never noticed (T-5)"

_ACCOUNT: Final = (
    _key("account", "; accounts of broken sign-ups are not reported (ACC-4)"),
    _times("account", _CHANGES),
    Need(
        of="account",
        fields=("number",),
        breaks="customers can't be made, nor found by their number (ACC-1, ACC-2, ACC-3)",
        use=_W,
        unique=True,
        length=20,
    ),
    _need("account", "name", "customers can't be made (ACC-1)", _C),
    _need("account", "phone", "phone numbers are neither kept nor changed (ACC-6, ACC-10)", _W),
    _need("account", _ADDRESS, "addresses are neither kept nor changed (ACC-10, ACC-11)", _W),
    _need("account", "record_type", "customers can't be made as what they are (ACC-1)", _C, Holds.ID),
    _need("account", "portal_status", "staff can't bar a customer, sign-up can't be completed (ACC-1, ACC-8)", _W),
    _need("account", "registration_source", "sign-up can't be completed (ACC-1)", _W),
    _need("account", "last_sign_in", "the time of a log-in is lost (ACC-8)", _U, Holds.INSTANT),
    _need("account", "client", "customers can't be linked to WHMCS (ACC-1, ACC-3)", _W),
    _need("account", "eligibility_value", "no Internet plan is offered (CAT-3, ELG-5)", _W),
    _need("account", "eligibility_status", "availability can't be asked for, nor its answer seen (ELG-1, ELG-4)", _W),
    _need("account", "eligibility_requested_at", "a late check is not noticed (ELG-1, ELG-11)", _W, Holds.INSTANT),
    _need(
        "account",
        "eligibility_checked_at",
        "an answer has no date, so a later one is not told (ELG-5, ELG-6)",
        _W,
        Holds.INSTANT,
    ),
    _need("account", "eligibility_notes", "customers don't see what staff found (ELG-4)", _W),
    _need("account", "eligibility_case", "availability can't be asked for (ELG-1)", _W, Holds.ID),
    _need("account", "eligibility_address", "an answer is taken for any address (ELG-10)", _W, length=500),
    _need("account", "id_status", "documents can't be sent, nor their review seen (IDV-2, IDV-3)", _W),
    _need("account", "id_submitted_at", "documents can't be sent (IDV-2)", _W, Holds.INSTANT),
    _need("account", "id_reviewed_at", "a review has no date, so a later one is not told (IDV-5)", _R, Holds.INSTANT),
    _need("account", "id_note", "an old note stays when a document is sent again (IDV-3)", _U),
    _need("account", "id_message", "customers don't see why, and an old reason stays (IDV-3, IDV-4)", _U),
    Need(
        of="account",
        fields=("id_document",),
        breaks="the name of the document under review is not shown (IDV-3)",
        use=_U,
        holds=Holds.ID,
        optional=True,
    ),
)
_CONTACT: Final = (
    _key("contact"),
    _need("contact", "account", "customers can't be made, nor found by their email (ACC-1, ACC-5)", _C, Holds.ID),
    _need(
        "contact", "first_name last_name email", "customers can't be made, nor found by their email (ACC-1, ACC-5)", _W
    ),
    _need("contact", "phone", "phone numbers are neither kept nor changed (ACC-6, ACC-10)", _W),
    _need("contact", _ADDRESS, "addresses are neither kept nor changed (ACC-10, ACC-11)", _W),
    _need(
        "contact", "birth_date", "birth dates are not kept, so no order passes its gate (ACC-6, ORD-1)", _W, Holds.DATE
    ),
    _need("contact", "first_kana last_kana company gender nationality", "what a customer told is not kept (ACC-6)", _W),
)
_OPPORTUNITY: Final = (
    _key("opportunity"),
    _times("opportunity", _CHANGES),
    _need("opportunity", "account", "no sale can begin, nor be found (OPP-2)", _C, Holds.ID),
    _need("opportunity", "name", "no sale can begin (OPP-2)", _C),
    _need("opportunity", "close_date", "no sale can begin (OPP-2)", _C, Holds.DATE),
    _need("opportunity", "stage", "no sale can begin or move (OPP-1)", _W),
    _need("opportunity", "commodity_type", "sales of different products can't be told apart (OPP-2, ORD-4)", _C),
    _need("opportunity", "application_stage source", "how a sale began is not kept (OPP-2)", _C),
    _need(
        "opportunity",
        "service",
        "a service has no sale, so ending it opens a case alone (SRV-1, CAN-3)",
        _U,
        Holds.NUMBER,
    ),
    _need("opportunity", "cancellation_notice kit", "services can't be ended by their customers (CAN-2)", _U),
    _need("opportunity", "ends_at", "services can't be ended by their customers (CAN-2)", _U, Holds.INSTANT),
)
_ORDER: Final = (
    _key("order"),
    _times("order", _CHANGES),
    _need("order", "number", "orders have no number (ORD-6)"),
    _need("order", "account opportunity price_book", "no order can be placed (ORD-3)", _C, Holds.ID),
    _need("order", "effective_date", "no order can be placed (ORD-3)", _C, Holds.DATE),
    _need("order", "status", "no order can be placed, completed or taken back (ORD-3, ORD-10, FUL-2)", _W),
    _need("order", _ADDRESS, "orders don't carry their address (ORD-3)", _C),
    _need("order", "activation_type", "no order can be placed for a day (ORD-3, FUL-5)", _C),
    _need("order", "activate_at", "no order can be placed for a day (ORD-3, FUL-5)", _C, Holds.INSTANT),
    _need("order", "activation", "no order can be placed or activated (ORD-3, FUL-2)", _W),
    _need("order", "error_code error_message", "why an activation failed is not kept (FUL-4)", _U),
    _need("order", "billing_order", "an activated order does not lead to WHMCS (FUL-2)", _U),
    _need("order", "sim_type eid", "no SIM can be ordered (ORD-3)", _C),
    _need("order", "shipped_at", "a SIM card is never activated (FUL-2)", _R, Holds.INSTANT),
    _need(
        "order",
        "mnp_reservation mnp_phone_number mnp_last_kana mnp_first_kana mnp_gender",
        "no phone number can be brought along (ORD-11)",
        _C,
    ),
    _need("order", "mnp_expires mnp_birth_date", "no phone number can be brought along (ORD-11)", _C, Holds.DATE),
    _need("order", "cancel_code cancel_message", "orders can't be taken back, nor why be read (ORD-10)", _U),
)
_ORDER_LINE: Final = (
    _key_that("order_line", "lines may be shown in another order than they were chosen in (ORD-6)"),
    _need("order_line", "order price_entry", "no order can be placed (ORD-3)", _C, Holds.ID),
    _need("order_line", "quantity unit_price", "no order can be placed (ORD-3)", _C, Holds.NUMBER),
    _need("order_line", "billing_cycle", "orders don't keep what is paid how often (ORD-3)", _C),
    _need("order_line", "configuration", "orders don't keep how their plan was configured (ORD-3)", _C, length=2000),
    _need("order_line", "service", "an activated line does not lead to its service (FUL-2)", _U),
    _need("order_line", "product", "orders can't be shown or activated (ORD-6, FUL-2)", _R, Holds.ID),
)
_CASE: Final = (
    _key("case", "; that staff closed the case of an ending without a sale is not seen (CAN-3)"),
    _times("case", "customers' cases have no dates (SUP-2)"),
    _need("case", "number", "customers' cases have no number (SUP-2)"),
    _need("case", "account contact", "cases can't be opened, nor found again (ELG-1, CAN-2, SUP-2)", _C, Holds.ID),
    _need("case", "opportunity", "staff don't see a case's sale; ending can't be undone (STF-1, CAN-7)", _C, Holds.ID),
    _need("case", "subject origin", "cases can't be opened (ELG-1, CAN-2, SUP-2)", _C),
    _need("case", "description", "cases can't be opened, nor another address be added (ELG-1, ELG-2)", _W),
    _need("case", "status", "cases can't be opened or closed (ELG-8, CAN-7)", _W),
    _need("case", "priority", "a late check can't be made urgent (ELG-11)", _W),
    _need("case", "record_type", "kinds of cases can't be told apart (ELG-9, SUP-2)", _C, Holds.ID),
    _need("case", "supplied_email", "staff don't see whom to answer (SUP-2)", _C),
    _need("case", "is_closed", "whether a case is open is not known (ELG-11, SUP-2)", holds=Holds.FLAG),
    _need("case", "closed_at", "how long checks take is not known (ELG-4)", holds=Holds.INSTANT),
    _need("case_comment", "case", "customers can't comment on their cases (SUP-2)", _C, Holds.ID),
    _need("case_comment", "body", "customers can't comment on their cases (SUP-2)", _C),
    _need("case_comment", "is_published", "customers can't comment on their cases (SUP-2)", _C, Holds.FLAG),
    _need("case_comment", "created_at", "comments have no dates (SUP-2)", holds=Holds.INSTANT),
    _need("lead", "last_name first_name company email phone lead_source", "the public form fails (SUP-1)", _C),
    _need("lead", "description", "the public form fails (SUP-1)", _C, length=4500),
)
_DOCUMENTS: Final = (
    _need("document", "title", "the name of the document under review is not shown (IDV-3)"),
    _need("document_link", "document linked", "a document can't be replaced by another (IDV-3)", holds=Holds.ID),
    _need("document_version", "path title", "documents can't be sent (IDV-2)", _C),
    _need("document_version", "data", "documents can't be sent (IDV-2)", _C, Holds.FILE),
    _need("document_version", "document first_publish_location", "documents can't be sent (IDV-2)", _C, Holds.ID),
    Need(
        of="document_version",
        fields=("reference",),
        breaks="a document sent again may be kept twice (IDV-2, T-1)",
        use=_C,
        unique=True,
        length=255,
    ),
    _need("document_version", "is_latest", "a document can't be replaced by another (IDV-3)", holds=Holds.FLAG),
    _need("order_history", "order", "how long reviews take is not known (ORD-6)", holds=Holds.ID),
    _need("order_history", "field old new", "how long reviews take is not known (ORD-6)"),
    _need("order_history", "created_at", "how long reviews take is not known (ORD-6)", holds=Holds.INSTANT),
)
_CATALOG: Final = (
    _need("record_type", "object developer_name", "kinds of cases and accounts can't be told apart (ACC-1, ELG-9)"),
    _need("order_status", "api_name status_code", "a status that locks orders is not noticed (ORD-3)"),
    _need("price_book", "name", "nothing can be sold (CAT-1)"),
    _need("price_book", "is_standard is_active", "nothing can be sold (CAT-1)", holds=Holds.FLAG),
    _need("product", "sku name category item_class billing_cycle billing_product", "nothing can be sold (CAT-1)"),
    _need("product", "is_active is_shown is_orderable", "nothing can be sold (CAT-1)", holds=Holds.FLAG),
    _need("product", "description", "products have no description (CAT-1)"),
    _need("product", "offering tier", "no Internet plan is offered (CAT-3)"),
    _need("product", "data_size sim_plan", "SIM plans can't be told apart (CAT-1, IDV-7)"),
    _need("product", "family", "family plans are offered to everybody (CAT-5)", holds=Holds.FLAG),
    _need("product", "region", "VPN plans can't be told apart (CAT-1)"),
    _need("product", "display_order", "products are shown in any order (CAT-1)", holds=Holds.NUMBER),
    _need("price_entry", "price_book product", "nothing can be sold (CAT-1)", holds=Holds.ID),
    _need("price_entry", "unit_price", "nothing can be sold (CAT-1)", holds=Holds.NUMBER),
    _need("price_entry", "is_active", "nothing can be sold (CAT-1)", holds=Holds.FLAG),
)
NEEDS: Final = (*_ACCOUNT, *_CONTACT, *_OPPORTUNITY, *_ORDER, *_ORDER_LINE, *_CASE, *_DOCUMENTS, *_CATALOG)
RECORDS: Final = (
    Records("account", _C, "customers can't be made (ACC-1)"),
    Records("account", _U, "sign-up can't be completed, availability asked for, documents sent (ACC-1, ELG-1, IDV-2)"),
    Records("contact", _C, "customers can't be made (ACC-1)"),
    Records("contact", _U, "what customers tell of themselves can't be changed (ACC-10)"),
    Records("opportunity", _C, "no sale can begin (OPP-2)"),
    Records("opportunity", _U, "no sale can move, no service can be ended by its customer (OPP-1, CAN-2)"),
    Records("order", _C, "no order can be placed (ORD-3)"),
    Records("order", _U, "orders can't be activated or taken back (FUL-2, ORD-10)"),
    Records("order_line", _C, "no order can be placed (ORD-3)"),
    Records("order_line", _U, "an activated line does not lead to its service (FUL-2)"),
    Records("case", _C, "cases can't be opened (ELG-1, CAN-2, SUP-2)"),
    Records("case", _U, "cases can't be closed, nor a late check be made urgent (ELG-8, CAN-7, ELG-11)"),
    Records("case_comment", _C, "customers can't comment on their cases (SUP-2)"),
    Records("lead", _C, "the public form fails (SUP-1)"),
    Records("document_version", _C, "documents can't be sent (IDV-2)"),
)
"""Of whose records the portal makes new ones or changes those that are there."""
