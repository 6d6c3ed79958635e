"""Every field of deploy/salesforce is one that the adapter names, as the made-up Salesforce holds it."""

import pytest

from adapters.fakes.tables import Kind
from adapters.fakes.wire.salesforce.describe import Type
from adapters.salesforce.field_map import DEFAULT
from tests.deploy.metadata import EVENT, ORG, custom_fields
from tests.deploy.places import (
    COLUMNS,
    CUSTOM,
    NO_LOOKUP,
    SCHEMA,
    STRICTER_HERE,
    TABLES,
    TOLD_OTHERWISE,
    TYPES,
    columns_of,
    described,
)


def test_the_org_has_every_custom_field_that_the_adapter_names_and_no_other() -> None:
    there = {
        f"{home.name}.{field}"
        for home in (ORG / "objects").iterdir()
        if not home.name.endswith(("__e", "__mdt"))
        for field in custom_fields(home.name)
    }
    assert there == {f"{DEFAULT[table].name}.{DEFAULT[table][column]}" for table, column in CUSTOM}
    assert len(there) > 60


def test_everything_the_adapter_names_is_described() -> None:
    missing = [
        f"{each.name}.{field}"
        for each in DEFAULT.objects.values()
        for field in each.fields.values()
        if each.name not in SCHEMA.objects or SCHEMA.objects[each.name].field(field) is None
    ]
    assert missing == []


def test_nothing_custom_is_described_that_the_adapter_does_not_name() -> None:
    names = {each.name: set(each.fields.values()) for each in DEFAULT.objects.values()}
    for each in SCHEMA.objects.values():
        if each.name != EVENT:
            assert {field for field in each.fields if field.endswith("__c")} <= names.get(each.name, set())


@pytest.mark.parametrize("table", sorted(DEFAULT.objects))
def test_a_field_is_of_the_type_that_the_made_up_salesforce_holds(table: str) -> None:
    for place in columns_of(table):
        column, field = COLUMNS[place], described(place)
        if place in NO_LOOKUP:
            assert (field.type, field.length) == (Type.STRING, 18)
        elif place not in TOLD_OTHERWISE:
            assert field.type in TYPES[column.kind]


@pytest.mark.parametrize("table", sorted(DEFAULT.objects))
def test_a_text_is_as_long_as_in_the_made_up_salesforce(table: str) -> None:
    for place in columns_of(table):
        column, field = COLUMNS[place], described(place)
        is_text = column.kind in (Kind.TEXT, Kind.EMAIL) and not column.system and place not in TOLD_OTHERWISE
        if is_text and DEFAULT[place[0]].name not in ("RecordType", "OrderStatus", "Pricebook2", "OrderHistory"):
            assert field.length == column.length
            is_long = column.length > 255 and place != ("document_version", "path")
            assert (field.type is Type.TEXTAREA) == (is_long or "Street" in field.name)


@pytest.mark.parametrize("table", sorted(DEFAULT.objects))
def test_a_picklist_offers_what_the_made_up_salesforce_takes(table: str) -> None:
    for place in columns_of(table, Kind.PICKLIST):
        field = described(place)
        if place in TOLD_OTHERWISE:
            continue
        assert field.values == COLUMNS[place].choices
        assert field.restricted == (place in CUSTOM)


@pytest.mark.parametrize("table", sorted(DEFAULT.objects))
def test_what_is_unique_there_is_a_unique_external_id_here(table: str) -> None:
    for place in columns_of(table):
        field = described(place)
        if place in STRICTER_HERE and COLUMNS[place].unique:
            assert not field.unique
        else:
            assert (field.unique, field.external_id) == (COLUMNS[place].unique,) * 2


def test_every_record_that_the_portal_makes_has_a_key() -> None:
    keyed = {each.name for each in SCHEMA.objects.values() if each.field("Portal_Request_Key__c") is not None}
    assert keyed == {"Account", "Contact", "Opportunity", "Order", "OrderItem", "Case"}
    assert {
        DEFAULT[table].name for table in TABLES if table in DEFAULT.objects and "key" in TABLES[table].columns
    } == keyed


@pytest.mark.parametrize("table", sorted(DEFAULT.objects))
def test_a_reference_leads_where_it_leads_in_the_made_up_salesforce(table: str) -> None:
    for place in columns_of(table, Kind.REFERENCE):
        if place in NO_LOOKUP:
            continue
        targets = {DEFAULT[table].name for table in COLUMNS[place].references}
        assert targets <= set(described(place).reference_to)
        assert described(place).relationship


def test_a_number_holds_the_largest_that_may_be_written() -> None:
    for (table, column), declared in CUSTOM.items():
        if declared.kind is Kind.NUMBER and declared.most is not None:
            said = custom_fields(DEFAULT[table].name)[DEFAULT[table][column]]
            assert 10 ** said.number("precision") > declared.most
            assert said.number("scale") == 0


def test_what_is_required_or_fixed_there_is_so_here() -> None:
    for place, column in COLUMNS.items():
        field = described(place)
        if place in STRICTER_HERE:
            continue
        if column.required and field.createable:
            assert not field.nillable, place
        if column.fixed:
            assert not field.updateable, place
        if column.system:
            assert not field.createable, place
            assert not field.updateable, place


def test_every_custom_field_says_who_writes_it() -> None:
    for object_name in {DEFAULT[table].name for table, _ in CUSTOM}:
        for name, said in custom_fields(object_name).items():
            assert (said.text("description") or "").endswith("."), name
            assert said.text("label"), name


def test_children_are_called_as_salesforce_calls_them() -> None:
    called = {(each.name, child.relationship) for each in SCHEMA.objects.values() for child in each.children}
    assert called >= {
        ("Account", "Contacts"),
        ("Account", "Opportunities"),
        ("Account", "Orders"),
        ("Account", "Cases"),
        ("Account", "ContentDocumentLinks"),
        ("Contact", "Cases"),
        ("Opportunity", "Orders"),
        ("Opportunity", "Portal_Cases__r"),
        ("Order", "OrderItems"),
        ("Order", "Histories"),
        ("Case", "CaseComments"),
        ("Product2", "PricebookEntries"),
        ("Pricebook2", "PricebookEntries"),
        ("ContentDocument", "ContentVersions"),
    }
    for each in SCHEMA.objects.values():
        assert len({child.relationship for child in each.children}) == len(each.children), each.name
