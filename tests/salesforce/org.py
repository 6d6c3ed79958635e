"""An org that answers what a test tells it to, on the wire: no protocol of its own beyond the log-in."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.salesforce.client import Client
from adapters.salesforce.settings import Flow, Patience, SalesforceSettings

LOGIN = "https://login.example"
INSTANCE = "https://org.example"
SECRET = "canary-secret-2b7f"
TOKEN = "00D000000000001!canary-token-"
HASTE = Patience(deadline=10, upload_deadline=10, first_wait=0.002, longest_wait=0.004, rest=0.5)


class Clock:
    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.ahead, UTC)


@cache
def keys() -> tuple[str, str]:
    """A private key as PEM text, and its public one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    host: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    pieces: tuple[int, ...] = ()
    """How much of the body came at once, piece by piece."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def soql(self) -> str:
        return self.query["q"][0]


@dataclass
class Told:
    """An answer; with `exception` the connection ends instead, after the request was taken in."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    exception: Exception | None = None
    delay: float = 0


def error(code: str, status: int = 400, message: str = "…", **more: Any) -> Told:
    return Told(status, [{"message": message, "errorCode": code, **more}])


EXPIRED = error("INVALID_SESSION_ID", 401, "Session expired or invalid")
HTML = Told(503, "<html><body>down for maintenance</body></html>", {"content-type": "text/html"})

Answering = Callable[[Asked], Told | Awaitable[Told]]


@dataclass
class Org:
    """Answers REST calls by `rest`, or in turn by `script`; log-ins by `login`."""

    script: list[Told] = field(default_factory=list)
    rest: Answering | None = None
    login: Answering | None = None
    asked: list[Asked] = field(default_factory=list)
    logins: list[Asked] = field(default_factory=list)
    expired: set[str] = field(default_factory=set)
    instance: str = INSTANCE
    lost_before: list[Exception] = field(default_factory=list)
    """What befalls connections before anything is sent."""

    @property
    def token(self) -> str:
        return f"{TOKEN}{len(self.logins)}"

    def says(self, *told: Told) -> "Org":
        self.script += told
        return self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        asked = await _asked(scope, receive)
        told = await self._told(asked)
        if told.exception is not None:
            raise told.exception
        await asyncio.sleep(told.delay)
        body = told.body.encode() if isinstance(told.body, str) else json.dumps(told.body).encode()
        headers = {"content-type": "application/json;charset=UTF-8", **told.headers}
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": told.status, "headers": sent})
        await send({"type": "http.response.body", "body": b"" if told.body is None else body})

    async def _told(self, asked: Asked) -> Told:
        if asked.path == "/services/oauth2/token":
            self.logins.append(asked)
            return await _of(self.login, asked) if self.login else granted(self)
        self.asked.append(asked)
        if asked.headers["authorization"].removeprefix("Bearer ") in self.expired:
            return EXPIRED
        return await _of(self.rest, asked) if self.rest else self.script.pop(0)


def granted(org: Org) -> Told:
    return Told(200, {"access_token": org.token, "instance_url": org.instance, "token_type": "Bearer"})


async def _of(answering: Answering, asked: Asked) -> Told:
    told = answering(asked)
    return told if isinstance(told, Told) else await told


async def _asked(scope: Any, receive: Any) -> Asked:
    pieces = []
    while True:
        event = await receive()
        pieces.append(event.get("body", b""))
        if not event.get("more_body"):
            break
    headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
    lengths = tuple(map(len, pieces))
    return Asked(scope["method"], headers["host"], unquote(scope["path"]), query, headers, b"".join(pieces), lengths)


class _Line(httpx.AsyncBaseTransport):
    """The line to an org, which may be cut before anything is sent."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._asgi = httpx.ASGITransport(org)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._org.lost_before and request.url.path != "/services/oauth2/token":
            raise self._org.lost_before.pop(0)
        return await self._asgi.handle_async_request(request)


def settings(**changed: Any) -> SalesforceSettings:
    given: dict[str, Any] = {
        "login_url": LOGIN,
        "client_id": "consumer-key",
        "username": "portal@example.com",
        "private_key": keys()[0],
        "patience": HASTE,
    }
    return SalesforceSettings(**(given | changed))


def by_secret(**changed: Any) -> SalesforceSettings:
    return settings(flow=Flow.CLIENT_CREDENTIALS, client_secret=SECRET, **changed)


@asynccontextmanager
async def client_of(
    org: Org, chosen: SalesforceSettings | None = None, clock: Clock | None = None
) -> AsyncIterator[Client]:
    async with Client(chosen or by_secret(), clock or Clock(), _Line(org)) as client:
        yield client


def rows(*records: dict[str, Any], more: str = "", total: int | None = None) -> Told:
    page = {"totalSize": len(records) if total is None else total, "done": not more, "records": list(records)}
    return Told(200, {**page, "nextRecordsUrl": more} if more else page)
