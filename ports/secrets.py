"""Codes and tokens that nobody can guess, and the fingerprints that are kept of them."""

from typing import Protocol


class Secrets(Protocol):
    """Where tokens come from."""

    def token(self) -> str:
        """A new URL-safe token of at least 256 bits."""

    def code(self) -> str:
        """A new code of six digits, for a person to type."""

    def fingerprint(self, secret: str) -> str:
        """What is kept of a token: the same for the same token, and no way back."""
