"""Log-in, sessions, cookies and passwords over HTTP (ACC-7, ACC-8, ACC-9)."""

from pathlib import Path

import pytest

from core.domain.limits import LIMITS
from tests.databases import embedded_only
from tests.http.account_portal import DETAILS, PASSWORD, Customer, Portal, a_portal

NEW = "another quiet evening there"
LOG_IN = {"email": "mina@example.com", "password": PASSWORD}


def test_wrong_and_unknown_are_answered_alike(portal: Portal) -> None:
    portal.customer()
    answers = [
        portal.post("/auth/login", {"email": email, "password": password})
        for email, password in (
            ("mina@example.com", "wrong " + PASSWORD),
            ("nobody@example.com", PASSWORD),
            ("not an email", PASSWORD),
            ("", ""),
        )
    ]
    bodies = [{k: v for k, v in answer.json().items() if k != "correlationId"} for answer in answers]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert bodies == [bodies[0]] * 4
    assert bodies[0]["code"] == "wrong_login"
    assert len({frozenset(answer.headers) for answer in answers}) == 1
    assert portal.post("/auth/login", LOG_IN).status_code == 200


def test_a_refresh_sent_again_under_its_key_goes_on(portal: Portal) -> None:
    mina = portal.customer()
    body = {"refreshToken": mina.tokens["refreshToken"]}
    lost, again = (portal.post("/auth/refresh", body, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (lost.status_code, again.status_code) == (200, 200)
    assert Customer(portal, again.json()).get("/me").status_code == 200
    assert portal.post("/auth/refresh", body, **{"Idempotency-Key": "other"}).status_code == 401
    assert Customer(portal, again.json()).get("/me").status_code == 401


def test_a_refresh_token_works_once_and_a_replay_ends_its_family(portal: Portal) -> None:
    first = portal.customer()
    renewed = portal.post("/auth/refresh", {"refreshToken": first.tokens["refreshToken"]})
    assert renewed.status_code == 200
    second = Customer(portal, renewed.json())
    assert second.get("/me").status_code == 200
    assert first.get("/me").status_code == 401
    replayed = portal.post("/auth/refresh", {"refreshToken": first.tokens["refreshToken"]})
    assert (replayed.status_code, replayed.json()["code"]) == (401, "token_spent")
    assert second.get("/me").status_code == 401
    assert portal.post("/auth/refresh", {"refreshToken": second.tokens["refreshToken"]}).status_code == 401


def test_logging_out_ends_the_session_at_once(portal: Portal) -> None:
    mina = portal.customer()
    assert mina.get("/me").status_code == 200
    assert mina.post("/auth/logout").status_code == 204
    assert mina.get("/me").status_code == 401
    assert mina.post("/auth/logout").status_code == 401
    assert portal.post("/auth/refresh", {"refreshToken": mina.tokens["refreshToken"]}).status_code == 401


def test_a_cookie_session_needs_its_csrf_token_to_change_anything(portal: Portal) -> None:
    portal.customer()
    answer = portal.post("/auth/login", {**LOG_IN, "session": "cookie"})
    assert answer.json()["accessToken"] is None
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("genkan=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    csrf = {"X-CSRF-Token": answer.json()["csrfToken"]}
    assert portal.http.get("/api/me").status_code == 200, "the client sends the cookie by itself"
    without = portal.http.patch("/api/me", json={"language": "ja"})
    assert (without.status_code, without.json()["code"]) == (403, "cross_site")
    assert portal.http.patch("/api/me", json={"language": "ja"}, headers=csrf).status_code == 200
    elsewhere = portal.http.patch("/api/me", json={}, headers={**csrf, "Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert portal.http.post("/api/auth/logout", headers=csrf).status_code == 204
    assert portal.http.get("/api/me").status_code == 401


def test_a_reset_link_sets_a_password_once(portal: Portal) -> None:
    mina = portal.customer()
    known = portal.post("/auth/request-password-reset", {"email": "MINA@example.com"}, host="evil.example")
    unknown = portal.post("/auth/request-password-reset", {"email": "nobody@example.com"})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (202, b'{"taken":true}')
    link = portal.mails("mina@example.com", "password_reset")[0].values["link"]
    assert link.startswith("http://127.0.0.1:8000/"), "the host is the operator's, not the caller's"
    token = link.partition("#token=")[2]
    short = portal.post("/auth/reset-password", {"token": token, "password": "short"})
    assert (short.status_code, short.json()["errors"][0]["code"]) == (422, "too_short")
    assert portal.post("/auth/reset-password", {"token": token, "password": NEW}).status_code == 200
    assert mina.get("/me").status_code == 401
    assert portal.post("/auth/login", LOG_IN).status_code == 401
    assert portal.post("/auth/login", {**LOG_IN, "password": NEW}).status_code == 200
    again = portal.post("/auth/reset-password", {"token": token, "password": PASSWORD})
    assert (again.status_code, again.json()["code"]) == (401, "token_spent")
    assert portal.mails("nobody@example.com") == ()


def test_changing_the_password_ends_the_other_sessions(portal: Portal) -> None:
    mina = portal.customer()
    other = Customer(portal, portal.post("/auth/login", LOG_IN).json())
    assert other.get("/me").status_code == 200
    wrong = mina.post("/auth/change-password", {"currentPassword": "x", "newPassword": NEW})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "currentPassword")
    body = {"currentPassword": PASSWORD, "newPassword": NEW}
    first, again = (mina.post("/auth/change-password", body, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200), "a repeat whose answer was lost is no wrong password"
    assert other.get("/me").status_code == 401
    assert mina.get("/me").status_code == 200


@embedded_only
def test_no_secret_reaches_the_database_as_it_is(portal: Portal, tmp_path: Path) -> None:
    mina = portal.customer()
    mina.post("/auth/change-password", {"currentPassword": PASSWORD, "newPassword": NEW}, **{"Idempotency-Key": "k"})
    portal.settle()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("genkan.db*"))
    assert b"mina@example.com" in kept
    for secret in (PASSWORD, NEW, mina.tokens["accessToken"], mina.tokens["refreshToken"]):
        assert secret.encode() not in kept


def test_log_ins_are_limited_per_address_and_per_account(tmp_path: Path, migrated_file: Path) -> None:
    with a_portal(tmp_path, migrated_file, limits=dict(LIMITS)) as portal:
        portal.sign_up()  # its completion was one of ten
        wrong = [portal.post("/auth/login", {**LOG_IN, "password": "x"}).status_code for _ in range(6)]
        assert wrong == [401] * 5 + [429]
        right = portal.post("/auth/login", LOG_IN)
        assert (right.status_code, right.json()["code"]) == (429, "too_many")
        assert 60 < int(right.headers["retry-after"]) <= 900
        others = [portal.post("/auth/login", {"email": f"n{n}@example.com", "password": "x"}) for n in range(3)]
        assert [answer.status_code for answer in others] == [401, 401, 429]
        assert int(others[-1].headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/login", {**LOG_IN, "admin": True}),
        ("/auth/login", {"email": "mina@example.com"}),
        ("/auth/login", [LOG_IN]),
        ("/auth/refresh", {"refreshToken": ""}),
        ("/auth/reset-password", {"token": 1, "password": NEW}),
        ("/auth/request-password-reset", {"email": "x" * 1000}),
        ("/auth/signup/complete", {"signupId": "x", "code": "12345"}),
    ],
)
def test_a_body_of_another_shape_is_refused(shared: Portal, path: str, body: object) -> None:
    answer = shared.post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


def test_signing_up_with_an_account_already_open_is_a_customer_of_ones_own(portal: Portal) -> None:
    mina, kai = portal.customer(), portal.customer(email="kai@example.com", firstName="Kai")
    assert mina.get("/me").json()["customerNumber"] == "P1000001"
    assert kai.get("/me").json()["customerNumber"] == "P1000002"
    assert DETAILS["firstName"] == "Mina"
