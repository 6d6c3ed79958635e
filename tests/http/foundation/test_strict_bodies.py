"""A body is exactly JSON of the operation's shape, or a 4xx that names the field; never a 5xx."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from tests.http.foundation.demo import AS_MINA, Demo

JSON = {**AS_MINA, "Content-Type": "application/json"}
LAMP = b'{"name":"hall"}'
REPEATED_AT_LAST = b'{"name":"\\ud800","anything":{%s}}' % b",".join(b'"k%d":0' % n for n in (*range(90_000), 89_999))
"""Looking for the repeated one must not take a look at all for each: one such body would hold up everybody."""


def told(http: TestClient, body: bytes, headers: dict[str, str] = JSON) -> tuple[int, str, list[tuple[str, str]]]:
    answer = http.post("/api/lamps", content=body, headers=headers)
    problem = answer.json()
    return answer.status_code, problem["code"], [(e["field"], e["code"]) for e in problem.get("errors", [])]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (b'{"name":"hall","colour":"red"}', "colour", "unknown_field"),
        (b'{"name":"hall","bought_on":"2026-01-01"}', "bought_on", "unknown_field"),
        (b"{}", "name", "required"),
        (b'{"name":7}', "name", "wrong_type"),
        (b'{"name":"hall","watts":"5"}', "watts", "wrong_type"),
        (b'{"name":"hall","watts":5.0}', "watts", "wrong_type"),
        (b'{"name":"hall","watts":true}', "watts", "wrong_type"),
        (b'{"name":"hall","watts":0}', "watts", "too_small"),
        (b'{"name":"hall","watts":101}', "watts", "out_of_range"),
        (b'{"name":"hall","watts":' + b"9" * 5000 + b"}", "watts", "out_of_range"),
        (b'{"name":"hall","watts":1e999}', "watts", "out_of_range"),
        (b'{"name":"' + b"x" * 21 + b'"}', "name", "too_long"),
        (b'{"name":"hall","boughtOn":"2026-02-30"}', "boughtOn", "not_a_date"),
        (b'{"name":"hall","tags":["a",1]}', "tags[1]", "wrong_type"),
        (b'{"name":"hall","name":"hall"}', "name", "repeated"),
        pytest.param(REPEATED_AT_LAST, "k89999", "repeated", id="the last of many"),
        (b'{"name":"a\\u0000b"}', "name", "bad_characters"),
        (b'{"name":"hall","anything":[{"a":"\\u0000"}]}', "anything[0].a", "bad_characters"),
        (b'{"name":"hall","anything":{"\\u0000":1}}', "anything", "bad_characters"),
        (b'{"name":"\\ud800"}', "name", "bad_characters"),
        (b'{"name":"hall","anything":' + b"1" * 30 + b"}", "anything", "out_of_range"),
        (b'{"name":"hall","anything":' + b"[" * 40 + b"]" * 40 + b"}", "anything" + "[0]" * 32, "too_deep"),
    ],
)
def test_what_is_wrong_is_named_by_field(http: TestClient, demo: Demo, body: bytes, field: str, code: str) -> None:
    assert told(http, body) == (400, "unreadable", [(field[:120], code)])
    assert demo.made == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"null x",
        b"NaN",
        b'{"name":"\x00"}',
        b'{"name":"\xff"}',
        b'\xef\xbb\xbf{"name":"hall"}',
        b'\xff\xfe{\x00"\x00',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"name":"hall","anything":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_is_no_json_is_told(http: TestClient, body: bytes) -> None:
    status, code, errors = told(http, body)
    assert (status, code) == (400, "unreadable")
    assert errors in ([("", "not_json")], [("", "wrong_type")], [("a", "unknown_field")])


def test_a_body_is_needed(http: TestClient) -> None:
    assert told(http, b"") == (400, "unreadable", [("", "body_required")])


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"7", b"null"])
def test_a_body_is_an_object(http: TestClient, body: bytes) -> None:
    assert told(http, body) == (400, "unreadable", [("", "wrong_type")])


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "",
        "application/json; charset=latin-1",
        ";",
    ],
)
def test_another_media_type_is_415(http: TestClient, media_type: str) -> None:
    assert told(http, LAMP, {**AS_MINA, "Content-Type": media_type})[:2] == (415, "wrong_media_type")


@pytest.mark.parametrize(
    "media_type", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_json_may_say_that_it_is_utf_8(http: TestClient, media_type: str) -> None:
    assert http.post("/api/lamps", content=LAMP, headers={**AS_MINA, "Content-Type": media_type}).status_code == 201


def test_a_body_above_the_limit_is_413(http: TestClient, demo: Demo) -> None:
    body = b'{"name":"hall","anything":"' + b"x" * demo.settings.body_limit + b'"}'
    assert told(http, body)[:2] == (413, "body_too_large")
    assert demo.made == []


def test_any_data_whatever_is_read_or_refused(http: TestClient, demo: Demo) -> None:
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    )

    @settings(max_examples=150)
    @given(st.dictionaries(st.sampled_from(["name", "watts", "boughtOn", "tags", "anything"]), values))
    def try_one(data: dict[str, Any]) -> None:
        # escaped, so that half of a surrogate pair goes over the wire too; Infinity and NaN go as Python writes them
        assert http.post("/api/lamps", content=json.dumps(data), headers=JSON).status_code in (201, 400)

    @settings(max_examples=150)
    @given(st.binary(max_size=60))
    def try_bytes(body: bytes) -> None:
        assert http.post("/api/lamps", content=body, headers=JSON).status_code == 400

    try_one()
    try_bytes()
    assert demo.notes.crashes == []
