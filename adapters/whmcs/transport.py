"""One call to WHMCS from its parameters to its answer: tries, deadline, breakers."""

import asyncio
import time
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from types import MappingProxyType
from typing import Any, Final

import httpx
import msgspec
import stamina
import structlog

from adapters.calling.breaker import Breaker
from adapters.calling.retries import waits
from adapters.calling.trouble import Doubt, Setback
from adapters.whmcs.encoding import TYPE, form
from adapters.whmcs.faults import Fault, ShutOut, Trouble, lost, read
from adapters.whmcs.settings import WhmcsSettings
from ports.errors import Unavailable

log = structlog.get_logger(__name__)

Body = Mapping[str, Any]
_NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_SLOW: Final = ("AcceptOrder", "Module")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of an action.

    `repeatable` says that doing it twice is doing it once, so that a lost answer may be followed by another try.
    """

    action: str
    params: Mapping[str, Any]
    is_read: bool = False
    repeatable: bool = False
    until: float | None = None
    """The loop's time at which it must have ended, where that is earlier than its own deadline."""

    @property
    def kind(self) -> str:
        """The kind of operation, by which it rests and waits."""
        if self.is_read:
            return "read"
        return "slow" if self.action.startswith(_SLOW) else "write"

    def __repr__(self) -> str:
        # what is asked and sent is personal
        return f"Call({self.action})"


class Transport:
    """The one way to an installation; it holds no state of a call."""

    def __init__(self, settings: WhmcsSettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        patience = settings.patience
        limits = httpx.Limits(max_connections=settings.connections, max_keepalive_connections=settings.connections)
        self._http = httpx.AsyncClient(limits=limits, transport=transport, follow_redirects=False)
        # each call begins a session of PHP's, and none is to go on
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self._url = settings.api_url
        self._patience = patience
        self._fixed = {"responsetype": "json", "identifier": settings.identifier, "secret": settings.secret}
        if settings.access_key:
            self._fixed["accesskey"] = settings.access_key
        self._breakers: Mapping[str, Breaker] = MappingProxyType(
            {kind: Breaker(f"whmcs {kind}", patience.failures, patience.rest) for kind in ("read", "write", "slow")}
        )
        self._why = ""
        self._door = Breaker("whmcs", 1, patience.shut_out, _shuts_out, lambda: ShutOut(self._why))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def send(self, call: Call) -> Body:
        """The body of a success; Rejected or Unavailable otherwise, within the deadline."""
        doubt = Doubt(writes=not call.is_read)
        try:
            return await self._tried(call, doubt)
        except TimeoutError as late:
            raise Unavailable(f"whmcs.{call.action} took too long", outcome_unknown=doubt.remains) from late
        except Unavailable as error:
            if doubt.remains:
                raise Unavailable(error.what, retry_after=error.retry_after) from error
            raise
        except Trouble as trouble:
            found = trouble.fault.error(call.action)
            if isinstance(found, Unavailable):
                found.outcome_unknown = doubt.remains
            raise found from trouble

    async def _tried(self, call: Call, doubt: Doubt) -> Body:
        patience = self._patience
        deadline = {
            "read": patience.deadline,
            "write": patience.write_deadline,
            "slow": patience.slow_deadline,
        }[call.kind]
        content = form({"action": call.action, **self._fixed, **call.params})

        def again(fault: Setback) -> bool:
            return call.is_read or call.repeatable or fault.proves_nothing_written

        ends = asyncio.get_running_loop().time() + deadline
        async with asyncio.timeout_at(ends if call.until is None else min(ends, call.until)) as timer:
            async for attempt in stamina.retry_context(
                on=waits(patience, again), attempts=patience.attempts, timeout=None
            ):
                with attempt:
                    return await self._asked(call, content, doubt, timer.expired)
        raise AssertionError("an attempt answers or raises")

    async def _asked(self, call: Call, content: bytes, doubt: Doubt, is_late: Callable[[], bool]) -> Body:
        began = time.monotonic()
        with self._door.guarding(lambda: False), self._breakers[call.kind].guarding(is_late):
            doubt.sent()
            try:
                response = await self._http.post(
                    self._url, content=content, headers={"Content-Type": TYPE}, timeout=self._timeout(call.kind)
                )
            except httpx.RequestError as error:
                fault = lost(type(error).__name__, proves_nothing_written=isinstance(error, _NOTHING_SENT))
                self._settle(call, doubt, fault, began)
                # its request holds the credentials
                raise Trouble(fault) from None
            found = read(response.status_code, response.content, call.action)
            if isinstance(found, Fault):
                self._settle(call, doubt, found, began)
                raise Trouble(found)
        log.debug("whmcs.called", operation=call.action, status=response.status_code, milliseconds=_since(began))
        return found

    def _timeout(self, kind: str) -> httpx.Timeout:
        patience = self._patience
        answer = {"read": patience.answer, "write": patience.write_answer, "slow": patience.slow_answer}[kind]
        return httpx.Timeout(answer, connect=patience.connect, pool=patience.deadline)

    def _settle(self, call: Call, doubt: Doubt, fault: Fault, began: float) -> None:
        doubt.settled(fault)
        told = {"operation": call.action, "status": fault.status, "milliseconds": _since(began)}
        if fault.shuts_out:
            self._why = fault.reason
            log.error("whmcs.shut_out", error=fault.reason, **told)
        elif fault.told == "permission":
            log.error("whmcs.not_allowed", code=fault.told, **told)
        else:
            log.info("whmcs.failed", code=fault.told, **told)


def _shuts_out(fault: Setback) -> bool:
    return isinstance(fault, Fault) and fault.shuts_out


def _since(began: float) -> int:
    return round(1000 * (time.monotonic() - began))
