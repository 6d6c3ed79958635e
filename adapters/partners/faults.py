"""What a partner says when it refuses, read by its code first; its sentences are never kept."""

import re
from collections.abc import Mapping
from typing import Any, Final

import httpx
import msgspec

from adapters.calling import trouble
from ports.errors import Rejected, Unavailable

MALFORMED: Final = "malformed"
"""An answer that is not what the contract says."""
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_FIELD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,59}")
_SECONDS: Final = re.compile(r"[0-9]{1,6}")
# by these the partner says that it did nothing, and that it may in a moment
_BUSY: Final = frozenset({"busy", "in_progress"})
# by these it does no work for the portal until an operator has changed something
_SHUT: Final = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One try that failed: the partner's code ("" where nobody could read one) and what may be done about it."""

    code: str
    status: int
    fields: tuple[str, ...] = ()
    retry_after: float | None = None
    """In seconds, where the partner says so."""
    is_transient: bool = False
    is_semantic: bool = False
    """Whether the partner understood, and will refuse again."""
    proves_nothing_written: bool = False

    @property
    def is_outage(self) -> bool:
        """Whether it says that the partner is not well, rather than that it has much to do."""
        return self.is_transient and self.code not in _BUSY

    def error(self, what: str) -> Rejected | Unavailable:
        """The port error for it; `what` names the call."""
        if self.is_semantic:
            return Rejected(self.code, what, self.fields)
        told = self.code or f"HTTP {self.status}"
        return Unavailable(
            f"{what} {told}", outcome_unknown=not self.proves_nothing_written, retry_after=self.retry_after
        )


class Trouble(trouble.Trouble):
    """One try that failed, by what a partner said or did not say."""

    fault: Fault

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code or f"HTTP {fault.status}")
        self.fault = fault


class Said(msgspec.Struct, frozen=True):
    """An error as the contract has it; its message is for people and is not read."""

    code: str = ""
    fields: list[Any] = []


def lost(code: str, *, proves_nothing_written: bool) -> Fault:
    """A try without an answer."""
    return Fault(code=code, status=0, is_transient=True, proves_nothing_written=proves_nothing_written)


def malformed(status: int) -> Fault:
    """An answer of success that nobody can read; asked once more it may be whole."""
    return Fault(code=MALFORMED, status=status, is_transient=True)


def fault_of(status: int, headers: Mapping[str, str], content: bytes) -> Fault:
    """What an answer other than success says."""
    code, fields = _said(content)
    told = Fault(code=code, status=status, fields=fields, retry_after=_pause(headers))
    if status in _SHUT and code:
        return msgspec.structs.replace(told, proves_nothing_written=True)
    if code in _BUSY:
        return msgspec.structs.replace(told, is_transient=True, proves_nothing_written=True)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return msgspec.structs.replace(told, code="busy", is_transient=True, proves_nothing_written=True)
    if code and httpx.codes.is_client_error(status):
        return msgspec.structs.replace(told, is_semantic=True, proves_nothing_written=True)
    # a page of some proxy, a redirect, a partner that is broken: who knows
    return msgspec.structs.replace(told, is_transient=status >= httpx.codes.INTERNAL_SERVER_ERROR)


def _said(content: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        said = msgspec.json.decode(content, type=Said)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "", ()
    if not _CODE.fullmatch(said.code):
        return "", ()
    return said.code, tuple(name for name in said.fields if isinstance(name, str) and _FIELD.fullmatch(name))


def _pause(headers: Mapping[str, str]) -> float | None:
    told = headers.get("Retry-After", "")
    return float(told) if _SECONDS.fullmatch(told) else None
