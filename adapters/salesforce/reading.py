"""Queries that are asked at the same moment go together: one composite is one call of the day's allocation."""

import asyncio
from collections.abc import Sequence
from typing import Final

from adapters.salesforce.client import Client
from adapters.salesforce.requests import Get, Record
from adapters.salesforce.soql import Select, fits

MOST_QUERIES: Final = 5
"""How many queries Salesforce takes in one composite."""
MOMENT: Final = 0.002
"""How long a query waits for others, in seconds; a hundredth of what the call takes."""


class Reading:
    """What is read for somebody who waits. The same query asked twice at one moment is asked once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._waiting: dict[str, asyncio.Future[list[Record]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def rows(self, query: Select) -> list[Record]:
        """The rows of a query, as they are once it is asked."""
        text = query.soql()
        if not fits(text):
            return await self._client.query(query)
        answer = self._waiting.get(text)
        if answer is None:
            answer = self._waiting[text] = asyncio.get_running_loop().create_future()
            # one whom nobody waits for any more must not complain
            answer.add_done_callback(lambda done: done.cancelled() or done.exception())
            if len(self._waiting) == 1:
                task = asyncio.create_task(self._ask())
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        # whoever gives up waiting takes no answer away from others
        return await asyncio.shield(answer)

    async def _ask(self) -> None:
        await asyncio.sleep(MOMENT)
        asked, self._waiting = list(self._waiting.items()), {}
        parts = [dict(asked[n : n + MOST_QUERIES]) for n in range(0, len(asked), MOST_QUERIES)]
        await asyncio.gather(*(self._answer(part) for part in parts))

    async def _answer(self, asked: dict[str, "asyncio.Future[list[Record]]"]) -> None:
        try:
            answers: Sequence[list[Record] | Exception] = await self._answers(list(asked))
        except asyncio.CancelledError:
            for each in asked.values():
                each.cancel()
            raise
        except Exception as error:
            answers = [error] * len(asked)
        for each, found in zip(asked.values(), answers, strict=True):
            if isinstance(found, Exception):
                each.set_exception(found)
            else:
                each.set_result(found)

    async def _answers(self, queries: list[str]) -> Sequence[list[Record] | Exception]:
        if len(queries) == 1:
            return [await self._client.query(queries[0])]
        parts = [Get.query(query, f"q{n}") for n, query in enumerate(queries)]
        answers = await self._client.composite(*parts, all_or_none=False, keyed=True)
        return [a.records if a.fault is None else a.fault.error("query") for a in answers]
