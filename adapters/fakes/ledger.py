"""The ledger: every effect in the world, in order, never changed afterwards."""

from datetime import datetime

import msgspec

from adapters.fakes.tables import Change


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One effect: whose system, what was done to which record, by whom, under which request key.

    `fields` are the columns that changed and `moves` the old and new word of those that hold one of a closed set;
    nothing else of the content is kept, so that the ledger holds no personal data.
    """

    seq: int
    at: datetime
    system: str
    deed: str
    table: str
    id: str
    by: str
    key: str | None = None
    fields: tuple[str, ...] = ()
    moves: dict[str, tuple[str | None, str | None]] = {}


class Ledger:
    """The entries so far; written by the world alone."""

    def __init__(self, entries: list[LedgerEntry] | None = None) -> None:
        self._entries = entries or []

    @property
    def entries(self) -> tuple[LedgerEntry, ...]:
        """All entries, oldest first."""
        return tuple(self._entries)

    @property
    def last(self) -> LedgerEntry | None:
        """The latest entry."""
        return self._entries[-1] if self._entries else None

    def of(self, deed: str) -> tuple[LedgerEntry, ...]:
        """The entries of one deed ("create order"), oldest first."""
        return tuple(entry for entry in self._entries if entry.deed == deed)

    def enter(self, change: Change) -> LedgerEntry:
        """Write down a committed change."""
        verb = "create" if change.before is None else "delete" if change.after is None else "update"
        before, after = change.before or {}, change.after or {}
        fields = tuple(sorted(change.columns))
        entry = LedgerEntry(
            seq=len(self._entries) + 1,
            at=change.at,
            system=change.table.system,
            deed=f"{verb} {change.table.name.replace('_', ' ')}",
            table=change.table.name,
            id=change.id,
            by=change.by,
            key=change.row[change.table.key] if change.table.key else None,
            fields=fields,
            moves={c: (before.get(c), after.get(c)) for c in fields if change.table.columns[c].shown},
        )
        self._entries.append(entry)
        return entry
