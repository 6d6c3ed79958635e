"""Rows to the last page, those of sub-queries and of a composite's queries too."""

from typing import Final

import msgspec

from adapters.salesforce.answers import not_a_page, page_of
from adapters.salesforce.requests import Record, SubAnswer
from adapters.salesforce.transport import Call, Transport

LOST_PLACE: Final = "INVALID_QUERY_LOCATOR"
"""What Salesforce says of a next page whose query it no longer knows; asking anew from the first one helps."""


class Pages:
    """Follows what is left of a query."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def rows(self, path: str, *, background: bool, until: float | None) -> list[Record]:
        """The rows from that page on; none for "". `until` is the loop's time at which all of them must be there."""
        rows: list[Record] = []
        while path:
            call = Call(
                kind="read", what="query", method="GET", path=path, is_read=True, background=background,
                judge=not_a_page, until=until,
            )  # fmt: skip
            page = page_of((await self._transport.send(call)).body)
            if page is None:
                raise AssertionError("an answer that is no page was judged so")
            rows += [await self._with_children(row, background=background, until=until) for row in page.rows]
            path = page.rest
        return rows

    async def whole(self, part: SubAnswer, *, background: bool, until: float | None) -> SubAnswer:
        """The part of a composite, with its rows as a list where it was a query; all of them are there by `until`."""
        page = None if part.fault else page_of(part.body)
        if page is None:
            return part
        rows = [await self._with_children(row, background=background, until=until) for row in page.rows]
        rows += await self.rows(page.rest, background=background, until=until)
        return msgspec.structs.replace(part, body=rows)

    async def _with_children(self, row: Record, *, background: bool, until: float | None) -> Record:
        for name, value in row.items():
            page = page_of(value)
            if page is not None:
                row[name] = [*page.rows, *await self.rows(page.rest, background=background, until=until)]
        return row
