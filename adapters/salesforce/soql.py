"""SOQL: the one place where a value becomes part of a query, and a builder so that no caller writes one by hand."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from urllib.parse import quote

import msgspec

LONGEST_URI: Final = 16_384
"""Bytes that Salesforce reads of an address."""
_ROOM_FOR_PATH: Final = 384
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*){0,5}")
_ESCAPED: Final = dict(zip("\\'\"\n\r\t\b\f", "\\'\"nrtbf", strict=True))
# one pass over the text, so no escape is escaped again. Other control characters and halves of surrogate pairs can't
# stand in an address as they are; a sign that a composite would take for a reference is told by its number as well
_SPECIAL: Final = re.compile(r"""[\\'"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|@(?=\{)""")

Value = str | bool | int | Decimal | date | datetime | None


def literal(value: Value | Sequence[Value]) -> str:
    """`value` as SOQL writes it: text quoted, dates and numbers bare, instants in UTC, a list in brackets.

    Raises ValueError for what has no such form: an instant without a zone, an empty or nested list, a number without
    end; TypeError for any other type, floats among them.
    """
    if isinstance(value, list | tuple):
        if not value or any(isinstance(each, list | tuple) for each in value):
            raise ValueError("a list in SOQL is neither empty nor nested")
        return f"({','.join(literal(each) for each in value)})"
    return _scalar(value)


def _scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            text = value.value if isinstance(value, Enum) else value
            return f"'{_SPECIAL.sub(_escaped, str(text))}'"
        case int():
            return str(int(value))
        case Decimal():
            if not value.is_finite():
                raise ValueError("a number in SOQL is finite")
            return format(value, "f")
        case datetime():
            if value.tzinfo is None or value.utcoffset() is None:
                raise ValueError("an instant in SOQL has a zone")
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
        case date():
            return value.isoformat()
    raise TypeError(f"SOQL has no literal for {type(value).__name__}")


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    return "\\" + (_ESCAPED.get(character) or f"u{ord(character):04X}")


def checked_name(name: str) -> str:
    """The name of an object or field, or a path to one; ValueError for anything else."""
    if not _NAME.fullmatch(name):
        raise ValueError("this is no name of an object or a field")
    return name


class Compare(msgspec.Struct, frozen=True):
    """One comparison; made by `eq` and the like."""

    field: str
    operator: str
    value: Any

    def soql(self) -> str:
        """As SOQL writes it."""
        value = f"({self.value.soql()})" if isinstance(self.value, Select) else literal(self.value)
        return f"{checked_name(self.field)} {self.operator} {value}"


class Combined(msgspec.Struct, frozen=True):
    """Several conditions, all or any of which hold, or one that does not."""

    word: str
    parts: "tuple[Condition, ...]"

    def soql(self) -> str:
        """As SOQL writes it, always in brackets."""
        if self.word == "NOT":
            return f"(NOT {self.parts[0].soql()})"
        return f"({f' {self.word} '.join(part.soql() for part in self.parts)})"


Condition = Compare | Combined


def eq(field: str, value: Value) -> Compare:
    """`field` equals `value`; text without regard to case, and None means it is empty."""
    return Compare(field, "=", value)


def ne(field: str, value: Value) -> Compare:
    """`field` differs from `value`."""
    return Compare(field, "!=", value)


def lt(field: str, value: Value) -> Compare:
    """`field` is less than `value`."""
    return Compare(field, "<", value)


def le(field: str, value: Value) -> Compare:
    """`field` is at most `value`."""
    return Compare(field, "<=", value)


def gt(field: str, value: Value) -> Compare:
    """`field` is greater than `value`."""
    return Compare(field, ">", value)


def ge(field: str, value: Value) -> Compare:
    """`field` is at least `value`."""
    return Compare(field, ">=", value)


def is_in(field: str, values: "Sequence[Value] | Select") -> Compare:
    """`field` is one of `values`, or of what another select finds; none of no values."""
    return Compare(field, "IN", values if isinstance(values, Select) else tuple(values))


def not_in(field: str, values: "Sequence[Value] | Select") -> Compare:
    """`field` is none of `values`."""
    return Compare(field, "NOT IN", values if isinstance(values, Select) else tuple(values))


def all_of(*conditions: Condition) -> Condition:
    """Every one of the conditions holds."""
    return conditions[0] if len(conditions) == 1 else Combined("AND", _some(conditions))


def any_of(*conditions: Condition) -> Condition:
    """At least one of the conditions holds."""
    return conditions[0] if len(conditions) == 1 else Combined("OR", _some(conditions))


def none_of(condition: Condition) -> Condition:
    """The condition does not hold."""
    return Combined("NOT", (condition,))


def _some(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    if not conditions:
        raise ValueError("no condition to combine")
    return conditions


class Select(msgspec.Struct, frozen=True, kw_only=True):
    """A query in parts; made by `select(...)` and its methods, each of which answers with another one."""

    fields: "tuple[str | Select, ...]"
    sobject: str = ""
    conditions: tuple[Condition, ...] = ()
    order: tuple[str, ...] = ()
    most: int | None = None

    def of(self, sobject: str) -> "Select":
        """From that object, or in a sub-query from that relationship."""
        return msgspec.structs.replace(self, sobject=sobject)

    def where(self, *conditions: Condition) -> "Select":
        """Where those hold besides what was asked for before."""
        return msgspec.structs.replace(self, conditions=self.conditions + conditions)

    def order_by(self, *names: str) -> "Select":
        """In that order; a name with a leading minus is turned round."""
        return msgspec.structs.replace(self, order=names)

    def limit(self, most: int) -> "Select":
        """At most so many rows."""
        return msgspec.structs.replace(self, most=most)

    def soql(self) -> str:
        """The query's text; ValueError where a list in it is empty."""
        names = (f"({f.soql()})" if isinstance(f, Select) else checked_name(f) for f in self.fields)
        parts = [f"SELECT {','.join(names)} FROM {checked_name(self.sobject)}"]
        if self.conditions:
            parts.append(f"WHERE {' AND '.join(condition.soql() for condition in self.conditions)}")
        if self.order:
            turned = (f"{checked_name(n.lstrip('-'))}{' DESC' if n.startswith('-') else ''}" for n in self.order)
            parts.append(f"ORDER BY {','.join(turned)}")
        if self.most is not None:
            parts.append(f"LIMIT {int(self.most)}")
        return " ".join(parts)

    def pieces(self) -> Iterator[str]:
        """The query as texts that each fit into an address: its longest list of values is told in parts.

        None at all where a list that a value must stand in is empty. Rows keep their order within a piece only, so
        ValueError for a query with a limit that does not fit whole.
        """
        lists = [c for c in self.conditions if isinstance(c, Compare) and c.operator == "IN" and c.value is not None]
        if any(c.value == () for c in lists):
            return
        text = self.soql()
        if fits(text):
            yield text
            return
        longest = max((c for c in lists if isinstance(c.value, tuple)), key=lambda c: len(c.value), default=None)
        if longest is None or len(longest.value) < 2 or self.most is not None:
            raise ValueError("this query fits into no address")
        middle = len(longest.value) // 2
        for values in (longest.value[:middle], longest.value[middle:]):
            half = Compare(longest.field, "IN", values)
            others = tuple(half if c is longest else c for c in self.conditions)
            yield from msgspec.structs.replace(self, conditions=others).pieces()


def select(*fields: "str | Select") -> Select:
    """The start of a query for those fields, paths to a parent's fields, and sub-queries for children."""
    return Select(fields=fields)


def fits(soql: str) -> bool:
    """Whether Salesforce would read an address with this query to its end."""
    return len(quote(soql, safe="")) <= LONGEST_URI - _ROOM_FOR_PATH
