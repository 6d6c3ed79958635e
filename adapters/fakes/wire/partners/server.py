"""The made-up partners over HTTP: eSIM issuer and line checker at one address, over one world.

async with served(world) as partners:
    ...  # partners.esim_url and .line_url are the addresses, .switches the faults, .calls what was called
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from adapters.fakes.addresses import HOST, free_port
from adapters.fakes.asgi import Closing, Receive, Send, body_of, headers_of, send_whole, until_gone
from adapters.fakes.process import serving
from adapters.fakes.wire.partners.calls import Answer, ApiError, Call
from adapters.fakes.wire.partners.operations import Operation, done, found
from adapters.fakes.wire.partners.switches import Switches, WireFault
from adapters.fakes.wire.striking import ASKED
from adapters.fakes.world import World

JSON: Final = "application/json"
KEYS: Final = {"esim": "sandbox-esim-key", "line": "sandbox-line-key"}
"""By what each partner knows the portal."""
_MOST_BYTES: Final = 64 * 1024
_MAINTENANCE: Final = "<html><head><title>Down for maintenance</title></head><body>Sorry.</body></html>"


class PartnerServer:
    """Both partners as one ASGI application; `base` is its address once it is served."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.base = ""
        self.switches = Switches()
        self.calls: Counter[str] = Counter()
        """How often each operation was called, faults and refusals included."""
        self._closing = Closing()

    @property
    def esim_url(self) -> str:
        """Where the eSIM issuer's API stands."""
        return f"{self.base}/esim/v1"

    @property
    def line_url(self) -> str:
        """Where the line checker's API stands."""
        return f"{self.base}/line/v1"

    def close(self) -> None:
        """Let those who wait for an answer go."""
        self._closing.set()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            return
        headers = headers_of(scope)
        path = _cut(scope["raw_path"].decode("latin-1"))
        try:
            body = await body_of(receive, _MOST_BYTES)
            if len(body) > _MOST_BYTES:
                raise ApiError("malformed_request")
            if path[0] not in KEYS or path[1:2] != ("v1",):
                raise ApiError("not_found")
            answer = await self._met(path[0], scope["method"], Call(path=path[2:], headers=headers, body=body))
        except ApiError as error:
            answer = error.answer()
        if answer is None:
            await self._closing.wait(until_gone(receive))
            return
        await _send(send, answer)

    async def _met(self, partner: str, method: str, call: Call) -> Answer | None:
        if call.headers.get("authorization") != f"Bearer {KEYS[partner]}":
            raise ApiError("unauthorised")
        operation = found(partner, call.path)
        if method != "POST":
            raise ApiError("method_not_allowed")
        if call.headers.get("content-type", "").partition(";")[0].strip() != JSON:
            raise ApiError("not_json")
        self.calls[operation.name] += 1
        struck = self.switches.strike(operation.name)
        if WireFault.SLOW in struck:
            await self._closing.wait(asyncio.sleep(struck[WireFault.SLOW] / 1000))
        if WireFault.SILENT_BEFORE in struck:
            return None
        return self._struck(operation, call, struck)

    def _struck(self, operation: Operation, call: Call, struck: dict[WireFault, int]) -> Answer | None:
        if WireFault.UNAVAILABLE in struck:
            return Answer(503, _MAINTENANCE)
        if WireFault.INTERNAL in struck:
            return Answer(500, "")
        for fault, code in _REFUSALS.items():
            if fault in struck:
                raise ApiError(code)
        if ASKED in call.headers:
            raise ApiError("refused")
        answer: Answer = done(self.world, operation, call)
        if WireFault.SILENT_AFTER in struck:
            return None
        if WireFault.BROKEN_AFTER in struck:
            return Answer(500, "")
        if WireFault.MALFORMED in struck:
            whole = msgspec.json.encode(answer.body).decode()
            return Answer(answer.status, whole[: len(whole) // 2])
        return answer


_REFUSALS: Final = {
    WireFault.BUSY: "busy",
    WireFault.IN_PROGRESS: "in_progress",
    WireFault.UNAUTHORISED: "unauthorised",
    WireFault.REFUSED: "refused",
}


def _cut(path: str) -> tuple[str, ...]:
    return tuple(unquote(part) for part in path.strip("/").split("/"))


async def _send(send: Send, answer: Answer) -> None:
    is_text = isinstance(answer.body, str)
    content = answer.body.encode() if is_text else msgspec.json.encode(answer.body)
    kind = "text/html;charset=UTF-8" if is_text else JSON
    await send_whole(send, answer.status, {**answer.headers, "content-type": kind}, content)


@asynccontextmanager
async def served(world: World, port: int = 0) -> AsyncIterator[PartnerServer]:
    """The partners at an address of this machine while it lasts; port 0 takes a free one."""
    server = PartnerServer(world)
    port = port or free_port()
    async with serving(server, port):
        server.base = f"http://{HOST}:{port}"
        try:
            yield server
        finally:
            server.close()
