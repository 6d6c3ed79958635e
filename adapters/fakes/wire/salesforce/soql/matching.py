"""Conditions as tests of a record."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from operator import ge, gt, le, lt
from typing import Any, Final, TypeAlias

from adapters.fakes.checks import canonical
from adapters.fakes.wire.salesforce.describe import Field, Type
from adapters.fakes.wire.salesforce.soql.dates import days
from adapters.fakes.wire.salesforce.soql.filtering import filtered
from adapters.fakes.wire.salesforce.soql.kinds import IDS, TEXTS
from adapters.fakes.wire.salesforce.soql.nodes import (
    All,
    Chosen,
    Comparison,
    Condition,
    Either,
    Joined,
    Like,
    Listed,
    Literal,
    Not,
    Operand,
    Path,
    Relative,
    Wildcard,
)
from adapters.fakes.wire.salesforce.soql.reading import Reading, Row, long_id
from adapters.fakes.wire.salesforce.soql.resolving import Scope

Matches: TypeAlias = Callable[[Row], bool]
Holds: TypeAlias = Callable[[Any], bool]

_ORDER: Final = {"<": lt, "<=": le, ">": gt, ">=": ge}
_CHOICES: Final = ";"


def comparing(field: Field) -> Callable[[Any], Any]:
    """How a field's values are compared: text without case, ids in their long form, an empty text as none."""
    if field.type in IDS:
        return long_id
    if field.type is Type.BOOLEAN:
        return bool
    if field.type is Type.MULTIPICKLIST:
        return lambda value: _CHOICES.join(sorted(_folded(value).split(_CHOICES))) if value else None
    if field.type in TEXTS:
        return lambda value: _folded(value) if value else None
    return lambda value: value


@dataclass(frozen=True, slots=True)
class Matching:
    """Makes tests of conditions, at one time and in the zone of the one who asks."""

    reading: Reading
    now: datetime
    zone: tzinfo

    def matches(self, scope: Scope, where: Condition | None) -> Matches:
        """Whether a record is as the condition says."""
        match where:
            case None:
                return lambda _: True
            case All(conditions):
                every = [self.matches(scope, each) for each in conditions]
                return lambda row: all(each(row) for each in every)
            case Either(conditions):
                some = [self.matches(scope, each) for each in conditions]
                return lambda row: any(each(row) for each in some)
            case Not(condition):
                denied = self.matches(scope, condition)
                return lambda row: not denied(row)
            case Comparison(operand, operator, literal):
                return self._of(scope, operand, lambda field: self._compared(field, operator, literal))
            case Listed(operand, literals, negated):
                return self._of(scope, operand, lambda field: self._listed(field, literals, negated))
            case Like(operand, pattern):
                return self._of(scope, operand, lambda _: _like(pattern))
            case Chosen(operand, groups, negated):
                return self._of(scope, operand, lambda _: _chosen(groups, negated))
            case Joined(operand, _, negated):
                ids = self._joined(scope, where)
                return self._of(scope, operand, lambda _: lambda value: (long_id(value) in ids) != negated)

    def _of(self, scope: Scope, operand: Operand, holds_for: Callable[[Field], Holds]) -> Matches:
        column = filtered(scope, operand)
        holds, value = holds_for(column.field), self.reading.value
        return lambda row: holds(value(row, column))

    def _compared(self, field: Field, operator: str, literal: Literal) -> Holds:
        if operator in ("=", "!="):
            equals = self._equals(field, literal)
            return equals if operator == "=" else lambda value: not equals(value)
        if literal.value in (None, ""):
            return lambda _: False
        ordered = _ORDER[operator]
        if isinstance(literal.value, Relative):
            first, after = days(literal.value, self._day(self.now))
            # "later than last week" begins where the week ends
            edge, ordered = (after, lt if operator == "<=" else ge) if operator in ("<=", ">") else (first, ordered)
            return lambda value: value is not None and ordered(self._day(value), edge)
        than, compared = _wanted(field, literal), comparing(field)
        return lambda value: (known := compared(value)) is not None and ordered(known, than)

    def _equals(self, field: Field, literal: Literal) -> Holds:
        if isinstance(literal.value, Relative):
            first, after = days(literal.value, self._day(self.now))
            return lambda value: value is not None and first <= self._day(value) < after
        wanted, compared = _wanted(field, literal), comparing(field)
        return lambda value: compared(value) == wanted

    def _listed(self, field: Field, literals: tuple[Literal, ...], negated: bool) -> Holds:
        told = [self._equals(field, each) for each in literals if isinstance(each.value, Relative)]
        wanted = {_wanted(field, each) for each in literals if not isinstance(each.value, Relative)}
        compared = comparing(field)
        return lambda value: (compared(value) in wanted or any(each(value) for each in told)) != negated

    def _joined(self, scope: Scope, test: Joined) -> frozenset[str]:
        inner = scope.joined(test.query)
        what = test.query.fields[0].what
        assert isinstance(what, Path), "checked before"
        column, matches = inner.column(what), self.matches(inner, test.query.where)
        found = (self.reading.value(row, column) for row in self.reading.candidates(inner) if matches(row))
        return frozenset(id for value in found if (id := long_id(value)) is not None)

    def _day(self, value: date | datetime) -> date:
        return value.astimezone(self.zone).date() if isinstance(value, datetime) else value


def _wanted(field: Field, literal: Literal) -> Any:
    """A literal as the field's values are compared with it; a box is never null, so nothing equals that."""
    return comparing(field)(literal.value) if literal.value is not None else None


def _folded(text: str) -> str:
    """What texts have in common that differ in case alone; as the world's own tables have it."""
    return str(canonical(text, folded=True))


def _like(pattern: tuple[str | Wildcard, ...]) -> Holds:
    """Each piece between two wildcards is looked for once: where it stands first, the rest has most room."""
    pieces = [""]
    for each in pattern:
        if each is Wildcard.ANY:
            pieces.append("")
        else:
            pieces[-1] += "." if isinstance(each, Wildcard) else re.escape(_folded(each))
    first, *middle, last = pieces if len(pieces) > 1 else (pieces[0], "")
    shape = first + "".join(f"(?>.*?{piece})" for piece in middle) + (".*" if len(pieces) > 1 else "") + last
    whole = re.compile(shape, re.DOTALL)
    return lambda value: bool(value) and whole.fullmatch(_folded(value)) is not None


def _chosen(groups: tuple[Literal, ...], negated: bool) -> Holds:
    wanted = [frozenset(_folded(str(group.value)).split(_CHOICES)) for group in groups]

    def holds(value: Any) -> bool:
        has = set(_folded(value or "").split(_CHOICES))
        return any(group <= has for group in wanted) != negated

    return holds
