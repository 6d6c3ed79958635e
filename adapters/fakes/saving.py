"""The file a world is kept in: what was committed is on it before anybody is answered.

What is new is added to the end, which is one page of the file and not one for each table; it is put in its place when
there is much of it, and when the file is opened or closed.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from adapters.fakes.ledger import LedgerEntry
from adapters.fakes.tables import Kind, Row, Table
from core.domain.facts import AnyFact

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
  place TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, row BLOB, PRIMARY KEY (place, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger (seq INTEGER PRIMARY KEY, entry BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS facts (seq INTEGER PRIMARY KEY, fact BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS news (seq INTEGER PRIMARY KEY, what BLOB NOT NULL);
"""
_MUCH: Final = 1_000
"""News after which they are put in their places."""
_pack: Final = msgspec.msgpack.encode
_fact: Final = msgspec.msgpack.Decoder(AnyFact)
_entry: Final = msgspec.msgpack.Decoder(LedgerEntry)


class _News(msgspec.Struct, frozen=True, array_like=True):
    """One commit; records, entries and facts as they are kept."""

    about: dict[str, str]
    rows: list[tuple[str, str, int, bytes | None]]
    ledger: list[tuple[int, bytes]]
    facts: list[tuple[int, bytes]]
    facts_gone: int


_news: Final = msgspec.msgpack.Decoder(_News)


class WorldFile:
    """One SQLite file, held by one process at a time; a killed process loses nothing that was written."""

    def __init__(self, path: Path) -> None:
        # it holds mails with their codes: nobody else on the machine reads it
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=2)
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        self._news = 0
        self._put_in_place()

    def close(self) -> None:
        """Let go of the file."""
        self._put_in_place()
        self._db.close()

    def about(self) -> dict[str, str]:
        """What is written about the world as a whole."""
        return dict(self._db.execute("SELECT name, value FROM about"))

    def records(self, tables: Mapping[str, Table]) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
        """Every record in the order of creation: its table, its id, the row or None for a deleted one."""
        for place, id, packed in self._db.execute("SELECT place, id, row FROM records ORDER BY place, seq"):
            yield place, id, None if packed is None else _unpacked(tables[place], packed)

    def ledger(self) -> list[LedgerEntry]:
        """The ledger's entries."""
        return [_entry.decode(entry) for (entry,) in self._db.execute("SELECT entry FROM ledger ORDER BY seq")]

    def facts(self) -> list[tuple[int, AnyFact]]:
        """The facts still kept, with their numbers."""
        rows = self._db.execute("SELECT seq, fact FROM facts ORDER BY seq")
        return [(seq, _fact.decode(fact)) for seq, fact in rows]

    def write(
        self,
        *,
        about: Mapping[str, str],
        rows: Iterable[tuple[str, str, int, Row | None]] = (),
        ledger: Iterable[LedgerEntry] = (),
        facts: Iterable[tuple[int, AnyFact]] = (),
        facts_gone: int = 0,
    ) -> None:
        """Write all of it or nothing."""
        news = _News(
            about=dict(about),
            rows=[(place, id, seq, None if row is None else _pack(dict(row))) for place, id, seq, row in rows],
            ledger=[(entry.seq, _pack(entry)) for entry in ledger],
            facts=[(seq, _pack(fact)) for seq, fact in facts],
            facts_gone=facts_gone,
        )
        self._db.execute("INSERT INTO news (what) VALUES (?)", (_pack(news),))
        self._news += 1
        if self._news >= _MUCH:
            self._put_in_place()

    def _put_in_place(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for (what,) in self._db.execute("SELECT what FROM news ORDER BY seq").fetchall():
                news = _news.decode(what)
                self._db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", news.about.items())
                self._db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", news.rows)
                self._db.executemany("INSERT INTO ledger VALUES (?, ?)", news.ledger)
                self._db.executemany("INSERT INTO facts VALUES (?, ?)", news.facts)
                self._db.execute("DELETE FROM facts WHERE seq <= ?", (news.facts_gone,))
            self._db.execute("DELETE FROM news")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        self._news = 0


def _unpacked(table: Table, packed: bytes) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.msgpack.decode(packed)
    for name, column in table.columns.items():
        # a column that came later than the file stands at its default
        row.setdefault(name, column.default)
        if column.kind is Kind.DATE and row[name] is not None:
            row[name] = date.fromisoformat(row[name])
    return row
