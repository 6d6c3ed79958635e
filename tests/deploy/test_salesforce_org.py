"""What deploy/salesforce sets up is what the adapter names and what the made-up Salesforce obeys."""

from pathlib import Path

import msgspec
import pytest

from adapters.fakes.records import Records
from adapters.fakes.salesforce.automation import STATUS_MAILS
from adapters.fakes.schema_salesforce import SALESFORCE
from adapters.fakes.tables import Access, Kind
from adapters.fakes.wire.salesforce.describe import Field, Type
from adapters.fakes.wire.salesforce.metadata import read
from adapters.fakes.wire.salesforce.org import LIVE_TESTS, PORTAL, STAFF, read_org
from adapters.salesforce.field_map import DEFAULT
from core.domain.opportunity import PROBABILITY, Stage
from core.domain.order import OrderStatus
from core.domain.support import CaseKind
from tests.deploy.metadata import EVENT, FILES, FOLDER, ORG, custom_fields, field_permissions, named, values_of
from tests.worlds import a_world

TABLES = {table.name: table for table in SALESFORCE.tables}
COLUMNS = {
    (table, column): TABLES[table].columns[column]
    for table, each in DEFAULT.objects.items()
    for column in each.fields
    if column in TABLES[table].columns
}
CUSTOM = {place: column for place, column in COLUMNS.items() if DEFAULT[place[0]][place[1]].endswith("__c")}
NO_LOOKUP = {("account", "id_document"): "Salesforce has no custom lookups to files"}
TYPES = {
    Kind.TEXT: {Type.STRING, Type.TEXTAREA, Type.PHONE},
    Kind.EMAIL: {Type.EMAIL},
    Kind.PICKLIST: {Type.PICKLIST},
    Kind.CHECKBOX: {Type.BOOLEAN},
    Kind.NUMBER: {Type.DOUBLE, Type.CURRENCY, Type.PERCENT, Type.INT},
    Kind.DATE: {Type.DATE},
    Kind.INSTANT: {Type.DATETIME},
    Kind.REFERENCE: {Type.REFERENCE},
    Kind.BYTES: {Type.BASE64},
}
TOLD_OTHERWISE = {
    ("document_version", "number"): "a number as text",
    ("order_status", "status_code"): "a restricted list that nobody writes",
    ("document", "latest"): "a reference",
    ("order_history", "changed_by"): "a reference to the user",
    ("record_type", "object"): "a list that nobody writes",
}
STRICTER_HERE = {
    ("product", "sku"): "Salesforce lets two products share a SKU; the portal could not tell them apart",
    ("case_comment", "body"): "Salesforce takes an empty comment",
    ("document_version", "path"): "required only where a version comes with its content",
    ("document_version", "data"): "as its path",
    ("document", "title"): "in Salesforce a file can be renamed without a new version",
}


def described(place: tuple[str, str]) -> Field:
    table, column = place
    found = SCHEMA.objects[DEFAULT[table].name].field(DEFAULT[table][column])
    assert found is not None, place
    return found


SCHEMA = read_org(FOLDER)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_is_metadata_of_its_kind(file: Path) -> None:
    said = read(file)
    suffix = file.name.removesuffix("-meta.xml").rpartition(".")[2]
    roots = {
        "cls": "ApexClass",
        "email": "EmailTemplate",
        "emailFolder": "EmailFolder",
        "field": "CustomField",
        "object": "CustomObject",
        "permissionset": "PermissionSet",
    }
    assert said.kind == roots.get(suffix, suffix[0].upper() + suffix[1:])
    own_name = said.text("fullName")
    assert own_name in (None, file.name.split(".")[0])


def test_the_project_names_its_packages() -> None:
    project = msgspec.json.decode((FOLDER / "sfdx-project.json").read_bytes())
    named_there = {each["path"] for each in project["packageDirectories"]}
    assert named_there == {path.name for path in FOLDER.iterdir() if path.is_dir()}


# --- fields --------------------------------------------------------------------------------------------------------
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


