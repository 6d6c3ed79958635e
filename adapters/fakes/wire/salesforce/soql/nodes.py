"""A query as its grammar has it; where something stood in the text tells queries apart no more than blanks do."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import TypeAlias


class Wildcard(Enum):
    """What stands for other characters in a pattern."""

    ANY = "%"
    ONE = "_"


@dataclass(frozen=True, slots=True)
class Relative:
    """A date told from today: `TODAY`, `LAST_N_DAYS:7`."""

    name: str
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as the query spells it; text without its quotes and escapes, instants in UTC."""

    value: str | int | float | bool | date | datetime | Relative | None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """A field, by way of its parents."""

    names: tuple[str, ...]
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one field or of none; its name in capitals."""

    name: str
    of: Path | None
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.name}({self.of or ''})"


Operand: TypeAlias = Path | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    """`= != < <= > >=` and a value; `<>` has become `!=`."""

    field: Operand
    operator: str
    literal: Literal


@dataclass(frozen=True, slots=True)
class Like:
    """A text of a pattern's shape: pieces of text and what may stand between them."""

    field: Operand
    pattern: tuple[str | Wildcard, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A value that is one of those listed, or none of them."""

    field: Operand
    literals: tuple[Literal, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """An id that another query finds, or does not."""

    field: Operand
    query: "Query"
    negated: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice of several that includes all values of one of the groups (`'A;B'`), or does not."""

    field: Operand
    groups: tuple[Literal, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the conditions."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the conditions."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Not the condition."""

    condition: "Condition"


Test: TypeAlias = Comparison | Like | Listed | Joined | Chosen
Condition: TypeAlias = Test | All | Either | Not


@dataclass(frozen=True, slots=True)
class Selected:
    """A field or a function of one, and the name its column is to have."""

    what: Operand
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Ordering:
    """What rows are ordered by."""

    by: Operand
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One query; as a sub-query its `object` is the relationship to the children. `text` is what the whole was."""

    selected: tuple["Selected | Query", ...]
    object: str
    alias: str | None = None
    where: Condition | None = None
    group: tuple[Path, ...] = ()
    order: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int | None = None
    at: int = field(default=0, compare=False)
    text: str = field(default="", compare=False, repr=False)

    @property
    def fields(self) -> tuple[Selected, ...]:
        """What is selected of the object itself."""
        return tuple(each for each in self.selected if isinstance(each, Selected))

    @property
    def children(self) -> tuple["Query", ...]:
        """The sub-queries among what is selected."""
        return tuple(each for each in self.selected if isinstance(each, Query))

    @property
    def calls(self) -> tuple[Call, ...]:
        """The functions among what is selected."""
        return tuple(each.what for each in self.fields if isinstance(each.what, Call))
