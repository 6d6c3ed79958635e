"""What customers tell and are told in confidence is in no log, no figure, and not readable in the database.

Words that stand nowhere else are sent in every place there is, in right requests and wrong ones; then everything that
the portal wrote is searched for them (T-6, OPS-2, IDV-6, ACC-7).
"""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from adapters.fakes.wire.salesforce.people import ORG_ID, PORTAL_APP
from adapters.fakes.wire.whmcs.people import ACCESS_KEY, PORTAL
from tests.databases import embedded_only
from tests.fuzz.customers import Customer, ask_for_reset, code_for, make_ready, sign_up
from tests.fuzz.served import Served, serving

EMAIL = "qanary.zephyr@example.com"
PASSWORD = "qanary-password-zephyr-0417"
OTHER_PASSWORD = "qanary-password-borealis-2231"
TRIED_PASSWORD = "qanary-password-tramontana-77"
TOLD: dict[str, Any] = {
    "firstName": "Qanaryfirst",
    "lastName": "Qanarylast",
    "firstKana": "カナリヤメイ",
    "lastKana": "カナリヤセイ",
    "company": "Qanary Company KK",
    "nationality": "Qanarian",
    "birthDate": "1961-07-19",
    "phone": {"countryCode": "81", "number": "9071823645"},
    "address": {
        "postcode": "1100001",
        "prefecture": "Tokyo",
        "city": "Taito-ku Qanarycity",
        "town": "Qanarytown 4-5-6",
        "building": "Qanary Heights 77",
    },
}
PRIVATE = {
    "an address of a mailbox": "qanary.zephyr",
    "a name": "Qanaryfirst",
    "a family name": "Qanarylast",
    "kana": "カナリヤ",
    "a company": "Qanary Company",
    "a nationality": "Qanarian",
    "a birth date": "1961-07-19",
    "a phone number": "9071823645",
    "a city": "Qanarycity",
    "a street": "Qanarytown",
    "a building": "Qanary Heights",
    "a subject": "qanary-subject",
    "a message": "qanary-message",
    "a file's name": "qanary-file",
    "an EID": "89049032770000000000000000000077",
    "a number brought along": "qanary-porting",
    "what a wrong field held": "qanary-wrong",
    "the name of an unknown field": "qanaryField",
    "a path": "qanary-path",
    "a query": "qanary-query",
    "a header": "qanary-header",
    "a card": "Qanarycard",
}
"""What is personal, or was sent by somebody who thought it private."""

CARD = "7391"
CARD_TOLD = re.compile(rf"(?<![0-9.]){CARD}(?![0-9])")
"""The last digits of the card where they stand by themselves, and not within a time."""

BESIDE_THE_COOKIE = "a token against forged requests"
"""Worth nothing without the cookie that it is sent with, so it may stand in the session's row."""


class Secrets:
    """What was given out or typed in that must not be readable anywhere: each with what it is."""

    def __init__(self) -> None:
        self.known = {
            PASSWORD: "a password",
            OTHER_PASSWORD: "a new password",
            TRIED_PASSWORD: "a password that was wrong",
            "qanary-bearer-0123456789": "a token of the caller's own making",
        }

    def take(self, what: str, *secrets: str) -> None:
        """Remember a secret that was given out."""
        self.known |= dict.fromkeys(secrets, what)


