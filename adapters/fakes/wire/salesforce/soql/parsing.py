"""Query texts read by the grammar in soql.lark."""

import re
from dataclasses import replace
from functools import cache
from typing import Any, Final, NoReturn, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from adapters.fakes.wire.salesforce.soql import literals
from adapters.fakes.wire.salesforce.soql.literals import Misspelt
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
    Ordering,
    Path,
    Query,
    Selected,
)
from adapters.fakes.wire.salesforce.soql.refused import Code, QueryRefused, at

LONGEST: Final = 100_000
"""Characters of a query."""

_DEEPEST: Final = 50
_BRACKETS: Final = re.compile(r"'(?:[^'\\]|\\.)*+'?|([()])", re.DOTALL)
_READ: Final = {
    "STRING": literals.text,
    "NUMBER": literals.number,
    "MOMENT": literals.moment,
    "RELATIVE": literals.relative,
    "NAME": literals.word,
}


def parse(text: str) -> Query:
    """The query that `text` spells; raises QueryRefused for one that it does not."""
    _is_readable(text)
    try:
        query = cast(Query, _grammar().parse(text))
    except UnexpectedInput as error:
        raise _unexpected(text, error) from None
    except _Misplaced as error:
        raise at(text, error.at, error.code, error.said) from None
    return replace(query, text=text)


def _is_readable(text: str) -> None:
    if len(text) > LONGEST:
        raise QueryRefused(Code.MALFORMED_QUERY, f"SOQL statements cannot be longer than {LONGEST} characters.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise QueryRefused(Code.MALFORMED_QUERY, "The query is no Unicode text.")
    depth = 0
    for bracket in _BRACKETS.finditer(text):
        depth += {"(": 1, ")": -1}.get(bracket[1], 0)
        if depth > _DEEPEST:
            raise QueryRefused(Code.QUERY_TOO_COMPLICATED, "The query is nested too deeply.")


def _unexpected(text: str, error: UnexpectedInput) -> QueryRefused:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return at(text, _place(error.token), Code.MALFORMED_QUERY, f"unexpected token: '{error.token}'")
    if isinstance(error, UnexpectedCharacters):
        place: int = cast(Any, error).pos_in_stream  # Lark's own types know it as None alone
        quote = text[place] == "'"
        said = "mismatched character '<EOF>' expecting '''" if quote else f"unexpected token: '{text[place]}'"
        return at(text, place, Code.MALFORMED_QUERY, said)
    return at(text, len(text), Code.MALFORMED_QUERY, "unexpected token: '<EOF>'")


@cache
def _grammar() -> Lark:
    return Lark.open("soql.lark", rel_to=__file__, parser="lalr", start="query", transformer=_Builder())


class _Misplaced(Exception):
    """A literal that is misspelt, and where."""

    def __init__(self, place: int, error: Misspelt) -> None:
        super().__init__(str(error))
        self.at = place
        self.code = error.code
        self.said = error.said


def _place(token: Token) -> int:
    return token.start_pos or 0


def _misplaced(token: Token, error: Misspelt) -> NoReturn:
    raise _Misplaced(_place(token), error) from None


class _Builder(Transformer[Token, Query]):
    """Makes nodes of what the parser finds, from the leaves up."""

    def path(self, names: list[Token]) -> Path:
        return Path(tuple(str(name) for name in names), _place(names[0]))

    def call(self, parts: list[Any]) -> Call:
        name, *of = parts
        return Call(str(name).upper(), of[0] if of else None, _place(name))

    def field(self, parts: list[Any]) -> Selected:
        return Selected(*parts)

    def alias(self, names: list[Token]) -> str | None:
        return str(names[0]) if names else None

    def where(self, conditions: list[Condition]) -> Condition | None:
        return conditions[0] if conditions else None

    def every(self, conditions: list[Condition]) -> All:
        return All(tuple(conditions))

    def either(self, conditions: list[Condition]) -> Either:
        return Either(tuple(conditions))

    def negation(self, conditions: list[Condition]) -> Not:
        return Not(conditions[0])

    def comparison(self, parts: list[Any]) -> Comparison:
        field, operator, literal = parts
        return Comparison(field, "!=" if operator == "<>" else str(operator), literal)

    def like(self, parts: list[Any]) -> Like:
        field, spelling = parts
        try:
            return Like(field, literals.pattern(spelling))
        except Misspelt as error:
            _misplaced(spelling, error)

    def listed(self, parts: list[Any]) -> Listed:
        field, membership, *values = parts
        return Listed(field, tuple(values), membership.upper() != "IN")

    def joined(self, parts: list[Any]) -> Joined:
        field, membership, query = parts
        return Joined(field, query, membership.upper() != "IN")

    def chosen(self, parts: list[Any]) -> Chosen:
        field, choice, *groups = parts
        return Chosen(field, tuple(self.value([group]) for group in groups), choice.upper() == "EXCLUDES")

    def value(self, tokens: list[Token]) -> Literal:
        (token,) = tokens
        try:
            return Literal(_READ[token.type](token), _place(token))
        except Misspelt as error:
            _misplaced(token, error)

    def group(self, paths: list[Path]) -> tuple[Path, ...]:
        return tuple(paths)

    def order(self, orderings: list[Ordering]) -> tuple[Ordering, ...]:
        return tuple(orderings)

    def ordering(self, parts: list[Any]) -> Ordering:
        by: Operand = parts[0]
        words = [str(word).upper() for word in parts[1:]]
        return Ordering(by, "DESC" in words, any(word.endswith("LAST") for word in words))

    def limit(self, counts: list[Token]) -> int | None:
        try:
            return literals.count(counts[0]) if counts else None
        except Misspelt as error:
            _misplaced(counts[0], error)

    offset = limit

    def query(self, parts: list[Any]) -> Query:
        *selected, name, alias, where, group, order, limit, offset = parts
        return Query(tuple(selected), str(name), alias, where, group, order, limit, offset, at=_place(name))
