"""A WHMCS that says what it is told to say, and remembers what it was asked."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Final

import httpx
import msgspec

from adapters.whmcs.client import Client
from adapters.whmcs.settings import Patience, WhmcsSettings
from tests.whmcs.php import Array, posted

IDENTIFIER: Final = "canary-identifier-0123456789abcd"
SECRET: Final = "canary-secret-0123456789abcdefgh"
ACCESS_KEY: Final = "canary-access-key.(1)"
QUICK: Final = Patience(first_wait=0.001, longest_wait=0.002, rest=30.0, settle=0.001, failures=1_000)

Says = httpx.Response | Exception | dict[str, Any]


class House(httpx.AsyncBaseTransport):
    """Answers by action: what was said for it, one after the other, the last one for ever; each after a `delay`."""

    def __init__(self, *, delay: float = 0.0, **said: Says | list[Says] | Callable[[Array], Says]) -> None:
        self.said = said
        self.delay = delay
        self.asked: list[Array] = []
        self.requests: list[httpx.Request] = []

    @property
    def actions(self) -> list[str]:
        return [str(form["action"]) for form in self.asked]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        form = posted(await request.aread())
        self.asked.append(form)
        self.requests.append(request)
        await asyncio.sleep(self.delay)
        says = self.said[str(form["action"])]
        if isinstance(says, list):
            says = says.pop(0) if len(says) > 1 else says[0]
        if callable(says):
            says = says(form)
        if isinstance(says, Exception):
            raise says
        return httpx.Response(200, json={"result": "success", **says}) if isinstance(says, dict) else says


def client_of(house: House, **changed: Any) -> Client:
    """A client of that house."""
    given = {
        "url": "https://billing.example/whmcs/", "identifier": IDENTIFIER, "secret": SECRET, "access_key": ACCESS_KEY,
        "number_field": 7, "gateway": "stripe", "patience": QUICK,
    }  # fmt: skip
    return Client(WhmcsSettings(**{**given, **changed}), house)


def error(message: str, status: int = 200) -> httpx.Response:
    """A refusal in WHMCS's words."""
    return httpx.Response(status, content=msgspec.json.encode({"result": "error", "message": message}))


def page(status: int = 502) -> httpx.Response:
    """A page of the proxy in front."""
    return httpx.Response(status, html="<html><body>Bad Gateway</body></html>")


def listed(plural: str, singular: str, rows: Iterable[dict[str, Any]], total: int | None = None) -> dict[str, Any]:
    """A list as WHMCS tells it."""
    found = list(rows)
    count = len(found) if total is None else total
    return {"totalresults": count, "startnumber": 0, "numreturned": len(found), plural: {singular: found}}
