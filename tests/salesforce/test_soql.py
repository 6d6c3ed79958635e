"""Queries: what a value may do to one (nothing), and how they are built."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.salesforce.soql import (
    LONGEST_URI,
    all_of,
    any_of,
    eq,
    fits,
    ge,
    gt,
    is_in,
    le,
    literal,
    lt,
    ne,
    none_of,
    not_in,
    select,
)


class Stage(StrEnum):
    READY = "Ready"


TOKYO = timezone(timedelta(hours=9))
UNESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def read_back(text: str) -> str:
    """The value of a quoted literal by the rules of SOQL; AssertionError where it does not end at its end."""
    assert text[0] == "'"
    value, rest = [], iter(text[1:])
    for character in rest:
        if character == "'":
            assert next(rest, None) is None, "the literal ended before its end"
            return "".join(value)
        if character != "\\":
            value.append(character)
            continue
        escape = next(rest)
        value.append(chr(int("".join(next(rest) for _ in range(4)), 16)) if escape == "u" else UNESCAPED[escape])
    raise AssertionError("the literal did not end")


anything = st.text(st.characters(exclude_categories=()))
nasty = st.text(st.sampled_from("\\'\"@{}\n\r\t\b\f\0u0027 %_-/*本\u2028\ud800😀"), max_size=12)


@given(anything | nasty)
def test_any_text_reads_back_equal(value: str) -> None:
    assert read_back(literal(value)) == value


@given(anything | nasty)
def test_any_text_can_stand_in_an_address_and_refers_to_nothing(value: str) -> None:
    assert quote(literal(value), safe="")
    assert "@{" not in literal(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("O'Brien", r"'O\'Brien'"),
        ("ends with \\", r"'ends with \\'"),
        (r"\' OR Id != '", r"'\\\' OR Id != \''"),
        ("本田", "'本田'"),
        ("", "''"),
        (Stage.READY, "'Ready'"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-12, "-12"),
        (Decimal("4980.00"), "4980.00"),
        (Decimal("1E+6"), "1000000"),
        (Decimal("-1E-7"), "-0.0000001"),
        (None, "null"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 2, 1, 0, 4, 5, 678901, TOKYO), "2026-01-31T15:04:05.678Z"),
        (datetime(990, 1, 1, tzinfo=UTC), "0990-01-01T00:00:00.000Z"),
        (("a", "b'"), r"('a','b\'')"),
        ([1, None], "(1,null)"),
    ],
)
def test_a_value_has_one_form(value: Any, text: str) -> None:
    assert literal(value) == text


@pytest.mark.parametrize(
    "value", [datetime(2026, 1, 1), [], (), [["a"]], Decimal("NaN"), Decimal("Infinity")]  # noqa: DTZ001 - refused
)  # fmt: skip
def test_what_has_no_form_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="SOQL"):
        literal(value)


@pytest.mark.parametrize("value", [1.5, b"a", {"a": 1}, object()])
def test_another_type_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        literal(value)


def test_a_query_is_built_of_its_parts() -> None:
    lines = select("Id", "UnitPrice").of("OrderItems").order_by("CreatedDate")
    query = (
        select("Id", "Account.Name", lines)
        .of("Order")
        .where(eq("Status", "Draft"), any_of(gt("A__c", 1), le("B__c", 2), none_of(eq("C__c", None))))
        .where(not_in("Id", ["801"]))
        .order_by("-CreatedDate", "Id")
        .limit(5)
    )
    assert query.soql() == (
        "SELECT Id,Account.Name,(SELECT Id,UnitPrice FROM OrderItems ORDER BY CreatedDate) FROM Order"
        " WHERE Status = 'Draft' AND (A__c > 1 OR B__c <= 2 OR (NOT C__c = null)) AND Id NOT IN ('801')"
        " ORDER BY CreatedDate DESC,Id LIMIT 5"
    )
    half = select("AccountId").of("Contact").where(ne("Email", None), lt("A", 1), ge("B", 2))
    assert select("Id").of("Account").where(all_of(is_in("Id", half))).soql() == (
        "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Email != null AND A < 1 AND B >= 2)"
    )
    assert all_of(eq("A", 1), eq("B", 2)).soql() == "(A = 1 AND B = 2)"


@pytest.mark.parametrize("name", ["", "Id, Name", "Id FROM X", "A..B", "1A", "A'", "A ", "Id\n", "本", "A.B.C.D.E.F.G"])
def test_a_name_is_a_name(name: str) -> None:
    for query in (
        select(name).of("Account"),
        select("Id").of(name),
        select("Id").of("Account").where(eq(name, 1)),
        select("Id").of("Account").order_by(name),
    ):
        with pytest.raises(ValueError, match="name"):
            query.soql()


def test_nothing_is_combined_of_nothing() -> None:
    with pytest.raises(ValueError, match="condition"):
        any_of()


@given(st.lists(nasty, min_size=1, max_size=40, unique=True), st.integers(1, 120))
def test_a_long_list_is_told_in_parts_that_fit(values: list[str], times: int) -> None:
    values = [f"{n}{value * times}" for n, value in enumerate(values)]
    query = select("Id").of("Contact").where(is_in("Email", values), eq("A__c", 1))
    pieces = list(query.pieces())
    assert all(fits(piece) for piece in pieces)
    told = [piece.partition(" IN (")[2].partition(") AND A__c = 1")[0] for piece in pieces]
    assert ",".join(told) == ",".join(literal(value) for value in values)


def test_what_can_be_told_in_no_part_is_refused() -> None:
    longest = "本" * LONGEST_URI
    for query in (
        select("Id").of("Contact").where(eq("Email", longest)),
        select("Id").of("Contact").where(is_in("Email", [longest, "a"])),
        select("Id").of("Contact").where(is_in("Email", [str(n) * 9 for n in range(9999)])).limit(1),
        select("Id").of("Contact").where(not_in("Email", [str(n) * 9 for n in range(9999)])),
    ):
        with pytest.raises(ValueError, match="fits"):
            list(query.pieces())


def test_nothing_is_asked_for_of_an_empty_list() -> None:
    assert list(select("Id").of("Contact").where(eq("A", 1), is_in("Email", [])).pieces()) == []
    with pytest.raises(ValueError, match="empty"):
        select("Id").of("Contact").where(is_in("Email", [])).soql()
