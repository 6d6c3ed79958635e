"""The same key, caller and body give the same answer; a refused or failed request gives its key back (T-2, ORD-5)."""

from datetime import timedelta

import pytest
from litestar.testing import TestClient

from ports.store import KeptAnswer, KeyState
from tests.http.foundation.demo import AS_KEN, AS_MINA, Demo

KEY = {"Idempotency-Key": "key-1"}


def add(http: TestClient, name: str = "hall", **headers: str):
    return http.post("/api/lamps", json={"name": name}, headers=AS_MINA | KEY | headers)


def test_a_repeat_gets_the_first_answer(http: TestClient, demo: Demo) -> None:
    first, again = add(http), add(http)
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(demo.made) == 1


def test_blanks_and_order_make_no_other_body(http: TestClient, demo: Demo) -> None:
    headers = AS_MINA | KEY | {"Content-Type": "application/json"}
    http.post("/api/lamps", content=b'{"name":"hall","watts":5}', headers=headers)
    assert http.post("/api/lamps", content=b'{ "watts": 5, "name": "hall" }', headers=headers).status_code == 201
    assert len(demo.made) == 1


def test_another_body_under_the_key_is_422(http: TestClient, demo: Demo) -> None:
    add(http)
    answer = add(http, "attic")
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert len(demo.made) == 1


def test_keys_are_each_customer_s_own(http: TestClient, demo: Demo) -> None:
    add(http)
    assert add(http, "attic", **AS_KEN).status_code == 201
    assert len(demo.made) == 2


def test_without_a_key_each_request_is_its_own(http: TestClient, demo: Demo) -> None:
    for _ in range(2):
        http.post("/api/lamps", json={"name": "hall"}, headers=AS_MINA)
    assert len(set(demo.made)) == 2


def test_a_refused_request_does_not_use_up_its_key(http: TestClient, demo: Demo) -> None:
    assert add(http, "refused").status_code == 422
    assert add(http, "x" * 21).status_code == 400
    assert add(http).status_code == 201
    assert len(demo.made) == 1


def test_a_request_that_still_runs_is_409(http: TestClient, demo: Demo) -> None:
    add(http)
    (place,) = demo.store.shelf.answers_kept
    digest, _ = demo.store.shelf.answers_kept[place]
    demo.store.shelf.answers_kept[place] = digest, running(demo)
    answer = add(http)
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (409, "still_running", "1")
    assert add(http, "attic").status_code == 422


def test_what_a_dead_process_left_running_is_taken_up_under_the_same_request_key(http: TestClient, demo: Demo) -> None:
    add(http)
    (place,) = demo.store.shelf.answers_kept
    digest, _ = demo.store.shelf.answers_kept[place]
    demo.store.shelf.answers_kept[place] = digest, running(demo)
    demo.clock.at += demo.settings.key_lease + timedelta(seconds=1)
    assert add(http).status_code == 201
    first, again = demo.made
    assert first == again


def test_a_repeat_while_the_work_goes_on_is_answered_as_it_stands_then(http: TestClient, demo: Demo) -> None:
    assert add(http, "slow").status_code == 202
    assert add(http, "attic").json()["code"] == "key_reused"
    later, again = add(http, "slow"), add(http, "slow")
    assert (later.status_code, "idempotency-replayed" in later.headers) == (201, False)
    assert (again.status_code, again.json()) == (201, later.json())
    assert len(set(demo.made)) == 1, "both were done under one request key"


def running(demo: Demo):
    return KeptAnswer(state=KeyState.RUNNING, taken_at=demo.clock.at)


@pytest.mark.parametrize("key", ["", "a b", "a\tb", "k" * 256, b"caf\xc3\xa9", " "])
def test_a_key_is_visible_ascii(http: TestClient, demo: Demo, key: str | bytes) -> None:
    answer = http.post("/api/lamps", json={"name": "hall"}, headers={**AS_MINA, "Idempotency-Key": key})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
    assert demo.made == []


def test_two_keys_are_none(http: TestClient) -> None:
    headers = [*AS_MINA.items(), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    assert http.post("/api/lamps", json={"name": "hall"}, headers=headers).status_code == 400


@pytest.mark.parametrize("key", ["!", "~" * 255, '"quoted"'])
def test_any_visible_ascii_is_a_key(http: TestClient, key: str) -> None:
    assert add(http, **{"Idempotency-Key": key}).status_code == 201
