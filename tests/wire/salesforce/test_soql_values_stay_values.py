"""A value never changes the query it stands in, whatever it holds, and reads back as it was."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.fakes.wire.salesforce.soql import QueryRefused, check, evaluate, parse, shaped
from adapters.fakes.wire.salesforce.soql.nodes import Literal
from tests.wire.salesforce.small_org import BASE, NOW, SCHEMA, Rows, names

SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\b": r"\b", "\f": r"\f"}


def escaped(value: str) -> str:
    value = value.replace("\\", "\\\\").replace("'", "\\'")
    return "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " or "\ud800" <= c <= "\udfff" else c) for c in value)


def quoted(value: str) -> str:
    return f"'{escaped(value)}'"


def pattern(value: str) -> str:
    return quoted(value).replace("%", r"\%").replace("_", r"\_")


# two halves of one character are that character; Python alone tells them apart
any_text = st.text(st.characters(exclude_categories=())).map(
    lambda text: text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
)
PIECES = ["\\", "'", '"', "%", "_", "\n", "u0027", " OR ", "Name", " = ", "(", ")", "--", "\x00", "\ud83d", ":x"]
values = any_text | st.lists(st.sampled_from(PIECES)).map("".join).map(
    lambda text: text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
)


def folded(text: str) -> str:
    return normalize("NFC", text).casefold()


def nodes(node: Any) -> Iterator[Any]:
    """Every node and leaf of a query, text literals as what they are and nothing of what they hold."""
    if isinstance(node, Literal):
        yield type(node.value)
    elif isinstance(node, tuple):
        for each in node:
            yield from nodes(each)
    elif is_dataclass(node):
        yield type(node)
        for field in fields(node):
            if field.compare:
                yield from nodes(getattr(node, field.name))
    else:
        yield node


def literals(node: Any) -> Iterator[Any]:
    """Every literal's value, in the order they stand in."""
    if isinstance(node, Literal):
        yield node.value
    elif isinstance(node, tuple):
        for each in node:
            yield from literals(each)
    elif is_dataclass(node):
        for field in fields(node):
            yield from literals(getattr(node, field.name))


def query(first: str, second: str, third: str) -> str:
    return (
        f"SELECT Id, (SELECT Id FROM Contacts WHERE LastName = {quoted(first)}) FROM Account"
        f" WHERE Name = {quoted(second)} AND (Memo__c != {quoted(second)} OR Name NOT IN ({quoted(third)}, null))"
        f" ORDER BY Name LIMIT 7"
    )


@settings(max_examples=100)
@given(values, values, values)
@example("\\", "\\'", "' OR Name != '")
@example("\ud83d", "x\ude00", "\U0010ffff")
def test_a_query_is_the_same_whatever_its_values_are(first: str, second: str, third: str) -> None:
    parsed = parse(query(first, second, third))
    assert list(nodes(parsed)) == list(nodes(parse(query("a", "b", "c"))))
    assert list(literals(parsed)) == [first, second, second, third, None]


@settings(max_examples=100)
@given(values, values)
def test_a_value_finds_the_record_that_has_it_and_no_other(value: str, other: str) -> None:
    rows = Rows({"Account": [{"Id": "001000000000001AAA", "Name": value}, {"Id": "001000000000002AAA", "Name": other}]})
    same = [name for name in (value, other) if folded(name) == folded(value)]
    assert names(f"Name = {quoted(value)}", rows) == [name or None for name in same]
    if value:
        assert names(f"Name LIKE {pattern(value)}", rows) == same


WORDS = [
    *(
        "SELECT",
        "FROM",
        "WHERE",
        "AND",
        "OR",
        "NOT",
        "LIKE",
        "IN",
        "INCLUDES",
        "ORDER BY",
        "GROUP BY",
        "LIMIT",
        "OFFSET",
    ),
    *("(", ")", ",", "=", "!=", "<", "'", "'\\", "DESC", "(SELECT", "COUNT()", "MAX(Name)", "FIELDS(ALL)", "Account"),
    *("Id", "Name", "Contacts", "Parent.Name", "AccountId", "Active__c", "Fee__c", "Since__c", "CreatedDate"),
    *(
        "NULL",
        "'x'",
        "'001000000000001AAA'",
        "1",
        "-1.5",
        "2026-01-31",
        "2026-01-31T00:00:00Z",
        "TODAY",
        "LAST_N_DAYS:3",
    ),
]
starts = st.sampled_from(["", "SELECT Id FROM Account ", "SELECT Id FROM Account WHERE ", "SELECT COUNT(Id), "])


