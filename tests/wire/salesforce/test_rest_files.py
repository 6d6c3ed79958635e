"""Files over the wire: sent, read, replaced and deleted."""

from base64 import b64encode
from hashlib import md5
from typing import Any

import httpx
import msgspec
import pytest

from adapters.fakes.world import World
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import ROOT, code

CONTENT = b"\x89PNG\r\n--boundary\r\n\x00card"
NEW = "/sobjects/ContentVersion"


def card(org: Org, **more: Any) -> dict[str, Any]:
    return {"PathOnClient": "運転免許証.png", "FirstPublishLocationId": org.account, **more}


async def test_a_file_in_json_makes_its_document_and_link(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    body = card(org, VersionData=b64encode(CONTENT).decode(), Portal_Reference__c="ref")
    made = await portal.post(f"{NEW}/", json=body)
    assert made.status_code == 201
    version = (await portal.get(f"{NEW}/{made.json()['id']}")).json()
    blob = f"{ROOT}/sobjects/ContentVersion/{version['Id']}/VersionData"
    assert version["VersionData"] == blob
    assert (version["Title"], version["VersionNumber"], version["IsLatest"]) == ("運転免許証", "1", True)
    assert (version["ContentSize"], version["FileExtension"]) == (len(CONTENT), "png")
    assert version["Checksum"] == md5(CONTENT, usedforsecurity=False).hexdigest()
    told = await portal.get(blob.removeprefix(ROOT))
    assert (told.content, told.headers["content-type"]) == (CONTENT, "application/octet-stream")
    link = f"SELECT ContentDocumentId, ShareType FROM ContentDocumentLink WHERE LinkedEntityId = '{org.account}'"
    (found,) = (await portal.get("/query", params={"q": link})).json()["records"]
    assert (found["ContentDocumentId"], found["ShareType"]) == (version["ContentDocumentId"], "V")
    named = (
        await portal.get("/query", params={"q": f"SELECT VersionData FROM ContentVersion WHERE Id = '{version['Id']}'"})
    ).json()
    assert named["records"][0]["VersionData"] == blob


@pytest.mark.parametrize("name", ["entity_content", "ContentVersion", "json"])
async def test_a_file_in_parts_has_a_record_of_any_name(
    portal: httpx.AsyncClient, world: World, org: Org, name: str
) -> None:
    parts = {
        name: (None, msgspec.json.encode(card(org)), "application/json"),
        "VersionData": ("card.png", CONTENT, "application/octet-stream"),
    }
    made = await portal.post(NEW, files=parts)
    assert made.status_code == 201, made.text
    row = world.records.get("document_version", made.json()["id"])
    assert row is not None
    assert (row["path"], world.records.files[row["id"]]) == ("運転免許証.png", CONTENT)


async def test_parts_that_are_cut_short_are_refused(portal: httpx.AsyncClient) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    whole = b'--b\r\nContent-Disposition: form-data; name="e"\r\n\r\n{}\r\n'
    for content in (whole, b"", whole.replace(b"{}", b"{") + b"--b--\r\n"):
        assert code(await portal.post(NEW, content=content, headers=kind)) == "JSON_PARSER_ERROR"
    assert code(await portal.post(NEW, content=whole, headers={"Content-Type": "multipart/form-data"})) == (
        "JSON_PARSER_ERROR"
    )


async def test_a_second_version_takes_the_place_of_the_first(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    body = {"PathOnClient": "new.png", "VersionData": "bmV3", "ContentDocumentId": org.document}
    made = (await portal.post(NEW, json=body)).json()
    new = (await portal.get(f"{NEW}/{made['id']}?fields=VersionNumber,IsLatest")).json()
    assert (new["VersionNumber"], new["IsLatest"]) == ("2", True)
    assert (await portal.get(f"{NEW}/{made['id']}/VersionData")).content == b"new"
    assert (await portal.get(f"{NEW}/{org.version}/VersionData")).content == b"card"
    old = (await portal.get(f"{NEW}/{org.version}?fields=IsLatest,Checksum")).json()
    assert (old["IsLatest"], old["Checksum"] is None) == (False, False)
    refused = await portal.post(NEW, json=body | {"FirstPublishLocationId": org.account})
    assert code(refused) == "INVALID_FIELD_FOR_INSERT_UPDATE"


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"VersionData": "no base64!"}, "JSON_PARSER_ERROR"),
        ({"VersionData": None}, "REQUIRED_FIELD_MISSING"),
        ({"PathOnClient": None}, "REQUIRED_FIELD_MISSING"),
        ({"IsLatest": True}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"Checksum": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    ],
)
async def test_a_wrong_file_is_refused(portal: httpx.AsyncClient, org: Org, values: dict[str, Any], error: str) -> None:
    assert code(await portal.post(NEW, json=card(org, VersionData="bmV3") | values)) == error


