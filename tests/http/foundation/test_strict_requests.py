"""Paths, queries and methods are taken as documented or refused with a 4xx; never a 5xx."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from tests.http.foundation.demo import AS_MINA, Demo


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nope",
        "/api",
        "/api/nope",
        "/api/lamps/%00",
        "/api/lamps/a%00b",
        "/api/lamps/%0d%0aX-Evil:1",
        "/api/lamps/%ff%fe",
        "/api/lamps/" + "9" * 129,
        "/api/lamps/" + "9" * 5000,
        "/api/lamps/%2e%2e%2f%2e%2e%2fetc",
        "/api/lamps/../../etc",
        "/api/lamps/%F0%9F%92%A9",
        "/api/lamps/{id}",
        "/api/lamps/' OR 1=1 --",
    ],
)
def test_a_path_that_leads_nowhere_is_404(http: TestClient, path: str) -> None:
    answer = http.get(path, headers=AS_MINA)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("page=2", "page", "unknown_parameter"),
        ("limit=1&limit=2", "limit", "repeated"),
        ("limit=x", "limit", "wrong_type"),
        ("limit=0", "limit", "too_small"),
        ("limit=101", "limit", "out_of_range"),
        ("limit=" + "9" * 400, "limit", "out_of_range"),
        ("limit=1.5", "limit", "wrong_type"),
        ("limit=", "limit", "wrong_type"),
        ("cursor=%00", "cursor", "bad_characters"),
        ("cursor=%ff", "cursor", "bad_characters"),
        ("cursor=%zz", "", "bad_encoding"),
        ("cursor=%", "", "bad_encoding"),
        ("cursor=" + "a" * 600, "cursor", "too_long"),
        ("cursor=" + "a" * 5000, "", "bad_encoding"),
        ("LIMIT=1", "LIMIT", "unknown_parameter"),
        ("=1", "", "unknown_parameter"),
    ],
)
def test_a_query_holds_known_parameters_once(http: TestClient, query: str, field: str, code: str) -> None:
    answer = http.get(f"/api/lamps?{query}", headers=AS_MINA)
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]


def test_what_is_known_of_a_query_is_the_operation_s(http: TestClient) -> None:
    assert http.get("/api/greeting?times=2").json()["times"] == 2
    assert http.get("/api/lamps?times=2", headers=AS_MINA).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "FOO"])
def test_another_method_is_405_and_told_what_there_is(http: TestClient, method: str) -> None:
    answer = http.request(method, "/api/lamps", headers=AS_MINA)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_options_says_what_the_path_has_without_a_session(http: TestClient) -> None:
    answer = http.options("/api/lamps")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


@pytest.mark.parametrize("path", ["/api/lamps", "/api/shelf", "/api/own", "/api/greeting"])
def test_head_is_get_without_the_body(http: TestClient, path: str) -> None:
    head, get = http.head(path, headers=AS_MINA), http.get(path, headers=AS_MINA)
    assert head.status_code == get.status_code == 200
    assert head.headers["content-length"] == get.headers["content-length"] != "0"
    assert head.content == b""


@pytest.mark.parametrize("accepts", ["", "text/html", "application/xml;q=1", "*/*;q=0", ";;;", "\x7f", "a" * 10_000])
def test_accept_is_no_reason_to_fail(http: TestClient, accepts: str) -> None:
    answer = http.get("/api/greeting", headers={"Accept": accepts})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize("host", ["evil.example", "a b", "<script>", "", "[::1", "x" * 5000])
def test_a_host_header_changes_no_link(http: TestClient, host: str) -> None:
    answer = http.get("/api/faults/late", headers={"Host": host})
    assert answer.status_code in (400, 409)
    assert answer.json()["type"].startswith("http://127.0.0.1:8000/problems/")


def test_no_path_query_or_header_is_a_500(http: TestClient, demo: Demo) -> None:
    text = st.text(st.characters(codec="utf-8", exclude_characters="?#"), max_size=20)
    names = st.sampled_from(
        ["Accept", "Cookie", "Authorization", "If-None-Match", "Idempotency-Key", "Content-Type", "Origin"]
    )
    values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)

    @settings(max_examples=200)
    @given(
        st.sampled_from(["GET", "POST", "HEAD", "DELETE", "OPTIONS"]),
        st.sampled_from(["/api/lamps/", "/api/shelf", "/api/own", "/schema/", "/api/signed/", "/"]),
        text,
        text,
        st.dictionaries(names, values, max_size=3),
    )
    def try_one(method: str, base: str, path: str, query: str, headers: dict[str, str]) -> None:
        answer = http.request(method, base + quote(path), params=query or None, headers=headers)
        assert answer.status_code < 500
        if answer.status_code >= 400 and method != "HEAD":
            assert answer.headers["content-type"] == "application/problem+json"

    try_one()
    assert demo.notes.crashes == []
