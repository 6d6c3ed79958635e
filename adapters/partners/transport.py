"""One call to a partner from its description to its answer: tries, deadline, breaker."""

import asyncio
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import httpx
import msgspec
import stamina
import structlog

from adapters.calling.breaker import Breaker
from adapters.calling.retries import Backoff, waits
from adapters.calling.trouble import Doubt
from adapters.partners.faults import Fault, Trouble, fault_of, lost, malformed
from adapters.partners.settings import Patience
from ports.errors import Unavailable

log = structlog.get_logger(__name__)

_NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_JSON: Final = "application/json"
KEY: Final = "Idempotency-Key"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call; `shape` is what an answer of success holds. Every write has a key, so that it may be sent again."""

    what: str
    """What it is, for operators: "reissue"."""
    path: str
    """From the partner's address on."""
    shape: Any
    body: Any = None
    key: str | None = None
    """None for a call that changes nothing."""

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.key is not None

    def __repr__(self) -> str:
        # what is asked and sent is personal
        return f"Call({self.what})"


class Transport:
    """The one way to one partner; it holds no state of a call."""

    def __init__(
        self, name: str, url: str, key: str, patience: Patience, connections: int,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._name = name
        self._url = url.rstrip("/")
        self._patience = patience
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(patience.answer, connect=patience.connect),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            headers={"Accept": _JSON, "Authorization": f"Bearer {key}", "User-Agent": "genkan"},
            transport=transport,
        )
        self._breakers: Mapping[bool, Breaker] = MappingProxyType(
            {
                writes: Breaker(f"{name} {kind}", patience.failures, patience.rest)
                for writes, kind in ((False, "read"), (True, "write"))
            }
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def send(self, call: Call) -> Any:
        """What the partner answers, in the call's shape; Rejected or Unavailable otherwise, within the deadline."""
        doubt = Doubt(writes=call.writes)
        what = f"{self._name}.{call.what}"
        try:
            return await self._tried(call, doubt)
        except TimeoutError as late:
            raise Unavailable(f"{what} took too long", outcome_unknown=doubt.remains) from late
        except Unavailable as resting:
            resting.outcome_unknown = doubt.remains
            raise
        except Trouble as trouble:
            found = trouble.fault.error(what)
            if isinstance(found, Unavailable):
                found.outcome_unknown = doubt.remains
            raise found from trouble

    async def _tried(self, call: Call, doubt: Doubt) -> Any:
        async with asyncio.timeout(self._patience.deadline) as timer:
            async for attempt in stamina.retry_context(
                on=_waits(self._patience), attempts=self._patience.attempts, timeout=None
            ):
                with attempt:
                    return await self._asked(call, doubt, timer.expired)
        raise AssertionError("an attempt answers or raises")

    async def _asked(self, call: Call, doubt: Doubt, is_late: Callable[[], bool]) -> Any:
        began = time.monotonic()
        with self._breakers[call.writes].guarding(is_late):
            doubt.sent()
            try:
                response = await self._http.send(self._request(call))
            except httpx.RequestError as error:
                fault = lost(type(error).__name__, proves_nothing_written=isinstance(error, _NOTHING_SENT))
                self._settle(call, doubt, fault, began)
                raise Trouble(fault) from error
            answer, found = _read(response, call.shape)
            if found is not None:
                self._settle(call, doubt, found, began)
                raise Trouble(found)
        log.debug(f"{self._name}.called", operation=call.what, status=response.status_code, milliseconds=_since(began))
        return answer

    def _request(self, call: Call) -> httpx.Request:
        headers = {"Content-Type": _JSON} | ({} if call.key is None else {KEY: call.key})
        return self._http.build_request(
            "POST", self._url + call.path, content=msgspec.json.encode(call.body), headers=headers
        )

    def _settle(self, call: Call, doubt: Doubt, fault: Fault, began: float) -> None:
        doubt.settled(fault)
        log.info(
            f"{self._name}.failed",
            operation=call.what,
            status=fault.status,
            code=fault.code,
            milliseconds=_since(began),
        )


def _waits(patience: Patience) -> Backoff:
    """When another try follows: a read may be repeated, and every write has its key."""
    backoff = waits(patience)

    def wait(error: Exception) -> bool | float:
        asked = error.fault.retry_after or 0.0 if isinstance(error, Trouble) else 0.0
        if asked > patience.longest_wait:  # whoever is told to come back later than that does not wait here
            return False
        pause = backoff(error)
        return pause and asked + pause

    return wait


def _read(response: httpx.Response, shape: Any) -> tuple[Any, Fault | None]:
    if not response.is_success:
        return None, fault_of(response.status_code, response.headers, response.content)
    try:
        return msgspec.json.decode(response.content, type=shape), None
    except (msgspec.DecodeError, UnicodeDecodeError):
        # what was expected in vain may quote what stood there, so nothing of it is told
        return None, malformed(response.status_code)


def _since(began: float) -> int:
    return round(1000 * (time.monotonic() - began))
