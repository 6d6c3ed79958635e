"""What a log-in hands out, as tokens or as the page's cookie (ACC-9)."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from litestar import Response

from adapters.http.body import Answer
from adapters.http.cookies import session_cookie
from adapters.http.surroundings import HttpSettings
from core.domain.session import Admitted


class SessionKind(StrEnum):
    """How the caller wants to be known from now on."""

    BEARER = "bearer"
    """By an access token it sends itself."""
    COOKIE = "cookie"
    """By a cookie that scripts can't read, with a CSRF token beside it."""


class TokensShown(Answer, frozen=True):
    """A customer's tokens. With a cookie session the access token is in the cookie and absent here."""

    access_token: str | None
    refresh_token: str
    expires_at: datetime
    refresh_expires_at: datetime
    csrf_token: str
    customer_number: str

    example: ClassVar[Any] = {
        "accessToken": "pTVv4mE1n0cJq5Zb3K8sX9dLwA2yRf7uHg6iTtQoNkM",
        "refreshToken": "a0Qe7xWc2Vt9Ls4Ru1Yp6Zi3Km8Nb5Jd0Hf2Gg7Sx4E",
        "expiresAt": "2026-01-20T01:15:00Z",
        "refreshExpiresAt": "2026-02-19T01:00:00Z",
        "csrfToken": "Jc8Zr1Xq5Wn2Bv7Lm4Kp9Hs6Gd3Ft0Ay8Eu5Io2Tz1Q",
        "customerNumber": "P1000001",
    }


def tokens(
    admitted: Admitted, kind: SessionKind, settings: HttpSettings, now: datetime, *, status: int = 200
) -> Response[Any]:
    """The answer that hands a customer their session."""
    given = admitted.tokens
    by_cookie = kind is SessionKind.COOKIE
    shown = TokensShown(
        access_token=None if by_cookie else given.access,
        refresh_token=given.refresh,
        expires_at=given.access_until,
        refresh_expires_at=given.refresh_until,
        csrf_token=given.csrf,
        customer_number=admitted.number,
    )
    seconds = max(0, int((given.access_until - now).total_seconds()))
    cookies = [session_cookie(settings, given.access, seconds)] if by_cookie else []
    return Response(shown, status_code=status, cookies=cookies)
