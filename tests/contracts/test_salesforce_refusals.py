"""Every refusal that Salesforce has for the objects the portal touches, one by one.

Each row is a write to an org in which everything else is right, the code it is refused with and the columns it names.
A duplicate rule, which is each org's own, is a fault that can be switched on (test_salesforce_support_desk.py); locked
rows and spent limits are "unavailable" to the portal, whatever their code; what is wrong with a query or an envelope is
for the adapter that speaks the protocol.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from adapters.fakes.records import Refused
from adapters.fakes.salesforce.setup import record_type
from adapters.fakes.schema_salesforce import SALESFORCE
from adapters.fakes.tables import Kind
from adapters.fakes.world import World
from tests.contracts.org import Org

NOWHERE = {"account": "001", "contact": "003", "opportunity": "006", "order": "801", "case": "500", "document": "069"}


@pytest.fixture
def org(world: World) -> Org:
    return Org(world.records)


class Row(NamedTuple):
    table: str
    changed: dict[str, Any] | Callable[[Org], dict[str, Any]]
    code: str
    fields: tuple[str, ...]
    by: str = "portal"


def absent(table: str) -> str:
    return f"{NOWHERE[table]}000000000000AAA"


def missing(table: str, *fields: str) -> Row:
    return Row(table, dict.fromkeys(fields), "REQUIRED_FIELD_MISSING", fields)


def bad_word(table: str, field: str, word: str = "Nonsense") -> Row:
    return Row(table, {field: word}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", (field,))


def too_long(table: str, field: str, longest: int) -> Row:
    return Row(table, {field: "x" * (longest + 1)}, "STRING_TOO_LONG", (field,))


def bad_id(table: str, field: str, to: str) -> list[Row]:
    return [
        Row(table, {field: "12"}, "MALFORMED_ID", (field,)),
        Row(table, {field: absent(to)[:-1] + "B"}, "MALFORMED_ID", (field,)),
        Row(table, {field: absent(to)}, "INVALID_CROSS_REFERENCE_KEY", (field,)),
        Row(table, lambda org: {field: org.version}, "INVALID_CROSS_REFERENCE_KEY", (field,)),
    ]


CREATIONS = [
    # all that is required is named at once; blank is nothing
    missing("account", "name"),
    missing("contact", "last_name"),
    missing("opportunity", "name", "stage", "close_date"),
    missing("order", "account", "effective_date", "status"),
    missing("order_line", "order", "price_entry", "quantity", "unit_price"),
    missing("case_comment", "case", "body"),
    missing("lead", "last_name", "company"),
    missing("document_version", "path", "data"),
    Row("account", {"name": " \t "}, "REQUIRED_FIELD_MISSING", ("name",)),
    # picklists are restricted
    bad_word("account", "portal_status"),
    bad_word("account", "registration_source"),
    bad_word("account", "eligibility_status"),
    bad_word("account", "eligibility_status", "eligible"),
    bad_word("account", "id_status"),
    bad_word("contact", "gender"),
    bad_word("opportunity", "stage", "Cancelling"),
    bad_word("opportunity", "commodity_type"),
    bad_word("opportunity", "application_stage", "INTRO-2"),
    bad_word("opportunity", "source"),
    bad_word("opportunity", "cancellation_notice", "無"),
    bad_word("opportunity", "kit", "Returned"),
    bad_word("order", "status", "Draft"),
    bad_word("order", "activation_type"),
    bad_word("order", "activation"),
    bad_word("order", "sim_type", "esim"),
    bad_word("order", "mnp_gender"),
    bad_word("order_line", "billing_cycle", "Yearly"),
    bad_word("case", "status", "Open"),
    bad_word("case", "priority"),
    bad_word("case", "origin", "portal"),
    bad_word("lead", "lead_source"),
    # lengths
    too_long("account", "name", 255),
    too_long("account", "eligibility_notes", 32_768),
    too_long("account", "city", 40),
    too_long("contact", "first_name", 40),
    too_long("contact", "last_name", 80),
    too_long("opportunity", "name", 120),
    too_long("order", "street", 255),
    too_long("order", "error_message", 255),
    too_long("order_line", "configuration", 32_768),
    too_long("case", "subject", 255),
    too_long("case", "description", 32_000),
    too_long("case_comment", "body", 4_000),
    too_long("lead", "last_name", 80),
    too_long("document_version", "path", 500),
    # addresses, numbers, types
    Row("contact", {"email": "nobody"}, "INVALID_EMAIL_ADDRESS", ("email",)),
    Row("case", {"supplied_email": "a b@example.jp"}, "INVALID_EMAIL_ADDRESS", ("supplied_email",)),
    Row("lead", {"email": "@example.jp"}, "INVALID_EMAIL_ADDRESS", ("email",)),
    Row("order_line", {"quantity": 0}, "NUMBER_OUTSIDE_VALID_RANGE", ("quantity",)),
    Row("order_line", {"quantity": -1}, "NUMBER_OUTSIDE_VALID_RANGE", ("quantity",)),
    Row("opportunity", {"probability": 101}, "NUMBER_OUTSIDE_VALID_RANGE", ("probability",)),
    Row("order_line", {"quantity": "1"}, "JSON_PARSER_ERROR", ("quantity",)),
    Row("order", {"activate_at": datetime(2026, 1, 1)}, "JSON_PARSER_ERROR", ("activate_at",)),  # noqa: DTZ001 - the case
    Row("order", {"effective_date": datetime(2026, 1, 1, tzinfo=UTC)}, "JSON_PARSER_ERROR", ("effective_date",)),
    # columns nobody has, or only Salesforce writes
    Row("order", {"colour": "red"}, "INVALID_FIELD", ("colour",)),
    Row("order", {"number": "00000042"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ("number",)),
    Row("order_line", lambda org: {"product": org.product}, "INVALID_FIELD_FOR_INSERT_UPDATE", ("product",)),
    Row("opportunity", {"is_won": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", ("is_won",)),
    Row("case", {"closed_at": datetime(2026, 1, 1, tzinfo=UTC)}, "INVALID_FIELD_FOR_INSERT_UPDATE", ("closed_at",)),
    # what is staff's own
    Row("account", {"id_message": "BLURRY"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ("id_message",)),
    Row("account", {"id_note": "by me"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ("id_note",)),
    Row(
        "account",
        {"id_reviewed_at": datetime(2026, 1, 1, tzinfo=UTC)},
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        ("id_reviewed_at",),
    ),
    Row("order", {"shipped_at": datetime(2026, 1, 1, tzinfo=UTC)}, "INVALID_FIELD_FOR_INSERT_UPDATE", ("shipped_at",)),
    # unique keys, whatever their case
    Row("account", {"number": "P1000001"}, "DUPLICATE_VALUE", ("number",)),
    Row("account", {"number": " p1000001 "}, "DUPLICATE_VALUE", ("number",)),
    Row("account", {"key": "K"}, "DUPLICATE_VALUE", ("key",)),
    Row("price_entry", {}, "DUPLICATE_VALUE", ("product",)),
    # references lead to what is there and of the right kind
    *bad_id("contact", "account", "account"),
    *bad_id("opportunity", "account", "account"),
    *bad_id("order", "account", "account"),
    *bad_id("order", "opportunity", "opportunity"),
    *bad_id("order_line", "order", "order"),
    *bad_id("case", "account", "account"),
    *bad_id("case", "contact", "contact"),
    *bad_id("case", "opportunity", "opportunity"),
    *bad_id("case_comment", "case", "case"),
    *bad_id("account", "eligibility_case", "case"),
    *bad_id("document_version", "document", "document"),
    Row("case", lambda org: {"record_type": org.account}, "INVALID_CROSS_REFERENCE_KEY", ("record_type",)),
    # an order begins as a draft; a line has a price of its order's book that is on the shelf
    Row("order", {"status": "Activated"}, "FIELD_INTEGRITY_EXCEPTION", ("status",)),
    Row("order_line", lambda org: {"price_entry": org.elsewhere}, "FIELD_INTEGRITY_EXCEPTION", ("price_entry",)),
    Row(
        "order_line",
        lambda org: {"order": org.records.create("order", org.good("order", price_book=None))},
        "FIELD_INTEGRITY_EXCEPTION",
        ("price_entry",),
    ),
    Row(
        "price_entry",
        lambda org: {"product": org.records.create("product", {"name": "Bare"}, "staff")},
        "STANDARD_PRICE_NOT_DEFINED",
        ("price_book",),
    ),
    # only the first version of a document says where it is published
    Row(
        "document_version",
        lambda org: {"document": org.document, "first_publish_location": org.account},
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        ("first_publish_location",),
    ),
]


def name_of(row: Row) -> str:
    return f"{row.table}-{'-'.join(row.fields)}-{row.code}"


@pytest.mark.parametrize("row", CREATIONS, ids=name_of)
def test_a_creation_is_refused(org: Org, world: World, row: Row) -> None:
    changed = row.changed(org) if callable(row.changed) else row.changed
    before = (world.ledger.entries, len(world.records.find(row.table)), world.stream.last)
    with pytest.raises(Refused) as refused:
        world.records.create(row.table, org.good(row.table, **changed), row.by)
    assert (refused.value.code, refused.value.fields) == (row.code, row.fields)
    assert (world.ledger.entries, len(world.records.find(row.table)), world.stream.last) == before


@pytest.mark.parametrize("table", sorted({row.table for row in CREATIONS} - {"price_entry"}))
def test_the_same_creation_without_the_fault_is_taken(org: Org, table: str) -> None:
    # else the rows above could all be refused for something else
    assert org.records.create(table, org.good(table))


def test_as_long_as_allowed_is_taken(org: Org) -> None:
    made = org.records.create("case", {"subject": "x" * 255, "description": "x" * 32_000})
    row = org.records.get("case", made)
    assert row is not None
    assert len(row["subject"]) == 255


@pytest.mark.parametrize(
    ("table", "changed", "code", "fields"),
    [
        ("order_line", lambda org: {"price_entry": org.elsewhere}, "INVALID_FIELD_FOR_INSERT_UPDATE", ("price_entry",)),
        (
            "order_line",
            lambda org: {"order": org.records.create("order", org.good("order"))},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            ("order",),
        ),
        ("order_line", lambda _: {"quantity": 0}, "NUMBER_OUTSIDE_VALID_RANGE", ("quantity",)),
        ("order", lambda org: {"price_book": org.standard}, "FIELD_INTEGRITY_EXCEPTION", ("price_book",)),
        ("order", lambda _: {"status": None}, "REQUIRED_FIELD_MISSING", ("status",)),
        ("order", lambda _: {"status": "Shipped"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ("status",)),
        ("opportunity", lambda _: {"stage": "Won"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ("stage",)),
        ("opportunity", lambda _: {"stage": " "}, "REQUIRED_FIELD_MISSING", ("stage",)),
        ("account", lambda _: {"key": "k" * 256}, "STRING_TOO_LONG", ("key",)),
        ("account", lambda _: {"number": "P1000009", "name": None}, "REQUIRED_FIELD_MISSING", ("name",)),
        ("case", lambda _: {"contact": absent("contact")}, "INVALID_CROSS_REFERENCE_KEY", ("contact",)),
        ("document_version", lambda _: {"path": "other.png"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ("path",)),
    ],
)
def test_an_update_is_refused_and_changes_nothing(
    org: Org, world: World, table: str, changed: Callable[[Org], dict[str, Any]], code: str, fields: tuple[str, ...]
) -> None:
    id = {"order_line": org.line, "document_version": org.version}.get(table) or getattr(org, table)
    values = changed(org)
    before, entries = world.records.get(table, id), world.ledger.entries
    with pytest.raises(Refused) as refused:
        world.records.update(table, id, values)
    assert (refused.value.code, refused.value.fields) == (code, fields)
    assert world.records.get(table, id) == before
    assert world.ledger.entries == entries


@pytest.mark.parametrize("table", sorted(NOWHERE))
def test_what_is_not_there_can_not_be_changed(org: Org, table: str) -> None:
    for id, code in ((absent(table), "NOT_FOUND"), ("12", "MALFORMED_ID"), (absent(table)[:-1] + "B", "MALFORMED_ID")):
        with pytest.raises(Refused, match=code):
            org.records.update(table, id, {})
        with pytest.raises(Refused, match=code):
            org.records.delete(table, id)
        assert org.records.get(table, id) is None


def test_what_was_deleted_is_gone(org: Org) -> None:
    org.records.delete("case", org.case, "staff")
    assert org.records.get("case", org.case) is None
    for write in (
        lambda: org.records.update("case", org.case, {"subject": "Again"}),
        lambda: org.records.delete("case", org.case),
        lambda: org.records.create("case_comment", {"case": org.case, "body": "Hello"}),
    ):
        with pytest.raises(Refused, match="ENTITY_IS_DELETED"):
            write()


def test_a_short_id_leads_to_the_same_record(org: Org) -> None:
    assert org.records.get("account", org.account[:15]) == org.records.get("account", org.account)
    made = org.records.create("contact", {"last_name": "Sato", "account": org.account[:15]})
    row = org.records.get("contact", made)
    assert row is not None
    assert row["account"] == org.account


def test_an_order_is_activated_with_lines_only_and_locks_then(org: Org) -> None:
    bare = org.records.create("order", org.good("order"))
    with pytest.raises(Refused, match="FAILED_ACTIVATION"):
        org.records.update("order", bare, {"status": "Activated"}, "staff")
    org.records.update("order", org.order, {"status": "Activated"}, "staff")
    another = org.records.create("account", {"name": "Kenji"})
    for values in ({"account": another}, {"price_book": org.standard}, {"cancel_code": "OTHER"}):
        with pytest.raises(Refused, match="FIELD_INTEGRITY_EXCEPTION"):
            org.records.update("order", org.order, values, "staff")
    with pytest.raises(Refused, match="FIELD_INTEGRITY_EXCEPTION"):
        org.records.create("order_line", org.good("order_line"))
    for values in ({"quantity": 2}, {"unit_price": 1}):
        with pytest.raises(Refused, match="FIELD_INTEGRITY_EXCEPTION"):
            org.records.update("order_line", org.line, values, "staff")
    assert org.records.update("order_line", org.line, {"service": "7"}, "staff")["service"] == "7"


def test_an_activated_order_is_not_deleted_nor_are_its_lines(org: Org) -> None:
    draft = org.records.create("order", org.good("order"))
    org.records.delete("order", draft, "staff")
    org.records.update("order", org.order, {"status": "Activated"}, "staff")
    for table, id in (("order", org.order), ("order_line", org.line)):
        with pytest.raises(Refused, match="DELETE_FAILED"):
            org.records.delete(table, id, "staff")
        assert org.records.get(table, id) is not None


@pytest.mark.parametrize("status", ["Pending Review", "Approved", "Completed", "Cancelled"])
def test_the_operators_four_statuses_are_drafts(org: Org, status: str) -> None:
    (row,) = org.records.find("order_status", api_name=status)
    assert row["status_code"] == "Draft"
    assert org.records.create("order", org.good("order", status=status))


def test_a_draft_may_go_to_another_account(org: Org) -> None:
    other = org.records.create("account", {"name": "Kenji"})
    assert org.records.update("order", org.order, {"account": other})["account"] == other


@pytest.mark.parametrize("off", ["price_entry", "product"])
def test_a_price_or_a_product_off_the_shelf_sells_nothing(org: Org, off: str) -> None:
    id = org.entry if off == "price_entry" else org.product
    org.records.update(off, id, {"is_active": False}, "staff")
    with pytest.raises(Refused, match="FIELD_INTEGRITY_EXCEPTION"):
        org.records.create("order_line", org.good("order_line"))


def test_the_portal_may_clear_what_is_staffs_to_write(org: Org) -> None:
    org.records.update("account", org.account, {"id_message": "BLURRY", "id_note": "by Sato"}, "staff")
    row = org.records.update("account", org.account, {"id_message": None, "id_note": ""})
    assert (row["id_message"], row["id_note"]) == (None, None)


def test_a_case_needs_nothing_and_learns_its_account_from_the_contact(org: Org) -> None:
    bare = org.records.get("case", org.records.create("case", {}))
    assert bare is not None
    assert (bare["status"], bare["account"], len(bare["number"])) == ("New", None, 8)
    case = org.records.get("case", org.records.create("case", {"contact": org.contact}))
    assert case is not None
    assert case["account"] == org.account


def test_closing_a_case_is_dated_and_reopening_undates_it(org: Org) -> None:
    closed = org.records.update("case", org.case, {"status": "Closed"}, "staff")
    assert closed["is_closed"]
    assert closed["closed_at"] is not None
    reopened = org.records.update("case", org.case, {"status": "Working"}, "staff")
    assert (reopened["is_closed"], reopened["closed_at"]) == (False, None)


def test_blank_is_nothing_and_edges_are_trimmed(org: Org) -> None:
    row = org.records.update("account", org.account, {"phone": "  ", "city": " Osaka ", "client": ""})
    assert (row["phone"], row["city"], row["client"]) == (None, "Osaka", None)


def test_a_probability_that_is_given_stands(org: Org) -> None:
    row = org.records.update("opportunity", org.opportunity, {"stage": "Pending", "probability": 60}, "staff")
    assert row["probability"] == 60


def test_record_types_are_found_by_developer_name(world: World) -> None:
    ids = {record_type(world.records, "Case", name) for name in ("Internet_Eligibility", "Cancellation", "Support")}
    assert len(ids) == 3
    with pytest.raises(LookupError):
        record_type(world.records, "Case", "Complaint")


UNIQUE = [(table.name, name) for table in SALESFORCE.tables for name, column in table.columns.items() if column.unique]


@pytest.mark.parametrize(("table", "name"), UNIQUE, ids=[".".join(each) for each in UNIQUE])
def test_every_unique_column_of_the_schema_is_watched(org: Org, table: str, name: str) -> None:
    """A second record with the same value is refused, made or changed, whatever the case of its letters."""
    first = org.records.create(table, org.good(table, **{name: "Only-one"}), "staff")
    second = org.records.create(table, org.good(table, **{name: "other"}), "staff")
    for write in (
        lambda: org.records.create(table, org.good(table, **{name: " only-ONE "}), "staff"),
        lambda: org.records.update(table, second, {name: "only-one"}, "staff"),
    ):
        with pytest.raises(Refused) as refused:
            write()
        assert (refused.value.code, refused.value.fields) == ("DUPLICATE_VALUE", (name,))
    assert org.records.update(table, first, {name: "ONLY-ONE"}, "staff")[name] == "ONLY-ONE"


def test_the_unique_columns_are_those_that_carry_a_key() -> None:
    assert {table for table, _ in UNIQUE} == {
        "account", "contact", "opportunity", "order", "order_line", "case", "document_version", "product",
    }  # fmt: skip


def test_every_picklist_and_length_of_the_schema_is_watched(org: Org, world: World) -> None:
    """No column of any table takes a word that is none or a text that is too long."""
    looked_at = 0
    for table in world.records.tables.values():
        if table.system != "salesforce":
            continue
        for name, column in table.columns.items():
            if column.system or column.kind not in (Kind.TEXT, Kind.PICKLIST, Kind.EMAIL, Kind.BYTES):
                continue
            long: str | bytes = bytes(column.length + 1) if column.kind is Kind.BYTES else "x" * (column.length + 1)
            word = "no word of any list" if column.kind is Kind.PICKLIST else long
            wanted = "STRING_TOO_LONG" if column.kind is not Kind.PICKLIST else "INVALID_OR_NULL_FOR_RESTRICTED"
            with pytest.raises(Refused, match=wanted):
                world.records.create(table.name, {name: word}, "staff")
            looked_at += 1
    assert looked_at > 100
