"""What a query is refused with: Salesforce's code, and its message with the place it complains of."""

from enum import StrEnum
from typing import Final

_BEFORE: Final = 40
_AFTER: Final = 20


class Code(StrEnum):
    """The `errorCode` of the answer; each comes with status 400."""

    MALFORMED_QUERY = "MALFORMED_QUERY"
    INVALID_FIELD = "INVALID_FIELD"
    INVALID_TYPE = "INVALID_TYPE"
    INVALID_QUERY_FILTER_OPERATOR = "INVALID_QUERY_FILTER_OPERATOR"
    NUMBER_OUTSIDE_VALID_RANGE = "NUMBER_OUTSIDE_VALID_RANGE"
    QUERY_TOO_COMPLICATED = "QUERY_TOO_COMPLICATED"


class QueryRefused(Exception):
    """A query that gets no rows.

    `message` shows a part of the query, values and all, as Salesforce does; so it is no part of the exception's text.
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(str(code))
        self.code = code
        # half a character, told by its number in the query, can stand in no answer
        self.message = message.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def at(text: str, place: int, code: Code, said: str) -> QueryRefused:
    """The refusal that points to a place in the query's text."""
    line_begins = text.rfind("\n", 0, place) + 1
    before = text[max(line_begins, place - _BEFORE) : place]
    after = text[place : place + _AFTER].split("\n", 1)[0]
    row, column = text.count("\n", 0, place) + 1, place - line_begins + 1
    return QueryRefused(code, f"\n{before}{after}\n{' ' * len(before)}^\nERROR at Row:{row}:Column:{column}\n{said}")
