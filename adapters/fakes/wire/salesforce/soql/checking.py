"""What Salesforce refuses of a query that is well spelt."""

from collections.abc import Iterator
from typing import Final

from adapters.fakes.wire.salesforce.describe import Schema
from adapters.fakes.wire.salesforce.soql.filtering import check_conditions, check_links
from adapters.fakes.wire.salesforce.soql.kinds import can_be_aggregated, can_be_grouped, can_be_sorted
from adapters.fakes.wire.salesforce.soql.nodes import Call, Path, Query, Selected
from adapters.fakes.wire.salesforce.soql.refused import Code, QueryRefused
from adapters.fakes.wire.salesforce.soql.resolving import Column, Scope, column_by, scope_of

AGGREGATES: Final = frozenset({"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"})
"""Functions of a field over many rows."""

FARTHEST_OFFSET: Final = 2_000
"""Rows that a query can pass over."""

_FIELDS_OF: Final = ("ALL", "STANDARD", "CUSTOM")
_FIELDS_LIMIT: Final = 200
_DEEPEST_CHILDREN: Final = 5


def check(query: Query, schema: Schema) -> None:
    """Raises QueryRefused for what the org cannot answer."""
    scope = scope_of(query, schema, query.text)
    check_links(scope)
    _check(scope, 0)


def is_grouped(query: Query) -> bool:
    """Whether the answer has rows of groups instead of records."""
    return bool(query.group) or any(call.name in AGGREGATES for call in query.calls)


def is_count(query: Query) -> bool:
    """Whether the query asks for `COUNT()`, how many rows there are."""
    return any(call.name == "COUNT" and call.of is None for call in query.calls)


def columns_of(scope: Scope) -> Iterator[Column]:
    """What is selected of records, FIELDS() by each field."""
    for each in scope.query.fields:
        if isinstance(each.what, Path):
            yield scope.column(each.what)
            continue
        which = str(each.what.of).upper()
        for field in scope.of.fields.values():
            if which == "ALL" or (which == "CUSTOM") == field.name.lower().endswith("__c"):
                yield column_by((), field)


def _check(scope: Scope, depth: int) -> None:
    query = scope.query
    for call in query.calls:
        _check_call(scope, call)
    if is_count(query):
        _check_count(scope)
    elif is_grouped(query):
        _check_groups(scope)
    else:
        _check_records(scope)
    check_conditions(scope)
    _check_order(scope)
    if (query.offset or 0) > FARTHEST_OFFSET:
        said = f"Maximum SOQL offset allowed for apiName {scope.of.name} is {FARTHEST_OFFSET}"
        raise QueryRefused(Code.NUMBER_OUTSIDE_VALID_RANGE, said)
    for sub in query.children:
        _check_child(scope, sub, depth + 1)


def _check_call(scope: Scope, call: Call) -> None:
    if call.name == "FIELDS":
        which = str(call.of or "").upper()
        if which not in _FIELDS_OF:
            raise scope.refused(call.at, Code.MALFORMED_QUERY, f"unexpected token: '{call.of or ')'}'")
        if which != "STANDARD" and (scope.query.limit is None or scope.query.limit > _FIELDS_LIMIT):
            said = f"The SOQL FIELDS function must have a LIMIT of at most {_FIELDS_LIMIT}"
            raise QueryRefused(Code.MALFORMED_QUERY, said)
        return
    if call.name not in AGGREGATES or (call.of is None and call.name != "COUNT"):
        raise scope.refused(call.at, Code.MALFORMED_QUERY, f"unexpected token: '{call.name}'")
    if call.of is not None and not can_be_aggregated(scope.column(call.of).field, call.name):
        said = f"field {call.of} does not support aggregate operator {call.name}"
        raise scope.refused(call.at, Code.MALFORMED_QUERY, said)


def _check_count(scope: Scope) -> None:
    query = scope.query
    if len(query.selected) > 1 or query.group or query.order or query.fields[0].alias:
        raise scope.refused(query.calls[0].at, Code.MALFORMED_QUERY, "COUNT() must stand alone in a query")


def _check_records(scope: Scope) -> None:
    aliased = next((each for each in scope.query.fields if each.alias is not None), None)
    if aliased is not None:
        said = "only aggregate expressions use field aliasing"
        raise scope.refused(aliased.what.at, Code.MALFORMED_QUERY, said)
    seen: set[tuple[str, ...]] = set()
    for column in columns_of(scope):
        if column.names in seen:
            raise QueryRefused(Code.INVALID_FIELD, f"duplicate field selected: {'.'.join(column.names)}")
        seen.add(column.names)


def _check_groups(scope: Scope) -> None:
    query = scope.query
    if query.children or any(call.name == "FIELDS" for call in query.calls):
        raise scope.refused(query.at, Code.MALFORMED_QUERY, "Field must be grouped or aggregated")
    if not query.group and query.limit is not None:
        said = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
        raise QueryRefused(Code.MALFORMED_QUERY, said)
    groups = {_group(scope, path) for path in query.group}
    for each in query.fields:
        if isinstance(each.what, Path) and scope.column(each.what).names not in groups:
            said = f"Field must be grouped or aggregated: {each.what}"
            raise scope.refused(each.what.at, Code.MALFORMED_QUERY, said)
    names = [name.lower() for _, name in named(query)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise scope.refused(query.at, Code.MALFORMED_QUERY, f"duplicate alias: {twice}")


def named(query: Query) -> Iterator[tuple[Selected, str]]:
    """What is selected of groups, and what its column is called."""
    unnamed = 0
    for each in query.fields:
        if each.alias is not None:
            yield each, each.alias
        elif isinstance(each.what, Path):
            yield each, each.what.names[-1]
        else:
            yield each, f"expr{unnamed}"
            unnamed += 1


def _group(scope: Scope, path: Path) -> tuple[str, ...]:
    column = scope.column(path)
    if not can_be_grouped(column.field):
        said = f"field '{column.field.name}' can not be grouped in a query call"
        raise scope.refused(path.at, Code.INVALID_FIELD, said)
    return column.names


def _check_order(scope: Scope) -> None:
    query = scope.query
    groups = {scope.column(path).names for path in query.group}
    for each in query.order:
        if isinstance(each.by, Call):
            if not is_grouped(query) or each.by.name not in AGGREGATES or each.by.of is None:
                raise scope.refused(each.by.at, Code.MALFORMED_QUERY, f"unexpected token: '{each.by.name}'")
            _check_call(scope, each.by)
            continue
        column = scope.column(each.by)
        if not can_be_sorted(column.field):
            said = f"field '{column.field.name}' can not be sorted in a query call"
            raise scope.refused(each.by.at, Code.INVALID_FIELD, said)
        if is_grouped(query) and column.names not in groups:
            said = f"Ordered field must be grouped or aggregated: {each.by}"
            raise scope.refused(each.by.at, Code.MALFORMED_QUERY, said)


def _check_child(scope: Scope, sub: Query, depth: int) -> None:
    _, inner = scope.child(sub)
    if depth > _DEEPEST_CHILDREN or is_grouped(sub) or sub.offset is not None:
        said = "A sub-query of children is neither grouped nor offset, and at most five deep"
        raise scope.refused(sub.at, Code.MALFORMED_QUERY, said)
    _check(inner, depth)
