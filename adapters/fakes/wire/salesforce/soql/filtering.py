"""What Salesforce refuses of the conditions of a query."""

from datetime import date, datetime
from typing import Final

from adapters.fakes.wire.salesforce.describe import Field, Type
from adapters.fakes.wire.salesforce.soql.kinds import IDS, NUMBERS, SPELT, TEXTS, can_be_filtered
from adapters.fakes.wire.salesforce.soql.nodes import (
    All,
    Call,
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
    Query,
    Relative,
)
from adapters.fakes.wire.salesforce.soql.refused import Code, QueryRefused
from adapters.fakes.wire.salesforce.soql.resolving import Column, Scope
from core.domain.ids import crm_id

_EQUALITY: Final = ("=", "!=")
_LINK: Final = "ContentDocumentLink"
_RECORDS_END: Final = "LinkedEntityId"
_LINK_ENDS: Final = frozenset({"ContentDocumentId", _RECORDS_END})


def check_conditions(scope: Scope) -> None:
    """Every condition of the query, and the filter that links of documents need."""
    where = scope.query.where
    if where is not None:
        _check(scope, where)


def check_links(scope: Scope) -> None:
    """Links of documents are found from one of their ends only, and by more than ids only from the record's end."""
    if scope.of.name != _LINK:
        return
    tests = _all_of(scope.query.where)
    said = "requires a filter by a single Id on ContentDocumentId or LinkedEntityId"
    if any(_end_of(scope, test) for test in tests):
        said = "filtering on non-id fields is only permitted when filtering by LinkedEntityId using the equals operator"
        one = any(isinstance(test, Comparison) and _end_of(scope, test) == _RECORDS_END for test in tests)
        if one or all(_is_of_id(scope, test) for test in tests):
            return
    raise QueryRefused(Code.MALFORMED_QUERY, f"Implementation restriction: {_LINK} {said}.")


def _all_of(where: Condition | None) -> tuple[Condition, ...]:
    if where is None:
        return ()
    return tuple(one for each in where.conditions for one in _all_of(each)) if isinstance(where, All) else (where,)


def _end_of(scope: Scope, test: Condition) -> str | None:
    """The end that the test names by ids; None for any other test."""
    if isinstance(test, Comparison):
        named = test.operator == "=" and test.literal.value is not None
    else:
        named = isinstance(test, Listed) and not test.negated and all(each.value for each in test.literals)
    field = scope.own(test.field) if named and isinstance(test, Comparison | Listed) else None
    return field.name if field is not None and field.name in _LINK_ENDS else None


def _is_of_id(scope: Scope, where: Condition) -> bool:
    if isinstance(where, All | Either):
        return all(_is_of_id(scope, each) for each in where.conditions)
    if isinstance(where, Not):
        return _is_of_id(scope, where.condition)
    return filtered(scope, where.field).field.type in IDS


def _check(scope: Scope, where: Condition) -> None:
    match where:
        case All(conditions):
            for each in conditions:
                _check(scope, each)
        case Either(conditions):
            for each in conditions:
                _no_join(scope, each, "OR")
                _check(scope, each)
        case Not(condition):
            _no_join(scope, condition, "NOT")
            _check(scope, condition)
        case Joined():
            _check_join(scope, where)
        case _:
            _check_test(scope, where)


def _check_test(scope: Scope, test: Comparison | Like | Listed | Chosen) -> None:
    field = filtered(scope, test.field).field
    match test:
        case Comparison(operand, operator, literal):
            if operator not in _EQUALITY and field.type in (Type.BOOLEAN, Type.MULTIPICKLIST):
                raise _operator(scope, operand, f"invalid operator on {field.type} field")
            _check_literal(scope, operand, field, literal)
        case Listed(operand, listed, _):
            for each in listed:
                _check_literal(scope, operand, field, each)
        case Like(operand, _):
            if field.type in IDS:
                raise _operator(scope, operand, "invalid operator on id field")
            if field.type not in TEXTS or field.type is Type.MULTIPICKLIST:
                raise _operator(scope, operand, f"invalid operator on {field.type} field")
        case Chosen(operand, _, _):
            if field.type is not Type.MULTIPICKLIST:
                said = "includes/excludes operators only valid on multipicklist field"
                raise _operator(scope, operand, said)


def filtered(scope: Scope, operand: Operand) -> Column:
    """The field that a condition names; raises QueryRefused for one that cannot be filtered."""
    if isinstance(operand, Call):
        raise scope.refused(operand.at, Code.MALFORMED_QUERY, f"unexpected token: '{operand.name}'")
    column = scope.column(operand)
    if not can_be_filtered(column.field):
        said = f"field '{column.field.name}' can not be filtered in a query call"
        raise scope.refused(operand.at, Code.INVALID_FIELD, said)
    return column


def _operator(scope: Scope, operand: Operand, said: str) -> QueryRefused:
    return scope.refused(operand.at, Code.INVALID_QUERY_FILTER_OPERATOR, said)


def _check_literal(scope: Scope, operand: Operand, field: Field, literal: Literal) -> None:
    value = literal.value
    if value is None or _suits(field.type, value):
        return
    if field.type in IDS:
        raise _operator(scope, operand, f"invalid ID field: {value}")
    spelt = SPELT.get(field.type)
    how = f"{spelt} and should not" if spelt else "string and should"
    said = f"value of filter criterion for field '{field.name}' must be of type {how} be enclosed in quotes"
    raise scope.refused(operand.at, Code.INVALID_FIELD, said)


def _suits(kind: Type, value: str | float | date | Relative) -> bool:
    if kind in TEXTS:
        return isinstance(value, str)
    if kind is Type.ID:
        return isinstance(value, str) and crm_id(value) is not None
    if kind is Type.REFERENCE:
        # an empty text asks for records that look up to none
        return isinstance(value, str) and (value == "" or crm_id(value) is not None)
    if kind is Type.BOOLEAN:
        return isinstance(value, bool)
    if kind in NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is Type.DATETIME:
        return isinstance(value, datetime | Relative)
    return isinstance(value, date | Relative) and not isinstance(value, datetime)


def _no_join(scope: Scope, where: Condition, word: str) -> None:
    joined = next((each for each in _all_of(where) if isinstance(each, Joined)), None)
    if joined is not None:
        said = f"Semi join sub-selects are not allowed with the '{word}' operator"
        raise scope.refused(joined.field.at, Code.MALFORMED_QUERY, said)


def _check_join(scope: Scope, test: Joined) -> None:
    outer = filtered(scope, test.field).field
    inner = scope.joined(test.query)
    said = _join_fault(scope, inner, outer)
    if said is not None:
        raise scope.refused(test.field.at, Code.MALFORMED_QUERY, said)
    check_links(inner)
    check_conditions(inner)


def _join_fault(scope: Scope, inner: Scope, outer: Field) -> str | None:
    query: Query = inner.query
    if outer.type not in IDS:
        return f"The left operand field in the where expression for sub-query must be an id field: {outer.name}"
    if len(query.selected) != 1 or len(query.fields) != 1 or query.calls:
        return "Semi join sub-selects can only query one field"
    what = query.fields[0].what
    if isinstance(what, Call) or inner.column(what).field.type not in IDS:
        return f"The selected field of a semi join sub-select must be an id field: {what}"
    if query.group or query.order or query.limit is not None or query.offset is not None:
        return "Semi join sub-selects can neither be grouped nor ordered nor limited"
    if any(isinstance(each, Joined) for each in _all_of(query.where)):
        return "Nesting of semi join sub-selects is not supported"
    if inner.of is scope.of:
        return "The inner and outer selects should not be on the same object type"
    return None
