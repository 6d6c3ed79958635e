"""One writer at a time for what belongs together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Lanes:
    """Locks by name, each there as long as somebody holds or wants it.

    They keep the writers of one process apart: those to children of one account, which Salesforce locks, and those to
    WHMCS, which refuses no second client or order by itself. The portal's own lanes do it across processes.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """Be the only one under that name."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        async with lock:
            yield
