"""Argon2id hashing of passwords, apart from the event loop (ports/passwords.py)."""

import asyncio
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from core.domain.password import normalised

T = TypeVar("T")

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1
"""OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 20 ms of one core."""


class Argon2Passwords:
    """Hashes at most as many passwords at a time as there are cores; the others wait their turn (ACC-7)."""

    def __init__(self, *, memory: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes,
            memory_cost=memory,
            parallelism=LANES,
            hash_len=32,
            salt_len=16,
            type=Type.ID,
        )
        # threads of their own rather than the loop's shared ones: the bound holds whatever loop calls, and
        # twenty log-ins at once do not keep other blocking work waiting
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="argon2")
        # the work done for an account that does not exist: nobody knows this password; made beside the start
        self._decoy = self._threads.submit(self._hasher.hash, secrets.token_bytes(32))

    async def hash(self, password: str) -> str:
        return await self._apart(lambda: self._hasher.hash(_bytes_of(password)))

    async def matches(self, password: str, hash: str | None) -> bool:
        return await self._apart(lambda: self._matches(_bytes_of(password), hash))

    def needs_rehash(self, hash: str) -> bool:
        try:
            return self._hasher.check_needs_rehash(hash)
        except InvalidHashError:
            return True

    def close(self) -> None:
        """Let the threads end; hashing that waits is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _matches(self, password: bytes, hash: str | None) -> bool:
        if hash is not None:
            try:
                return self._hasher.verify(hash, password)
            except InvalidHashError:
                pass  # not a hash: do the work of one all the same
            except VerificationError:
                return False
        try:
            self._hasher.verify(self._decoy.result(), password)
        except VerificationError:
            return False
        return False

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _bytes_of(password: str) -> bytes:
    # half a surrogate pair is no password anybody has, yet it must not fail otherwise than a wrong one does
    return normalised(password).encode("utf-8", "surrogatepass")
