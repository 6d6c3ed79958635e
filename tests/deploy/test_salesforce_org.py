"""What deploy/salesforce sets up beside fields is what the portal and the made-up Salesforce go by."""

from itertools import groupby
from pathlib import Path

import msgspec
import pytest

from adapters.fakes.records import Records
from adapters.fakes.tables import Access
from adapters.fakes.wire.salesforce.metadata import read
from adapters.fakes.wire.salesforce.org import CUSTOMERS, LIVE_TESTS, PERSONS, PORTAL, STAFF, read_org
from adapters.salesforce.field_map import DEFAULT
from core.domain.opportunity import PROBABILITY, Stage
from core.domain.order import OrderStatus
from core.domain.support import CaseKind
from tests.deploy.metadata import EVENT, FILES, FOLDER, field_permissions, named, values_of
from tests.deploy.places import (
    COLUMNS,
    CUSTOM,
    SCHEMA,
    STRICTER_HERE,
    TABLES,
    columns_of,
)
from tests.worlds import a_world


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


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_elements_of_one_name_stand_together(file: Path) -> None:
    # Salesforce takes a second group of them for a mistake
    for each in read(file).within():
        names = [name for name, _ in groupby(each.names)]
        assert len(names) == len(set(names)), (each.kind, names)


def test_the_project_names_its_packages() -> None:
    project = msgspec.json.decode((FOLDER / "sfdx-project.json").read_bytes())
    named_there = {each["path"] for each in project["packageDirectories"]}
    assert named_there == {path.name for path in FOLDER.iterdir() if path.is_dir()}


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
    as_persons = read_org(FOLDER, packages=PERSONS)
    assert as_persons.objects["Account"].record_types == SCHEMA.objects["Account"].record_types == ("Portal_Customer",)


@pytest.mark.parametrize("accounts", ["business-accounts", "person-accounts"])
def test_a_record_type_is_there_for_those_who_may_use_it(accounts: str) -> None:
    packages = ("force-app", accounts)
    alone, whole = (read_org(FOLDER, sets, packages) for sets in ((PORTAL,), (PORTAL, CUSTOMERS)))
    assert alone.objects["Account"].record_types == ()
    assert whole.objects["Account"].record_types == ("Portal_Customer",)
    assert set(whole.objects["Case"].record_types) == {kind.value for kind in CaseKind}


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


@pytest.mark.parametrize("table", sorted(DEFAULT.objects))
def test_the_portal_may_write_what_it_writes_and_read_the_rest(table: str) -> None:
    for place in columns_of(table):
        column = place[1]
        field = AS_PORTAL.objects[DEFAULT[table].name].field(DEFAULT[table][column])
        assert field is not None
        if place in STRICTER_HERE:
            continue
        declared = COLUMNS[place]
        if table in ("product", "price_entry", "price_book") or declared.portal is Access.READS or declared.system:
            assert not field.createable
            assert not field.updateable
        elif place in CUSTOM:
            assert field.createable
            assert field.updateable


@pytest.mark.parametrize("permission_set", [PORTAL, STAFF, LIVE_TESTS])
def test_a_permission_set_names_what_there_is(permission_set: str) -> None:
    for field in field_permissions(permission_set):
        object_name, _, name = field.partition(".")
        assert SCHEMA.objects[object_name].field(name) is not None, field
    said = named("permissionsets", permission_set)
    assert {each.text("object") for each in said.all("objectPermissions")} <= set(SCHEMA.objects)
    types = {f"Case.{kind}" for kind in CaseKind}
    assert {each.text("recordType") for each in said.all("recordTypeVisibilities")} in (types, set())


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


def seeded() -> Records:
    return a_world().records
