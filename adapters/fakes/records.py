"""The record store: strict tables held in memory, written all or none."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from adapters.fakes.checks import canonical, taken
from adapters.fakes.clock import WorldClock
from adapters.fakes.tables import Breach, Change, Flow, Kind, Refused, Row, Table, Write
from core.domain.ids import crm_id

__all__ = ["Records", "Refused", "merged"]

Committed = Callable[[Sequence[Change]], None]
Beside = Callable[["Records", Row], tuple[str, str] | None]
"""The table and the id of the other record that is one with a record; None for one that stands alone."""

_POD: Final = "Q8K0"
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FIRST: Final = 61_917_364_224
"""Where ids begin to count, so that letters of both cases stand in them and the checksum has work."""


class Records:
    """All tables of the world. Every write is checked, belongs to a transaction and is told once that is over.

    Nothing here awaits: a transaction is over before anybody else runs.
    """

    def __init__(
        self, tables: Iterable[Table], flows: Mapping[str, Flow], clock: WorldClock, committed: Committed
    ) -> None:
        self.tables: Mapping[str, Table] = MappingProxyType({table.name: table for table in tables})
        self.files: dict[str, bytes] = {}
        """Contents of files by the id of their version: in memory only, as nothing of a document is kept on disk."""
        self.writes: Counter[str] = Counter()
        """How often anything in a table became another."""
        self.counts: dict[str, int] = dict.fromkeys(self.tables, 0)
        self.beside: dict[str, Beside] = {}
        """By table, what is dated anew with each record that is written there."""
        self._flows = flows
        self._clock = clock
        self._committed = committed
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in self.tables}
        self._bin: dict[str, set[str]] = {name: set() for name in self.tables}
        self._indexes: dict[tuple[str, str], dict[Any, dict[str, None]]] = {
            (table.name, name): {}
            for table in self.tables.values()
            for name, column in table.columns.items()
            if column.unique or column.indexed or column.kind is Kind.REFERENCE
        }
        self._changes: list[Change] = []
        self._depth = 0

    # --- writing ---------------------------------------------------------------------------------------------------
    def create(self, table: str, values: Mapping[str, Any], by: str = "portal") -> str:
        """Make a record and answer its id; raises Refused with the system's own code."""
        declared = self.tables[table]
        with self.all_or_none():
            after = taken(declared, values, None, by)
            self.counts[table] += 1
            record = self._new_id(declared)
            if declared.autonumber is not None:
                after[declared.autonumber] = f"{self.counts[table]:08d}"
            self._write(declared, record, None, after, by)
        return record

    def update(self, table: str, id: str, values: Mapping[str, Any], by: str = "portal") -> Row:
        """Change columns of a record and answer it; what changes nothing leaves no trace."""
        declared = self.tables[table]
        with self.all_or_none():
            before = self._existing(declared, id)
            after = taken(declared, values, before, by)
            if any(before[name] != after[name] for name in declared.columns):
                self._write(declared, before["id"], before, after, by)
            return self._rows[table][before["id"]]

    def delete(self, table: str, id: str, by: str = "portal") -> None:
        """Put a record into the bin."""
        declared = self.tables[table]
        with self.all_or_none():
            before = self._existing(declared, id)
            for rule in declared.deletions:
                rule(Write(self, declared, before["id"], before, dict(before), by))
            self._note(Change(declared, before["id"], before, None, by, self._clock.now()))

    @contextmanager
    def all_or_none(self) -> Iterator[None]:
        """A transaction: an exception inside undoes every write inside; the outermost one tells what changed."""
        mark = len(self._changes)
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self._run_flows()
        except BaseException:
            while len(self._changes) > mark:
                self._undo(self._changes.pop())
            raise
        finally:
            self._depth -= 1
        if self._depth == 0 and self._changes:
            changes, self._changes = self._changes, []
            self._committed(changes)

    def now(self) -> datetime:
        """The world's time, for rules."""
        return self._clock.now()

    # --- reading ---------------------------------------------------------------------------------------------------
    def get(self, table: str, id: str | None) -> Row | None:
        """The record, or None; a short id finds what its long form does."""
        return self._rows[table].get(self._long(self.tables[table], id or ""))

    def find(self, table: str, where: Callable[[Row], bool] | None = None, **equals: Any) -> list[Row]:
        """The records that fit, oldest first; texts are compared as the system compares them."""
        declared = self.tables[table]
        wanted = {name: canonical(value, folded=declared.folded) for name, value in equals.items()}
        rows = [
            row
            for row in self._candidates(declared, wanted)
            if all(canonical(row[name], folded=declared.folded) == value for name, value in wanted.items())
            and (where is None or where(row))
        ]
        return sorted(rows, key=lambda row: row["seq"])

    def one(self, table: str, **equals: Any) -> Row | None:
        """The oldest record that fits, or None; nothing is equal to nothing."""
        if any(value is None for value in equals.values()):
            return None
        return next(iter(self.find(table, **equals)), None)

    # --- restoring -------------------------------------------------------------------------------------------------
    def restore(self, table: str, id: str, row: Mapping[str, Any] | None) -> None:
        """Put back what was saved, unchecked and untold; None is a deleted record."""
        self._put(self.tables[table], id, None if row is None else MappingProxyType(dict(row)))
        if row is None:
            self._bin[table].add(id)

    def hold_as(self, other: "Records") -> None:
        """Hold what the other holds, from here on independently of it; rows are shared, since they never change."""
        self.counts, self.files = {**other.counts}, {**other.files}
        self.writes.update([*self.tables])
        self._rows = {table: {**rows} for table, rows in other._rows.items()}
        self._bin = {table: {*ids} for table, ids in other._bin.items()}
        self._indexes = {
            place: {value: {**ids} for value, ids in index.items()} for place, index in other._indexes.items()
        }

    # --- inside ----------------------------------------------------------------------------------------------------
    def _candidates(self, table: Table, wanted: Mapping[str, Any]) -> list[Row]:
        rows = self._rows[table.name]
        for name, value in wanted.items():
            index = self._indexes.get((table.name, name))
            if index is not None and value is not None:
                return [rows[id] for id in list(index.get(value, ()))]
        return list(rows.values())

    def _write(self, table: Table, id: str, before: Row | None, after: dict[str, Any], by: str) -> None:
        write = Write(self, table, id, before, after, by)
        for name, column in table.columns.items():
            if column.kind is Kind.REFERENCE and write.changes(name):
                self._check_reference(write, name, column.references)
        for rule in table.rules:
            rule(write)
        self._check_unique(write)
        now = self._clock.now()
        if before is None:
            after |= {"id": id, "seq": self.counts[table.name], "created_at": now, "changed_at": now, "created_by": by}
        else:
            after["changed_at"] = _later(before, now)
        self._note(Change(table, id, before, MappingProxyType(after), by, now))
        self._date_beside(self._changes[-1])

    def _date_beside(self, change: Change) -> None:
        """Date what is one with a record as the record was, unless it was written in this transaction."""
        beside = self.beside.get(change.table.name)
        named = beside(self, change.row) if beside is not None else None
        if named is None or any((other.table.name, other.id) == named for other in self._changes):
            return
        table, id = named
        before = self._rows[table][id]
        after = MappingProxyType({**before, "changed_at": _later(before, change.at)})
        self._note(Change(self.tables[table], id, before, after, change.by, change.at))

    def _check_reference(self, write: Write, name: str, tables: tuple[str, ...]) -> None:
        value = write.after[name]
        if value is None or any(value in self._rows[table] for table in tables):
            return
        deleted = any(value in self._bin[table] for table in tables)
        raise write.refused(Breach.DELETED if deleted else Breach.WRONG_REFERENCE, name)

    def _check_unique(self, write: Write) -> None:
        for name, column in write.table.columns.items():
            value = write.after[name]
            if column.unique and value is not None:
                same = self._indexes[write.table.name, name].get(canonical(value, folded=write.table.folded), {})
                if any(id != write.id for id in same):
                    raise write.refused(Breach.DUPLICATE, name)

    def _existing(self, table: Table, id: str) -> Row:
        long = self._long(table, id)
        row = self._rows[table.name].get(long)
        if row is not None:
            return row
        if long in self._bin[table.name]:
            raise Refused(table.codes[Breach.DELETED], ("id",), table.name)
        malformed = bool(table.prefix) and crm_id(id) is None
        raise Refused(table.codes[Breach.MALFORMED_ID if malformed else Breach.NOT_FOUND], ("id",), table.name)

    def _long(self, table: Table, id: str) -> str:
        return (crm_id(id) or id) if table.prefix else id

    def _new_id(self, table: Table) -> str:
        count = self.counts[table.name]
        if not table.prefix:
            return str(count)
        # a prime step spreads neighbours, as ids of one org are spread
        number = _FIRST + count * 7919
        digits = [_DIGITS[number // 62**place % 62] for place in range(7, -1, -1)]
        long = crm_id(f"{table.prefix}{_POD}{''.join(digits)}")
        assert long is not None
        return long

    def _note(self, change: Change) -> None:
        self._put(change.table, change.id, change.after)
        if change.after is None:
            self._bin[change.table.name].add(change.id)
        self._changes.append(change)

    def _undo(self, change: Change) -> None:
        self._put(change.table, change.id, change.before)
        self._bin[change.table.name].discard(change.id)
        if change.before is None:
            self.files.pop(change.id, None)

    def _put(self, table: Table, id: str, row: Row | None) -> None:
        rows = self._rows[table.name]
        self.writes[table.name] += 1
        old = rows.get(id)
        for name in table.columns:
            index = self._indexes.get((table.name, name))
            if index is None:
                continue
            if old is not None and old[name] is not None:
                index[canonical(old[name], folded=table.folded)].pop(id, None)
            if row is not None and row[name] is not None:
                index.setdefault(canonical(row[name], folded=table.folded), {})[id] = None
        if row is None:
            rows.pop(id, None)
        else:
            rows[id] = row

    def _run_flows(self) -> None:
        done = 0
        while done < len(self._changes):
            change = self._changes[done]
            done += 1
            flow = self._flows.get(change.table.name)
            if flow is not None and change.by not in ("flow", "seed"):
                flow(self, change)


def _later(before: Row, now: datetime) -> datetime:
    # the time of change grows with every write, so that of two versions the newer can be told
    at_least: datetime = before["changed_at"] + timedelta(milliseconds=1)
    return max(now, at_least)


def merged(changes: Sequence[Change]) -> list[Change]:
    """The changes of a transaction with one for each record: from how it stood before to how it stands after."""
    done: dict[tuple[str, str], Change] = {}
    for change in changes:
        first = done.setdefault((change.table.name, change.id), change)
        if first is not change:
            done[change.table.name, change.id] = replace(change, before=first.before, by=first.by)
    return list(done.values())
