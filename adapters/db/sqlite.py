"""Everything that is SQLite's own: how a connection is opened and how a transaction begins."""

import logging
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

from adapters.db.modes import Mode

_AT_OPEN: Final = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000")
_BEGIN: Final = {Mode.READING: "BEGIN", Mode.WRITING: "BEGIN IMMEDIATE", Mode.DURABLE: "BEGIN IMMEDIATE"}


def prepare(engine: Engine) -> None:
    """Open each connection with a write-ahead log and foreign keys, and begin transactions in the mode asked for.

    A write takes its lock at the beginning, so that it never fails half-way because somebody else wrote. A durable one
    waits for the disk at its commit.
    """

    def opened(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin by itself, and too late
        cursor = connection.cursor()
        for pragma in _AT_OPEN:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def began(connection: Connection) -> None:
        mode = connection.get_execution_options().get("mode", Mode.WRITING)
        if mode is not Mode.READING:
            _wait_for_disk(connection, mode is Mode.DURABLE)
        connection.exec_driver_sql(_BEGIN[mode])

    # its debug lines would hold what is written, personal data included
    logging.getLogger("aiosqlite").setLevel(logging.INFO)
    event.listen(engine, "connect", opened)
    event.listen(engine, "begin", began)


def _wait_for_disk(connection: Connection, durable: bool) -> None:
    kept = connection.info
    if kept.get("durable", False) != durable:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        kept["durable"] = durable