def answered(text: str) -> None:
    asked = parse(text)
    check(asked, SCHEMA)
    shaped(evaluate(asked, SCHEMA, Rows(), NOW), BASE)


@settings(max_examples=200)
@given(starts, st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=12))
def test_any_text_is_answered_or_refused(start: str, words: list[str]) -> None:
    try:
        answered(start + " ".join(words))
    except QueryRefused as refused:
        refused.message.encode()


TEXTS, IDS = ["'x'", "''", "'A;B'", r"'\ud83d'"], ["'001000000000001AAA'", "'001000000000002'"]
DAYS = ["TODAY", "LAST_N_DAYS:999999", "NEXT_N_YEARS:9999", "LAST_N_WEEKS:3", "N_MONTHS_AGO:1", "THIS_FISCAL_QUARTER"]
NUMBERS, INSTANTS = ["1", "1.5", "-1e9"], ["2026-07-16T00:00:00Z", *DAYS]
FIELDS = {
    **dict.fromkeys(("Id", "ParentId", "Parent.Id"), IDS),
    **dict.fromkeys(("Name", "Plan__c", "Tags__c", "Parent.Name", "Account.Name", "Notes__c"), TEXTS),
    **dict.fromkeys(("Fee__c", "Lines__c", "BillingAddress", "Nothing"), NUMBERS),
    **dict.fromkeys(("CreatedDate", "Parent.Parent.CreatedDate"), INSTANTS),
    "Since__c": ["2026-07-16", *DAYS],
    "Active__c": ["true", "false"],
}
NAMES, WRONG = sorted(FIELDS), ["null", "'y'", "2", "2026-07-17"]
named = st.sampled_from(NAMES)
told = named.flatmap(lambda name: st.tuples(st.just(name), st.lists(st.sampled_from(FIELDS[name] + WRONG), min_size=1)))
tests = st.one_of(
    st.tuples(told, st.sampled_from(["=", "!=", "<", "<=", ">", ">="])).map(lambda p: f"{p[0][0]} {p[1]} {p[0][1][0]}"),
    st.tuples(told, st.sampled_from(["IN", "NOT IN"])).map(lambda p: f"{p[0][0]} {p[1]} ({', '.join(p[0][1])})"),
    named.map("{} LIKE 'm%'".format),
    st.just("Tags__c INCLUDES ('A;B', 'C')"),
    st.sampled_from(["Id", "ParentId", "Name"]).map("{} IN (SELECT AccountId FROM Contact)".format),
)
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        inner.map("(NOT {})".format),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda p: f"({' '.join(p)})"),
    ),
    max_leaves=4,
)
calls = st.tuples(st.sampled_from(["MAX", "MIN", "SUM", "AVG", "COUNT", "COUNT_DISTINCT"]), named).map(
    lambda parts: "{}({})".format(*parts)
)
subs = st.just("(SELECT LastName, Account.Name FROM Contacts WHERE LastName != 'Zen' ORDER BY LastName LIMIT 1)")
selections = st.one_of(
    st.lists(named | subs, min_size=1, max_size=3, unique=True).map(", ".join),
    st.lists(calls, min_size=1, max_size=3).map(", ".join),
    st.sampled_from(["COUNT()", "FIELDS(STANDARD)", "Plan__c, COUNT(Id) n"]),
)
ends = st.one_of(
    st.just(""),
    st.just(" GROUP BY Plan__c ORDER BY MAX(Since__c) NULLS LAST"),
    named.map(" ORDER BY {} DESC NULLS LAST".format),
    st.just(" LIMIT 1"),
)


@settings(max_examples=200)
@given(selections, conditions, ends)
def test_any_query_is_answered_or_refused(selected: str, where: str, end: str) -> None:
    try:
        answered(f"SELECT {selected} FROM Account WHERE {where}{end}")
    except QueryRefused as refused:
        refused.message.encode()


@pytest.mark.parametrize("spelling", ["'\\\\' OR Name != '", "'\\' OR Name != '"])
def test_a_wrong_encoder_is_found_out(spelling: str) -> None:
    with pytest.raises(QueryRefused):
        parse(f"SELECT Id FROM Account WHERE Name = {spelling}x\\'")
