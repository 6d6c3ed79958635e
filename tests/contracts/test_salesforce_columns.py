"""Of every table of Salesforce, each column that must hold something and each that leads to another record.

What the org requires stands here once more, so that a column the schema stops watching is missed.
"""

from typing import Any

import pytest

from adapters.fakes.records import Refused
from adapters.fakes.schema_salesforce import SALESFORCE
from adapters.fakes.world import World
from core.domain.ids import crm_id
from tests.contracts.org import Org

PREFIX = {table.name: table.prefix for table in SALESFORCE.tables}
REQUIRED = {
    "account": ("name",),
    "contact": ("last_name",),
    "opportunity": ("name", "stage", "close_date"),
    "order": ("account", "effective_date", "status"),
    "order_line": ("order", "price_entry", "quantity", "unit_price"),
    "case_comment": ("case", "body"),
    "lead": ("last_name", "company"),
    "document_link": ("document",),
    "document_version": ("path", "data"),
    "order_history": ("order",),
    "record_type": ("object", "developer_name"),
    "order_status": ("api_name",),
    "price_book": ("name",),
    "product": ("name",),
    "price_entry": ("price_book", "product", "unit_price"),
}
LEADS_TO = {
    "account": {"record_type": ("record_type",), "eligibility_case": ("case",), "id_document": ("document",)},
    "contact": {"account": ("account",)},
    "opportunity": {"account": ("account",)},
    "order": {"account": ("account",), "price_book": ("price_book",), "opportunity": ("opportunity",)},
    "order_line": {"order": ("order",), "price_entry": ("price_entry",)},
    "case": {
        "account": ("account",),
        "contact": ("contact",),
        "opportunity": ("opportunity",),
        "record_type": ("record_type",),
    },
    "case_comment": {"case": ("case",)},
    "document_link": {"document": ("document",), "linked": ("account", "case")},
    "document_version": {"document": ("document",), "first_publish_location": ("account", "case")},
    "order_history": {"order": ("order",)},
    "price_entry": {"price_book": ("price_book",), "product": ("product",)},
}
MUST_HOLD = [(table, name) for table, names in REQUIRED.items() for name in names]
LEADING = [(table, name, to) for table, columns in LEADS_TO.items() for name, to in columns.items()]


@pytest.fixture
def org(world: World) -> Org:
    return Org(world.records)


def refused(world: World, table: str, values: dict[str, Any], by: str) -> tuple[str, tuple[str, ...]]:
    """The code a creation is refused with and the columns it names; it leaves nothing behind."""
    before = (world.ledger.entries, world.records.find(table), world.stream.last)
    with pytest.raises(Refused) as raised:
        world.records.create(table, values, by)
    assert (world.ledger.entries, world.records.find(table), world.stream.last) == before
    return raised.value.code, raised.value.fields


def test_the_schema_requires_what_the_org_does() -> None:
    declared = {
        table.name: tuple(name for name, column in table.columns.items() if column.required)
        for table in SALESFORCE.tables
    }
    assert {table: names for table, names in declared.items() if names} == REQUIRED


def test_the_schema_leads_where_the_org_does() -> None:
    declared = {
        table.name: {
            name: column.references for name, column in table.columns.items() if column.references and not column.system
        }
        for table in SALESFORCE.tables
    }
    assert {table: columns for table, columns in declared.items() if columns} == LEADS_TO


@pytest.mark.parametrize("by", ["portal", "staff"])
@pytest.mark.parametrize(("table", "name"), MUST_HOLD)
def test_a_record_without_what_is_required_is_refused(org: Org, world: World, table: str, name: str, by: str) -> None:
    values = org.good(table)
    empty: list[dict[str, Any]] = [{name: None}]
    if isinstance(values[name], str):
        empty.append({name: " \t "})
    del values[name]
    for nothing in ({}, *empty):
        assert refused(world, table, values | nothing, by) == ("REQUIRED_FIELD_MISSING", (name,))


@pytest.mark.parametrize("by", ["portal", "staff"])
@pytest.mark.parametrize(("table", "name", "to"), LEADING)
def test_an_id_that_leads_nowhere_is_refused(
    org: Org, world: World, table: str, name: str, to: tuple[str, ...], by: str
) -> None:
    nowhere = [crm_id(PREFIX[other] + "0" * 12) for other in to]
    elsewhere = [
        row["id"] for other in SALESFORCE.tables if other.name not in to for row in org.records.find(other.name)[:1]
    ]
    assert len(elsewhere) > 10
    for id in (*nowhere, *elsewhere):
        assert refused(world, table, org.good(table, **{name: id}), by) == ("INVALID_CROSS_REFERENCE_KEY", (name,))
    for id in ("12", f"{nowhere[0]}"[:-1] + "B"):
        assert refused(world, table, org.good(table, **{name: id}), by) == ("MALFORMED_ID", (name,))


@pytest.mark.parametrize(("table", "name", "to"), [each for each in LEADING if each[0] != "price_entry"])
def test_an_id_that_leads_there_is_taken(org: Org, table: str, name: str, to: tuple[str, ...]) -> None:
    # else the ids above could all be refused for something else
    for other in to:
        there = (org.good(table).get(name) if len(to) == 1 else None) or org.records.find(other)[0]["id"]
        assert org.records.create(table, org.good(table, **{name: there}), "staff")


@pytest.mark.parametrize("table", sorted(set(REQUIRED) - {"price_entry"}))
def test_a_record_with_all_that_is_required_is_taken(org: Org, table: str) -> None:
    assert org.records.create(table, org.good(table), "staff")
