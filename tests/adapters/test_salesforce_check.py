"""The check of an org finds each thing taken away from one that has all, and says what breaks without it."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.calling.lacking import COLUMNS, Finding, plain, summary, table
from adapters.fakes.salesforce.columns import LONG
from adapters.fakes.schema_salesforce import SALESFORCE
from adapters.fakes.tables import Access, Kind
from adapters.fakes.wire.salesforce.describe import Field
from adapters.fakes.wire.salesforce.org import CUSTOMERS, PORTAL, read_org
from adapters.salesforce.checking import Asked, Trouble, check, objects_asked
from adapters.salesforce.field_map import DEFAULT
from adapters.salesforce.needed_words import RECORD_TYPES, WORDS
from adapters.salesforce.needs import NEEDS, RECORDS, Holds, Need, Records, Use
from adapters.salesforce.picklists import Picklists
from core.domain.order import OrderStatus
from core.domain.support import CaseKind

SCHEMA = read_org(Path(__file__).parents[2] / "deploy" / "salesforce", (PORTAL, CUSTOMERS))
STATUSES = {**dict.fromkeys(OrderStatus, "Draft"), "Activated": "Activated"}
PLACES = [(need, field) for need in NEEDS for field in need.fields]
OBJECTS = sorted({need.of for need in NEEDS})
Taking = Callable[[dict[str, Any]], object]


def org() -> dict[str, Any]:
    whole: dict[str, Any] = pickle.loads(WHOLE)
    return whole


def described(name: str) -> dict[str, Any]:
    each = SCHEMA.objects[name]
    infos = [{"developerName": kind, "active": True, "available": True} for kind in each.record_types]
    return {
        "name": name,
        "createable": each.createable,
        "updateable": each.updateable,
        "queryable": True,
        "fields": [told(field) for field in each.fields.values()],
        "recordTypeInfos": infos,
    }


def told(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": field.type.value,
        "length": field.length,
        "createable": field.createable,
        "updateable": field.updateable,
        "externalId": field.external_id,
        "unique": field.unique,
        "picklistValues": [{"value": word, "active": True} for word in field.values],
    }


def field_of(describes: dict[str, Any], need: Need, field: str) -> dict[str, Any]:
    object_name, name = DEFAULT[need.of].name, DEFAULT[need.of][field]
    found: dict[str, Any] = next(each for each in describes[object_name]["fields"] if each["name"] == name)
    return found


def places(of: str) -> list[tuple[Need, str]]:
    return [(need, field) for need, field in PLACES if need.of == of]


def place_of(need: Need, field: str) -> str:
    return f"{DEFAULT[need.of].name}.{DEFAULT[need.of][field]}"


WHOLE = pickle.dumps({name: described(name) for name in objects_asked()})


def the_one(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


def test_the_org_that_is_set_up_lacks_nothing() -> None:
    assert check(org(), STATUSES) == ()
    assert summary((), "The org") == "The org has all that the portal needs."


# --- what is asked for ---------------------------------------------------------------------------------------------
def test_every_field_of_the_map_is_asked_for_or_needed_by_nothing() -> None:
    asked = {(need.of, field) for need, field in PLACES}
    assert len(asked) == len(PLACES)
    objects = {of: each for of, each in DEFAULT.objects.items() if of != "account_update"}  # an event, and no object
    rest = {(of, field) for of, each in objects.items() for field in each.fields} - asked
    assert {field for _, field in rest if field not in ("id", "created_at", "changed_at")} == {
        "probability",
        "is_closed",
        "is_won",
        "latest",
        "number",
        "size",
        "checksum",
        "changed_by",
    }


def test_what_is_asked_to_be_written_is_what_the_made_up_salesforce_lets_the_portal_write() -> None:
    tables = {table.name: table for table in SALESFORCE.tables}
    for need, field in PLACES:
        column = tables[need.of].columns.get(field)
        if column is None:
            continue
        may = not column.system and column.portal is not Access.READS
        assert may or need.use is Use.READS, (need.of, field)
        if column.portal is Access.CLEARS:
            assert need.use is Use.UPDATES, field
        if need.of not in ("product", "price_entry", "price_book", "record_type", "order_status", "document_link"):
            silent = need.of == "order_history"
            assert silent or need.use is not Use.READS or not may, (need.of, field)
        assert need.unique == (column.unique and need.use is not Use.READS), (need.of, field)
        assert need.length <= max(column.length, LONG if column.kind is Kind.BYTES else 0)


def test_records_are_asked_to_be_made_and_changed_where_a_field_of_theirs_is() -> None:
    written = {Use.CREATES: (Use.CREATES,), Use.UPDATES: (Use.UPDATES,), Use.WRITES: (Use.CREATES, Use.UPDATES)}
    asked = [(records.of, records.use) for records in RECORDS]
    assert len(asked) == len(set(asked))
    assert set(asked) == {(need.of, use) for need in NEEDS for use in written.get(need.use, ())}


def test_words_are_those_that_the_made_up_salesforce_has() -> None:
    tables = {table.name: table for table in SALESFORCE.tables}
    for words in WORDS:
        assert set(words.words) <= set(tables[words.of].columns[words.field].choices)


def test_everything_says_which_rule_breaks() -> None:
    reasons = [need.breaks for need in NEEDS] + [words.breaks for words in WORDS] + list(RECORD_TYPES.values())
    reasons += [records.breaks for records in RECORDS]
    for breaks in reasons:
        assert Finding(place="", trouble=Trouble.NO_FIELD, breaks=breaks).rules, breaks


# --- taken away ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("of", OBJECTS)
def test_a_missing_field_is_found(of: str) -> None:
    for need, field in places(of):
        describes = org()
        describes[DEFAULT[of].name]["fields"].remove(field_of(describes, need, field))
        finding = the_one(check(describes, STATUSES))
        assert (finding.place, finding.trouble) == (place_of(need, field), Trouble.NO_FIELD)
        assert finding.breaks.endswith(need.breaks)
        assert not finding.weakens, "every query that asks for it is refused until a setting says that it is not there"
        assert finding.detail == (f'set salesforce.names: {of}.{field} = ""' if need.optional else "")
        finding = the_one(check(describes, STATUSES, DEFAULT.renamed({f"{of}.{field}": ""})))
        assert (finding.place, finding.trouble) == (f"{DEFAULT[of].name}.{field}", Trouble.NO_FIELD)
        assert (finding.breaks, finding.weakens, finding.detail) == (need.breaks, need.optional, "")


@pytest.mark.parametrize("of", OBJECTS)
def test_a_field_that_can_not_be_written_is_found_where_it_is_written(of: str) -> None:
    told_by_use = {
        Use.READS: [],
        Use.CREATES: [Trouble.NOT_CREATEABLE],
        Use.UPDATES: [Trouble.NOT_UPDATEABLE],
        Use.WRITES: [Trouble.NOT_CREATEABLE, Trouble.NOT_UPDATEABLE],
    }
    for need, field in places(of):
        describes = org()
        field_of(describes, need, field).update(createable=False, updateable=False)
        findings = check(describes, STATUSES)
        assert [finding.trouble for finding in findings] == told_by_use[need.use], field
        assert not any(finding.weakens for finding in findings)


@pytest.mark.parametrize("records", RECORDS, ids=lambda records: f"{records.of} {records.use}")
def test_an_object_whose_records_can_not_be_written_is_found(records: Records) -> None:
    flag, trouble = {
        Use.CREATES: ("createable", Trouble.NOT_MADE),
        Use.UPDATES: ("updateable", Trouble.NOT_CHANGED),
    }[records.use]
    describes = org()
    describes[DEFAULT[records.of].name][flag] = False
    finding = the_one(check(describes, STATUSES))
    assert (finding.place, finding.trouble) == (DEFAULT[records.of].name, trouble)
    assert (finding.breaks, finding.weakens) == (records.breaks, False)
    del describes[DEFAULT[records.of].name][flag]
    assert check(describes, STATUSES) == (finding,), "what is not told is not allowed"


@pytest.mark.parametrize("of", OBJECTS)
def test_what_the_portal_does_to_no_record_may_be_forbidden(of: str) -> None:
    describes = org()
    uses = {records.use for records in RECORDS if records.of == of}
    describes[DEFAULT[of].name].update(createable=Use.CREATES in uses, updateable=Use.UPDATES in uses)
    assert check(describes, STATUSES) == ()


@pytest.mark.parametrize("of", OBJECTS)
def test_an_object_that_can_not_be_queried_is_as_one_that_is_missing(of: str) -> None:
    describes, without = org(), org()
    describes[DEFAULT[of].name]["queryable"] = False
    del without[DEFAULT[of].name]
    assert check(describes, STATUSES) == check(without, STATUSES) != ()


@pytest.mark.parametrize("of", OBJECTS)
def test_a_field_that_holds_something_else_is_found(of: str) -> None:
    for need, field in places(of):
        describes = org()
        field_of(describes, need, field)["type"] = "date" if need.holds is Holds.FLAG else "boolean"
        assert the_one(check(describes, STATUSES)).trouble is Trouble.WRONG_TYPE, field


@pytest.mark.parametrize("need", [need for need in NEEDS if need.unique], ids=lambda need: need.of)
def test_a_key_that_keeps_nothing_apart_is_found(need: Need) -> None:
    for flag, trouble in (("externalId", Trouble.NOT_EXTERNAL), ("unique", Trouble.NOT_UNIQUE)):
        describes = org()
        field_of(describes, need, need.fields[0])[flag] = False
        finding = the_one(check(describes, STATUSES))
        assert (finding.trouble, finding.weakens) == (trouble, False)
        looked_for = need.optional and trouble is Trouble.NOT_UNIQUE
        assert finding.detail == ("set salesforce.keys_are_unique = false" if looked_for else "")
        finding = the_one(check(describes, STATUSES, asked=Asked(keys_are_unique=False)))
        assert (finding.breaks, finding.weakens, finding.detail) == (need.breaks, looked_for, "")


@pytest.mark.parametrize(
    "need", [need for need in NEEDS if need.length], ids=lambda need: f"{need.of}.{need.fields[0]}"
)
def test_a_field_that_is_too_short_is_found(need: Need) -> None:
    describes = org()
    field_of(describes, need, need.fields[0])["length"] = need.length - 1
    finding = the_one(check(describes, STATUSES))
    assert (finding.trouble, finding.detail) == (Trouble.TOO_SHORT, f"{need.length - 1} in place of {need.length}")


@pytest.mark.parametrize("words", WORDS, ids=lambda words: f"{words.of}.{words.field}")
def test_a_missing_word_is_found_as_is_one_that_is_inactive(words: Any) -> None:
    for word in words.words:
        describes = org()
        name = DEFAULT[words.of][words.field]
        field = next(f for f in describes[DEFAULT[words.of].name]["fields"] if f["name"] == name)
        (value,) = (value for value in field["picklistValues"] if value["value"] == word)
        value["active"] = False
        finding = the_one(check(describes, STATUSES))
        assert (finding.trouble, finding.detail, finding.breaks) == (Trouble.NO_WORD, word, words.breaks)
        field["picklistValues"].remove(value)
        assert check(describes, STATUSES) == (finding,)
        field.update(type="string", picklistValues=[])
        assert check(describes, STATUSES) == ()


@pytest.mark.parametrize("kind", CaseKind)
@pytest.mark.parametrize("lack", ["missing", "inactive", "not the user's"])
def test_a_missing_record_type_is_found(kind: CaseKind, lack: str) -> None:
    describes = org()
    infos = describes["Case"]["recordTypeInfos"]
    (info,) = (each for each in infos if each["developerName"] == kind)
    take: dict[str, Taking] = {
        "missing": infos.remove,
        "inactive": lambda info: info.update(active=False),
        "not the user's": lambda info: info.update(available=False),
    }
    take[lack](info)
    finding = the_one(check(describes, STATUSES))
    assert (finding.place, finding.trouble, finding.detail) == ("Case", Trouble.NO_RECORD_TYPE, kind)


@pytest.mark.parametrize("status", OrderStatus)
def test_an_order_status_that_locks_or_is_missing_is_found(status: OrderStatus) -> None:
    finding = the_one(check(org(), STATUSES | {status: "Activated"}))
    assert (finding.trouble, finding.detail) == (Trouble.LOCKS, f"{status} is Activated")
    finding = the_one(check(org(), {name: category for name, category in STATUSES.items() if name != status}))
    assert (finding.trouble, finding.detail) == (Trouble.NO_STATUS, status)


def test_a_missing_object_is_found_once_with_all_that_breaks() -> None:
    describes = org() | {"Lead": None}
    del describes["ContentVersion"]
    lead, files = sorted(check(describes, STATUSES), key=lambda finding: finding.place, reverse=True)
    assert (lead.place, lead.trouble, lead.rules) == ("Lead", Trouble.NO_OBJECT, ("SUP-1",))
    assert (files.place, set(files.rules)) == ("ContentVersion", {"IDV-2", "IDV-3", "T-1"})


# --- by setting ----------------------------------------------------------------------------------------------------
def test_a_renamed_field_is_looked_for_under_its_name() -> None:
    names = DEFAULT.renamed({"account.number": "Customer_No__c"})
    finding = the_one(check(org(), STATUSES, names))
    assert (finding.place, finding.trouble) == ("Account.Customer_No__c", Trouble.NO_FIELD)
    describes = org()
    (number,) = (each for each in describes["Account"]["fields"] if each["name"] == "SF_Account_No__c")
    number["name"] = "customer_no__C"
    assert check(describes, STATUSES, names) == ()


def test_the_operators_own_words_and_record_types_are_looked_for() -> None:
    picklists = Picklists().reworded({"commodity_types.internet": "Fibre"})
    asked = Asked(picklists=picklists, case_record_types={CaseKind.SUPPORT: "Help"})
    found = {(finding.trouble, finding.detail) for finding in check(org(), STATUSES, asked=asked)}
    assert found == {(Trouble.NO_WORD, "Fibre"), (Trouble.NO_RECORD_TYPE, "Help")}


def test_person_accounts_are_looked_for_where_customers_are_persons() -> None:
    asked = Asked(person_accounts=True, person_record_type="PersonAccount")
    describes = org()
    found = {finding.place for finding in check(describes, STATUSES, asked=asked)}
    assert {
        "Account.IsPersonAccount",
        "Account.PersonEmail",
        "Account.LastName",
        "Account.Gender__pc",
        "Account",
    } <= found
    assert not {place for place in found if place.startswith("Contact")}
    assert not {"Account.Name", "Account.PersonAccountId"} & found
    persons = [{**field, "name": person(field["name"])} for field in describes["Contact"]["fields"]]
    kept = [field for field in describes["Account"]["fields"] if field["name"] != "Name"]
    flags = [{"name": "IsPersonAccount"}, {"name": "PersonContactId"}]
    describes["Account"]["fields"] = [*kept, *persons, *flags]
    describes["Account"]["recordTypeInfos"] = [{"developerName": "PersonAccount", "active": True, "available": True}]
    assert check(describes, STATUSES, asked=asked) == ()
    # a person's contact is made and changed with its account
    describes["Contact"].update(createable=False, updateable=False)
    assert check(describes, STATUSES, asked=asked) == ()


def person(name: str) -> str:
    if name.endswith("__c"):
        return name[:-1] + "pc"
    return name if name in ("FirstName", "LastName") else f"Person{name}"


# --- told ----------------------------------------------------------------------------------------------------------
def test_findings_are_told_as_a_table_and_as_data_with_what_stops_first() -> None:
    describes = org()
    for each in describes["Account"]["fields"]:
        each["gone"] = each["name"] in ("Portal_Request_Key__c", "SF_Account_No__c")
    describes["Account"]["fields"] = [each for each in describes["Account"]["fields"] if not each["gone"]]
    findings = check(describes, STATUSES, DEFAULT.renamed({"account.key": ""}))
    assert [finding.weakens for finding in findings] == [False, True]
    assert summary(findings, "The org") == "1 that stop something, 1 that weaken it."
    first, second = table(findings)
    assert len(first) == len(second) == len(COLUMNS)
    assert first[0] == "Account.SF_Account_No__c"
    assert second[3].startswith("weaker: ")
    assert msgspec.json.decode(msgspec.json.encode(plain(findings)))[0] == {
        "place": "Account.SF_Account_No__c",
        "trouble": "field missing or not readable",
        "detail": "",
        "breaks": "customers can't be made, nor found by their number (ACC-1, ACC-2, ACC-3)",
        "weakens": False,
        "rules": ["ACC-1", "ACC-2", "ACC-3"],
    }
