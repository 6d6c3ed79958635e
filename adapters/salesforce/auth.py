"""Logging in: assertions and client credentials, and one log-in for everybody who finds the token expired."""

import asyncio
import time
from typing import Final

import httpx
import msgspec
import stamina
import structlog

from adapters.calling.retries import waits
from adapters.salesforce.faults import AuthError, Trouble, lost
from adapters.salesforce.grants import Grant, refused_grant
from adapters.salesforce.settings import SalesforceSettings
from core.domain.ids import crm_id
from ports.clock import Clock
from ports.errors import Unavailable

log = structlog.get_logger(__name__)

_PATH: Final = "/services/oauth2/token"
_ACCEPT: Final = {"Accept": "application/json"}


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What a log-in gives: it never shows when it is printed, and is good on its own instance only."""

    access: str
    instance_url: str
    org: str
    """The id of the org."""
    generation: int
    """Log-ins so far. Salesforce may answer the same token twice, so the token does not tell them apart."""

    def __repr__(self) -> str:
        return f"Token(generation={self.generation})"


class _Answer(msgspec.Struct):
    access_token: str
    instance_url: str


class SignIn:
    """The org's current token, shared by everybody who calls it.

    Raises AuthError for what an operator must put right, Unavailable for what passes; nothing was written then.
    """

    def __init__(self, settings: SalesforceSettings, clock: Clock, http: httpx.AsyncClient) -> None:
        self._settings = settings
        self._http = http
        self._grant = Grant(settings, clock)
        self._token: Token | None = None
        self._under_way: asyncio.Task[Token] | None = None
        self._refused: tuple[AuthError, float] | None = None

    async def token(self) -> Token:
        """The token as last given; the first caller logs in."""
        return self._token or await self._log_in_once()

    async def renew(self, used: Token) -> Token:
        """A later token than `used`, which was refused: the one that somebody else has by now, or a new one."""
        if self._token is not None and self._token.generation > used.generation:
            return self._token
        return await self._log_in_once()

    def refuse(self, used: Token, code: str) -> AuthError:
        """What to raise where even a new token is refused; for a while nobody tries to get another one."""
        error = AuthError(code or "HTTP_401", "a new token is refused as well: look at the user's session policy")
        if self._token is not None and self._token.generation == used.generation:
            self._keep_from(error)
        return error

    async def close(self) -> None:
        """Give up a log-in that is under way."""
        if self._under_way is not None:
            self._under_way.cancel()
            await asyncio.wait([self._under_way])

    async def _log_in_once(self) -> Token:
        if self._refused is not None:
            error, since = self._refused
            if time.monotonic() - since < self._settings.patience.rest:
                raise AuthError(error.code, error.reason)
            self._refused = None
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._log_in())
            self._under_way.add_done_callback(self._ended)
        # whoever waits may give up; the others still get the token
        return await asyncio.shield(self._under_way)

    def _ended(self, task: asyncio.Task[Token]) -> None:
        self._under_way = None
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._token = task.result()
        elif isinstance(error, AuthError):
            self._keep_from(error)

    def _keep_from(self, error: AuthError) -> None:
        self._refused = (error, time.monotonic())
        log.error("salesforce.login_refused", code=error.code)

    async def _log_in(self) -> Token:
        patience = self._settings.patience
        try:
            async with asyncio.timeout(patience.deadline):
                async for attempt in stamina.retry_context(
                    on=waits(patience), attempts=patience.attempts, timeout=None
                ):
                    with attempt:
                        return await self._ask(is_second=False)
        except TimeoutError as error:
            raise Unavailable("salesforce.login took too long", outcome_unknown=False) from error
        except Trouble as trouble:
            raise Unavailable(f"salesforce.login {trouble}", outcome_unknown=False) from trouble
        raise AssertionError("an attempt answers or raises")

    async def _ask(self, *, is_second: bool) -> Token:
        began = time.monotonic()
        try:
            answer = await self._http.post(
                f"{self._settings.login_url.rstrip('/')}{_PATH}", data=self._grant.form(), headers=_ACCEPT
            )
        except httpx.RequestError as error:
            raise Trouble(lost(type(error).__name__, proves_nothing_written=True)) from error
        log.debug("salesforce.login", status=answer.status_code, milliseconds=round(1000 * (time.monotonic() - began)))
        if answer.status_code == httpx.codes.OK:
            return self._taken(answer)
        if refused_grant(answer).is_worth_signing_anew and not is_second:
            self._grant.set_right(answer.headers.get("date", ""))
            return await self._ask(is_second=True)
        raise refused_grant(answer).error()

    def _taken(self, answer: httpx.Response) -> Token:
        try:
            told = msgspec.json.decode(answer.content, type=_Answer)
        except msgspec.MsgspecError:
            raise Trouble(lost("no token", proves_nothing_written=True)) from None
        if not told.instance_url.startswith(("https://", self._settings.login_url.partition("//")[0])):
            raise AuthError("instance_url", "the instance would be called without encryption")
        generation = self._token.generation + 1 if self._token else 1
        org = told.access_token.partition("!")[0]
        org = crm_id(org) or org
        return Token(
            access=told.access_token, instance_url=told.instance_url.rstrip("/"), org=org, generation=generation
        )
