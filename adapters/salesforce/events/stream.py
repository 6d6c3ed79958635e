"""The stream of facts out of Salesforce's events."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

import structlog

from adapters.salesforce.events import position as positions
from adapters.salesforce.events.change_events import ChangeEvents
from adapters.salesforce.events.connection import Connection
from adapters.salesforce.events.inbox import Entry, Inbox
from adapters.salesforce.events.listening import Listening, news_in
from adapters.salesforce.events.news import News
from adapters.salesforce.events.owners import FindOwners, Owners
from adapters.salesforce.events.platform_events import PlatformEvents
from adapters.salesforce.events.reader import Reader
from adapters.salesforce.events.schemas import Schemas
from adapters.salesforce.events.settings import EventSettings, Expired, Login, Spread
from adapters.salesforce.events.subscription import Subscription
from adapters.salesforce.events.topics import topics_of
from adapters.salesforce.field_map import DEFAULT, FieldMap
from core.domain.facts import AnyFact, FactBatch
from core.domain.ids import AccountId
from ports.errors import Rejected, Unavailable

log = structlog.get_logger()


class _Offered(NamedTuple):
    batch: FactBatch
    at: dict[str, bytes]


class SalesforceFactStream:
    """`ports.facts.FactStream` over the Pub/Sub API (T-5); one reader at a time, which whoever holds a lease is.

    What came stays until the reader comes back with the position that went with it; any other position begins anew
    from there. `find_owners` is asked whose an order is when an event does not say it; `client_name` stands in the
    origin of the portal's own changes. Close it by `close`.
    """

    def __init__(
        self,
        settings: EventSettings,
        *,
        login: Login,
        expired: Expired,
        find_owners: FindOwners,
        spread: Spread,
        client_name: str,
        names: FieldMap = DEFAULT,
    ) -> None:
        self._settings = settings
        self._topics = settings.topics or topics_of(names)
        self._pace = settings.pace
        self._spread = spread
        self._connection = Connection(settings, login, expired)
        self._owners = Owners(find_owners)
        changes = ChangeEvents(names, client_name)
        self.reader = Reader(Schemas(self._connection), changes, PlatformEvents(names), self._owners)
        self._listening: Listening | None = None
        self._offered: _Offered | None = None
        self._position: str | None = None
        self._moved = 0.0
        self._overflows: set[tuple[str, bytes]] = set()
        self._reading = asyncio.Lock()
        self._hurried = 0
        self._rest: asyncio.TimerHandle | None = None

    async def after(self, position: str | None, wait: float) -> FactBatch:
        async with self._turn(in_a_hurry=wait <= 0):
            self._stay_awake()
            try:
                listening = await self._from(position)
                if self._offered is not None and self._offered.batch.facts:
                    return self._offered.batch
                return await self._batch(listening, position, wait)
            except Rejected:
                await self._stop()
                raise
            finally:
                self._rest_later()

    @asynccontextmanager
    async def _turn(self, *, in_a_hurry: bool) -> AsyncIterator[None]:
        """One reads at a time; who waits for news goes home when somebody comes who does not want to wait."""
        self._hurried += in_a_hurry
        if in_a_hurry and self._listening is not None:
            self._listening.inbox.stir()
        try:
            await self._reading.acquire()
        finally:
            self._hurried -= in_a_hurry
        try:
            yield
        finally:
            self._reading.release()

    async def close(self) -> None:
        """Close the streams and the connection."""
        self._stay_awake()
        await self._stop()
        await self._connection.close()

    # --- from where on ---------------------------------------------------------------------------------------------
    async def _from(self, position: str | None) -> Listening:
        listening = self._listening
        if listening is not None:
            if self._offered is not None and position == self._offered.batch.position:
                listening.settle(self._offered.at)
                self._position, self._offered = position, None
                return listening
            if position == self._position:
                return listening
            await self._stop()
        return await self._begin(position)

    async def _begin(self, position: str | None) -> Listening:
        at = positions.read(position, await self._org()) if position is not None else {}
        inbox = Inbox(self._settings.most_held)

        def open_topic(topic: str, behind: bytes | None) -> Subscription:
            return Subscription(
                topic,
                behind,
                connection=self._connection,
                inbox=inbox,
                read=self.reader.read,
                settings=self._settings,
                spread=self._spread,
            )

        self._listening = Listening(position, at, inbox, self._topics, open_topic)
        self._position, self._offered = position, None
        return self._listening

    async def _org(self) -> str:
        return (await self._connection.login()).tenant

    async def _stop(self) -> None:
        listening, self._listening, self._offered = self._listening, None, None
        if listening is not None:
            await listening.stop()

    def _stay_awake(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _rest_later(self) -> None:
        """Nobody who reads no more keeps streams open, which cost the org events."""
        self._rest = asyncio.get_running_loop().call_later(self._pace.idle, self._rest_now)

    def _rest_now(self) -> None:
        listening, self._listening, self._offered = self._listening, None, None
        if listening is not None:
            listening.abandon()

    # --- a batch ---------------------------------------------------------------------------------------------------
    async def _batch(self, listening: Listening, position: str | None, wait: float) -> FactBatch:
        await self._arrival(listening, wait)
        if listening.inbox.is_lost:
            raise Rejected(positions.LOST, "facts")
        entries = listening.ready(lambda entry: self._is_passed(listening, entry))
        news = news_in(entries)
        waiting = listening.inbox.entries[len(entries) : len(entries) + 1]
        if not news and waiting and waiting[0].is_overflow:
            self._overflows.add((waiting[0].topic, waiting[0].replay_id))
            log.warning("salesforce.events.overflow", topic=waiting[0].topic, replay_id=waiting[0].replay_id.hex())
            raise Rejected(positions.LOST, "facts")
        if not news and listening.is_down:
            raise Unavailable("salesforce.events", outcome_unknown=False)
        if not news and position is not None and not self._is_time_to_move():
            return FactBatch((), position)
        facts = await self._facts(news)
        at = listening.behind(entries)
        batch = FactBatch(facts, positions.written(await self._org(), at))
        listening.offer(entries)
        self._offered = _Offered(batch, at)
        self._moved = asyncio.get_running_loop().time()
        return batch

    async def _arrival(self, listening: Listening, wait: float) -> None:
        """Wait for the first news, and a little for what happened with it."""
        inbox, grace = listening.inbox, self._pace.grace
        since = {topic: inbox.signs[topic] for topic in self._topics}

        def has_come() -> bool:
            # whoever does not want to wait is kept by others of the kind no longer than it takes to hear all
            return inbox.has_news or listening.is_down or (wait > 0 and bool(self._hurried))

        await inbox.until(has_come, wait)
        if wait < grace:
            await inbox.until(lambda: has_come() or inbox.is_silent(since), grace - wait)
        if inbox.has_news:
            await inbox.until(lambda: inbox.is_lost or inbox.is_silent(since), max(self._pace.gather, grace))

    def _is_passed(self, listening: Listening, entry: Entry) -> bool:
        """Whether the reader was told of an overflow and began from the oldest kept since: it reads everything."""
        return listening.began is None and (entry.topic, entry.replay_id) in self._overflows

    def _is_time_to_move(self) -> bool:
        return asyncio.get_running_loop().time() - self._moved >= self._pace.quiet

    async def _owned(self, object: str, records: Sequence[str]) -> Mapping[str, AccountId]:
        try:
            return await self._owners.of(object, records)
        except Rejected as refused:
            # to a reader a refusal would say that its position is lost
            raise Unavailable(f"salesforce.events owner of {object} {refused.code}", outcome_unknown=False) from refused

    async def _facts(self, news: Sequence[News]) -> tuple[AnyFact, ...]:
        """The facts, each once, oldest first; raises Unavailable while it can't be learned whose they are."""
        whose: dict[tuple[str, str], AccountId] = {}
        unknown = {(each.object, each.record) for each in news if each.account is None and not each.is_of_nobody}
        for object in sorted({object for object, _ in unknown}):
            found = await self._owned(object, sorted(record for of, record in unknown if of == object))
            whose |= {(object, record): account for record, account in found.items()}
        facts: dict[str, AnyFact] = {}
        for each in sorted(news, key=_when):
            fact = each.fact(each.account or whose.get((each.object, each.record)))
            if fact is not None:
                facts.setdefault(fact.id, fact)
        return tuple(facts.values())


def _when(news: News) -> tuple[datetime, int, int]:
    return news.source.at, news.source.number, news.source.sequence
