"""The made-up Salesforce over HTTP: its log-in, and its REST API over one world.

async with served(world, schema) as salesforce:
    ...  # salesforce.base is the address, salesforce.switches the faults, salesforce.usage.calls what was called
"""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, Final

import msgspec

from adapters.fakes.addresses import HOST, free_port
from adapters.fakes.asgi import Closing, Receive, Send, body_of, headers_of, send_whole, until_gone
from adapters.fakes.process import serving
from adapters.fakes.wire.salesforce import describing, logging_in, persons
from adapters.fakes.wire.salesforce.binned import WithBin
from adapters.fakes.wire.salesforce.calls import Answer, ApiError, Call, asked, cut
from adapters.fakes.wire.salesforce.describe import Schema
from adapters.fakes.wire.salesforce.files import parts_of
from adapters.fakes.wire.salesforce.locators import Locators
from adapters.fakes.wire.salesforce.origin import coming_by
from adapters.fakes.wire.salesforce.resources import Found, answered, found
from adapters.fakes.wire.salesforce.rows import Rows, duplicates_detected, events_of, rule_of_their_own, seen_by_all
from adapters.fakes.wire.salesforce.sessions import Sessions
from adapters.fakes.wire.salesforce.sources import WorldSource
from adapters.fakes.wire.salesforce.switches import Switches, WireFault, ask
from adapters.fakes.wire.salesforce.usage import Usage, too_busy, used_up
from adapters.fakes.world import World

JSON: Final = "application/json;charset=UTF-8"
_MOST_BYTES: Final = 64 * 1024 * 1024
_LONGEST_ADDRESS: Final = 16_384
_MAINTENANCE: Final = "<html><head><title>We are down for maintenance</title></head><body>Sorry.</body></html>"
_WRITES: Final = frozenset({"POST", "PATCH", "PUT"})


class SalesforceServer:
    """One org as an ASGI application; `base` is its address once it is served."""

    def __init__(
        self,
        world: World,
        schema: Schema,
        sessions: Sessions | None = None,
        *,
        staff: Schema | None = None,
        most: int = 1_000_000,
    ) -> None:
        self.world = world
        self.base = ""
        self._closing = Closing()
        self.sessions = sessions or Sessions(clock=world.clock)
        self.switches = Switches(world)
        self.usage = Usage(clock=world.clock, most=most)
        self.locators = Locators(clock=world.clock)
        if persons.on_in(schema):
            persons.date_both(world.records)
        source = WorldSource(world.records)
        self._binned = WithBin(world, source)
        shared = (self.switches, self.usage, source, self.locators, self._binned)
        self.calls = self.usage.calls
        world.wires["salesforce"] = self
        self._rows = {
            by: Rows(world, seen_by_all(seen), *shared, events=events_of(seen))
            for by, seen in (("portal", schema), ("staff", staff or schema))
        }

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            return
        headers = headers_of(scope)
        base = f"{scope['scheme']}://{headers.get('host', '')}"
        ask(headers)
        body = await body_of(receive, _MOST_BYTES)
        path = cut(scope["raw_path"].decode("latin-1"))
        query = asked(scope["query_string"].decode("latin-1"))
        if len(scope["raw_path"]) + len(scope["query_string"]) >= _LONGEST_ADDRESS:
            answer: Answer | None = ApiError("URI_TOO_LONG", "The address has more than 16,384 bytes").answer()
        elif path[:2] != ("services", "data"):
            answer = logging_in.answered(self.sessions, scope["method"], path, headers, body, base)
        elif path[2:] == ():
            answer = Answer(200, describing.versions())
        else:
            call = (scope["method"], path[2], path[3:], query, headers, body, base)
            answer = await self._answered(*call)
        if answer is None:
            await self._closing.wait(until_gone(receive))
            return
        await _send(send, answer)

    async def _answered(
        self,
        method: str,
        version: str,
        path: tuple[str, ...],
        query: dict[str, str],
        headers: dict[str, str],
        body: bytes,
        base: str,
    ) -> Answer | None:
        """The answer with what is used of the day, or None when none is to come."""
        try:
            token = _token_of(headers)
            call = Call(
                method=method,
                version=describing.check_version(version),
                path=path,
                user=self.sessions.user_of(token),
                base=base,
                query=query,
                headers=headers,
                body=body,
            )
        except ApiError as error:
            return error.answer()
        answer = await self._met(call, token)
        return answer and msgspec.structs.replace(
            answer, headers={**answer.headers, "Sforce-Limit-Info": self.usage.told}
        )

    async def _met(self, call: Call, token: str) -> Answer | None:
        try:
            resource = found(call)
            self.usage.count(resource.name)
            struck = self.switches.strike_call(resource.operation)
            if WireFault.SLOW in struck:
                await self._closing.wait(asyncio.sleep(struck[WireFault.SLOW] / 1000))
            if WireFault.EXPIRED in struck:
                self.sessions.revoke(token)
                self.sessions.user_of(token)
            answer = _stopped(struck)
            if answer is not None or WireFault.SILENT_BEFORE in struck:
                return answer
            if WireFault.LOST_LOCATOR in struck:
                self.locators.lose()
            answer = self._done(call, resource)
            return None if WireFault.SILENT_AFTER in struck else answer
        except ApiError as error:
            return error.answer()

    def switch_word(self, kind: str, operation: str, times: int | None, milliseconds: int, after: int) -> None:
        """Switch a fault on by its word, as `Wire` says."""
        self.switches.switch(WireFault(kind), operation, times, milliseconds, after)

    def clear(self) -> None:
        """Switch off what was switched on here."""
        self.switches.clear()

    def close(self) -> None:
        """Let those who wait for an answer go, and the world; once is enough."""
        if not self._closing.is_set:
            self._closing.set()
            self.world.wires.pop("salesforce", None)
            self._binned.close()

    def _done(self, call: Call, resource: Found) -> Answer:
        """The call itself, from beginning to end without anybody in between."""
        if call.method in _WRITES:
            call = msgspec.structs.replace(call, body=parts_of(call))
        rows = self._rows[call.user.by]
        try:
            with coming_by(call):
                return answered(rows, call, resource)
        finally:
            rows.forget()


