"""WHMCS's action API as the portal uses it: readings, lists to their end, writes."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx

from adapters.whmcs.decoding import Row, Unreadable, rows, whole
from adapters.whmcs.faults import unreadable
from adapters.whmcs.settings import WhmcsSettings
from adapters.whmcs.transport import Body, Call, Transport


class Client:
    """One installation over one small pool of connections.

    Every method raises Rejected(class, action) where WHMCS understood and refused, and Unavailable otherwise,
    `outcome_unknown` only where something may have been written.
    """

    def __init__(self, settings: WhmcsSettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.settings = settings
        self._transport = Transport(settings, transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._transport.close()

    async def read(self, action: str, **params: Any) -> Body:
        """What an action that only reads answers; it is asked again where an answer is lost."""
        return await self._transport.send(Call(action=action, params=params, is_read=True))

    async def write(self, action: str, params: Mapping[str, Any], *, repeatable: bool = False) -> Body:
        """What an action that writes answers; sent again only where nothing was sent, or where it is `repeatable`."""
        return await self._transport.send(Call(action=action, params=params, repeatable=repeatable))

    async def page(
        self, action: str, plural: str, singular: str, start: int, size: int, **params: Any
    ) -> tuple[list[Row], int]:
        """One page of a list, and how many rows there are in all."""
        return await self._page(action, plural, singular, {**params, "limitstart": start, "limitnum": size}, None)

    async def every(self, action: str, plural: str, singular: str, **params: Any) -> list[Row]:
        """All rows of a list, page after page; a reading's deadline holds for all of them together."""
        until = asyncio.get_running_loop().time() + self.settings.patience.deadline
        return [row async for row in self._rows(action, plural, singular, params, until)]

    def each(self, action: str, plural: str, singular: str, **params: Any) -> AsyncIterator[Row]:
        """The rows of a list, page after page, as far as they are wanted; each page has a deadline of its own.

        For what runs in the background, where a list of everybody takes as long as it needs.
        """
        return self._rows(action, plural, singular, params, None)

    async def _rows(
        self, action: str, plural: str, singular: str, params: Mapping[str, Any], until: float | None
    ) -> AsyncIterator[Row]:
        start, size = 0, self.settings.page_size
        while True:
            asked = {**params, "limitstart": start, "limitnum": size}
            found, total = await self._page(action, plural, singular, asked, until)
            for row in found:
                yield row
            start += len(found)
            if not found or start >= total:
                return

    async def _page(
        self, action: str, plural: str, singular: str, asked: Mapping[str, Any], until: float | None
    ) -> tuple[list[Row], int]:
        body = await self._transport.send(Call(action=action, params=asked, is_read=True, until=until))
        with reading(action):
            found = rows(body, plural, singular)
            end = int(asked["limitstart"]) + len(found)
            # without a number of all, a full page may be followed by another one
            return found, whole(body, "totalresults", default=end + (len(found) >= asked["limitnum"]))


@contextmanager
def reading(action: str, *, is_read: bool = True) -> Iterator[None]:
    """Round what is made of an answer: what it can't mean is Unavailable, as if there had been none."""
    try:
        yield
    except Unreadable as error:
        raise unreadable(action, is_read=is_read) from error
