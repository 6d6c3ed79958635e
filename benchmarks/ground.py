"""The HTTP surface's own cost, on an area of ready answers: what the catalog and a warm status can reach at best.

As a program, `python -m benchmarks.ground --port 8001`, it is the server of these benches.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from litestar import Litestar, get

from adapters.http.app import create_app
from adapters.http.auth import Who
from adapters.http.dependencies import Given
from adapters.http.openapi import operation
from adapters.http.ready import Ready, at_once, at_once_for_customer, etag_of
from adapters.http.surroundings import Answered, HttpSettings, Surroundings
from adapters.system.limits import CountedInMemory
from benchmarks.frame import Beside, ColdStart
from benchmarks.servers import Server
from core.domain.ids import AccountId, ClientId, ContactId, SessionId, UserId
from core.domain.session import Session
from genkan.serve import run

TOKEN: Final = "token-of-mina-0123456789"
MINA: Final = Session(
    session=SessionId("s-1"),
    user=UserId("u-1"),
    account=AccountId("a-1"),
    contact=ContactId("c-1"),
    client=ClientId("w-1"),
    csrf="csrf",
)
PLANS: Final = msgspec.json.encode([{"sku": f"PLAN-{n}", "name": "光 1G", "price": 5000 + n} for n in range(190)])
STATUS: Final = msgspec.json.encode({"tasks": [{"title": "Add a payment method", "n": n} for n in range(40)]})
CATALOG: Final[Ready[Any]] = Ready(PLANS)
STANDING: Final[Ready[Any]] = Ready(STATUS, cache="private, no-cache")
SERVER: Final = Server.module("benchmarks.ground", "--port", "{port}")


async def _catalog(_: Mapping[str, Any]) -> Ready[Any] | None:
    return CATALOG


async def _standing(_: Mapping[str, Any], session: Session) -> Ready[Any] | None:
    return STANDING if session.user == "u-1" else None


@get("/catalog", **operation("catalog", tag="Bench", summary="x", who=Who.ANYONE), middleware=[at_once(_catalog)])
async def catalog() -> Ready[Any]:
    """The catalog."""
    return CATALOG


@get("/status", **operation("status", tag="Bench", summary="x"), middleware=[at_once_for_customer(_standing)])
async def status(session: Given[Session]) -> Ready[Any]:
    """A customer's own answer, from memory."""
    return STANDING


@get("/status-by-handler", **operation("status.handler", tag="Bench", summary="x"))
async def status_by_handler(session: Given[Session]) -> Ready[Any]:
    """The same through guard, dependency and handler."""
    return STANDING


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class _Ids:
    def new(self) -> str:
        return os.urandom(16).hex()


class _LogLines:
    """A log line for each request, as a server writes them."""

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder()
        self._out = sys.stderr.buffer

    def answered(self, call: Answered) -> None:
        self._out.write(self._encoder.encode(call) + b"\n")

    def crashed(self, error: BaseException, route: str, correlation_id: str) -> None:
        raise error

    def upstream_refused(self, code: str, route: str, correlation_id: str) -> None:
        raise AssertionError(code)


def ground() -> Litestar:
    """The surface with this area alone."""

    async def read(token: str) -> Session | None:
        return MINA if token == TOKEN else None

    around = Surroundings(
        clock=_Clock(),
        ids=_Ids(),
        store=None,  # type: ignore[arg-type]  # nothing here touches it
        limits=CountedInMemory(),
        sessions=read,
        lookout=_LogLines(),
    )
    return create_app(HttpSettings(), around, (catalog, status, status_by_handler))


BENCHES: Final = (
    Beside("ground: public answer", SERVER, "/api/catalog", 0.90),
    Beside(
        "ground: public answer as 304",
        SERVER,
        "/api/catalog",
        1.0,
        headers={"If-None-Match": etag_of(PLANS)},
        expect=304,
    ),
    Beside("ground: own answer", SERVER, "/api/status", 0.50, headers={"Authorization": f"Bearer {TOKEN}"}),
    Beside(
        "ground: own answer by handler",
        SERVER,
        "/api/status-by-handler",
        0.50,
        headers={"Authorization": f"Bearer {TOKEN}"},
    ),
    ColdStart("ground: cold start", SERVER),
)

if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int, required=True)
    run(lambda _: ground(), "127.0.0.1", words.parse_args().port)
