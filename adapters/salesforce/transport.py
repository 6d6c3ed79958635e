"""One call to Salesforce from its description to its answer: token, tries, deadline, breaker and gauge."""

import asyncio
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any, BinaryIO, Final

import httpx
import msgspec
import stamina
import structlog

from adapters.calling.breaker import Breaker
from adapters.calling.retries import waits
from adapters.calling.trouble import Doubt, Setback
from adapters.salesforce.auth import SignIn, Token
from adapters.salesforce.faults import Fault, Trouble, fault_of, lost
from adapters.salesforce.gauge import Gauge
from adapters.salesforce.settings import SalesforceSettings
from ports.clock import Clock
from ports.errors import Unavailable

log = structlog.get_logger(__name__)

_NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_JSON: Final = "application/json"
SAVES_DUPLICATES: Final = MappingProxyType({"Sforce-Duplicate-Rule-Header": "allowSave=true"})
"""A duplicate rule that alerts is for people who can choose the other record; one that blocks refuses all the same."""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file and its fields, sent as two parts."""

    about: bytes
    data: bytes | BinaryIO
    name: str

    def __repr__(self) -> str:
        return "Upload()"


class Answer(msgspec.Struct, frozen=True):
    """What came back, read."""

    status: int
    body: Any


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """All there is to know of one call; a request is made of it anew for each try."""

    kind: str
    """The kind of operation, by which it rests: read, write or file."""
    what: str
    """What it is about, for operators: an object's name, "query"."""
    method: str
    path: str
    """From the root of the instance, with its query."""
    content: bytes | None = None
    upload: Upload | None = None
    is_read: bool = False
    keyed: bool = False
    background: bool = False
    until: float | None = None
    """The loop's time at which it must have ended, where that is earlier than its own deadline."""
    judge: Callable[[Answer], Fault | None] = lambda _: None
    """What is wrong with an answer of 200 that makes a failure of it."""

    def __repr__(self) -> str:
        # what is asked and sent is personal
        return f"Call({self.kind} {self.what})"

    def request(self, http: httpx.AsyncClient, token: Token, headers: Mapping[str, str]) -> httpx.Request:
        """The request as it is sent with that token, to that token's instance."""
        sent = {**headers, "Authorization": f"Bearer {token.access}"}
        if self.content is not None:
            sent["Content-Type"] = _JSON
        return http.build_request(
            self.method, token.instance_url + self.path, content=self.content, files=self._parts(), headers=sent
        )

    def _parts(self) -> Any:
        if self.upload is None:
            return None
        about = ("entity_content", (None, self.upload.about, _JSON))
        # httpx reads a file piece by piece, and from its beginning; bytes it would hand over in one
        data = BytesIO(self.upload.data) if isinstance(self.upload.data, bytes) else self.upload.data
        return [about, ("VersionData", (self.upload.name, data, "application/octet-stream"))]


class Transport:
    """The one way to an org; it holds no state of a call."""

    def __init__(
        self, settings: SalesforceSettings, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        patience = settings.patience
        limits = httpx.Limits(max_connections=settings.connections, max_keepalive_connections=settings.connections)
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(patience.answer, connect=patience.connect), limits=limits, transport=transport
        )
        self._patience = patience
        self._headers = {
            "Accept": _JSON,
            "Sforce-Call-Options": f"client={settings.client_name}",
            "Sforce-Query-Options": f"batchSize={settings.page_size}",
            **SAVES_DUPLICATES,
        }
        self._breakers: Mapping[str, Breaker] = MappingProxyType(
            {
                kind: Breaker(f"salesforce {kind}", patience.failures, patience.rest)
                for kind in ("read", "write", "file")
            }
        )
        self.sign_in = SignIn(settings, clock, self._http)
        self.gauge = Gauge(settings.shed_at)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.sign_in.close()
        await self._http.aclose()

    async def send(self, call: Call) -> Answer:
        """The answer of 2xx; Rejected or Unavailable otherwise, within the deadline."""
        self.gauge.admit(call.what, background=call.background)
        doubt = Doubt(writes=not call.is_read)
        try:
            return await self._tried(call, doubt)
        except TimeoutError as late:
            raise Unavailable(f"salesforce.{call.what} took too long", outcome_unknown=doubt.remains) from late
        except Unavailable as error:
            # it may be one that others who wait for the same log-in are given too
            if doubt.remains:
                raise Unavailable(error.what, retry_after=error.retry_after) from error
            raise
        except Trouble as trouble:
            found = trouble.fault.error(call.what)
            if isinstance(found, Unavailable):
                found.outcome_unknown = doubt.remains
            raise found from trouble

    async def _tried(self, call: Call, doubt: Doubt) -> Answer:
        patience = self._patience
        deadline = patience.upload_deadline if call.upload else patience.deadline

        def again(fault: Setback) -> bool:
            return call.is_read or call.keyed or fault.proves_nothing_written

        ends = asyncio.get_running_loop().time() + deadline
        async with asyncio.timeout_at(ends if call.until is None else min(ends, call.until)) as timer:
            async for attempt in stamina.retry_context(
                on=waits(patience, again), attempts=patience.attempts, timeout=None
            ):
                with attempt:
                    return await self._with_token(call, doubt, timer.expired)
        raise AssertionError("an attempt answers or raises")

    async def _with_token(self, call: Call, doubt: Doubt, is_late: Callable[[], bool]) -> Answer:
        token = await self.sign_in.token()
        try:
            return await self._asked(call, token, doubt, is_late)
        except Trouble as trouble:
            if not trouble.fault.is_expired:
                raise
        token = await self.sign_in.renew(token)
        try:
            return await self._asked(call, token, doubt, is_late)
        except Trouble as trouble:
            if trouble.fault.is_expired:
                raise self.sign_in.refuse(token, trouble.fault.code) from trouble
            raise

    async def _asked(self, call: Call, token: Token, doubt: Doubt, is_late: Callable[[], bool]) -> Answer:
        began = time.monotonic()
        with self._breakers[call.kind].guarding(is_late):
            doubt.sent()
            try:
                response = await self._http.send(call.request(self._http, token, self._headers))
            except httpx.RequestError as error:
                fault = lost(type(error).__name__, proves_nothing_written=isinstance(error, _NOTHING_SENT))
                self._settle(call, doubt, fault, began)
                raise Trouble(fault) from error
            self.gauge.read(response.headers)
            answer, fault_found = _read(call, response)
            if fault_found is not None:
                self._settle(call, doubt, fault_found, began)
                raise Trouble(fault_found)
        log.debug("salesforce.called", operation=call.kind, status=answer.status, milliseconds=_since(began))
        return answer

    def _settle(self, call: Call, doubt: Doubt, fault: Fault, began: float) -> None:
        doubt.settled(fault)
        log.info(
            "salesforce.failed",
            operation=call.kind,
            status=fault.status,
            code=fault.code,
            error_id=fault.error_id,
            milliseconds=_since(began),
        )


def _read(call: Call, response: httpx.Response) -> tuple[Answer, Fault | None]:
    status, is_read = response.status_code, True
    try:
        body = msgspec.json.decode(response.content) if response.content else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        body, is_read = None, False
    answer = Answer(status, body)
    if not response.is_success:
        return answer, fault_of(status, body)
    if not is_read:
        return answer, fault_of(status, None)
    return answer, call.judge(answer)


def _since(began: float) -> int:
    return round(1000 * (time.monotonic() - began))
