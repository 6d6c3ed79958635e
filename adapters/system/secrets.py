"""Codes and tokens by the machine's own source of chance, and what is kept of them (ports/secrets.py)."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import Final

SHORTEST_KEY: Final = 32
_TOKEN_BYTES: Final = 32


class RandomSecrets:
    """Makes tokens of 256 bits; fingerprints are HMAC-SHA256 under the installation's key.

    The key is what keeps a code of six digits from being found by trying all of them against a stolen database. What
    belongs to an occasion is a keyed BLAKE2b of it, of another family than fingerprints: none can be made into one.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"the key of fingerprints has {len(key)} bytes, fewer than {SHORTEST_KEY}")
        self._key = key
        self._derived = hashlib.sha512(key).digest()

    def token(self) -> str:
        return secrets.token_urlsafe(_TOKEN_BYTES)

    def token_of(self, occasion: str) -> str:
        return urlsafe_b64encode(self._of(occasion, b"token")).decode().rstrip("=")

    def code_of(self, occasion: str) -> str:
        return f"{int.from_bytes(self._of(occasion, b'code')) % 1_000_000:06d}"

    def _of(self, occasion: str, use: bytes) -> bytes:
        return hashlib.blake2b(occasion.encode(), digest_size=_TOKEN_BYTES, key=self._derived, person=use).digest()

    def fingerprint(self, secret: str) -> str:
        return hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
