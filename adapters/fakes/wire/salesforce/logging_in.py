"""The paths of the log-in: tokens, who one is, and the end of a session."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

from adapters.fakes.wire.salesforce.calls import Answer, ApiError, asked, not_there
from adapters.fakes.wire.salesforce.people import ORG_ID, User
from adapters.fakes.wire.salesforce.sessions import LogInRefused, Sessions


def answered(
    sessions: Sessions, method: str, path: tuple[str, ...], headers: Mapping[str, str], body: bytes, base: str
) -> Answer:
    """The answer at a path outside of the REST API."""
    match path:
        case ("services", "oauth2", "token") if method == "POST":
            return _token(sessions, headers, body, base)
        case ("services", "oauth2", "revoke"):
            sessions.revoke(asked(body.decode("latin-1")).get("token", ""))
            return Answer(200)
        case ("services", "oauth2", "userinfo"):
            return _user(sessions, headers, base, _info)
        case ("id", _, _):
            return _user(sessions, headers, base, _identity)
    return not_there().answer()


def _token(sessions: Sessions, headers: Mapping[str, str], body: bytes, base: str) -> Answer:
    if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return Answer(400, {"error": "invalid_request", "error_description": "must use a form"})
    try:
        return Answer(200, sessions.log_in(asked(body.decode("utf-8", "replace")), _basic(headers), base))
    except LogInRefused as refused:
        return Answer(400, {"error": refused.error, "error_description": refused.description})


def _basic(headers: Mapping[str, str]) -> tuple[str, str] | None:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        key, _, secret = b64decode(credentials).decode().partition(":")
    except ValueError:
        return None
    return key, secret


def _user(
    sessions: Sessions, headers: Mapping[str, str], base: str, told: Callable[[User, str], dict[str, Any]]
) -> Answer:
    try:
        user = sessions.user_of(headers.get("authorization", "").partition(" ")[2])
    except ApiError:
        return Answer(403, "Bad_OAuth_Token")
    shared = {
        "user_id": user.id,
        "organization_id": ORG_ID,
        "email": user.name,
        "active": True,
        "urls": {"rest": f"{base}/services/data/v{{version}}/"},
    }
    return Answer(200, told(user, f"{base}/id/{ORG_ID}/{user.id}") | shared)


def _info(user: User, url: str) -> dict[str, Any]:
    """As OpenID has it."""
    return {"sub": url, "preferred_username": user.name, "name": user.name}


def _identity(user: User, url: str) -> dict[str, Any]:
    """As the address of the user itself has it."""
    return {"id": url, "asserted_user": True, "username": user.name, "display_name": user.name}
