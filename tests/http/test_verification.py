"""Sending in a residence card over HTTP, with the real cleaner (IDV)."""

import builtins
import io
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.domain.identity import IdStatus
from tests.adapters.documents import png
from tests.http.checks_portal import Portal, a_cleaner, a_portal

PATHS = ["/api/verification/id", "/api/verification/residence-card"]
PATH = PATHS[0]


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with a_cleaner() as cleaner, a_portal(tmp_path, cleaner=cleaner) as portal:
        yield portal


@pytest.fixture
async def mina(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    async with portal.client(await portal.house.customer()) as client:
        yield client


async def account(portal: Portal) -> str:
    [session] = portal.sessions.values()
    return session.account


def card(name: str = "residence card.png", data: bytes | None = None) -> tuple[str, bytes, str]:
    return (name, png() if data is None else data, "application/octet-stream")


def titles(portal: Portal) -> list[str]:
    return [version["title"] for version in portal.house.world.records.find("document_version")]


async def test_before_anything_is_sent(mina: httpx.AsyncClient) -> None:
    said = (await mina.get(PATH)).json()
    assert (said["status"], said["takesUpload"], said["message"]) == (
        "not_submitted", True, "Please send your residence card.",
    )  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("field", ["front", "file"])
async def test_a_card_is_taken(portal: Portal, mina: httpx.AsyncClient, path: str, field: str) -> None:
    answer = await mina.post(path, files={field: card()})
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["status"], said["fileName"], said["late"]) == ("submitted", "residence card.png", False)
    assert said["expected"]["latest"] == "2026-01-22T23:59:59+09:00"
    assert (await mina.get(path)).json()["status"] == "submitted"
    assert titles(portal) == ["residence card.png"]


async def test_both_sides_are_taken_with_few_calls(portal: Portal, mina: httpx.AsyncClient) -> None:
    portal.house.world.calls.clear()
    answer = await mina.post(PATH, files={"front": card(), "back": card("../back\u202e.png")})
    assert answer.status_code == 200
    assert titles(portal) == ["residence card.png", "back.png"]
    calls = {operation: count for (_, operation), count in portal.house.world.calls.items()}
    assert calls == {"standing": 1, "ensure_document": 2, "ensure_submitted": 1, "review_times": 1}


@pytest.mark.parametrize(
    ("files", "status", "code", "fault"),
    [
        ({"front": card(data=b"")}, 422, "document_not_accepted", ("front", "empty")),
        ({"front": card(data=b"MZ" + b"\0" * 64)}, 422, "document_not_accepted", ("front", "not_a_document")),
        ({"front": card(data=png()[:-20])}, 422, "document_not_accepted", ("front", "truncated")),
        ({"front": card(data=b"x" * 10_000_001)}, 422, "document_not_accepted", ("front", "too_large")),
        ({"front": card(), "back": card(data=b"no picture")}, 422, "document_not_accepted", ("back", "not_a_document")),
        ({"back": card()}, 400, "unreadable", ("front", "required")),
        ({"front": card(), "selfie": card()}, 400, "unreadable", ("selfie", "unknown_field")),
        ([("front", card()), ("file", card())], 400, "unreadable", ("front", "repeated")),
    ],
)
async def test_what_is_no_card_is_refused_by_field_and_leaves_nothing(
    portal: Portal, mina: httpx.AsyncClient, files: Any, status: int, code: str, fault: tuple[str, str]
) -> None:
    answer = await mina.post(PATH, files=files)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == fault
    assert titles(portal) == []
    assert (await mina.get(PATH)).json()["status"] == "not_submitted"


async def test_a_form_above_22_mb_is_refused(mina: httpx.AsyncClient) -> None:
    files = {"front": card(data=b"x" * 11_600_000), "back": card(data=b"x" * 11_600_000)}
    answer = await mina.post(PATH, files=files)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_only_multipart_is_taken(mina: httpx.AsyncClient) -> None:
    answer = await mina.post(PATH, content=png(), headers={"content-type": "image/png"})
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_media_type")
    answer = await mina.post(
        PATH, content=b"--x\r\nno form", headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_multipart")


async def test_no_file_is_opened_for_what_is_sent(
    portal: Portal, mina: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = builtins.open

    def watched(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if not isinstance(file, int) and set(mode) & set("wax+"):  # a number is a pipe to the cleaner
            opened.append(str(file))
        return real(file, mode, *rest, **more)

    def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr(builtins, "open", watched)
    monkeypatch.setattr(io, "open", watched)
    for maker in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, maker, forbidden)
    assert (await mina.post(PATH, files={"front": card(), "back": card("back.png")})).status_code == 200
    assert opened == []


async def test_a_rejection_says_why_and_what_helps(portal: Portal, mina: httpx.AsyncClient) -> None:
    await mina.post(PATH, files={"front": card()})
    await portal.house.staff.review_id(await account(portal), IdStatus.REJECTED, "BLURRY")
    await portal.house.hear()
    said = (await mina.get(PATH, headers={"accept-language": "ja"})).json()
    assert said["rejection"] == {
        "code": "BLURRY",
        "kind": "try_again",
        "reason": "画像を読み取れませんでした。",
        "remedy": "明るい場所で、四隅が入るように撮り直してください。",
    }
    again = await mina.post(PATH, files={"front": card("better.png", png(compress_level=1))})
    assert (again.status_code, again.json()["status"], again.json()["rejection"]) == (200, "submitted", None)


async def test_a_verified_customer_sends_no_more(portal: Portal, mina: httpx.AsyncClient) -> None:
    await mina.post(PATH, files={"front": card()})
    await portal.house.staff.review_id(await account(portal), IdStatus.VERIFIED)
    await portal.house.hear()
    assert (await mina.get(PATH)).json()["takesUpload"] is False
    answer = await mina.post(PATH, files={"front": card()})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_verified")


async def test_with_salesforce_down_it_is_503_and_nothing_is_kept(portal: Portal, mina: httpx.AsyncClient) -> None:
    portal.house.world.faults.switch("salesforce", "ensure_document", "unavailable")
    answer = await mina.post(PATH, files={"front": card()})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert await portal.house.runner.unsettled() == ()


async def test_a_key_stands_for_these_very_files(portal: Portal, mina: httpx.AsyncClient) -> None:
    key = {"idempotency-key": "upload-1"}
    first = await mina.post(PATH, files={"front": card()}, headers=key)
    again = await mina.post(PATH, files={"front": card()}, headers=key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    other = await mina.post(PATH, files={"front": card("other.png")}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert titles(portal) == ["residence card.png"]
