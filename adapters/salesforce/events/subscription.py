"""One topic's stream: kept open, asked for more before it runs dry, resumed where it was."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import grpc
import grpc.aio
import structlog

from adapters.eventbus import eventbus_pb2 as wire
from adapters.salesforce.events.connection import Connection
from adapters.salesforce.events.endings import Ending, code_of, ending_of
from adapters.salesforce.events.inbox import Entry, Inbox
from adapters.salesforce.events.settings import Credentials, EventSettings, Spread
from ports.errors import Unavailable

log = structlog.get_logger()

Read = Callable[[str, wire.ConsumerEvent], Awaitable[Entry]]


class Subscription:
    """A topic, from behind a replay id on; without one from the oldest event kept, and never from the latest.

    `failures` counts the calls that ended before anything came of them, `is_refused` says that an operator must act,
    `is_limited` that the org gets no more events for a while. What stands up to `behind` has come.
    """

    def __init__(
        self,
        topic: str,
        behind: bytes | None,
        *,
        connection: Connection,
        inbox: Inbox,
        read: Read,
        settings: EventSettings,
        spread: Spread,
    ) -> None:
        self.topic = topic
        self.failures = 0
        self.is_refused = False
        self.is_limited = False
        self.behind = behind
        self._connection = connection
        self._inbox = inbox
        self._read = read
        self._settings = settings
        self._pace = settings.pace
        self._spread = spread

    @property
    def is_down(self) -> bool:
        """Whether it could not be taken up again at once."""
        return self.failures > 1 or self.is_limited

    async def forever(self) -> None:
        """Listen until cancelled, or until the topic can't be resumed."""
        while not self._inbox.is_lost:
            await self._inbox.room(self.topic)
            pause = await self._once()
            self._inbox.stir()
            await asyncio.sleep(pause)

    async def _once(self) -> float:
        """One call from its beginning to its end; answers how long to wait before the next."""
        credentials: Credentials | None = None
        try:
            credentials = await self._connection.login()
            await self._listen(await self._connection.subscribe(credentials))
        except grpc.aio.AioRpcError as error:
            return await self._after(error, credentials)
        except TimeoutError:
            log.warning("salesforce.events.silent", topic=self.topic)
            await self._connection.close()
        except Unavailable as down:
            log.warning("salesforce.events.down", topic=self.topic, operation=down.what)
        except asyncio.CancelledError:
            # a call whose connection another topic closed says that it was cancelled, which this task was not
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            log.warning("salesforce.events.closed", topic=self.topic)
        except Exception as error:
            log.error("salesforce.events.broke", topic=self.topic, exc_info=error)
        self.failures += 1
        return self._backoff()

    async def _listen(self, call: Any) -> None:
        try:
            await call.write(self._first())
            while True:
                async with asyncio.timeout(self._pace.watchdog):
                    response = await call.read()
                if response is grpc.aio.EOF:
                    return
                self.failures, self.is_refused, self.is_limited = 0, False, False
                await self._take(response)
                await self._refill(call, response.pending_num_requested)
        finally:
            call.cancel()

    def _first(self) -> wire.FetchRequest:
        preset = wire.EARLIEST if self.behind is None else wire.CUSTOM
        most = self._settings.most_asked
        return wire.FetchRequest(
            topic_name=self.topic, replay_preset=preset, replay_id=self.behind or b"", num_requested=most
        )

    async def _take(self, response: wire.FetchResponse) -> None:
        for came in response.events:
            self._put(await self._read(self.topic, came))
        # of an answer without events it may lie behind the last one that came; all of those stand before it
        if not response.events and response.latest_replay_id:
            self._put(Entry(self.topic, response.latest_replay_id))
            self._inbox.sign(self.topic)

    def _put(self, entry: Entry) -> None:
        self._inbox.put(entry)
        self.behind = entry.replay_id

    async def _refill(self, call: Any, pending: int) -> None:
        """Ask for more while some are still owed, unless nobody takes what came."""
        if pending > self._settings.most_asked // 2:
            return
        if not self._inbox.has_room(self.topic):
            if pending > 0:
                return
            # owed nothing, the stream ends after a while and is resumed; or somebody reads before
            await self._inbox.room(self.topic)
        more = wire.FetchRequest(topic_name=self.topic, num_requested=self._settings.most_asked - pending)
        # a call that is over says how when it is read
        with suppress(asyncio.InvalidStateError):
            await call.write(more)

    async def _after(self, error: grpc.aio.AioRpcError, used: Credentials | None) -> float:
        """How long to wait after a call that Salesforce, or the network, ended."""
        ending, code = ending_of(error), code_of(error) or error.code().name
        self.failures += 1
        if ending is Ending.LOST:
            log.warning("salesforce.events.position_refused", topic=self.topic, code=code)
            self._inbox.lose()
            return 0
        if ending is Ending.EXPIRED and used is not None:
            with suppress(Unavailable):  # said again when credentials are asked for
                await self._connection.expired(used)
            return 0 if self.failures == 1 else self._backoff()
        if ending in (Ending.REFUSED, Ending.LIMITED):
            self.is_refused, self.is_limited = ending is Ending.REFUSED, ending is Ending.LIMITED
            log.error("salesforce.events.refused", topic=self.topic, code=code)
            return self._pace.long_wait
        log.warning("salesforce.events.ended", topic=self.topic, code=code)
        return self._backoff()

    def _backoff(self) -> float:
        doubled = self._pace.first_wait * 2 ** min(self.failures - 1, 16)
        return self._spread(min(self._pace.longest_wait, doubled))
