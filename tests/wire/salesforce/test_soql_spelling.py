"""What a query's text means, and what is no query."""

from datetime import UTC, date, datetime

import pytest

from adapters.fakes.wire.salesforce.soql import QueryRefused, parse
from adapters.fakes.wire.salesforce.soql.nodes import (
    All,
    Call,
    Chosen,
    Comparison,
    Either,
    Joined,
    Like,
    Listed,
    Literal,
    Not,
    Ordering,
    Path,
    Query,
    Relative,
    Selected,
    Wildcard,
)

A, B, C = (Comparison(Path((name,)), "=", Literal(1)) for name in "abc")


def where(text: str) -> object:
    return parse(f"SELECT Id FROM Account WHERE {text}").where


def value(text: str) -> object:
    test = where(f"a = {text}")
    assert isinstance(test, Comparison)
    return test.literal.value


def refusal(text: str) -> QueryRefused:
    with pytest.raises(QueryRefused) as refused:
        parse(text)
    return refused.value


def test_every_clause_has_its_place() -> None:
    text = """
        select a.Name, Owner.Profile.Name, COUNT(Id) total, (SELECT Id FROM Contacts LIMIT 2)
        from Account a using scope everything
        where a.Name = 'x' with security_enforced
        group by Name, Owner.Name
        order by Name desc nulls last, count(Id), Id asc nulls first
        limit 10 offset 20 for view for reference
    """
    assert parse(text) == Query(
        selected=(
            Selected(Path(("a", "Name"))),
            Selected(Path(("Owner", "Profile", "Name"))),
            Selected(Call("COUNT", Path(("Id",))), "total"),
            Query((Selected(Path(("Id",))),), "Contacts", limit=2),
        ),
        object="Account",
        alias="a",
        where=Comparison(Path(("a", "Name")), "=", Literal("x")),
        group=(Path(("Name",)), Path(("Owner", "Name"))),
        order=(
            Ordering(Path(("Name",)), descending=True, nulls_last=True),
            Ordering(Call("COUNT", Path(("Id",)))),
            Ordering(Path(("Id",))),
        ),
        limit=10,
        offset=20,
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("SELECT Id FROM Order ORDER BY Order.Name", "Order"),
        ("SELECT Order, From FROM Group", "Group"),
        ("SELECT Select.Where FROM Limit LIMIT 1", "Limit"),
    ],
)
def test_a_name_may_be_spelt_like_a_word_of_the_language(text: str, meant: str) -> None:
    assert parse(text).object == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a = 1 AND b = 1 AND c = 1", All((A, B, C))),
        ("a = 1 or b = 1 OR c = 1", Either((A, B, C))),
        ("(a = 1 AND b = 1) OR c = 1", Either((All((A, B)), C))),
        ("a = 1 AND (b = 1 OR c = 1)", All((A, Either((B, C))))),
        ("NOT a = 1", Not(A)),
        ("(NOT a = 1) AND b = 1", All((Not(A), B))),
        ("(NOT (NOT (a = 1)))", Not(Not(A))),
        ("((((a = 1))))", A),
        ("(a=1)and(b=1)", All((A, B))),
        ("a <> 'x'", Comparison(Path(("a",)), "!=", Literal("x"))),
        ("a NOT IN ('x', null, 3)", Listed(Path(("a",)), (Literal("x"), Literal(None), Literal(3)), negated=True)),
        ("a in ('x')", Listed(Path(("a",)), (Literal("x"),), negated=False)),
        ("a INCLUDES ('x;y', 'z')", Chosen(Path(("a",)), (Literal("x;y"), Literal("z")), negated=False)),
        ("a excludes ('x')", Chosen(Path(("a",)), (Literal("x"),), negated=True)),
        ("a IN (SELECT b FROM C)", Joined(Path(("a",)), Query((Selected(Path(("b",))),), "C"), negated=False)),
        ("Not_a = 1", Comparison(Path(("Not_a",)), "=", Literal(1))),
    ],
)
def test_conditions(text: str, meant: object) -> None:
    assert where(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (r"'Mina'", "Mina"),
        (r"''", ""),
        (r"'O\'Brien'", "O'Brien"),
        (r"'\\'", "\\"),
        (r"'\\\' OR Name != \''", "\\' OR Name != '"),
        (r"'\n\r\t\b\f\"\N\R\T\B\F'", '\n\r\t\b\f"\n\r\t\b\f'),
        (r"'\u00e9\u00E9é'", "ééé"),
        (r"'\ud83d\ude00'", "😀"),
        (r"'\ud83d'", "\ud83d"),
        (r"'100% of_it'", "100% of_it"),
        ("'山田 太郎\u3000'", "山田 太郎\u3000"),
        ("'-- ; /* */'", "-- ; /* */"),
    ],
)
def test_text(text: str, meant: str) -> None:
    assert value(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("null", None),
        ("TRUE", True),
        ("false", False),
        ("5", 5),
        ("-5.25", -5.25),
        ("+1e3", 1000.0),
        (".5", 0.5),
        ("123456789012345678901", 123456789012345678901.0),
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-01-31T15:04:05Z", datetime(2026, 1, 31, 15, 4, 5, tzinfo=UTC)),
        ("2026-01-31t15:04:05.123456789z", datetime(2026, 1, 31, 15, 4, 5, 123456, tzinfo=UTC)),
        ("2026-01-31T15:04:05.5+09:00", datetime(2026, 1, 31, 6, 4, 5, 500_000, tzinfo=UTC)),
        ("2026-01-31T15:04:05-0330", datetime(2026, 1, 31, 18, 34, 5, tzinfo=UTC)),
        ("TODAY", Relative("TODAY")),
        ("this_month", Relative("THIS_MONTH")),
        ("Last_N_Days:7", Relative("LAST_N_DAYS", 7)),
        ("NEXT_N_FISCAL_QUARTERS:2", Relative("NEXT_N_FISCAL_QUARTERS", 2)),
    ],
)
def test_values_without_quotes(text: str, meant: object) -> None:
    read = value(text)
    assert read == meant
    assert type(read) is type(meant)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("'Mi%a_'", ("Mi", Wildcard.ANY, "a", Wildcard.ONE)),
        (r"'100\%\_'", ("100%_",)),
        (r"'\\%'", ("\\", Wildcard.ANY)),
        (r"'\\\%'", ("\\%",)),
        (r"'\u0025_'", ("%", Wildcard.ONE)),
        (r"'%\ud83d\ude00%'", (Wildcard.ANY, "😀", Wildcard.ANY)),
        ("''", ()),
    ],
)
def test_patterns(text: str, meant: tuple[object, ...]) -> None:
    assert where(f"a LIKE {text}") == Like(Path(("a",)), meant)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1 AND b = 1 OR c = 1", "unexpected token: 'OR'"),
        ("a = 1 OR b = 1 AND c = 1", "unexpected token: 'AND'"),
        ("NOT a = 1 AND b = 1", "unexpected token: 'AND'"),
        ("a = 1 AND NOT b = 1", "unexpected token: 'b'"),
        ("NOT NOT a = 1", "unexpected token: 'a'"),
        (r"a = '\q'", r"Illegal character sequence '\q'"),
        (r"a = '\u12'", r"Illegal character sequence '\u'"),
        (r"a = '\%'", r"Illegal character sequence '\%'"),
        (r"a LIKE '\x'", r"Illegal character sequence '\x'"),
        ("a = 'x", "mismatched character '<EOF>' expecting '''"),
        (r"a = 'x\'", "mismatched character '<EOF>' expecting '''"),
        ("a = 'x\ny'", "mismatched character"),
        ("a = 'x' y'", "unexpected token: 'y'"),
        ('a = "x"', "unexpected token: '\"'"),
        ("a = x", "Bind variables only allowed in Apex code"),
        ("a = :x", "unexpected token: ':'"),
        ("a = ", "unexpected token: '<EOF>'"),
        ("a IS NULL", "unexpected token: 'IS'"),
        ("a LIKE 5", "unexpected token: '5'"),
        ("a IN ()", "unexpected token: ')'"),
        ("a IN 'x'", "unexpected token: ''x''"),
        ("(a = 1", "unexpected token: '<EOF>'"),
        ("a = 1; DELETE", "unexpected token: ';'"),
        ("a = 2026-13-31", "2026-13-31"),
        ("a = 2026-01-31T15:04:05", "2026-01-31T15:04:05"),
        ("a = 2026-01-31T15:04Z", "2026-01-31T15:04Z"),
        ("a = 2026-01-31T15:04:05 09:00", "unexpected token: '09'"),
        ("a = 2026-01-31 15:04:05Z", "unexpected token: '15'"),
        ("a = 0001-01-01T00:00:00+09:00", "0001-01-01"),
        ("a = 2026-01-31T15:04:05+99:99", "2026-01-31"),
        ("a = LAST_N_DAYS", "Bind variables only allowed in Apex code"),
        ("a = LAST_N_DAYS: 7", "unexpected token: ':'"),
        ("a = TODAY:7", "unexpected token: 'TODAY:7'"),
        ("a = LAST_N_DAYS:1000000", "unexpected token"),
    ],
)
def test_what_is_no_condition(text: str, said: str) -> None:
    refused = refusal(f"SELECT Id FROM Account WHERE {text}")
    assert refused.code == "MALFORMED_QUERY"
    assert said in refused.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT",
        "SELECT Id",
        "SELECT FROM Account",
        "SELECTId FROM Account",
        "SELECT Id, FROM Account",
        "SELECT * FROM Account",
        "SELECT Id FROM Account;",
        "SELECT Id FROM Account WHERE",
        "SELECT Id FROM Account LIMIT -1",
        "SELECT Id FROM Account LIMIT x",
        "SELECT Id FROM Account OFFSET 1 LIMIT 1",
        "SELECT Id FROM Account ORDER Id",
        "SELECT Id FROM Account UNION SELECT Id FROM Contact",
        "SELECT Id FROM Account, Contact",
        "SELECT Id FROM Acc-ount",
        "SELECT Id. FROM Account",
        "SELECT `Id` FROM Account",
        "DELETE FROM Account",
        "SELECT Id\u3000FROM Account",
        "SELECT \ud800 FROM Account",
        "SELECT Id FROM Account WHERE Name = '\ud800'",
    ],
)
def test_what_is_no_query(text: str) -> None:
    assert refusal(text).code == "MALFORMED_QUERY"


