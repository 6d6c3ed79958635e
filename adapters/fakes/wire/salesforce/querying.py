"""Queries over the wire, page by page."""

import re
from typing import Any, Final

from adapters.fakes.wire.salesforce.calls import Answer, ApiError, Call
from adapters.fakes.wire.salesforce.rows import Rows
from adapters.fakes.wire.salesforce.soql import Keep, QueryRefused, Source, check, evaluate, parse, shaped

LARGEST_PAGE: Final = 2_000
SMALLEST_PAGE: Final = 200
_BATCH: Final = re.compile(r"batchSize\s*=\s*([0-9]{1,9})", re.IGNORECASE)
_NEXT: Final = re.compile(r"([A-Za-z0-9]{15,18})-([0-9]{1,9})")


def query(rows: Rows, call: Call) -> Answer:
    """The first page of what a query finds."""
    return _asked(rows, call, rows.source)


def query_all(rows: Rows, call: Call) -> Answer:
    """The same among what was deleted as well."""
    return _asked(rows, call, rows.binned)


def more(rows: Rows, call: Call, place: str) -> Answer:
    """The page of a result that begins at a place of it."""
    match = _NEXT.fullmatch(place)
    if match is None:
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    locator, start = match[1], int(match[2])
    kept = rows.locators.read(locator, call.user.id)
    if start > len(kept.answer.rows):
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    body: dict[str, Any] = shaped(kept.answer, call.root, start, kept.size, locator, _keeping(rows, call, kept.size))
    return Answer(200, body)


def _asked(rows: Rows, call: Call, source: Source) -> Answer:
    text = call.query.get("q")
    if text is None:
        raise ApiError("MALFORMED_QUERY", "A query string has to be specified")
    try:
        asked = parse(text)
        check(asked, rows.schema)
        found = evaluate(asked, rows.schema, source, rows.world.clock.now())
    except QueryRefused as refused:
        raise ApiError(refused.code.value, refused.message) from None
    size = _page_size(call)
    keep = _keeping(rows, call, size)
    return Answer(200, shaped(found, call.root, 0, size, keep(found), keep))


def _keeping(rows: Rows, call: Call, size: int) -> Keep:
    return lambda found: rows.locators.keep(found, size, call.user.id) if len(found.rows) > size else None


def _page_size(call: Call) -> int:
    wished = _BATCH.search(call.headers.get("sforce-query-options", ""))
    return min(max(int(wished[1]), SMALLEST_PAGE), LARGEST_PAGE) if wished else LARGEST_PAGE
