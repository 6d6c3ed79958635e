"""Codes and tokens that nobody can guess, and the fingerprints that are kept of them."""

from typing import Protocol


class Secrets(Protocol):
    """Where tokens come from."""

    def token(self) -> str:
        """A new URL-safe token of at least 256 bits."""

    def token_of(self, occasion: str) -> str:
        """The URL-safe token of 256 bits of that occasion: the same each time, known to this installation alone."""

    def code_of(self, occasion: str) -> str:
        """The code of six digits of that occasion, for a person to type: the same each time, as secret."""

    def fingerprint(self, secret: str) -> str:
        """What is kept of a token: the same for the same token, and no way back."""