def test_what_is_too_much() -> None:
    assert refusal(f"SELECT Id FROM A WHERE a = {'9' * 400}").code == "NUMBER_OUTSIDE_VALID_RANGE"
    assert refusal(f"SELECT Id FROM A LIMIT {'9' * 5000}").code == "NUMBER_OUTSIDE_VALID_RANGE"
    assert refusal("SELECT Id FROM A LIMIT 2147483648").code == "NUMBER_OUTSIDE_VALID_RANGE"
    assert parse("SELECT Id FROM A LIMIT 2147483647").limit == 2147483647
    assert refusal(f"SELECT Id FROM A WHERE a = LAST_N_DAYS:{'9' * 5000}").code == "MALFORMED_QUERY"
    assert refusal(f"SELECT Id FROM A WHERE {'(' * 60}a = 1{')' * 60}").code == "QUERY_TOO_COMPLICATED"
    assert where(f"{'(' * 50}a = 1{')' * 50}") == A
    assert refusal(f"SELECT Id FROM A WHERE {'(' * 51}a = 1{')' * 51}").code == "QUERY_TOO_COMPLICATED"
    assert refusal("(" * 99_000).code == "QUERY_TOO_COMPLICATED"


def test_brackets_in_a_text_are_text() -> None:
    assert value(f"'{'(' * 1000}'") == "(" * 1000
    many = ", ".join(["'x'"] * 1000)
    assert where(f"a IN ({many})") == Listed(Path(("a",)), (Literal("x"),) * 1000, negated=False)


def test_brackets_side_by_side_are_not_deep() -> None:
    assert where(" AND ".join(["(a = 1)"] * 1000)) == All((A,) * 1000)


def test_a_query_is_at_most_so_long() -> None:
    head, tail = "SELECT Id FROM Account WHERE a = '", "'"
    longest = head + "x" * (100_000 - len(head) - len(tail)) + tail
    assert parse(longest)
    assert refusal(longest + " ").code == "MALFORMED_QUERY"


def test_a_refusal_points_to_the_place() -> None:
    refused = refusal("SELECT Id\nFROM Account WHERE a = 1 AND b = 2 OR c = 3")
    assert refused.message == (
        "\nFROM Account WHERE a = 1 AND b = 2 OR c = 3\n"
        "                                   ^\nERROR at Row:2:Column:36\nunexpected token: 'OR'"
    )


def test_a_refusal_holds_no_value_in_its_own_text() -> None:
    refused = refusal("SELECT Id FROM Account WHERE Name = 'Mina' Kaneshiro")
    assert "Kaneshiro" in refused.message
    assert str(refused) == "MALFORMED_QUERY"
