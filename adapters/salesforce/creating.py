"""Creating a row once where the org has no unique field for its key."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from ports.errors import Unavailable

T = TypeVar("T")


async def locked(
    lock: AbstractAsyncContextManager[object],
    look: Callable[[], Awaitable[T | None]],
    make: Callable[[], Awaitable[T]],
    *,
    settle: float,
) -> tuple[T, bool]:
    """What `look` finds, or else what `make` makes, and whether it was made; nobody else does so meanwhile.

    Where the answer of `make` is lost, it is looked for again after `settle` seconds, still under the lock; if it is
    not there then, its outcome stays unknown. A look that fails is not "not there": it raises.
    """
    async with lock:
        if (found := await look()) is not None:
            return found, False
        try:
            return await make(), True
        except Unavailable as lost:
            if not lost.outcome_unknown:
                raise
            await asyncio.sleep(settle)
            if (found := await look()) is not None:
                return found, True
            raise