def _stopped(struck: dict[WireFault, int]) -> Answer | None:
    """The answer of a fault that keeps the call from being done."""
    if WireFault.UNAVAILABLE in struck:
        return Answer(503, _MAINTENANCE)
    if WireFault.INTERNAL in struck:
        error_id = "1234567890-1 (-1234567890)"
        raise ApiError("UNKNOWN_EXCEPTION", f"An unexpected error occurred. ErrorId: {error_id}")
    if WireFault.LIMIT in struck:
        raise used_up()
    if WireFault.BUSY in struck:
        raise too_busy()
    if WireFault.BLOCKED in struck:
        raise duplicates_detected()
    if WireFault.RULE in struck:
        raise rule_of_their_own()
    return None


def _token_of(headers: dict[str, str]) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() not in ("bearer", "oauth") or not token:
        raise ApiError("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
    return token


async def _send(send: Send, answer: Answer) -> None:
    if answer.body is None:
        content, kind = b"", {}
    elif isinstance(answer.body, bytes):
        content, kind = answer.body, {"content-type": "application/octet-stream"}
    elif isinstance(answer.body, str):
        content, kind = answer.body.encode(), {"content-type": "text/html;charset=UTF-8"}
    else:
        content, kind = msgspec.json.encode(answer.body), {"content-type": JSON}
    await send_whole(send, answer.status, {**answer.headers, **kind}, content)


@asynccontextmanager
async def served(
    world: World,
    schema: Schema,
    sessions: Sessions | None = None,
    *,
    staff: Schema | None = None,
    port: int = 0,
    most: int = 1_000_000,
) -> AsyncIterator[SalesforceServer]:
    """The org at an address of this machine while it lasts; port 0 takes a free one.

    `schema` is what the portal's user sees of the org and may do there, `staff` what staff do, where that differs.
    """
    server = SalesforceServer(world, schema, sessions, staff=staff, most=most)
    port = port or free_port()
    async with serving(server, port):
        server.base = f"http://{HOST}:{port}"
        try:
            yield server
        finally:
            server.close()