@pytest.mark.parametrize("place", sorted(COLUMNS), ids=".".join)
def test_a_field_is_of_the_type_that_the_made_up_salesforce_holds(place: tuple[str, str]) -> None:
    column, field = COLUMNS[place], described(place)
    if place in NO_LOOKUP:
        assert (field.type, field.length) == (Type.STRING, 18)
    elif place not in TOLD_OTHERWISE:
        assert field.type in TYPES[column.kind]


@pytest.mark.parametrize("place", sorted(COLUMNS), ids=".".join)
def test_a_text_is_as_long_as_in_the_made_up_salesforce(place: tuple[str, str]) -> None:
    column, field = COLUMNS[place], described(place)
    is_text = column.kind in (Kind.TEXT, Kind.EMAIL) and not column.system and place not in TOLD_OTHERWISE
    if is_text and DEFAULT[place[0]].name not in ("RecordType", "OrderStatus", "Pricebook2", "OrderHistory"):
        assert field.length == column.length
        assert (field.type is Type.TEXTAREA) == (column.length > 255 or "Street" in field.name) or field.length == 500


@pytest.mark.parametrize("place", [p for p in sorted(COLUMNS) if COLUMNS[p].kind is Kind.PICKLIST], ids=".".join)
def test_a_picklist_offers_what_the_made_up_salesforce_takes(place: tuple[str, str]) -> None:
    field = described(place)
    if place in TOLD_OTHERWISE:
        return
    assert field.values == COLUMNS[place].choices
    assert field.restricted == (place in CUSTOM)


@pytest.mark.parametrize("place", sorted(COLUMNS), ids=".".join)
def test_what_is_unique_there_is_a_unique_external_id_here(place: tuple[str, str]) -> None:
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


@pytest.mark.parametrize("place", [p for p in sorted(COLUMNS) if COLUMNS[p].kind is Kind.REFERENCE], ids=".".join)
def test_a_reference_leads_where_it_leads_in_the_made_up_salesforce(place: tuple[str, str]) -> None:
    if place in NO_LOOKUP:
        return
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


# --- values --------------------------------------------------------------------------------------------------------
def test_every_order_status_of_the_portal_is_a_draft() -> None:
    assert values_of("OrderStatus", "groupingString") == {
        **{status.value: ("Draft",) for status in OrderStatus},
        "Activated": ("Activated",),
    }


def test_stages_have_their_probabilities() -> None:
    said = values_of("OpportunityStage", "probability", "closed", "won")
    assert {stage: int(chance or -1) for stage, (chance, _, _) in said.items()} == dict(PROBABILITY)
    assert {stage for stage, (_, closed, _) in said.items() if closed == "true"} == {
        Stage.CANCELLING,
        Stage.CANCELLED,
        Stage.VOID,
    }
    assert {stage for stage, (_, _, won) in said.items() if won == "true"} == {Stage.CANCELLING, Stage.CANCELLED}


def test_cases_begin_as_the_made_up_salesforce_begins_them() -> None:
    case = TABLES["case"].columns
    for column, value_set in (("status", "CaseStatus"), ("priority", "CasePriority")):
        defaults = {value for value, (said,) in values_of(value_set, "default").items() if said == "true"}
        assert defaults == {case[column].default}
    closed = {value for value, (said,) in values_of("CaseStatus", "closed").items() if said == "true"}
    assert closed == {"Closed"}


def test_record_types_and_order_statuses_are_those_of_the_made_up_salesforce() -> None:
    records = seeded()
    there = {(row["object"], row["developer_name"]) for row in records.find("record_type")}
    assert there == {(each.name, kind) for each in SCHEMA.objects.values() for kind in each.record_types}
    assert {kind.value for kind in CaseKind} == set(SCHEMA.objects["Case"].record_types)
    statuses = {row["api_name"]: (row["status_code"],) for row in records.find("order_status")}
    assert statuses == values_of("OrderStatus", "groupingString")


