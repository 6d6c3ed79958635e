"""Signed calls from other systems (FUL-7, T-4): an HMAC over what was sent, checked in one fixed order."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from litestar import Request
from litestar.connection import ASGIConnection

from adapters.http.calls import call_of, header
from adapters.http.idempotency import KEY_HEADER, is_key
from adapters.http.refused import ClockOff, NonceSeen, SignatureWrong, SigningOff, Unreadable
from adapters.http.surroundings import SigningSecret
from core.domain.refusals import FieldFault
from ports.clock import Clock
from ports.store import Store

VERSION: Final = "v1"
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
_SHAPES: Final = {
    b"x-timestamp": re.compile(r"[0-9]{1,12}"),
    b"x-nonce": re.compile(r"[A-Za-z0-9_-]{16,64}"),
    b"x-signature": re.compile(r"v1=[0-9a-f]{64}"),
}
_KEY_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


def signature(secret: bytes, method: str, path: str, timestamp: str, nonce: str, key: str, body: bytes) -> str:
    """The hex signature of a call; `path` with its query, exactly as sent."""
    lines = (VERSION, method, path, timestamp, nonce, key, hashlib.sha256(body).hexdigest())
    return hmac.new(secret, "\n".join(lines).encode("latin-1"), hashlib.sha256).hexdigest()


class SignedCalls:
    """Lets a signed call through once, or says why not; without a secret it lets nothing through."""

    def __init__(self, secrets: Sequence[SigningSecret], clock: Clock, store: Store) -> None:
        self._secrets = tuple(secret for secret in secrets if secret.value)
        self._clock = clock
        self._store = store

    async def check(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        """Shape, secret, signature, clock, nonce, in this order; the nonce is kept only when all else is right.

        Only then the call counts as signed.
        """
        scope: Mapping[str, Any] = connection.scope
        timestamp, nonce, signed = _shaped(scope)
        key, key_id = header(scope, KEY_HEADER) or "", header(scope, b"x-key-id")
        if not self._secrets:
            raise SigningOff
        assert isinstance(connection, Request)  # guards of HTTP routes are handed the request itself
        body = await connection.body()
        signer = self._signer(key_id, signed, (scope["method"], _as_sent(scope), timestamp, nonce, key), body)
        now = self._clock.now()
        if abs(now.timestamp() - int(timestamp)) > CLOCK_TOLERANCE.total_seconds():
            raise ClockOff
        # kept for good before the call goes on, so that a crash in between can't let it in twice
        async with self._store.begin(durable=True) as shelves:
            if not await shelves.nonces.spend(signer, nonce, now):
                raise NonceSeen
        call_of(scope).signer = signer

    def _signer(self, key_id: str | None, signed: str, said: tuple[str, str, str, str, str], body: bytes) -> str:
        found = None
        for secret in self._secrets:
            # every secret is tried, so that time does not tell which one was near
            matches = hmac.compare_digest(signature(secret.value, *said, body), signed)
            if matches and key_id in (None, secret.key_id):
                found = secret.key_id
        if found is None:
            raise SignatureWrong
        return found


def _shaped(scope: Mapping[str, Any]) -> tuple[str, str, str]:
    faults = [
        FieldFault(name.decode().title(), "bad_header")
        for name, shape in _SHAPES.items()
        if not shape.fullmatch(header(scope, name) or "")
    ]
    if not is_key(header(scope, KEY_HEADER) or ""):
        faults.append(FieldFault("Idempotency-Key", "bad_key"))
    key_id = header(scope, b"x-key-id")
    if key_id is not None and not _KEY_ID.fullmatch(key_id):
        faults.append(FieldFault("X-Key-Id", "bad_header"))
    if faults:
        raise Unreadable(*faults)
    timestamp, nonce, signed = (header(scope, name) or "" for name in _SHAPES)
    return timestamp, nonce, signed.removeprefix("v1=")


def _as_sent(scope: Mapping[str, Any]) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw.partition(b"?")[0].decode("latin-1")
    query: bytes = scope["query_string"]
    return f"{path}?{query.decode('latin-1')}" if query else path
