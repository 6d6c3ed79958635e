"""Salesforce's REST API as the portal uses it: queries, composites, rows and files."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Self

import httpx

from adapters.salesforce.requests import Record, SubAnswer, SubRequest
from adapters.salesforce.settings import SalesforceSettings
from adapters.salesforce.soql import Select
from ports.clock import Clock


class Client:
    """One org over one long-lived connection pool.

    Every method raises Rejected(code, object, fields) where Salesforce understood and refused, and Unavailable
    otherwise, `outcome_unknown` only where something may have been written. What runs in the `background` is refused
    so while the day's calls run low. `keyed` says that a write is safe to send again because a unique key is in it:
    then a lost answer is followed by another try, which finds DUPLICATE_VALUE where the first one arrived.
    """

    def __init__(
        self, settings: SalesforceSettings, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        raise NotImplementedError

    async def query(self, soql: str | Select, *, background: bool = False) -> list[Record]:
        """Every row, page after page; a lost place among the pages begins the query once more.

        A Select with a list too long for one address is asked in several.
        """
        raise NotImplementedError

    async def composite(
        self, *requests: SubRequest, all_or_none: bool, keyed: bool, background: bool = False
    ) -> list[SubAnswer]:
        """Up to 25 parts in one call, each one's answer in order, queries with every page.

        With `all_or_none` a failed part is raised for all: the first that did not merely fail with another, its
        Rejected.what being "Object#ref". Without, `SubAnswer.fault` is set on each that failed.
        """
        raise NotImplementedError

    async def create(self, sobject: str, values: Mapping[str, Any], *, keyed: bool, background: bool = False) -> str:
        """Create a row; its id."""
        raise NotImplementedError

    async def update(self, sobject: str, row: str, values: Mapping[str, Any], *, background: bool = False) -> None:
        """Set these fields of a row; not sent again where it may have arrived."""
        raise NotImplementedError

    async def delete(self, sobject: str, row: str) -> None:
        """Delete a row; one that is gone already is no error."""
        raise NotImplementedError

    async def get(self, sobject: str, row: str, fields: Sequence[str], *, background: bool = False) -> Record | None:
        """One row by its id, None where there is none."""
        raise NotImplementedError

    async def find(
        self, sobject: str, external_field: str, value: str, fields: Sequence[str], *, background: bool = False
    ) -> Record | None:
        """The row with that value in a unique field, None where there is none."""
        raise NotImplementedError

    async def ensure_created(
        self, sobject: str, key_field: str, key: str, values: Mapping[str, Any], fields: Sequence[str],
        *, look_first: bool = True,
    ) -> tuple[Record, bool]:  # fmt: skip
        """The row under that unique key, and whether this call made it; one that exists is left as it is.

        Looked for first, then created, then read: two calls, three where another one was faster. Without
        `look_first` it is created at once, and looked for where the key is taken.
        """
        raise NotImplementedError

    async def upload(
        self, version: Mapping[str, Any], data: bytes | BinaryIO, *, file_name: str, keyed: bool = False
    ) -> str:
        """Store a file as a ContentVersion with these fields, sent piece by piece; the version's id (068…)."""
        raise NotImplementedError

    async def describe(self, sobject: str) -> Record:
        """What the org tells of an object, as it tells it."""
        raise NotImplementedError

    async def limits(self) -> Record:
        """What is left of each of the org's limits."""
        raise NotImplementedError
