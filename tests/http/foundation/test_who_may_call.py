"""A session is a bearer token or the page's cookie; a cookie's changes need proof that they come from the page."""

from collections.abc import Iterator

import pytest
from litestar.testing import TestClient

from adapters.http.cookies import no_session_cookie, session_cookie
from adapters.http.surroundings import HttpSettings
from tests.http.foundation.demo import AS_MINA, TOKENS, Demo

TOKEN = next(iter(TOKENS))
COOKIE = {"Cookie": f"genkan={TOKEN}"}
PROOF = {"X-CSRF-Token": "csrf-of-mina"}
OURS = {"Origin": "http://127.0.0.1:8000"}
HTTPS = HttpSettings(public_url="https://portal.example", profile="production")


@pytest.fixture
def https() -> Iterator[TestClient]:
    with TestClient(Demo(settings=HTTPS).app(), base_url="https://portal.example") as client:
        yield client


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer short"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN} {TOKEN}"},
        {"Authorization": "Bearer " + "x" * 600},
        {"Cookie": "genkan="},
        {"Cookie": f"other={TOKEN}"},
        {"Cookie": f"xgenkan={TOKEN}; genkanx={TOKEN}"},
        {"Cookie": f"__Host-genkan={TOKEN}"},
        {"Cookie": ";;==;"},
    ],
)
def test_without_a_good_session_the_answer_is_401(http: TestClient, headers: dict[str, str]) -> None:
    answer = http.get("/api/lamps", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_who_asks_is_checked_before_the_body_is_read(http: TestClient) -> None:
    assert http.post("/api/lamps", content=b"{").status_code == 401


@pytest.mark.parametrize(
    "headers", [AS_MINA, COOKIE, {"Cookie": f"a=b; genkan={TOKEN}; c"}, {**AS_MINA, "Cookie": "genkan=x"}]
)
def test_a_token_speaks_for_its_customer(http: TestClient, headers: dict[str, str]) -> None:
    assert http.get("/api/lamps/of-u-mina", headers=headers).json()["name"] == "mine"


def test_another_customer_s_thing_is_404_as_if_it_were_not(http: TestClient) -> None:
    theirs, nobodys = http.get("/api/lamps/of-u-ken", headers=AS_MINA), http.get("/api/lamps/of-none", headers=AS_MINA)
    assert theirs.status_code == nobodys.status_code == 404
    same = ("type", "title", "status", "detail", "code")
    assert [theirs.json()[key] for key in same] == [nobodys.json()[key] for key in same]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({**COOKIE}, 403),
        ({**COOKIE, "X-CSRF-Token": ""}, 403),
        ({**COOKIE, "X-CSRF-Token": "csrf-of-ken"}, 403),
        ({**COOKIE, "X-CSRF-Token": b"csrf-of-\xc3\xa9"}, 403),
        ({**COOKIE, **PROOF}, 201),
        ({**COOKIE, **PROOF, **OURS}, 201),
        ({**COOKIE, **PROOF, "Origin": "http://127.0.0.1:8001"}, 403),
        ({**COOKIE, **PROOF, "Origin": "https://evil.example"}, 403),
        ({**COOKIE, **PROOF, "Origin": "null"}, 403),
        ({**COOKIE, **PROOF, "Referer": "http://127.0.0.1:8000/account"}, 201),
        ({**COOKIE, **PROOF, "Referer": "https://evil.example/http://127.0.0.1:8000"}, 403),
        ({**COOKIE, **PROOF, "Referer": "http://[broken"}, 403),
        ({**AS_MINA, "Origin": "https://evil.example"}, 201),
    ],
)
def test_a_change_by_cookie_needs_its_token_and_our_origin(
    http: TestClient, headers: dict[str, str | bytes], status: int
) -> None:
    answer = http.post("/api/lamps", json={"name": "hall"}, headers=headers)
    assert answer.status_code == status
    assert status == 201 or answer.json()["code"] == "cross_site"


def test_an_operation_for_everybody_knows_a_customer_where_there_is_one(http: TestClient) -> None:
    assert http.get("/api/greeting").json()["user"] is None
    assert (
        http.get("/api/greeting", headers={"Authorization": "Bearer no-such-token-0123456789"}).json()["user"] is None
    )
    assert http.get("/api/greeting", headers=AS_MINA).json()["user"] == "u-mina"
    assert http.post("/api/greeting", headers={**COOKIE}).status_code == 403, "as the customer, and unproven"


def test_the_cookie_is_locked_to_the_host_over_tls(https: TestClient) -> None:
    assert https.get("/api/lamps", headers={"Cookie": f"__Host-genkan={TOKEN}"}).status_code == 200
    assert https.get("/api/lamps", headers=COOKIE).status_code == 401
    made = session_cookie(HTTPS, TOKEN, 900).to_header(header="")
    for word in ("__Host-genkan=", "Path=/", "Secure", "HttpOnly", "SameSite=lax", "Max-Age=900"):
        assert word in made
    assert "Domain" not in made


def test_on_plain_http_the_cookie_has_another_name() -> None:
    made = session_cookie(HttpSettings(), TOKEN, 900).to_header(header="")
    assert made.startswith("genkan=")
    assert "Secure" not in made
    assert "Max-Age=0" in no_session_cookie(HttpSettings()).to_header(header="")


@pytest.mark.parametrize(
    ("url", "profile"),
    [
        ("http://portal.example", "offline"),
        ("http://127.0.0.1:8000", "production"),
        ("https://portal.example/path", "production"),
        ("ftp://portal.example", "offline"),
        ("portal.example", "offline"),
    ],
)
def test_an_address_that_would_expose_sessions_is_refused_at_start(url: str, profile: str) -> None:
    with pytest.raises(ValueError, match="public_url"):
        HttpSettings(public_url=url, profile=profile)
