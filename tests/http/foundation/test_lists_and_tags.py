"""Lists are walked by cursors nobody can make up; answers carry a tag that saves sending them again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from adapters.http.paging import Cursors
from adapters.http.ready import etag_of, is_known
from adapters.http.refused import Unreadable
from tests.http.foundation.demo import AS_KEN, AS_MINA

CURSORS = Cursors(b"a key")


def test_a_list_is_walked_to_its_end(http: TestClient) -> None:
    seen, cursor = [], None
    while True:
        page = http.get(
            "/api/lamps", params={"limit": 10} | ({"cursor": cursor} if cursor else {}), headers=AS_MINA
        ).json()
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["nextCursor"]) is None:
            break
    assert seen == [f"l-{n}" for n in range(45)]


def test_a_cursor_that_was_changed_is_400(http: TestClient) -> None:
    cursor = http.get("/api/lamps", headers=AS_MINA).json()["nextCursor"]
    for place in range(len(cursor)):
        other = "A" if cursor[place] != "A" else "B"
        answer = http.get(
            "/api/lamps", params={"cursor": cursor[:place] + other + cursor[place + 1 :]}, headers=AS_MINA
        )
        # the last letter may hold bits that are in no byte
        assert answer.status_code == 400 or place == len(cursor) - 1
        if answer.status_code == 400:
            assert answer.json()["errors"] == [
                {
                    "field": "cursor",
                    "code": "bad_cursor",
                    "message": "This cursor is not one of this list. Start without one.",
                }
            ]


@given(st.lists(st.text() | st.integers(-(2**63), 2**63 - 1), max_size=3))
def test_a_cursor_brings_back_its_place(place: list[str | int]) -> None:
    assert CURSORS.read("lamps", CURSORS.write("lamps", *place), tuple[str | int, ...]) == tuple(place)


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_a_made_up_cursor_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        CURSORS.read("lamps", text, tuple[str, str])


def test_a_cursor_is_of_one_list_one_key_and_one_shape() -> None:
    cursor = CURSORS.write("lamps", "a", "b")
    for cursors, name, shape in (
        (CURSORS, "orders", tuple[str, str]),
        (Cursors(b"another"), "lamps", tuple[str, str]),
        (CURSORS, "lamps", tuple[str, int]),
        (CURSORS, "lamps", tuple[str]),
    ):
        with pytest.raises(Unreadable):
            cursors.read(name, cursor, shape)


@pytest.mark.parametrize(("path", "cache"), [("/api/shelf", "no-cache"), ("/api/own", "private, no-cache")])
def test_who_holds_the_answer_is_told_so(http: TestClient, path: str, cache: str) -> None:
    first = http.get(path, headers=AS_MINA)
    again = http.get(path, headers=AS_MINA | {"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["etag"] == first.headers["etag"] == etag_of(first.content)
    assert again.headers["cache-control"] == first.headers["cache-control"] == cache
    assert "content-type" not in again.headers


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ("*", True),
        ('"b"', False),
        ("a", False),
        ('"a', False),
        ("", False),
        (",,,", False),
        (None, False),
    ],
)
def test_if_none_match_is_read_as_http_says(sent: str | None, known: bool) -> None:
    assert is_known(sent, '"a"') is known


def test_what_is_not_in_memory_is_made_by_the_handler(http: TestClient) -> None:
    assert http.get("/api/own", headers=AS_MINA).json()["name"] == "own"
    assert http.get("/api/own", headers=AS_KEN).json()["name"] == "made"


def test_an_answer_from_memory_needs_the_session_and_the_strict_query_too(http: TestClient) -> None:
    assert http.get("/api/own").status_code == 401
    assert http.get("/api/own?a=1", headers=AS_MINA).status_code == 400
    assert http.get("/api/shelf?a=1").status_code == 400
