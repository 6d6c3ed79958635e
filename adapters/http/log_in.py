"""Log-in, refresh, log-out and passwords (ACC-7, ACC-8, ACC-9)."""

from typing import Annotated, Any, ClassVar, Final

import msgspec
from litestar import Request, Response, post
from litestar.params import JSONBody

from adapters.http.auth import Who
from adapters.http.body import Answer, Ask
from adapters.http.cookies import no_session_cookie
from adapters.http.dependencies import Given
from adapters.http.idempotency import Once, key_of
from adapters.http.openapi import operation
from adapters.http.people import Email, Token
from adapters.http.sessions import SessionKind, TokensShown, tokens
from adapters.http.sign_up import Password, sealed
from adapters.http.surroundings import HttpSettings
from core.domain.ids import RequestKey
from core.domain.limits import Limited
from core.domain.refusals import ChallengeNeeded, Invalid, TokenSpent, TooMany, WrongLogin, WrongPassword
from core.domain.session import LogInForm, Session
from core.usecases.account.change_password import ChangePassword
from core.usecases.account.log_in import LogIn
from core.usecases.account.log_out import LogOut
from core.usecases.account.refresh_session import RefreshSession
from core.usecases.account.request_password_reset import RequestPasswordReset
from core.usecases.account.reset_password import ResetPassword
from ports.clock import Clock
from ports.secrets import Secrets


class LogInAsk(Ask, frozen=True):
    """Email and password; `checkoutToken` claims a saved cart, `challenge` is a solution where one was asked for."""

    email: Email
    password: Password
    checkout_token: Token | None = None
    challenge: Token | None = None
    session: SessionKind = SessionKind.BEARER

    example: ClassVar[Any] = {"email": "mina@example.com", "password": "a quiet morning in Yanaka"}


class RefreshAsk(Ask, frozen=True):
    """The refresh token that was given out last."""

    refresh_token: Token
    session: SessionKind = SessionKind.BEARER

    example: ClassVar[Any] = {"refreshToken": TokensShown.example["refreshToken"]}


class ResetRequestAsk(Ask, frozen=True):
    """Whose password was forgotten."""

    email: Email

    example: ClassVar[Any] = {"email": "mina@example.com"}


class ResetAsk(Ask, frozen=True):
    """The token of the mailed link, and the new password."""

    token: Token
    password: Password

    example: ClassVar[Any] = {"token": TokensShown.example["csrfToken"], "password": "another quiet evening there"}


class ChangeAsk(Ask, frozen=True):
    """The current password and the one to come."""

    current_password: Annotated[str, msgspec.Meta(max_length=1024)]
    new_password: Password

    example: ClassVar[Any] = {
        "currentPassword": "a quiet morning in Yanaka",
        "newPassword": "another quiet evening there",
    }


class Noted(Answer, frozen=True):
    """That the request was taken; there is nothing more to tell."""

    taken: bool = True

    example: ClassVar[Any] = {"taken": True}


@post(
    "/auth/login",
    **operation(
        "auth.login",
        tag="Account",
        summary="Log in",
        who=Who.ANYONE,
        limited=Limited.LOG_IN,
        raises=(WrongLogin, ChallengeNeeded),
        waits=False,
    ),
    status_code=200,
)
async def log_in_(
    data: JSONBody[LogInAsk], settings: Given[HttpSettings], clock: Given[Clock], log_in: Given[LogIn]
) -> Response[TokensShown]:
    """Gives tokens, or a cookie session; never tells a wrong password from an unknown address (ACC-8)."""
    form = LogInForm(email=data.email, password=data.password, checkout=data.checkout_token, challenge=data.challenge)
    return tokens(await log_in(form), data.session, settings, clock.now())


@post(
    "/auth/refresh",
    **operation(
        "auth.refresh",
        tag="Account",
        summary="New tokens for old ones",
        who=Who.ANYONE,
        limited=Limited.REFRESH,
        raises=(TokenSpent,),
        key="The same key and token give another pair for a minute, until the first is refreshed.",
        waits=False,
    ),
    status_code=200,
)
async def refresh(
    request: Request[Any, Any, Any],
    data: JSONBody[RefreshAsk],
    settings: Given[HttpSettings],
    clock: Given[Clock],
    refresh_session: Given[RefreshSession],
) -> Response[TokensShown]:
    """Changes a refresh token for a new pair, once; a used one that comes again ends its session (ACC-9).

    With an Idempotency-Key the same request gives another pair for a minute, until the first is refreshed (T-2).
    """
    key = key_of(request.scope)
    return tokens(await refresh_session(data.refresh_token, key), data.session, settings, clock.now())


@post(
    "/auth/logout",
    **operation("auth.logout", tag="Account", summary="Log out", waits=False),
    status_code=204,
)
async def log_out_(session: Given[Session], settings: Given[HttpSettings], log_out: Given[LogOut]) -> Response[None]:
    """Ends this session, its refresh token included (ACC-9)."""
    await log_out(session)
    return Response(None, cookies=[no_session_cookie(settings)])


@post(
    "/auth/request-password-reset",
    **operation(
        "auth.requestPasswordReset",
        tag="Account",
        summary="Ask for a link that sets a new password",
        who=Who.ANYONE,
        limited=Limited.PASSWORD_RESET,
        waits=False,
    ),
    status_code=202,
)
async def request_reset(
    data: JSONBody[ResetRequestAsk], once: Given[Once], request_password_reset: Given[RequestPasswordReset]
) -> Response[Noted]:
    """Mails a link if the address is a customer's; the answer is the same for every address (ACC-8, ACC-9)."""

    async def do(_: RequestKey) -> Response[Noted]:
        await request_password_reset(data.email)
        return Response(Noted())

    return await once(do)


@post(
    "/auth/reset-password",
    **operation(
        "auth.resetPassword",
        tag="Account",
        summary="Set a new password by a mailed link",
        who=Who.ANYONE,
        limited=Limited.PASSWORD_RESET,
        raises=(Invalid, TokenSpent),
        waits=False,
    ),
    status_code=200,
)
async def reset(
    data: JSONBody[ResetAsk], once: Given[Once], secrets: Given[Secrets], reset_password: Given[ResetPassword]
) -> Response[Noted]:
    """Sets the password and ends every session; the link works once, for half an hour (ACC-7, ACC-9)."""

    async def do(key: RequestKey) -> Response[Noted]:
        await reset_password(key, data.token, data.password)
        return Response(Noted())

    return await once(do, fingerprint=sealed(secrets, data))


@post(
    "/auth/change-password",
    **operation(
        "auth.changePassword",
        tag="Account",
        summary="Change the password",
        raises=(Invalid, WrongPassword, TooMany),
        waits=False,
    ),
    status_code=200,
)
async def change(
    data: JSONBody[ChangeAsk],
    session: Given[Session],
    once: Given[Once],
    secrets: Given[Secrets],
    change_password: Given[ChangePassword],
) -> Response[Noted]:
    """Sets another password and ends every other session (ACC-7, ACC-9)."""

    async def do(key: RequestKey) -> Response[Noted]:
        await change_password(key, session, data.current_password, data.new_password)
        return Response(Noted())

    return await once(do, fingerprint=sealed(secrets, data))


LOG_IN: Final = (log_in_, refresh, log_out_, request_reset, reset, change)