def test_a_customer_is_a_business_account_or_a_person_account_under_one_name() -> None:
    as_persons = read_org(FOLDER, packages=("force-app", "person-accounts"))
    assert as_persons.objects["Account"].record_types == SCHEMA.objects["Account"].record_types == ("Portal_Customer",)


def test_a_record_type_offers_what_the_portal_writes() -> None:
    for file in FILES:
        if ".recordType-meta" not in file.name:
            continue
        object_name = file.parents[1].name.replace("PersonAccount", "Account")
        for picks in read(file).all("picklistValues"):
            offered = {(value.text("fullName") or "").replace("%2F", "/") for value in picks.all("values")}
            field = SCHEMA.objects[object_name].field(picks.text("picklist") or "")
            assert field is not None, file.name
            assert offered == set(field.values), (file.name, field.name)


# --- permissions ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("permission_set", [PORTAL, STAFF])
def test_a_permission_set_shows_every_custom_field(permission_set: str) -> None:
    shown = {field for field in field_permissions(permission_set) if field.endswith("__c")}
    assert shown == {f"{DEFAULT[table].name}.{DEFAULT[table][column]}" for table, column in CUSTOM}


@pytest.mark.parametrize("place", sorted(COLUMNS), ids=".".join)
def test_the_portal_may_write_what_it_writes_and_read_the_rest(place: tuple[str, str]) -> None:
    table, column = place
    field = AS_PORTAL.objects[DEFAULT[table].name].field(DEFAULT[table][column])
    assert field is not None
    if place in STRICTER_HERE:
        return
    declared = COLUMNS[place]
    if table in ("product", "price_entry", "price_book") or declared.portal is Access.READS or declared.system:
        assert not field.createable
        assert not field.updateable
    elif place in CUSTOM:
        assert field.createable
        assert field.updateable


def test_the_portal_deletes_nothing_and_live_tests_what_they_made() -> None:
    portals = {"Account", "Contact", "Opportunity", "Order", "OrderItem", "Case", "Lead"}
    assert not any(AS_PORTAL.objects[name].deletable for name in portals)
    in_tests = read_org(FOLDER, (PORTAL, LIVE_TESTS))
    assert all(in_tests.objects[name].deletable for name in portals)


def test_a_field_that_no_permission_set_shows_is_not_there() -> None:
    lead = read_org(FOLDER, (LIVE_TESTS,)).objects["Lead"]
    assert lead.field("Email") is None
    assert lead.field("LastName") is not None
    assert "Product2" not in read_org(FOLDER, (LIVE_TESTS,)).objects
    with pytest.raises(LookupError):
        read_org(FOLDER, ("Nobody",))


def test_staff_may_write_what_is_theirs() -> None:
    staffs = read_org(FOLDER, (STAFF,))
    for (table, column), declared in CUSTOM.items():
        if declared.portal is not Access.WRITES:
            field = staffs.objects[DEFAULT[table].name].field(DEFAULT[table][column])
            assert field is not None
            assert field.updateable


def test_the_portal_can_hear_the_events() -> None:
    said = named("permissionsets", PORTAL).all("objectPermissions")
    views_all = {each.text("object") for each in said if each.flag("viewAllRecords")}
    assert {"Account", "Opportunity", "Order", "Product2"} <= views_all
    assert EVENT in AS_PORTAL.objects


AS_PORTAL = read_org(FOLDER, (PORTAL,))


# --- relationships -------------------------------------------------------------------------------------------------
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


def test_status_mails_are_those_of_the_made_up_salesforce() -> None:
    columns = {"eligibility_status": "Genkan_Eligibility_Mail", "id_status": "Genkan_ID_Verification_Mail"}
    for (column, status), _ in STATUS_MAILS.items():
        rules = [rule for each in named("flows", columns[column]).all("decisions") for rule in each.all("rules")]
        conditions = [condition for rule in rules for condition in rule.all("conditions")]
        told = {(c.text("leftValueReference"), v.text("stringValue")) for c in conditions for v in c.all("rightValue")}
        assert (f"$Record.{DEFAULT['account'][column]}", status.value) in told


def seeded() -> Records:
    return a_world().records
