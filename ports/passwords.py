"""Hashing of customers' passwords, which nobody can turn back."""

from typing import Protocol


class Passwords(Protocol):
    """Keeps passwords as hashes only; slow on purpose, and never on the event loop (ACC-7)."""

    async def hash(self, password: str) -> str:
        """A hash of the whole password after NFKC, with its parameters and a salt of its own inside."""

    async def matches(self, password: str, hash: str | None) -> bool:
        """Whether `hash` was made from `password`.

        None stands for an unknown account: the same work is done and the answer is False, so that timing
        does not tell the two apart (ACC-8). A hash that can't be read is treated the same.
        """

    def needs_rehash(self, hash: str) -> bool:
        """Whether `hash` has other parameters than today's, so that the next log-in should renew it."""
