"""What an answer of WHMCS's says, by its body first and its status second; its sentences are never kept."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import httpx
import msgspec

from adapters.calling import trouble
from adapters.whmcs.sayings import Class, class_of, hints_of, reason_of
from ports.errors import Rejected, Unavailable

_SUCCESS: Final = "success"
_ERROR: Final = "error"
_PASSING: Final = frozenset({403, 408, 420, 429})
"""Without a body of WHMCS's own: a firewall or proxy in front that may think better of it."""
_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
# an amount must never become a float


class ShutOut(Unavailable):
    """WHMCS lets nobody in as things are: an operator must change something, and whoever goes on is banned.

    `reason` says what is wrong.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"whmcs lets nobody in: {reason}", outcome_unknown=False)
        self.reason = reason


class Refusal(Rejected):
    """A refusal with what its text is known by beside its class."""

    def __init__(self, code: str, what: str, hints: tuple[str, ...] = ()) -> None:
        super().__init__(code, what)
        self.hints = hints


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One try that failed; `told` is a class of refusals, or how the answer was no answer."""

    told: str
    status: int = 0
    reason: str = ""
    hints: tuple[str, ...] = ()
    is_transient: bool = False
    """Whether the same call may succeed in a moment."""
    is_refusal: bool = False
    """Whether WHMCS understood, and will refuse again."""
    proves_nothing_written: bool = True

    @property
    def is_outage(self) -> bool:
        """Whether it says that WHMCS is not well."""
        return self.is_transient

    @property
    def shuts_out(self) -> bool:
        """Whether no other call would be let in either."""
        return self.told == Class.AUTH

    def error(self, action: str) -> Rejected | Unavailable:
        """The port error for it."""
        if self.shuts_out:
            return ShutOut(self.reason)
        if self.is_refusal:
            return Refusal(self.told, f"whmcs.{action}", self.hints)
        return Unavailable(f"whmcs.{action} {self.told}", outcome_unknown=not self.proves_nothing_written)


class Trouble(trouble.Trouble):
    """One try that failed, on its way to whoever decides whether there is another one."""

    fault: Fault

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.told)
        self.fault = fault


def lost(told: str, *, proves_nothing_written: bool) -> Fault:
    """A try without an answer."""
    return Fault(told=told, is_transient=True, proves_nothing_written=proves_nothing_written)


def read(status: int, content: bytes, action: str) -> Mapping[str, Any] | Fault:
    """The body of a success, or what the answer is otherwise. "Not an error" is no success."""
    body = _object(content)
    if body is None:
        return _without_body(status, content)
    said = str(body.get("result") or body.get("status") or "").casefold()
    if said == _SUCCESS:
        return body
    message = body.get("message") or ""
    # a 403 is no success, so one that says why need not name itself an error
    if said == _ERROR or (not said and status == httpx.codes.FORBIDDEN and message and isinstance(message, str)):
        return _refused(status, str(message), action)
    # a warning alone, or nothing of the kind: it may be done or not
    return Fault(told="neither success nor error", status=status, proves_nothing_written=False)


def unreadable(action: str, *, is_read: bool) -> Unavailable:
    """What to raise where a success holds what it can't mean."""
    return Unavailable(f"whmcs.{action} unreadable answer", outcome_unknown=not is_read)


def _refused(status: int, message: str, action: str) -> Fault:
    kind = class_of(message, action, forbidden=status == httpx.codes.FORBIDDEN)
    if kind is Class.AUTH:
        return Fault(told=kind, status=status, reason=reason_of(message))
    if kind is Class.BROKEN:
        return Fault(told=kind, status=status, is_transient=True, proves_nothing_written=False)
    return Fault(told=kind, status=status, hints=hints_of(message), is_refusal=True)


def _without_body(status: int, content: bytes) -> Fault:
    if httpx.codes.is_success(status):
        # PHP died, or something printed text of its own
        told = "empty answer" if not content.strip() else "unreadable answer"
        return Fault(told=told, status=status, is_transient=True, proves_nothing_written=False)
    is_passing = status >= httpx.codes.INTERNAL_SERVER_ERROR or status in _PASSING
    return Fault(
        told=f"HTTP {status}",
        status=status,
        is_transient=is_passing,
        # where there is no such page, no PHP ran
        proves_nothing_written=status == httpx.codes.NOT_FOUND,
    )


def _object(content: bytes) -> Mapping[str, Any] | None:
    try:
        body = _DECODER.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
