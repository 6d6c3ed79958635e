"""Files come in a multipart form, into memory alone; whatever else comes is a 4xx."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Request, post
from litestar.testing import TestClient

from adapters.http.auth import Who
from adapters.http.dependencies import Given
from adapters.http.forms import file_schema, files_of
from adapters.http.openapi import operation
from adapters.http.surroundings import HttpSettings
from tests.http.foundation import demo as module
from tests.http.foundation.demo import Demo

FIELDS = {"front": "front", "file": "front", "back": "back"}
FORM = file_schema("front", "file", "back")


@post(
    "/papers",
    **operation("papers", tag="Papers", summary="Send papers", who=Who.ANYONE, form=FORM),
    request_max_body_size=20_000,
)
async def papers(request: Request[Any, Any, Any], settings: Given[HttpSettings]) -> dict[str, tuple[str, int]]:
    found = await files_of(request, settings, FIELDS, needed="front")
    return {field: (file.name, len(file.data)) for field, file in found.items()}


@pytest.fixture
def http(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(module, "AREA", (papers,))
    with TestClient(demo.app()) as client:
        yield client


def test_files_arrive_under_their_field(http: TestClient) -> None:
    answer = http.post("/api/papers", files={"front": ("在留.png", b"\x89PNG" * 4000), "back": ("b.jpg", b"")})
    assert answer.json() == {"front": ["在留.png", 16_000], "back": ["b.jpg", 0]}
    assert http.post("/api/papers", files={"file": ("a.pdf", b"%PDF")}).json() == {"front": ["a.pdf", 4]}


@pytest.mark.parametrize(
    ("files", "field", "code"),
    [
        ([("back", ("b.png", b"b"))], "front", "required"),
        ([("front", ("a", b"a")), ("file", ("b", b"b"))], "front", "repeated"),
        ([("front", ("a", b"a")), ("other", ("b", b"b"))], "other", "unknown_field"),
        ([("front", (None, b"text"))], "front", "wrong_type"),
        ([("front", ("a", b"a"))] * 9, "front", "repeated"),
    ],
)
def test_what_is_wrong_is_named_by_field(http: TestClient, files: list[Any], field: str, code: str) -> None:
    answer = http.post("/api/papers", files=files)
    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x", ""],
)
def test_another_media_type_is_415(http: TestClient, media_type: str) -> None:
    assert http.post("/api/papers", content=b"--x--", headers={"Content-Type": media_type}).status_code == 415


def test_a_form_above_the_operation_s_limit_is_413(http: TestClient) -> None:
    assert http.post("/api/papers", files={"front": ("a", b"x" * 20_001)}).status_code == 413


def test_no_form_whatever_is_a_500(http: TestClient, demo: Demo) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="front"; filename="a"\r\n\r\nxyz\r\n--b--\r\n'
    pieces = st.sampled_from([part, b"--b", b"\r\n", b"--b--", b"\n", b'name="\xff"', b"; charset=klingon", b"\0"])

    @settings(max_examples=200)
    @given(st.lists(pieces | st.binary(max_size=5), max_size=8), st.sampled_from(["b", '"b"', "\\", "x" * 2000]))
    def try_one(body: list[bytes], boundary: str) -> None:
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        answer = http.post("/api/papers", content=b"".join(body), headers=headers)
        assert answer.status_code in (201, 400, 415)

    try_one()
    assert demo.notes.crashes == []


def test_the_form_is_in_the_document(http: TestClient) -> None:
    said = http.get("/schema/openapi.json").json()["paths"]["/api/papers"]["post"]
    schema = said["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert schema["required"] == ["front"]
    assert {"413", "415"} <= said["responses"].keys()
