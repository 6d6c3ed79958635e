"""How an upstream's tables are declared: data that the record store obeys, and the rules that are no data."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from core.domain.facts import AnyFact

if TYPE_CHECKING:
    from adapters.fakes.records import Records

Row = Mapping[str, Any]
"""A record as it stands: its columns, `id`, `created_at`, `changed_at` and `created_by`; read-only."""


class Kind(StrEnum):
    """What a column holds; each is also checked as its type."""

    TEXT = "text"
    EMAIL = "email"
    PICKLIST = "picklist"
    CHECKBOX = "checkbox"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"
    REFERENCE = "reference"
    BYTES = "bytes"


class Access(StrEnum):
    """What the portal's own user may do with a column; staff and the upstream's flows may write every one."""

    WRITES = "writes"
    CLEARS = "clears"
    READS = "reads"


class Breach(StrEnum):
    """A way in which a write can break a table's declaration; each system has its own code for it."""

    UNKNOWN_COLUMN = "unknown column"
    READ_ONLY = "read only"
    REQUIRED = "required"
    WRONG_TYPE = "wrong type"
    TOO_LONG = "too long"
    NOT_A_CHOICE = "not a choice"
    NOT_AN_EMAIL = "not an email"
    OUT_OF_RANGE = "out of range"
    MALFORMED_ID = "malformed id"
    WRONG_REFERENCE = "wrong reference"
    DUPLICATE = "duplicate"
    NOT_FOUND = "not found"
    DELETED = "deleted"
    INTEGRITY = "integrity"


class Refused(Exception):
    """A write that the upstream refuses: its own code, the table and the columns it names, never a value."""

    def __init__(self, code: str, fields: Iterable[str] = (), table: str = "") -> None:
        self.code = code
        self.fields = tuple(fields)
        self.table = table
        super().__init__(f"{code} {table} {', '.join(self.fields)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `length` counts characters (bytes for BYTES); `least` is the smallest number allowed.

    `fixed` can't change after creation; `system` is written by rules alone; `shown` puts old and new value into the
    ledger, so only for words of a closed set; `indexed` makes `find` by it fast (unique and references always are).
    """

    kind: Kind = Kind.TEXT
    length: int = 255
    required: bool = False
    choices: tuple[str, ...] = ()
    unique: bool = False
    references: tuple[str, ...] = ()
    fixed: bool = False
    system: bool = False
    portal: Access = Access.WRITES
    least: int | None = None
    most: int | None = None
    default: Any = None
    shown: bool = False
    indexed: bool = False


@dataclass(slots=True)
class Write:
    """One write while its rules look at it; a rule may fill `after` or raise by `refused`."""

    records: "Records"
    table: "Table"
    id: str
    before: Row | None
    after: dict[str, Any]
    by: str

    def changes(self, *columns: str) -> bool:
        """Whether this write creates the record or changes one of the columns."""
        return self.before is None or any(self.before[c] != self.after[c] for c in columns)

    def refused(self, breach: Breach | str, *fields: str) -> Refused:
        """The refusal in the system's own words; a text is the code itself."""
        code = self.table.codes[breach] if isinstance(breach, Breach) else breach
        return Refused(code, fields, self.table.name)


Rule = Callable[[Write], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of one system.

    `prefix` gives ids of 18 characters as Salesforce makes them; without one ids are counted numbers as text.
    `autonumber` names a text column that counts up with eight digits. `folded` says that texts are equal whatever
    their case. `key` is the column that carries the portal's request key, where there is one. What is `silent` is the
    system's own record of an effect, no effect, and stays out of the ledger. `rules` look at what is written,
    `deletions` at what is to be deleted.
    """

    name: str
    system: str
    codes: Mapping[Breach, str]
    columns: Mapping[str, Column]
    prefix: str = ""
    autonumber: str | None = None
    folded: bool = True
    key: str | None = None
    silent: bool = False
    rules: tuple[Rule, ...] = ()
    deletions: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A committed change of one record; `before` is None for a creation, `after` for a deletion."""

    table: Table
    id: str
    before: Row | None
    after: Row | None
    by: str
    at: datetime

    @property
    def row(self) -> Row:
        """The record after the change, or as it last stood."""
        row = self.after if self.after is not None else self.before
        assert row is not None
        return row

    @property
    def columns(self) -> frozenset[str]:
        """The columns that differ; for a creation those that hold something."""
        before, after = self.before or {}, self.after or {}
        return frozenset(c for c in self.table.columns if before.get(c) != after.get(c))

    @property
    def is_update(self) -> bool:
        """Whether the record was there before and still is."""
        return self.before is not None and self.after is not None

    @property
    def is_dating(self) -> bool:
        """Whether the record was dated anew and is as it was in all else."""
        return self.before is not None and self.after is not None and not self.columns


Telling = Callable[["Records", Change], Iterable[AnyFact]]
"""What a committed change tells the portal; the stream fills in id, time and whether it is the portal's own echo."""

Flow = Callable[["Records", Change], None]
"""What the upstream's own automation writes in the same transaction, `by="flow"`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """Everything the store needs to know of one system: tables, what changes tell, flows and what is there first."""

    tables: tuple[Table, ...]
    tellings: Mapping[str, Telling] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    setup: Callable[["Records"], None] | None = None
