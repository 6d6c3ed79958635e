"""What became of a deed: effects in the world's ledger, what each system holds, what the customers are shown.

Two runs of the same are equal in it: ids, numbers and instants are left out, for they differ from run to run.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from adapters.fakes.ledger import LedgerEntry
from adapters.fakes.tables import Kind
from genkan.client import Customer, Json, NotExpected
from tests.crash_sweep.stage import Stage
from tests.crash_sweep.views import LISTS, VIEWS

_VARIES: Final = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)"  # an instant
    r"|\b[0-9a-z]{32}\b|\b\w{3}Q8K0\w{11}\b|\bP\d{7}\b|\b\d{8}\b|(?<=/)\d+\b|(?<=\()\d+(?=\))"  # ids and numbers
)
_IDS: Final = frozenset({"id", "links", "number", "requestId", "opportunityId", "caseNumber", "url", "subject"})
_NUMBERED: Final = frozenset(
    {"key", "number", "customer_number", "client", "billing_order", "service", "crm_order", "ordernum", "invoicenum"}
    | {"transid", "domain", "token", "checksum", "values", "code", "qr", "eid"}
)
"""Columns that hold an id or a number of the other system, or what is made at random."""
Effects = Counter[Any]


@dataclass(frozen=True)
class Outcome:
    """All that can be seen of a deed, once all is quiet."""

    effects: Effects
    """What the portal did to the other systems."""
    held: Counter[Any]
    """What the other systems hold."""
    shown: dict[str, Any]
    """What each customer reads."""
    books: dict[str, Counter[Any]]
    """What the portal keeps of its own."""

    @classmethod
    def on(cls, stage: Stage, since: int) -> "Outcome":
        """As it is now; effects count from that entry of the ledger on."""
        effects = effects_on(stage, since)
        held = stage.crew.call(lambda: _held(stage))
        shown = {name: shown_to(stage.customer(name, looks=True)) for name in stage.known.get("customers", {})}
        return cls(effects, held, shown, {name: Counter(map(str, rows)) for name, rows in stage.books().items()})

    def differs(self, other: "Outcome") -> list[str]:
        """What is otherwise here than there, in words."""
        found = counted("effect", self.effects, other.effects) + counted("held", self.held, other.held)
        for name, books in self.books.items():
            found += counted(f"kept {name}", books, other.books[name])
        for who, views in self.shown.items():
            for name, view in views.items():
                there = other.shown.get(who, {}).get(name)
                if view != there:
                    found.append(f"untrue for {who} in the end, {name}: {_otherwise(view, there)}")
        return found


def counted(what: str, here: Counter[Any], there: Counter[Any]) -> list[str]:
    """What is here more often or less often than there."""
    more = [f"doubled {what}: {each} ({times} more)" for each, times in (here - there).items()]
    return more + [f"lost {what}: {each} ({times} less)" for each, times in (there - here).items()]


def effects_on(stage: Stage, since: int) -> Effects:
    """What the portal did since that entry of the ledger."""
    return Counter(map(_effect, entries_on(stage, since)))


def entries_on(stage: Stage, since: int, by: str | None = "portal") -> list[LedgerEntry]:
    """The ledger's entries behind that one."""
    entries: Iterable[LedgerEntry] = stage.crew.call(lambda: stage.world.ledger.entries)[since:]
    return [entry for entry in entries if by in (None, entry.by)]


def _effect(entry: LedgerEntry) -> tuple[Any, ...]:
    return entry.deed, entry.fields, tuple(sorted(entry.moves.items()))


def _held(stage: Stage) -> Counter[Any]:
    records, found = stage.world.records, Counter[Any]()
    for name, table in records.tables.items():
        for row in records.find(name):
            if row["created_by"] == "seed":
                continue
            cells = {column: _cell(column, table.columns[column].kind, row[column]) for column in table.columns}
            found[name, tuple(sorted((column, cell) for column, cell in cells.items() if cell is not None))] += 1
    return found


def _cell(column: str, kind: Kind, value: Any) -> Any:
    if value is None or value == "":
        return None
    if kind in (Kind.INSTANT, Kind.REFERENCE, Kind.BYTES) or column in _NUMBERED:
        return "…"
    return plain(value)


def shown_to(customer: Customer) -> dict[str, Json]:
    """What the customer reads everywhere, or with which code they are refused, without what differs from run to run."""
    return {name: plain(_read(customer, path)) for name, path in {**VIEWS, **LISTS}.items()}


def _read(customer: Customer, path: str) -> Json:
    try:
        # not by the customer's own call, which would log in again
        return customer.portal.call("GET", f"/api{path}", headers=customer.bearer)
    except NotExpected as refused:
        return refused.code


def plain(value: Json) -> Json:
    """A value without ids, numbers and instants; lists in one order."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items() if name not in _IDS}
    if isinstance(value, list):
        return sorted(map(plain, value), key=repr)
    return _VARIES.sub("…", value) if isinstance(value, str) else value


def _otherwise(here: Json, there: Json) -> str:
    if isinstance(here, dict) and isinstance(there, dict):
        parts = {name: (here.get(name), there.get(name)) for name in here.keys() | there.keys()}
        return ", ".join(f"{name}: {_otherwise(*pair)}" for name, pair in parts.items() if pair[0] != pair[1])
    if isinstance(here, list) and isinstance(there, list):
        more = [each for each in here if each not in there]
        less = [each for each in there if each not in here]
        return f"{len(here)} for {len(there)}, more {more}, less {less}"
    return f"{here!r} for {there!r}"
