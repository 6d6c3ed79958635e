"""What the org does by itself names only what there is, and signs calls as the portal reads them."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.fakes.salesforce.automation import STATUS_MAILS
from adapters.fakes.wire.salesforce.metadata import Metadata, read
from adapters.fakes.wire.salesforce.org import STAFF, read_org
from adapters.http.fulfilment import ProvisionAsk
from adapters.http.signature import signature
from adapters.salesforce.field_map import DEFAULT
from core.domain.notice import NoticeType
from tests.deploy.metadata import EVENT, FOLDER, ORG, custom_fields, named

SCHEMA = read_org(FOLDER)
FLOWS = sorted((ORG / "flows").glob("*"), key=lambda path: path.name)
TEMPLATES = {path.stem: path.read_text("utf-8") for path in sorted((ORG / "email" / "Genkan").glob("*.email"))}
STATUS_COLUMNS = {"eligibility_status": "Genkan_Eligibility_Mail", "id_status": "Genkan_ID_Verification_Mail"}
MAILS = {
    NoticeType.ELIGIBILITY_ELIGIBLE: "Genkan_Eligible",
    NoticeType.ELIGIBILITY_INELIGIBLE: "Genkan_Not_Eligible",
    NoticeType.VERIFICATION_VERIFIED: "Genkan_ID_Verified",
    NoticeType.VERIFICATION_REJECTED: "Genkan_ID_Needs_Another_Look",
}
NOT_DESCRIBED = {"EmailTemplate": {"Id", "DeveloperName"}}
"""Objects that flows read and the portal does not."""
EVENT_FIELDS = {
    "AccountId__c",
    "Internet_Eligibility__c",
    "Internet_Eligibility_Status__c",
    "Internet_Eligibility_Request_Date_Time__c",
    "Internet_Eligibility_Checked_Date_Time__c",
    "Internet_Eligibility_Notes__c",
    "Internet_Eligibility_Case_Id__c",
    "Id_Verification_Status__c",
    "Id_Verification_Rejection_Message__c",
}
CLASS = (ORG / "classes" / "GenkanProvisionOrder.cls").read_text("utf-8")
CLASS_TEST = (ORG / "classes" / "GenkanProvisionOrderTest.cls").read_text("utf-8")


def has(object_name: str, field: str) -> bool:
    there = SCHEMA.objects.get(object_name)
    return field in NOT_DESCRIBED.get(object_name, ()) if there is None else there.field(field) is not None


def element(flow: Metadata, kind: str, name: str) -> Metadata:
    (found,) = (each for each in flow.all(kind) if each.text("name") == name)
    return found


# --- events --------------------------------------------------------------------------------------------------------
def test_the_event_carries_what_the_portal_reads() -> None:
    assert set(custom_fields(EVENT)) == EVENT_FIELDS
    account = SCHEMA.objects["Account"]
    for name in EVENT_FIELDS - {"AccountId__c"}:
        told, kept = SCHEMA.objects[EVENT].field(name), account.field(name)
        assert told is not None
        assert kept is not None
        assert told.length >= kept.length


def test_the_event_is_published_with_every_field() -> None:
    (create,) = named("flows", "Genkan_Account_Event").all("recordCreates")
    assert create.text("object") == EVENT
    told = {
        each.text("field"): value.text("elementReference")
        for each in create.all("inputAssignments")
        for value in each.all("value")
    }
    assert told == {"AccountId__c": "$Record.Id"} | {
        name: f"$Record.{name}" for name in EVENT_FIELDS - {"AccountId__c"}
    }


def test_the_event_is_published_whenever_staff_answer() -> None:
    (start,) = named("flows", "Genkan_Account_Event").all("start")
    watched = set(re.findall(r"ISCHANGED\(\{!\$Record\.(\w+)\}\)", start.text("filterFormula") or ""))
    account = DEFAULT["account"]
    assert watched == {
        account[column]
        for column in (
            "eligibility_value",
            "eligibility_status",
            "eligibility_checked_at",
            "id_status",
            "id_reviewed_at",
        )
    }


def test_changes_of_these_objects_are_told() -> None:
    members = [read(file) for file in (ORG / "platformEventChannelMembers").glob("*.xml")]
    assert {each.text("eventChannel") for each in members} == {"ChangeEvents"}
    assert {each.text("selectedEntity") for each in members} == {
        f"{DEFAULT[name].name}ChangeEvent" for name in ("account", "opportunity", "order", "price_entry", "product")
    }


def test_the_history_of_an_orders_status_is_kept() -> None:
    assert read(ORG / "objects" / "Order" / "Order.object-meta.xml").flag("enableHistory")
    assert read(ORG / "objects" / "Order" / "fields" / "Status.field-meta.xml").flag("trackHistory")


# --- flows ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.name)
def test_a_flow_names_fields_that_exist(file: Path) -> None:
    text, flow = file.read_text("utf-8"), read(file)
    of = [(each.text("object"), each) for kind in ("recordCreates", "recordLookups") for each in flow.all(kind)]
    for object_name, each in of:
        inside = [part.text("field") for kind in ("filters", "inputAssignments") for part in each.all(kind)]
        for field in [*inside, each.text("sortField"), *each.texts("queriedFields")]:
            assert field is None or has(object_name or "", field), (object_name, field)
    (start,) = flow.all("start")
    for field in set(re.findall(r"\$Record\.(\w+)", text)):
        assert has(start.text("object") or "", field), field


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.name)
def test_a_flow_leads_somewhere_and_is_active(file: Path) -> None:
    flow = read(file)
    names = {name for each in flow.within() if (name := each.text("name")) is not None}
    targets = [each.text("targetReference") for each in flow.within() if each.kind == "connector"]
    assert targets
    assert set(targets) <= names
    assert flow.text("status") == "Active"


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.name)
def test_a_flow_names_words_that_its_picklist_has(file: Path) -> None:
    flow = read(file)
    conditions = [c for each in flow.all("decisions") for rule in each.all("rules") for c in rule.all("conditions")]
    for condition in conditions:
        path, (value,) = condition.text("leftValueReference") or "", condition.all("rightValue")
        field = SCHEMA.objects["Account"].field(path.removeprefix("$Record."))
        if path.startswith("$Record."):
            assert field is not None
            assert value.text("stringValue") in field.values
    (start,) = flow.all("start")
    for name, word in re.findall(r'ISPICKVAL\(\{!\$Record\.(\w+)\}, "([^"]+)"\)', start.text("filterFormula") or ""):
        field = SCHEMA.objects["Account"].field(name)
        assert field is not None
        assert word in field.values


# --- mails ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", STATUS_MAILS, ids=str)
def test_a_status_is_mailed_as_the_made_up_salesforce_mails_it(status: tuple[str, Any]) -> None:
    column, word = status
    flow = named("flows", STATUS_COLUMNS[column])
    (start,) = flow.all("start")
    field = DEFAULT["account"][column]
    assert f"ISCHANGED({{!$Record.{field}}})" in (start.text("filterFormula") or "")
    assert f'ISPICKVAL({{!$Record.{field}}}, "{word}")' in (start.text("filterFormula") or "")
    rules = element(flow, "decisions", "Which_Outcome").all("rules")
    (led,) = (
        connector.text("targetReference")
        for rule in rules
        for condition in rule.all("conditions")
        for value in condition.all("rightValue")
        for connector in rule.all("connector")
        if value.text("stringValue") == word and condition.text("leftValueReference") == f"$Record.{field}"
    )
    (template,) = (
        value.text("stringValue")
        for each in element(flow, "recordLookups", led or "").all("filters")
        for value in each.all("value")
    )
    assert template == MAILS[STATUS_MAILS[status]]
    sent = element(flow, "actionCalls", f"Mail_{word}")
    references = [v.text("elementReference") for each in sent.all("inputParameters") for v in each.all("value")]
    assert {f"{led}.Id", "Find_Contact.Id", "$Record.Id"} <= set(references)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_fills_in_fields_that_exist(template: str) -> None:
    places = re.findall(r"\{!(\w+)\.(\w+)\}", TEMPLATES[template])
    assert places
    for object_name, field in places:
        assert has(object_name, field), (object_name, field)
    said = read(ORG / "email" / "Genkan" / f"{template}.email-meta.xml")
    assert said.flag("available")
    assert said.text("subject")


def test_every_template_is_mailed() -> None:
    assert set(TEMPLATES) == set(MAILS.values())


# --- provision -----------------------------------------------------------------------------------------------------
def test_the_action_is_signed_as_the_portal_reads_it() -> None:
    expected, secret, path, timestamp, nonce, key, body = re.findall(
        r"areEqual\(\s*'([0-9a-f]{64})',\s*GenkanProvisionOrder\.signature\("
        + ",".join([r"\s*'([^']*)'"] * 6)
        + r"\s*\)",
        CLASS_TEST,
    )[0]
    assert signature(secret.encode(), "POST", path, timestamp, nonce, key, body.encode()) == expected


def test_the_action_sends_what_the_portal_takes() -> None:
    (body,) = re.findall(r"ACTIVATE_NOW = '(.*)';", CLASS)
    assert msgspec.json.decode(body, type=ProvisionAsk).activation == "now"
    assert "'/api/orders/' + orderId + '/provision'" in CLASS
    sent = set(re.findall(r"setHeader\('([^']+)'", CLASS))
    assert sent >= {"X-Timestamp", "X-Nonce", "X-Signature", "Idempotency-Key", "X-Key-Id", "Content-Type"}


def test_the_action_reads_settings_that_exist() -> None:
    fields = set(custom_fields("Genkan_Portal__mdt"))
    assert set(re.findall(r"settings\.(\w+__c)", CLASS)) == fields
    assert set(re.findall(r"(\w+__c) =", CLASS_TEST)) == fields
    assert read(ORG / "objects/Genkan_Portal__mdt/Genkan_Portal__mdt.object-meta.xml").text("visibility") == "Protected"


def test_no_secret_stands_in_a_file() -> None:
    assert not list(ORG.rglob("*.md-meta.xml"))
    assert (ORG / "namedCredentials" / "Genkan_Portal.namedCredential-meta.xml").is_file()
    assert "callout:Genkan_Portal'" in CLASS


def test_staff_reach_the_action() -> None:
    action = named("quickActions", "Order")
    flow = named("flows", action.text("flowDefinition") or "")
    (call,) = flow.all("actionCalls")
    assert call.text("actionName") == "GenkanProvisionOrder"
    assert {each.text("name") for each in flow.all("variables")} == {"recordId"}
    inputs = {each.text("name") for each in call.all("inputParameters")}
    assert inputs == set(re.findall(r"public Id (\w+);", CLASS))
    staffs = named("permissionsets", STAFF)
    assert {each.text("apexClass") for each in staffs.all("classAccesses")} == {"GenkanProvisionOrder"}
    assert {each.text("flow") for each in staffs.all("flowAccesses")} == {"Genkan_Provision_Order"}
