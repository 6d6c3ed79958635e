"""Whatever a value is, the query that Salesforce reads is the same but for that value (through the grammar of SOQL)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fakes.wire.salesforce.soql import Query, QueryRefused, parse
from adapters.fakes.wire.salesforce.soql.nodes import All, Comparison, Condition, Either, Listed, Literal, Not
from adapters.salesforce.soql import Select, any_of, eq, is_in, ne, none_of, not_in, select

# Unicode but for halves of characters, which are no text; and what breaks out of badly built queries
anything = st.text(st.characters(exclude_categories=("Cs",)))
nasty = st.text(st.sampled_from("\\'\"@{}()\n\r\t\b\f\0u0027 %_-/*=本\u2028\u00a0😀"), max_size=16)
injections = st.sampled_from(
    [
        "' OR Id != '",
        "\\' OR Id != \\'",
        "\\",
        "\\\\'",
        "') OR (Name != '",
        "\\u0027 OR Id != \\u0027",
        "'--",
        "/*",
        "null",
    ]
)
texts = anything | nasty | injections | st.tuples(nasty, injections, nasty).map("".join)
instants = st.datetimes(datetime(1700, 1, 1), datetime(4000, 12, 31), timezones=st.timezones())  # noqa: DTZ001 - bounds


def built(value: Any, listed: list[Any]) -> Select:
    """A query with the value at every place that one may stand."""
    children = select("Id").of("Cases").where(ne("Subject", value))
    half = select("AccountId").of("Contact").where(eq("LastName", value))
    return (
        select("Id", "Owner.Name", children)
        .of("Account")
        .where(eq("Name", value), any_of(none_of(eq("Phone", value)), is_in("Id", half)))
        .where(is_in("Site", listed), not_in("Site", listed))
        .order_by("-Name")
        .limit(3)
    )


def values_in(query: Query) -> list[Any]:
    """Every literal of the query from left to right."""
    found = [value for child in query.children for value in values_in(child)]
    return found + (_in_condition(query.where) if query.where else [])


def _in_condition(condition: Condition) -> list[Any]:
    match condition:
        case All(conditions) | Either(conditions):
            return [value for each in conditions for value in _in_condition(each)]
        case Not(inner):
            return _in_condition(inner)
        case Comparison(literal=literal):
            return [literal.value]
        case Listed(literals=literals):
            return [literal.value for literal in literals]
        case _:
            return values_in(condition.query)  # type: ignore[union-attr]


def shape(query: Query) -> Query:
    """The query with every value blotted out."""
    selected = tuple(shape(each) if isinstance(each, Query) else each for each in query.selected)
    return replace(query, selected=selected, where=query.where and _shape(query.where), text="")


def _shape(condition: Condition) -> Condition:
    match condition:
        case All(conditions) | Either(conditions):
            return replace(condition, conditions=tuple(_shape(each) for each in conditions))
        case Not(inner):
            return Not(_shape(inner))
        case Comparison():
            return replace(condition, literal=Literal("…"))
        case Listed(literals=literals):
            return replace(condition, literals=tuple(Literal("…") for _ in literals))
        case _:
            return replace(condition, query=shape(condition.query))  # type: ignore[union-attr]


@given(texts, st.lists(texts, min_size=1, max_size=4))
def test_no_text_changes_the_query(value: str, listed: list[str]) -> None:
    read = parse(built(value, listed).soql())
    assert values_in(read) == [value, value, value, value, *listed, *listed]
    assert shape(read) == shape(parse(built("x", ["x"] * len(listed)).soql()))


@given(instants)
def test_an_instant_is_read_as_it_was(value: datetime) -> None:
    (read,) = values_in(parse(select("Id").of("Account").where(eq("CreatedDate", value)).soql()))
    assert read == value.astimezone(UTC).replace(microsecond=value.microsecond // 1000 * 1000)


@given(
    st.none() | st.booleans() | st.dates(date(1700, 1, 1), date(4000, 12, 31))
    | st.integers(-(10**15), 10**15) | st.decimals(-(10**9), 10**9, places=2)
)  # fmt: skip
def test_other_values_are_read_as_they_were(value: Any) -> None:
    (read,) = values_in(parse(select("Id").of("Account").where(eq("A__c", value)).soql()))
    assert Decimal(str(read)) == value if isinstance(value, Decimal) else (type(read), read) == (type(value), value)


@pytest.mark.parametrize("written", ["Name = 'it's'", "Name = 'ends with \\'", "Name = 'a' OR"])
def test_a_query_built_by_hand_would_be_noticed(written: str) -> None:
    with pytest.raises(QueryRefused):
        parse(f"SELECT Id FROM Account WHERE {written}")


def test_a_value_that_breaks_out_would_be_noticed() -> None:
    honest = shape(parse("SELECT Id FROM Account WHERE Name = 'x'"))
    assert shape(parse("SELECT Id FROM Account WHERE Name = '' OR Id != ''")) != honest
