"""The world's WHMCS over HTTP: its action API, and the pages that a single sign-on leads to.

async with served(world) as whmcs:
    ...  # whmcs.url is the address, whmcs.identifier and whmcs.secret the portal's credentials
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, Final

from adapters.fakes.addresses import HOST, free_port
from adapters.fakes.asgi import Closing, Receive, Send, body_of, headers_of, send_whole, until_gone
from adapters.fakes.process import serving
from adapters.fakes.wire.striking import ASKED
from adapters.fakes.wire.whmcs import api
from adapters.fakes.wire.whmcs.calls import Answer
from adapters.fakes.wire.whmcs.forms import form_of
from adapters.fakes.wire.whmcs.hooks import Hooks, HookTarget, telling
from adapters.fakes.wire.whmcs.office import FieldIds, Office
from adapters.fakes.wire.whmcs.pages import Pages, Visit
from adapters.fakes.wire.whmcs.people import PORTAL, STAFF, Access
from adapters.fakes.wire.whmcs.quirks import Quirks
from adapters.fakes.wire.whmcs.switches import Switches, WireFault
from adapters.fakes.wire.whmcs.usage import Usage
from adapters.fakes.world import World

WIRE: Final = "whmcs"
_MOST_BYTES: Final = 8 * 1024 * 1024
_PAGE: Final = {"content-type": "text/html"}
_BAD_GATEWAY: Final = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>"
    b"\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_UNAVAILABLE: Final = b"<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>"
_THROTTLED: Final = b"<html><head><title>429</title></head><body><h1>Too Many Requests</h1></body></html>"


class Served:
    """One installation as an ASGI application, at `url` once it is served."""

    def __init__(
        self,
        world: World,
        *,
        access: Access | None = None,
        quirks: Quirks | None = None,
        fields: FieldIds | None = None,
    ) -> None:
        self.office = Office(
            world=world,
            switches=Switches(world),
            access=access or Access(),
            quirks=quirks or Quirks(),
            fields=fields or FieldIds(),
        )
        self.world = world
        self.identifier: str = PORTAL.identifier
        self.secret: str = PORTAL.secret
        self.staff: tuple[str, str] = (STAFF.identifier, STAFF.secret)
        """Identifier and secret of one who may do everything."""
        self.hooks: Hooks | None = None
        """What tells the portal of changes, where it is told."""
        self._pages = Pages(self.office)
        self._closing = Closing()
        world.wires[WIRE] = self

    @property
    def url(self) -> str:
        """The address, with a slash at its end."""
        return self.office.url

    @property
    def access_key(self) -> str:
        """What takes the place of the caller's address."""
        return self.office.access.access_key or ""

    @property
    def usage(self) -> Usage:
        """What was called, and when."""
        return self.office.usage

    @property
    def calls(self) -> Mapping[str, int]:
        """How often each action was called, as `Wire` says."""
        return self.usage.counted

    def switch_word(self, kind: str, operation: str, times: int | None, milliseconds: int, after: int) -> None:
        """Switch a fault on by its word, as `Wire` says."""
        self.switches.switch(WireFault(kind), operation, times, milliseconds, after)

    def clear(self) -> None:
        """Switch off what was switched on here."""
        self.switches.clear()

    @property
    def switches(self) -> Switches:
        """The faults that can be switched on."""
        return self.office.switches

    @property
    def quirks(self) -> Quirks:
        """What is odd about the answers."""
        return self.office.quirks

    @property
    def fields(self) -> FieldIds:
        """The ids of the custom fields."""
        return self.office.fields

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            return
        headers = headers_of(scope)
        body = await body_of(receive, _MOST_BYTES)
        if scope["path"] == api.PATH:
            request = api.Request(
                method=scope["method"],
                query=scope["query_string"].decode("latin-1"),
                kind=headers.get("content-type", ""),
                body=body,
                address=(scope.get("client") or ("",))[0],
            )
            answer = await self._met(request, headers.get(ASKED))
        else:
            visit = Visit(
                method=scope["method"],
                path=scope["path"],
                query=form_of(scope["query_string"].decode("latin-1")),
                cookies=headers.get("cookie", ""),
                form=form_of(body.decode("utf-8", "replace")),
            )
            answer = await self._pages.answered(visit)
        if answer is None:
            await self._closing.wait(until_gone(receive))
            return
        await _send(send, answer)

    async def _met(self, request: api.Request, asked: str | None) -> Answer | None:
        """The answer with the faults that strike it, or None when none is to come."""
        form = api.form_of_request(request)
        action = api.called(self.office, form)
        name = action.name if action is not None else str(form.get("action", ""))
        with self.usage.counting(name):
            struck = self.switches.strike(name)
            if asked == WireFault.REFUSED and action is not None and action.writes:
                struck[WireFault.REFUSED] = 0
            if WireFault.SLOW in struck:
                await self._closing.wait(asyncio.sleep(struck[WireFault.SLOW] / 1000))
            if WireFault.SILENT_BEFORE in struck:
                return None
            answer = _instead(struck)
            if answer is not None:
                return answer
            answer = api.answered(self.office, request, form, struck)
            return None if WireFault.SILENT_AFTER in struck else self._spoilt(answer, struck)

    def _spoilt(self, answer: Answer, struck: dict[WireFault, int]) -> Answer:
        """What becomes of an answer on its way, after the effect."""
        if WireFault.ERROR_AFTER in struck:
            return api.error(self.office, "An unexpected error occurred: it may be done")
        if WireFault.EMPTY_AFTER in struck:
            return Answer(200, b"", _PAGE)
        if WireFault.NOISE in struck:
            return Answer(200, b"<br />\n<b>Notice</b>:  Undefined index in hook.php<br />\n" + answer.body, _PAGE)
        if WireFault.BAD_GATEWAY_AFTER in struck:
            return Answer(502, _BAD_GATEWAY, _PAGE)
        return answer

    def close(self) -> None:
        """Let those who wait for an answer go; once is enough."""
        self._closing.set()
        self.world.wires.pop(WIRE, None)


def _instead(struck: dict[WireFault, int]) -> Answer | None:
    """The answer of a fault that keeps the call from reaching WHMCS."""
    if WireFault.EMPTY in struck:
        return Answer(200, b"", _PAGE)
    if WireFault.BAD_GATEWAY in struck:
        return Answer(502, _BAD_GATEWAY, _PAGE)
    if WireFault.UNAVAILABLE in struck:
        return Answer(503, _UNAVAILABLE, _PAGE)
    if WireFault.THROTTLED in struck:
        return Answer(429, _THROTTLED, _PAGE)
    return None


async def _send(send: Send, answer: Answer) -> None:
    await send_whole(send, answer.status, {"content-type": "application/json", **answer.headers}, answer.body)


@asynccontextmanager
async def served(
    world: World,
    *,
    port: int = 0,
    access: Access | None = None,
    quirks: Quirks | None = None,
    fields: FieldIds | None = None,
    hooks: HookTarget | None = None,
) -> AsyncIterator[Served]:
    """The installation at an address of this machine while it lasts; port 0 takes a free one.

    `hooks` is where its hook file posts what happens.
    """
    whmcs = Served(world, access=access, quirks=quirks, fields=fields)
    port = port or free_port()
    async with serving(whmcs, port), telling(world, hooks) as whmcs.hooks:
        if whmcs.hooks is not None:
            whmcs.office.run_hook = whmcs.hooks.run_hook
        whmcs.office.url = f"http://{HOST}:{port}/"
        try:
            yield whmcs
        finally:
            whmcs.close()