class Lived(Secrets):
    """A portal that was told everything; `file` is a document that was sent."""

    def __init__(self, served: Served) -> None:
        super().__init__()
        self.served = served
        self.file = _card()
        self.said_right()
        self.said_wrong()
        served.settle()

    def said_right(self) -> None:
        """What a customer does."""
        served = self.served
        customer = sign_up(served, EMAIL, password=PASSWORD, **TOLD)
        self.take("a mailed code", code_for(served, EMAIL))
        self._tokens(customer.tokens)
        client = customer.account["client"]
        served.deed("whmcs", "add_payment_method", client=client, last_four=CARD, brand=PRIVATE["a card"])
        make_ready(customer, self.file)
        assert CARD in json.dumps(customer.get("/billing/payment-methods/summary"))
        customer.upload(self.file, "qanary-file.png")
        case = customer.post("/support/cases", {"subject": "qanary-subject", "message": "qanary-message"})["id"]
        customer.post(f"/support/cases/{case}/comments", {"text": "qanary-message"})
        sim = {"type": "esim", "eid": PRIVATE["an EID"]}
        order = customer.place({"plan": "SIM-DATA-VOICE-5GB", "sim": sim})
        served.deed("salesforce", "approve_order", order=order)
        self.take("a link into billing", customer.post("/auth/sso-link", {"page": "payment-methods"})["url"])
        anonymous = served.http.put("/api/checkout/session", json={"cart": {"services": [{"plan": "VPN-LONDON"}]}})
        self.take("the token of a checkout", anonymous.json()["token"])
        self._passwords(customer)

    def said_wrong(self) -> None:
        """What is refused, with private things in every place."""
        http, wrong = self.served.http, "qanary-wrong"
        http.post("/api/auth/login", json={"email": EMAIL, "password": TRIED_PASSWORD})
        http.post("/api/auth/login", json={"email": f"{EMAIL}.none", "password": TRIED_PASSWORD, "qanaryField": wrong})
        http.post("/api/auth/signup", json={"email": wrong, "password": TRIED_PASSWORD[:11], **TOLD})
        http.post("/api/auth/signup", content=f'{{"email": "{EMAIL}", "password": "{TRIED_PASSWORD}", '.encode())
        http.post("/api/auth/refresh", json={"refreshToken": "qanary-bearer-0123456789"})
        http.post("/api/checkout/cart", json={"services": [{"plan": wrong, "sim": {"eid": wrong, "type": wrong}}]})
        http.post("/api/support/contact", json={"email": EMAIL, "name": "Qanarylast", "subject": wrong, "message": ""})
        http.get("/api/orders/qanary-path", headers={"Authorization": "Bearer qanary-bearer-0123456789"})
        http.get("/api/qanary-path/Qanarylast")
        http.get("/api/catalog/personalized?type=qanary-query&qanaryField=1")
        private = {
            "X-Checkout-Token": "qanary-header",
            "Referer": "http://qanary-header/",
            "Cookie": "genkan=qanary-header-0",
        }
        http.get(
            "/api/checkout/session",
            headers={**private, "User-Agent": "qanary-header", "Accept-Language": "qanary-header"},
        )

    def _tokens(self, tokens: dict[str, str]) -> None:
        self.take("an access token", tokens["accessToken"])
        self.take("a refresh token", tokens["refreshToken"])

    def _passwords(self, customer: Customer) -> None:
        http = self.served.http
        changed = customer.ask(
            "POST", "/auth/change-password", {"currentPassword": PASSWORD, "newPassword": OTHER_PASSWORD}
        )
        assert changed.status_code == 200, changed.text
        ask_for_reset(customer)
        self.take("the token of a reset", customer.reset_token)
        key = {"Idempotency-Key": "qanary-reset"}
        reset = {"token": customer.reset_token, "password": PASSWORD}
        assert http.post("/api/auth/reset-password", json=reset, headers=key).status_code == 200
        for answer in (self._log_in({}), self._log_in({"session": "cookie"})):
            said = answer.json()
            if said["csrfToken"] is None:
                self._tokens(said)
            else:
                self.take(BESIDE_THE_COOKIE, said["csrfToken"])
            self.take("a cookie", *answer.cookies.values())

    def _log_in(self, further: dict[str, str]) -> httpx.Response:
        body = {"email": EMAIL, "password": PASSWORD, **further}
        answer = httpx.post(f"{self.served.address}/api/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        return answer


def _card() -> bytes:
    about = PngInfo()
    about.add_text("Comment", "qanary-document")
    out = io.BytesIO()
    Image.effect_noise((64, 64), 90).convert("RGB").save(out, "PNG", pnginfo=about)
    return out.getvalue()


@pytest.fixture(scope="module", params=["offline", "sandbox"])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    settings = {"GENKAN_PROFILE": request.param, "GENKAN_LOG_LEVEL": "debug", "GENKAN_WHMCS__ACCESS_KEY": ACCESS_KEY}
    with serving(tmp_path_factory.mktemp("canaries"), settings) as served:
        lived = Lived(served)
        if request.param == "sandbox":
            assert PORTAL_APP.secret is not None
            lived.take("what the portal logs in to Salesforce with", PORTAL_APP.secret)
            lived.take("what the portal calls WHMCS with", PORTAL.identifier, PORTAL.secret, ACCESS_KEY)
        yield lived


def files(lived: Lived) -> dict[str, bytes]:
    """Everything the portal keeps and passing files that it left, by name; what it said is looked at apart."""
    folders = lived.served.folder / ".genkan", lived.served.folder / "tmp"
    found = {path.name: path.read_bytes() for data in folders for path in sorted(data.rglob("*")) if path.is_file()}
    kept_by = {"genkan.db", "genkan.db-wal", "work.db", "work.db-wal", "world.db"}
    assert kept_by <= set(found), "where something is kept is to be looked into"
    return found


def test_the_log_holds_nothing_private(lived: Lived) -> None:
    log = lived.served.log
    assert log.count("http.answered") > 20
    assert [what for what, word in PRIVATE.items() if word in log] == []
    assert [what for secret, what in lived.known.items() if secret in log] == []
    assert not CARD_TOLD.search(log), "the digits of a card"
    assert f"{ORG_ID[:15]}!" not in log, "a token of Salesforce"


def test_a_log_of_the_sandbox_tells_of_calls(lived: Lived) -> None:
    is_sandbox = "(sandbox)" in lived.served.log
    assert ("salesforce.called" in lived.served.log) == is_sandbox


def test_the_figures_hold_nothing_private(lived: Lived) -> None:
    figures = lived.served.http.get("/metrics").text
    assert "genkan" in figures
    assert not CARD_TOLD.search(figures), "the digits of a card"
    assert [what for what, word in (PRIVATE | {w: s for s, w in lived.known.items()}).items() if word in figures] == []


@embedded_only
def test_no_secret_is_readable_in_what_is_kept(lived: Lived) -> None:
    portals_own = {name: data for name, data in files(lived).items() if not name.startswith("world.db")}
    assert any(b"qanary" in data for data in portals_own.values()), "nothing of all this was kept: look elsewhere"
    for name, data in portals_own.items():
        assert [
            what for secret, what in lived.known.items() if secret.encode() in data and what != BESIDE_THE_COOKIE
        ] == [], name


@embedded_only
def test_the_other_systems_get_no_password_and_no_token(lived: Lived) -> None:
    """The made-up ones are saved beside; they hold the mails, and with them what was mailed."""
    mailed = {"a mailed code", "the token of a reset"}
    for name, data in files(lived).items():
        held = {what for secret, what in lived.known.items() if secret.encode() in data}
        assert held <= (mailed if name.startswith("world.db") else {BESIDE_THE_COOKIE}), name


@embedded_only
def test_no_document_is_kept(lived: Lived) -> None:
    """Not by the portal, and not by the made-up Salesforce either, which holds it in memory alone."""
    for name, kept in files(lived).items():
        assert [mark for mark in (b"qanary-document", b"IHDR", b"JFIF", lived.file[100:140]) if mark in kept] == [], (
            name
        )
    left = [path for path in Path(lived.served.folder).rglob("*") if path.suffix in (".png", ".jpg", ".pdf")]
    assert left == []
