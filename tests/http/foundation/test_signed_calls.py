"""A signed call takes effect once or not at all, and is checked in one order (FUL-7, T-4)."""

import pytest
from litestar.testing import TestClient

from adapters.http.signature import signature
from adapters.http.surroundings import SigningSecret
from tests.http.foundation.demo import NOON, SECRET, Demo

AT = int(NOON.timestamp())
NONCE = "n-4f1c2d9a7b3e6a80"


def signed(path: str = "/api/signed/7", body: bytes = b"", *, secret: bytes = SECRET, **other: str) -> dict[str, str]:
    said = {"timestamp": str(AT), "nonce": NONCE, "key": "key-1", "method": "POST"} | other
    proof = signature(secret, said["method"], path, said["timestamp"], said["nonce"], said["key"], body)
    return {
        "X-Timestamp": said["timestamp"],
        "X-Nonce": said["nonce"],
        "Idempotency-Key": said["key"],
        "X-Signature": f"v1={proof}",
    }


def code(http: TestClient, headers: dict[str, str], path: str = "/api/signed/7", body: bytes = b"") -> tuple[int, str]:
    answer = http.post(path, content=body, headers=headers)
    return answer.status_code, answer.json().get("code", "")


def test_the_vector(http: TestClient) -> None:
    path, body = "/api/orders/801000000000001AAA/provision", b'{"activation":"now"}'
    proof = signature(SECRET, "POST", path, "1767225600", NONCE, "prov-801000000000001AAA-1", body)
    assert proof == "fd919802116d2ee8f496bbefc3fd133f9fbd641e6218058b401629473c73cef1"
    headers = {
        "X-Timestamp": "1767225600",
        "X-Nonce": NONCE,
        "Idempotency-Key": "prov-801000000000001AAA-1",
        "X-Signature": f"v1={proof}",
        "Content-Type": "application/json",
    }
    answer = http.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (201, {"activation": "now"})


def test_a_good_call_goes_through_once(http: TestClient, demo: Demo) -> None:
    assert code(http, signed()) == (202, "")
    assert code(http, signed()) == (409, "nonce_seen")
    assert len(demo.made) == 1


def test_a_seen_key_with_a_new_nonce_gets_the_first_result(http: TestClient, demo: Demo) -> None:
    first = http.post("/api/signed/7", headers=signed())
    again = http.post("/api/signed/7", headers=signed(nonce="n-another-nonce-1"))
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert len(demo.made) == 1


@pytest.mark.parametrize(
    ("header", "value", "field"),
    [
        ("X-Timestamp", None, "X-Timestamp"),
        ("X-Timestamp", "now", "X-Timestamp"),
        ("X-Timestamp", "1767225600.5", "X-Timestamp"),
        ("X-Timestamp", "-1", "X-Timestamp"),
        ("X-Timestamp", "9" * 13, "X-Timestamp"),
        ("X-Nonce", "too-short", "X-Nonce"),
        ("X-Nonce", "n" * 65, "X-Nonce"),
        ("X-Nonce", "nonce with blanks!!", "X-Nonce"),
        ("X-Signature", "v2=" + "0" * 64, "X-Signature"),
        ("X-Signature", "v1=" + "0" * 63, "X-Signature"),
        ("X-Signature", "v1=" + "F" * 64, "X-Signature"),
        ("X-Key-Id", "a b", "X-Key-Id"),
        ("Idempotency-Key", None, "Idempotency-Key"),
        ("Idempotency-Key", "a b", "Idempotency-Key"),
        ("Idempotency-Key", "k" * 256, "Idempotency-Key"),
    ],
)
def test_the_shape_is_checked_first(http: TestClient, header: str, value: str | None, field: str) -> None:
    headers = {name: said for name, said in (signed() | {header: value}).items() if said is not None}
    answer = http.post("/api/signed/7", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("secrets", [(), (SigningSecret("first", b""),)])
def test_without_a_secret_nothing_is_believed_but_the_shape_comes_first(secrets: tuple[SigningSecret, ...]) -> None:
    with TestClient(Demo(signing=secrets).app()) as http:
        assert code(http, {}) == (400, "unreadable")
        assert code(http, signed(secret=b"")) == (503, "signing_off")


@pytest.mark.parametrize(
    ("headers", "path", "body"),
    [
        (signed(secret=b"a wrong secret"), "/api/signed/7", b""),
        (signed(), "/api/signed/8", b""),
        (signed(), "/api/signed/7?a=1", b""),
        (signed(), "/api/signed/%37", b""),
        (signed(), "/api/signed/7", b"{}"),
        (signed(method="GET"), "/api/signed/7", b""),
        (signed() | {"Idempotency-Key": "key-2"}, "/api/signed/7", b""),
        (signed() | {"X-Nonce": "n-another-nonce-1"}, "/api/signed/7", b""),
        (signed() | {"X-Timestamp": str(AT + 1)}, "/api/signed/7", b""),
        (signed() | {"X-Key-Id": "second"}, "/api/signed/7", b""),
        (signed() | {"X-Key-Id": "unknown"}, "/api/signed/7", b""),
    ],
)
def test_what_was_not_signed_like_that_is_refused(
    http: TestClient, demo: Demo, headers: dict[str, str], path: str, body: bytes
) -> None:
    assert code(http, headers, path, body) == (401, "signature_wrong")
    assert not demo.store.shelf.nonces_kept, "a forged call uses up no nonce"


def test_either_secret_is_good(http: TestClient) -> None:
    second = b"another-secret"
    assert code(http, signed(secret=second) | {"X-Key-Id": "second"}) == (202, "")
    assert code(http, signed(secret=second, nonce="n-another-nonce-1", key="key-2")) == (202, "")


@pytest.mark.parametrize(("seconds", "expected"), [(300, 202), (-300, 202), (301, 401), (-301, 401)])
def test_the_clock_may_be_five_minutes_off(http: TestClient, seconds: int, expected: int) -> None:
    status, said = code(http, signed(timestamp=str(AT + seconds)))
    assert status == expected
    assert said == ("" if expected == 202 else "clock_off")


def test_a_wrong_signature_is_told_before_a_wrong_clock(http: TestClient) -> None:
    assert code(http, signed(secret=b"wrong", timestamp="1")) == (401, "signature_wrong")


def test_the_path_is_signed_as_it_was_sent(http: TestClient) -> None:
    path = "/api/signed/a%2Db"
    assert code(http, signed(path), path) == (202, "")
