"""Logging in to the org, and the tokens that come of it."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from adapters.fakes.wire.salesforce.calls import ApiError
from adapters.fakes.wire.salesforce.people import ORG_ID, PORTAL_APP, STAFF_APP, App, User
from ports.clock import Clock

JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCES: Final = ("https://login.salesforce.com", "https://test.salesforce.com")
LONGEST_ASSERTION: Final = timedelta(minutes=5)
LIFETIME: Final = timedelta(hours=2)


class LogInRefused(Exception):
    """A log-in that is refused, by the code and the description of the token endpoint."""

    def __init__(self, error: str, description: str) -> None:
        self.error = error
        self.description = description
        super().__init__(error)


class Session(msgspec.Struct):
    """A token's user, and when it was last used."""

    user: User
    used_at: datetime


@dataclass(slots=True, kw_only=True)
class Sessions:
    """The org's applications and the sessions they opened.

    A session ends when it was not used for `lifetime`. With `same_token` a user who logs in by assertion again gets
    the token that is still alive, as some orgs do.
    """

    clock: Clock
    apps: tuple[App, ...] = (PORTAL_APP, STAFF_APP)
    audiences: tuple[str, ...] = AUDIENCES
    lifetime: timedelta = LIFETIME
    same_token: bool = False
    _open: dict[str, Session] = field(default_factory=dict)
    _count: int = 0

    # --- logging in ------------------------------------------------------------------------------------------------
    def log_in(self, form: Mapping[str, str], basic: tuple[str, str] | None, base: str) -> dict[str, Any]:
        """The body of a granted token; raises LogInRefused."""
        grant = form.get("grant_type", "")
        if grant == JWT_BEARER:
            return self._told(base, self._token(self._asserted(form.get("assertion", ""), base), again=False))
        if grant == "client_credentials":
            key, secret = basic or (form.get("client_id", ""), form.get("client_secret", ""))
            app = self._credited(key, secret)
            return self._signed(self._told(base, self._token(self._runs_as(app), again=True)), app)
        raise LogInRefused("unsupported_grant_type", "grant type not supported")

    def _asserted(self, assertion: str, base: str) -> User:
        try:
            claims = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            raise LogInRefused("invalid_grant", "invalid assertion") from None
        app = next((app for app in self.apps if app.key == claims.get("iss") and app.certificate), None)
        if app is None:
            raise LogInRefused("invalid_client_id", "client identifier invalid")
        self._check_signature(assertion, app)
        if claims.get("aud") not in (*self.audiences, base):
            raise LogInRefused("invalid_grant", "audience is invalid")
        self._check_time(claims.get("exp"))
        user = next((user for user in app.approved if user.name == claims.get("sub")), None)
        if user is None:
            raise LogInRefused("invalid_grant", "user hasn't approved this consumer")
        return user

    def _check_signature(self, assertion: str, app: App) -> None:
        # the claims are looked at one by one, each with its own refusal
        try:
            jwt.api_jws.decode(assertion, public_key_of(app.certificate or ""), algorithms=["RS256"])
        except jwt.InvalidTokenError:
            raise LogInRefused("invalid_grant", "invalid assertion") from None

    def _check_time(self, exp: object) -> None:
        text = str(exp)
        if isinstance(exp, bool) or not text.replace(".", "", 1).isdecimal():
            raise LogInRefused("invalid_grant", "invalid assertion")
        left = float(text) - self.clock.now().timestamp()
        if left <= 0:
            raise LogInRefused("invalid_grant", "assertion is expired")
        if left > LONGEST_ASSERTION.total_seconds():
            raise LogInRefused("invalid_grant", "invalid assertion")

    def _credited(self, key: str, secret: str) -> App:
        app = next((app for app in self.apps if app.key == key), None)
        if app is None:
            raise LogInRefused("invalid_client_id", "client identifier invalid")
        if app.secret is None or not hmac.compare_digest(app.secret.encode(), secret.encode()):
            raise LogInRefused("invalid_client", "invalid client credentials")
        return app

    def _runs_as(self, app: App) -> User:
        if app.run_as is None:
            raise LogInRefused("invalid_grant", "no client credentials user enabled")
        return app.run_as

    def _told(self, base: str, token: str) -> dict[str, Any]:
        user = self._open[token].user
        return {
            "access_token": token,
            "scope": "api id",
            "instance_url": base,
            "id": f"{base}/id/{ORG_ID}/{user.id}",
            "token_type": "Bearer",
        }

    def _signed(self, told: dict[str, Any], app: App) -> dict[str, Any]:
        issued_at = str(int(self.clock.now().timestamp() * 1000))
        signature = hmac.digest((app.secret or "").encode(), (told["id"] + issued_at).encode(), "sha256")
        return told | {"issued_at": issued_at, "signature": b64encode(signature).decode()}

    # --- tokens ----------------------------------------------------------------------------------------------------
    def _token(self, user: User, *, again: bool) -> str:
        now = self.clock.now()
        if self.same_token and not again:
            for token, session in self._open.items():
                if session.user == user and now - session.used_at < self.lifetime:
                    return token
        self._count += 1
        # nothing but made-up records lies behind it, so that a counted token will do
        token = f"{ORG_ID[:15]}!{sha256(f'{self._count} {user.name} {now}'.encode()).hexdigest()}"
        self._open[token] = Session(user, now)
        return token

    def user_of(self, token: str | None) -> User:
        """Whose token it is, used once more now; ApiError for one that is dead or never was."""
        session = self._open.get(token or "")
        now = self.clock.now()
        if session is None or now - session.used_at >= self.lifetime:
            self._open.pop(token or "", None)
            raise ApiError("INVALID_SESSION_ID", "Session expired or invalid")
        session.used_at = now
        return session.user

    def revoke(self, token: str) -> None:
        """End one session."""
        self._open.pop(token, None)

    def expire(self) -> None:
        """End every session."""
        self._open.clear()


def public_key_of(pem: str) -> RSAPublicKey:
    """The key of an application by its certificate, or the key itself; ValueError or TypeError for what is neither."""
    text = pem.encode()
    is_certificate = b"BEGIN CERTIFICATE" in text
    key = load_pem_x509_certificate(text).public_key() if is_certificate else load_pem_public_key(text)
    if not isinstance(key, RSAPublicKey):
        raise TypeError("assertions are signed with RSA")
    return key
