"""Salesforce's REST API as the portal uses it: queries, composites, rows and files."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final, Self
from urllib.parse import quote

import httpx

from adapters.salesforce.answers import judge_of, not_an_object, not_made, parts_of
from adapters.salesforce.auth import SignIn
from adapters.salesforce.bodies import body_of, composite_body_of, encoded
from adapters.salesforce.gauge import Gauge
from adapters.salesforce.pages import LOST_PLACE, Pages
from adapters.salesforce.requests import Get, Post, Record, Ref, SubAnswer, SubRequest, id_in_path, is_id
from adapters.salesforce.settings import SalesforceSettings
from adapters.salesforce.soql import Select, checked_name, eq, fits, select
from adapters.salesforce.transport import SAVES_DUPLICATES, Call, Transport, Upload
from ports.clock import Clock
from ports.errors import Rejected, Unavailable

MOST_PARTS: Final = 25
MOST_QUERIES: Final = 5
_TAKEN: Final = "DUPLICATE_VALUE"
_GONE: Final = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND"})


class Client:
    """One org over one long-lived connection pool.

    Every method raises Rejected(code, object, fields) where Salesforce understood and refused, and Unavailable
    otherwise, `outcome_unknown` only where something may have been written. What runs in the `background` is refused
    so while the day's calls run low. `keyed` says that a write is safe to send again because a unique key is in it:
    then a lost answer is followed by another try, which finds DUPLICATE_VALUE where the first one arrived.
    """

    def __init__(
        self, settings: SalesforceSettings, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._base = settings.base_path
        self._patience = settings.patience
        self._transport = Transport(settings, clock, transport)
        self._pages = Pages(self._transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def sign_in(self) -> SignIn:
        """The org's token, for what speaks another protocol with it."""
        return self._transport.sign_in

    @property
    def gauge(self) -> Gauge:
        """How much of the day's calls is used."""
        return self._transport.gauge

    async def close(self) -> None:
        """Let go of the connections."""
        await self._transport.close()

    async def query(self, soql: str | Select, *, background: bool = False) -> list[Record]:
        """Every row, page after page; a lost place among the pages begins the query once more.

        A Select with a list too long for one address is asked in several. In the background each page has a deadline,
        otherwise all of them together.
        """
        pieces = list(soql.pieces()) if isinstance(soql, Select) else [soql]
        until = self._until(background=background)
        return [row for piece in pieces for row in await self._rows(piece, background=background, until=until)]

    async def composite(
        self, *requests: SubRequest, all_or_none: bool, keyed: bool, background: bool = False
    ) -> list[SubAnswer]:
        """Up to 25 parts in one call, each one's answer in order, queries with every page.

        With `all_or_none` a failed part is raised for all: the first that did not merely fail with another, its
        Rejected.what being "Object#ref". Without, `SubAnswer.fault` is set on each that failed; where nothing is
        written and a part fails for the moment, all are asked again, and Unavailable if it lasts. Its deadlines are
        those of `query`.
        """
        _check(requests)
        is_read = all(request.is_read for request in requests)
        until = self._until(background=background)
        call = Call(
            kind="read" if is_read else "write",
            what="composite",
            method="POST",
            path=f"{self._base}/composite",
            content=encoded({"allOrNone": all_or_none, "compositeRequest": [self._part(each) for each in requests]}),
            is_read=is_read,
            keyed=keyed,
            background=background,
            until=until,
            judge=judge_of(requests, all_or_none=all_or_none),
        )
        for _ in range(2):
            parts = parts_of(await self._transport.send(call), requests) or []
            try:
                return [await self._pages.whole(part, background=background, until=until) for part in parts]
            except (Rejected, Unavailable) as error:
                # what was asked to be written is written by now, and only the rows after the first page are lacking
                if not is_read:
                    raise Unavailable("salesforce.composite", outcome_unknown=True) from error
                if not isinstance(error, Rejected) or error.code != LOST_PLACE:
                    raise
        raise Unavailable(f"salesforce.composite {LOST_PLACE}", outcome_unknown=False)

    async def create(self, sobject: str, values: Mapping[str, Any], *, keyed: bool, background: bool = False) -> str:
        """Create a row; its id."""
        path = f"{self._base}/sobjects/{checked_name(sobject)}"
        content = encoded(body_of(values))
        call = Call(
            kind="write", what=sobject, method="POST", path=path, content=content, keyed=keyed, background=background,
            judge=not_made,
        )  # fmt: skip
        return str((await self._transport.send(call)).body["id"])

    async def update(self, sobject: str, row: str, values: Mapping[str, Any], *, background: bool = False) -> None:
        """Set these fields of a row; not sent again where it may have arrived."""
        content = encoded(body_of(values))
        path = self._row(sobject, row)
        await self._transport.send(
            Call(kind="write", what=sobject, method="PATCH", path=path, content=content, background=background)
        )

    async def delete(self, sobject: str, row: str) -> None:
        """Delete a row; one that is gone already is no error."""
        call = Call(kind="write", what=sobject, method="DELETE", path=self._row(sobject, row), keyed=True)
        try:
            await self._transport.send(call)
        except Rejected as refused:
            if refused.code not in _GONE:
                raise

    async def get(self, sobject: str, row: str, fields: Sequence[str], *, background: bool = False) -> Record | None:
        """One row by its id, None where there is none.

        By a query: by its path, an object that the user may not see would look like a row that is not there.
        """
        if not is_id(row):
            return None
        rows = await self.query(select(*fields).of(sobject).where(eq("Id", row)), background=background)
        return rows[0] if rows else None

    async def find(
        self, sobject: str, external_field: str, value: str, fields: Sequence[str], *, background: bool = False
    ) -> Record | None:
        """The row with that value in a unique field, None where there is none; by a query, for the same reason."""
        wanted = dict.fromkeys([*fields, external_field])
        rows = await self.query(select(*wanted).of(sobject).where(eq(external_field, value)), background=background)
        # equal in SOQL is equal but for case
        return next((row for row in rows if row.get(external_field) == value), None)

    async def ensure_created(
        self, sobject: str, key_field: str, key: str, values: Mapping[str, Any], fields: Sequence[str],
        *, look_first: bool = True,
    ) -> tuple[Record, bool]:  # fmt: skip
        """The row under that unique key, and whether this call made it; one that exists is left as it is.

        Looked for first, then created and read in one: two calls, three where another one was faster. Without
        `look_first` it is created at once, and looked for where the key is taken.
        """
        if look_first and (found := await self.find(sobject, key_field, key, fields)):
            return found, False
        try:
            _, row = await self.composite(
                Post(sobject, {**values, key_field: key}, "made"),
                Get.row(sobject, Ref("made"), list(dict.fromkeys([*fields, key_field])), "row"),
                all_or_none=True,
                keyed=True,
            )
        except Rejected as refused:
            # the key is taken, or another unique field is: only the key's holder is what was asked for
            if refused.code == _TAKEN and (found := await self.find(sobject, key_field, key, fields)):
                return found, False
            raise
        if row.record is None:
            raise Unavailable(f"salesforce.{sobject} unreadable answer")
        return row.record, True

    async def upload(
        self, version: Mapping[str, Any], data: bytes | BinaryIO, *, file_name: str, keyed: bool = False
    ) -> str:
        """Store a file as a ContentVersion with these fields, sent piece by piece; the version's id (068…).

        `file_name` becomes PathOnClient, and Title unless one is given, in any script.
        """
        about = encoded(body_of({"PathOnClient": file_name, "Title": file_name, **version}))
        # the name among the headers is read by nobody, and by some only in ASCII
        suffix = file_name.rpartition(".")[2]
        name = f"file.{suffix}" if suffix.isascii() and suffix.isalnum() else "file"
        call = Call(
            kind="file", what="ContentVersion", method="POST", path=f"{self._base}/sobjects/ContentVersion",
            upload=Upload(about=about, data=data, name=name), keyed=keyed, judge=not_made,
        )  # fmt: skip
        return str((await self._transport.send(call)).body["id"])

    async def describe(self, sobject: str) -> Record:
        """What the org tells of an object, as it tells it."""
        return await self._read(f"{self._base}/sobjects/{checked_name(sobject)}/describe", sobject)

    async def objects(self) -> frozenset[str]:
        """The API names of all objects and platform events that the org shows."""
        return frozenset(each["name"] for each in (await self._read(f"{self._base}/sobjects", "sobjects"))["sobjects"])

    async def limits(self) -> Record:
        """What is left of each of the org's limits."""
        return await self._read(f"{self._base}/limits", "limits")

    def _until(self, *, background: bool) -> float | None:
        return None if background else asyncio.get_running_loop().time() + self._patience.deadline

    async def _read(self, path: str, what: str) -> Record:
        call = Call(kind="read", what=what, method="GET", path=path, is_read=True, judge=not_an_object)
        answer = await self._transport.send(call)
        return dict(answer.body)

    def _row(self, sobject: str, row: str) -> str:
        if isinstance(row, Ref):
            raise ValueError("a reference means something within a composite only")
        return f"{self._base}/sobjects/{checked_name(sobject)}/{id_in_path(row)}"

    def _part(self, request: SubRequest) -> dict[str, Any]:
        part = {"method": request.method, "url": self._base + request.path, "referenceId": request.ref}
        if request.values is None:
            return part
        # of the call's own headers a part takes over only who asks and in which form
        return {**part, "httpHeaders": dict(SAVES_DUPLICATES), "body": composite_body_of(request.values)}

    async def _rows(self, soql: str, *, background: bool, until: float | None) -> list[Record]:
        if not fits(soql):
            raise ValueError("this query fits into no address")
        path = f"{self._base}/query/?q={quote(soql, safe='')}"
        for _ in range(2):
            try:
                return await self._pages.rows(path, background=background, until=until)
            except Rejected as refused:
                if refused.code != LOST_PLACE:
                    raise
        raise Unavailable(f"salesforce.query {LOST_PLACE}", outcome_unknown=False)


def _check(requests: Sequence[SubRequest]) -> None:
    if not 0 < len(requests) <= MOST_PARTS:
        raise ValueError(f"a composite has up to {MOST_PARTS} parts")
    if len({request.ref for request in requests}) != len(requests):
        raise ValueError("two parts of a composite have one reference")
    if sum(request.about == "query" for request in requests) > MOST_QUERIES:
        raise ValueError(f"a composite has up to {MOST_QUERIES} queries")
