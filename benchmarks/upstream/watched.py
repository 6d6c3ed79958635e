"""Calls of other systems, written down as they come in by the wire."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from adapters.fakes.process import Application, Receive, Send

SALESFORCE, WHMCS = "salesforce", "whmcs"
_DATA: Final = "/services/data/"


@dataclass(frozen=True)
class Called:
    """One call, from its arrival to its answer."""

    system: str
    what: str
    began: float
    ended: float


@dataclass
class Watch:
    """What was called, in the order of the answers; each call takes its system's seconds longer."""

    longer: dict[str, float] = field(default_factory=dict)
    calls: list[Called] = field(default_factory=list)
    under_way: int = 0

    async def around(self, system: str, what: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """Answer the call, and write it down."""
        began = perf_counter()
        self.under_way += 1
        try:
            await asyncio.sleep(self.longer.get(system, 0.0))
            return await call()
        finally:
            self.under_way -= 1
            self.calls.append(Called(system, what, began, perf_counter()))

    def taken(self) -> list[Called]:
        """What was called since it was asked last, in the order of the calls."""
        taken, self.calls = sorted(self.calls, key=lambda each: each.began), []
        return taken


def watched_org(org: Application, watch: Watch) -> Application:
    """The org, each call of its REST API written down; a log-in is none."""

    async def application(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_DATA):
            await org(scope, receive, send)
            return
        body, again = await _read(receive)
        query = scope["query_string"].decode()
        what = said(scope["method"], scope["path"], query, body)
        await watch.around(SALESFORCE, what, lambda: org(scope, again, send))

    return application


def said(method: str, path: str, query: str, body: bytes) -> str:
    """A call in a few words."""
    if path.endswith("/composite"):
        parts = msgspec.json.decode(body)["compositeRequest"]
        return "composite: " + ", ".join(_part(each["method"], each["url"]) for each in parts)
    return _part(method, f"{path}?{query}")


def _part(method: str, url: str) -> str:
    split = urlsplit(url)
    if split.path.rstrip("/").endswith("/query"):
        return f"query {_asked_of(parse_qs(split.query)['q'][0])}"
    return f"{method} {split.path.partition('/sobjects/')[2].partition('/')[0]}"


def _asked_of(soql: str) -> str:
    depth, words = 0, []
    for word in soql.replace("(", " ( ").replace(")", " ) ").split():
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0:
            words.append(word)
    return words[words.index("FROM") + 1]


def watched_whmcs(whmcs: Application, watch: Watch) -> Application:
    """The installation, each action that is called written down."""

    async def application(scope: Any, receive: Receive, send: Send) -> None:
        body, again = await _read(receive)
        action = parse_qs(body.decode()).get("action", [""])[0]
        await watch.around(WHMCS, action, lambda: whmcs(scope, again, send))

    return application


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """The body of a request, and how it is told once more."""
    body = b""
    while (message := await receive()).get("more_body"):
        body += message.get("body", b"")
    body += message.get("body", b"")
    told = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Any:
        return told.pop() if told else await receive()

    return body, again


def of(calls: Sequence[Called], system: str) -> list[Called]:
    """Those of one system."""
    return [call for call in calls if call.system == system]
