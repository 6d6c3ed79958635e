"""Codes and tokens by the machine's own source of chance, and what is kept of them (ports/secrets.py)."""

import hashlib
import hmac
import secrets
from typing import Final

SHORTEST_KEY: Final = 32
_TOKEN_BYTES: Final = 32


class RandomSecrets:
    """Makes tokens of 256 bits; fingerprints are HMAC-SHA256 under the installation's key.

    The key is what keeps a code of six digits from being found by trying all of them against a stolen database.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"the key of fingerprints has {len(key)} bytes, fewer than {SHORTEST_KEY}")
        self._key = key

    def token(self) -> str:
        return secrets.token_urlsafe(_TOKEN_BYTES)

    def code(self) -> str:
        return f"{secrets.randbelow(1_000_000):06d}"

    def fingerprint(self, secret: str) -> str:
        return hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
