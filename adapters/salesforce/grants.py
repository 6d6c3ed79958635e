"""What is sent to log in, and what a refusal of it means."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any, Final

import httpx
import jwt
import msgspec

from adapters.salesforce.faults import AuthError, Trouble, fault_of
from adapters.salesforce.settings import Flow, SalesforceSettings
from ports.clock import Clock

_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE: Final = timedelta(seconds=150)
"""Salesforce takes three minutes at most; the rest is for a clock that runs behind ours."""
_PASSING: Final = frozenset({"rate_limit_exceeded", "server_error", "temporarily_unavailable"})
_UNSURE: Final = "invalid_grant"
# these sentences are not translated, and nothing else tells the cases of one code apart
_KNOWN_GRANTS: Final = (
    ("approved this consumer", "the user has not approved the app: authorise the user for it beforehand"),
    ("audience", "the assertion is for another host: look at audience and login_url"),
    ("no client credentials user", "the app has no user to run as"),
    ("authentication failure", "the user may not log in"),
)
_MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "invalid_grant": "the assertion is refused: look at the key, its certificate, the user and the clock",
        "invalid_client_id": "no app has this client_id",
        "invalid_client": "the client_secret is wrong",
        "unsupported_grant_type": "the host or the app does not offer this flow",
        "inactive_user": "the user is not active",
        "inactive_org": "the org is not active",
        "invalid_app_access": "the user is not admitted to the app",
    }
)


class Grant:
    """The form that logs in."""

    def __init__(self, settings: SalesforceSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._ahead = timedelta()

    def form(self) -> dict[str, str]:
        """The fields of the form; an assertion is signed anew each time."""
        settings = self._settings
        if settings.flow is Flow.CLIENT_CREDENTIALS:
            credentials = {"client_id": settings.client_id, "client_secret": settings.client_secret}
            return {"grant_type": "client_credentials", **credentials}
        return {"grant_type": _GRANT, "assertion": self._assertion()}

    def set_right(self, date: str) -> None:
        """Go by the other side's clock from now on, where it told the time."""
        try:
            theirs = parsedate_to_datetime(date)
        except ValueError:
            return
        if theirs.tzinfo is not None:
            self._ahead = theirs - self._clock.now()

    def _assertion(self) -> str:
        settings = self._settings
        expires: datetime = self._clock.now() + self._ahead + _LIFE
        claims = {
            "iss": settings.client_id,
            "sub": settings.username,
            "aud": settings.audience or settings.login_url.rstrip("/"),
            "exp": int(expires.timestamp()),
        }
        try:
            return jwt.encode(claims, settings.key_text, algorithm="RS256")
        except (OSError, ValueError, TypeError, jwt.PyJWTError):
            # what is wrong with a key is not told by quoting it
            raise AuthError("invalid_key", "the private key can't be read") from None


class Refusal(msgspec.Struct, frozen=True):
    """A log-in that was refused; the sentence it came with is read and let go."""

    status: int
    code: str
    meaning: str

    @property
    def is_worth_signing_anew(self) -> bool:
        """Whether an assertion of another minute may pass: nothing says what else is wrong with it."""
        return self.code == _UNSURE and self.meaning == _MEANINGS[_UNSURE]

    def error(self) -> AuthError | Trouble:
        """What to raise."""
        fault = fault_of(self.status, None)
        is_error = self.status >= httpx.codes.BAD_REQUEST
        if self.code in _PASSING or (not self.code and is_error and fault.is_transient):
            return Trouble(msgspec.structs.replace(fault, code=self.code, is_transient=True))
        code = self.code or f"HTTP_{self.status}"
        return AuthError(code, self.meaning or "this is no host to log in to, or it refuses the app")


def refused_grant(answer: httpx.Response) -> Refusal:
    """What the refusal says, as far as it can be read."""
    try:
        body: Any = msgspec.json.decode(answer.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = None
    told = body if isinstance(body, dict) else {}
    code, sentence = told.get("error"), told.get("error_description")
    code = code if isinstance(code, str) and code.replace("_", "").isalnum() and code.isascii() else ""
    said = sentence.casefold() if isinstance(sentence, str) else ""
    meaning = _MEANINGS.get(code, "")
    if code == _UNSURE:
        meaning = next((means for words, means in _KNOWN_GRANTS if words in said), meaning)
    return Refusal(answer.status_code, code[:40], meaning)
