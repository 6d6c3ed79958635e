"""Which of several processes leads: who holds a lock that ends with the process, or with its connection."""

import sqlite3
from pathlib import Path

from adapters.db.database import Database
from ports.leadership import Leadership


def leadership_of(database: Database, name: str) -> Leadership:
    """Leadership among all that use this database; one for each `name`."""
    if database.is_embedded:
        return FileLeadership(Path(f"{database.url.database}-{name}"))
    # a portal on a file does not load what speaks to PostgreSQL
    from adapters.db.advisory import advisory_leadership  # noqa: PLC0415

    return advisory_leadership(database, name)


class FileLeadership:
    """A lock on a file beside the database, for processes of one machine: it ends with the process that holds it.

    SQLite itself holds it, as on every system it runs on: a file of nothing, in a transaction that never ends.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    async def lead(self) -> bool:
        if self._connection is not None:
            return True
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=0, check_same_thread=False)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            connection.close()
            return False
        self._connection = connection
        return True

    async def resign(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