async def test_a_document_goes_with_all_that_is_its(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    made = (await portal.post(NEW, json=card(org, VersionData="bmV3"))).json()["id"]
    document = world.records.get("document_version", made)["document"]  # type: ignore[index]
    refused = await portal.delete(f"{NEW}/{made}")
    assert code(refused) == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert made in world.records.files
    assert (await portal.delete(f"/sobjects/ContentDocument/{document}")).status_code == 204
    assert made not in world.records.files
    assert world.records.get("document_version", made) is None
    assert world.records.find("document_link", document=document) == []


async def test_a_deletion_that_is_undone_leaves_the_file(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    subs = [
        {"method": "DELETE", "url": f"{ROOT}/sobjects/ContentDocument/{org.document}", "referenceId": "gone"},
        {"method": "POST", "url": f"{ROOT}/sobjects/Account", "referenceId": "bad", "body": {}},
    ]
    await portal.post("/composite", json={"allOrNone": True, "compositeRequest": subs})
    assert (await portal.get(f"{NEW}/{org.version}/VersionData")).content == b"card"


async def test_a_link_is_made_by_itself_too(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    body = {"ContentDocumentId": org.document, "LinkedEntityId": org.case, "ShareType": "V", "Visibility": "AllUsers"}
    made = await portal.post("/sobjects/ContentDocumentLink", json=body)
    assert world.records.get("document_link", made.json()["id"])["linked"] == org.case  # type: ignore[index]
    assert code(await portal.post("/sobjects/ContentDocumentLink", json=body)) == "DUPLICATE_VALUE"


LINK = "/sobjects/ContentDocumentLink"


def a_link(org: Org, **more: Any) -> dict[str, Any]:
    return {"ContentDocumentId": org.document, "LinkedEntityId": org.case, **more}


async def shared(portal: httpx.AsyncClient, link: str) -> tuple[str, str]:
    told = (await portal.get(f"{LINK}/{link}?fields=ShareType,Visibility")).json()
    return told["ShareType"], told["Visibility"]


@pytest.mark.parametrize("share", ["V", "C", "I"])
@pytest.mark.parametrize("visibility", ["AllUsers", "InternalUsers"])
async def test_how_a_file_is_shared_reads_back(
    portal: httpx.AsyncClient, org: Org, share: str, visibility: str
) -> None:
    made = (await portal.post(LINK, json=a_link(org, ShareType=share, Visibility=visibility))).json()["id"]
    assert await shared(portal, made) == (share, visibility)
    asked = f"SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId = '{org.case}' AND ShareType = '{share}'"
    found = (await portal.get("/query", params={"q": f"{asked} AND Visibility = '{visibility}'"})).json()["records"]
    assert [row["Id"] for row in found] == [made]


async def test_how_a_file_is_shared_has_a_default_and_can_change(portal: httpx.AsyncClient, org: Org) -> None:
    made = (await portal.post(LINK, json=a_link(org, ShareType="I"))).json()["id"]
    assert await shared(portal, made) == ("I", "AllUsers")
    changed = await portal.patch(f"{LINK}/{made}", json={"ShareType": "C", "Visibility": "InternalUsers"})
    assert changed.status_code == 204
    assert await shared(portal, made) == ("C", "InternalUsers")


@pytest.mark.parametrize("field", ["ShareType", "Visibility"])
@pytest.mark.parametrize("word", ["X", "v", "SharedUsers", "", " ", None])
async def test_no_other_word_says_how_a_file_is_shared(
    portal: httpx.AsyncClient, world: World, org: Org, field: str, word: str | None
) -> None:
    refused = await portal.post(LINK, json=a_link(org, **{field: word}))
    assert code(refused) == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert refused.json()[0]["fields"] == [field]
    assert world.records.find("document_link", linked=org.case) == []
    made = (await portal.post(LINK, json=a_link(org))).json()["id"]
    refused = await portal.patch(f"{LINK}/{made}", json={field: word})
    assert code(refused) == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert await shared(portal, made) == ("V", "AllUsers")
