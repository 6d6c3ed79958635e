"""The session cookie of the page (ACC-9)."""

from collections.abc import Mapping
from typing import Any

from litestar.datastructures import Cookie

from adapters.http.calls import header
from adapters.http.surroundings import HttpSettings


def session_cookie(settings: HttpSettings, token: str, seconds: int) -> Cookie:
    """A cookie that carries an access token for as long as it is good."""
    return Cookie(
        key=settings.cookie,
        value=token,
        max_age=seconds,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def no_session_cookie(settings: HttpSettings) -> Cookie:
    """What makes a browser forget the session cookie."""
    return session_cookie(settings, "", 0)


def cookie_of(scope: Mapping[str, Any], name: str) -> str | None:
    """The value of the first cookie of that name, or None."""
    sent = header(scope, b"cookie")
    if sent is None or name not in sent:
        return None
    for pair in sent.split(";"):
        key, _, value = pair.strip().partition("=")
        if key == name:
            return value
    return None
