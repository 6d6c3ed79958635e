"""What Salesforce says when it refuses, read by its code first; its sentences are never kept."""

import re
from typing import Any, Final

import httpx
import msgspec

from adapters.calling import trouble
from ports.errors import Rejected, Unavailable

HALTED: Final = frozenset({"PROCESSING_HALTED", "ALL_OR_NONE_OPERATION_ROLLED_BACK"})
"""What an innocent part of a composite answers when another one failed."""
_LIMIT: Final = "REQUEST_LIMIT_EXCEEDED"
_EXPIRED: Final = "INVALID_SESSION_ID"
# these prove that nothing was written, and may be gone in a moment
_CONTENDED: Final = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"})
# these may be gone in a moment, and prove nothing
_BROKEN: Final = frozenset({"UNKNOWN_EXCEPTION", "QUERY_TIMEOUT"})
# by these the org does no work for anybody
_SHUT: Final = frozenset({"API_CURRENTLY_DISABLED", "API_DISABLED_FOR_ORG"})
# without a code: the request may be repeated, the edge knows no way, too many requests
_PASSING: Final = frozenset({408, 420, 429})
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_:]{0,79}")
_FIELD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,120}")
_ERROR_ID: Final = re.compile(r"\b\d{5,}-\d+(?: \(-?\d+\))?")
# not translated: these are names within the sentence
_CONCURRENT: Final = "Concurrent"


class AuthError(Unavailable):
    """Nobody can log in as things are: an operator must change something, and trying again at once helps nobody.

    `code` is the error as Salesforce names it, `reason` says what is wrong.
    """

    def __init__(self, code: str, what: str) -> None:
        super().__init__(f"salesforce.login {code}: {what}", outcome_unknown=False)
        self.code = code
        self.reason = what


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One refusal: its code ("" where nobody could read one) and what may be done about it."""

    code: str
    status: int
    fields: tuple[str, ...] = ()
    about: str = ""
    """The part of a call that it is about, where the call has parts."""
    error_id: str = ""
    """Salesforce's own number of an unexpected error, for its support."""
    is_transient: bool = False
    """Whether the same call may succeed in a moment."""
    is_semantic: bool = False
    """Whether Salesforce understood, and will refuse again."""
    proves_nothing_written: bool = True

    @property
    def is_outage(self) -> bool:
        """Whether it says that Salesforce is not well, rather than that others hold a row or a limit is reached."""
        return self.is_transient and self.code not in ("UNABLE_TO_LOCK_ROW", _LIMIT)

    @property
    def is_expired(self) -> bool:
        """Whether the token is no longer good, as far as one can tell."""
        return self.status == httpx.codes.UNAUTHORIZED and self.code in ("", _EXPIRED)

    def error(self, what: str) -> Rejected | Unavailable:
        """The port error for it; `what` names the object or call."""
        what = self.about or what
        if self.is_semantic:
            return Rejected(self.code or f"HTTP_{self.status}", what, self.fields)
        told = self.code or f"HTTP {self.status}"
        return Unavailable(f"salesforce.{what} {told}", outcome_unknown=not self.proves_nothing_written)


class Trouble(trouble.Trouble):
    """One try that failed, by what Salesforce said or did not say."""

    fault: Fault

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code or f"HTTP {fault.status}")
        self.fault = fault


def lost(code: str, *, proves_nothing_written: bool) -> Fault:
    """A try without an answer."""
    return Fault(code=code, status=0, is_transient=True, proves_nothing_written=proves_nothing_written)


def fault_of(status: int, body: Any) -> Fault:
    """What an answer of 300 or more says; `body` is its JSON, or None where it was none."""
    first = _first(body)
    code = _code(first)
    message = first.get("message")
    text = message if isinstance(message, str) else ""
    told = Fault(
        code=code,
        status=status,
        fields=_names(first.get("fields")),
        error_id=found.group() if (found := _ERROR_ID.search(text)) else "",
    )
    is_broken = status >= httpx.codes.INTERNAL_SERVER_ERROR or (not code and status in _PASSING)
    if code == _LIMIT:
        return msgspec.structs.replace(told, is_transient=_CONCURRENT in text)
    if code in _CONTENDED:
        return msgspec.structs.replace(told, is_transient=True)
    if status == httpx.codes.UNAUTHORIZED or code in _SHUT:
        return told
    if code in _BROKEN or is_broken or status < httpx.codes.BAD_REQUEST:
        return msgspec.structs.replace(told, is_transient=True, proves_nothing_written=False)
    return msgspec.structs.replace(told, is_semantic=True)


def _first(body: Any) -> dict[str, Any]:
    if isinstance(body, list):
        body = next((each for each in body if isinstance(each, dict)), None)
    if isinstance(body, dict) and isinstance(body.get("errors"), list):
        return _first(body["errors"])
    return body if isinstance(body, dict) else {}


def _names(fields: Any) -> tuple[str, ...]:
    names = fields if isinstance(fields, list) else []
    return tuple(name for name in names if isinstance(name, str) and _FIELD.fullmatch(name))


def _code(error: dict[str, Any]) -> str:
    code = error.get("errorCode") or error.get("statusCode") or ""
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""
