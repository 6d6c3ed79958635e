"""One subscriber's stream: as much as was asked for, from where it was asked, and a sign of life in between."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from adapters.eventbus import eventbus_pb2 as wire
from adapters.fakes.faults import FaultKind
from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.wire.salesforce.pubsub.log import Event
from adapters.fakes.wire.salesforce.pubsub.refusals import Ended
from adapters.fakes.wire.salesforce.pubsub.replay import number_of, replay_id

MOST: Final = 100
"""How many events can be owed at once; more is taken as this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long the server waits, in seconds: for a sign of life, and for the next request once it owes nothing."""

    keepalive: float = 60.0
    unasked: float = 60.0


class Subscription:
    """The stream of one Subscribe call; `admit` raises Ended once the caller's token is good no more.

    `pending` is how many events the caller asked for and did not get yet.
    """

    def __init__(self, bus: EventBus, pace: Pace, rpc: str, admit: Callable[[], None]) -> None:
        self.ended: Ended | None = None
        self._bus = bus
        self._pace = pace
        self._rpc = rpc
        self._admit = admit
        self._topic = ""
        self._behind = 0
        self._began = bus.last
        self.pending = 0
        self._asked_all = False
        self._stirred, self._leave = bus.waiters.enter()

    async def responses(self, requests: AsyncIterator[wire.FetchRequest]) -> AsyncIterator[wire.FetchResponse]:
        """What the subscriber gets, until it leaves or the call ends."""
        try:
            try:
                self._begin(await anext(requests))
            except StopAsyncIteration:
                return
            reading = asyncio.create_task(self._read(requests))
            try:
                async for response in self._told():
                    yield response
            finally:
                reading.cancel()
                with suppress(asyncio.CancelledError):
                    await reading
        finally:
            self._leave()

    def end(self, code: str) -> None:
        """End the call with one of Salesforce's codes."""
        self.ended = Ended(code)
        self._stirred.set()

    def _begin(self, first: wire.FetchRequest) -> None:
        if not first.topic_name:
            raise Ended("topic.validation.empty")
        if first.topic_name not in self._bus.topics:
            raise Ended("topic.not.found")
        if self._bus.faults.refusals:
            raise Ended(self._bus.faults.refusals.popleft())
        self._topic = first.topic_name
        self._behind = self._start(first)
        self._ask(first)

    def _start(self, first: wire.FetchRequest) -> int:
        self._bus.forget()
        log = self._bus.topics[self._topic]
        if first.replay_preset == wire.LATEST:
            return log.last
        if first.replay_preset == wire.EARLIEST:
            return log.dropped
        if not first.replay_id:
            raise Ended("subscription.fetch.replayid.validation.failed")
        number = number_of(first.replay_id)
        if self._topic in self._bus.faults.corrupted:
            self._bus.faults.corrupted.discard(self._topic)
            raise Ended("subscription.fetch.replayid.corrupted")
        if number is None or not log.dropped <= number <= self._bus.last:
            raise Ended("subscription.fetch.replayid.corrupted")
        return number

    def _ask(self, request: wire.FetchRequest) -> None:
        if request.topic_name not in ("", self._topic):
            raise Ended("subscription.fetch.topic.mismatch")
        if request.num_requested < 1:
            raise Ended("subscription.fetch.requested.events.invalid")
        self.pending = min(MOST, self.pending + request.num_requested)

    async def _read(self, requests: AsyncIterator[wire.FetchRequest]) -> None:
        try:
            async for request in requests:
                self._ask(request)
                self._stirred.set()
        except Ended as ended:
            self.ended = ended
        self._asked_all = True
        self._stirred.set()

    async def _told(self) -> AsyncIterator[wire.FetchResponse]:
        while True:
            if self.ended is not None:
                raise self.ended
            if self._bus.faults.breaks(self._topic, self._began):
                raise Ended("service.unavailable")
            if FaultKind.UNAVAILABLE in self._bus.world.faults.take("stream", "after"):
                raise Ended("service.unavailable")
            self._admit()
            events = [] if self._is_silent() else self._next()
            if events:
                self._behind = events[-1].number
                self.pending -= len(events)
                # the latest that there is, be it on its way or not
                yield self._response(events, self._latest())
            elif self.pending == 0 and self._asked_all:
                return
            elif not await self._wait():
                if self.pending == 0:
                    return
                # in this order: what comes in between lies behind it and must not be passed
                latest = self._latest()
                if not self._is_silent() and not self._next():
                    yield self._response((), latest)

    def _is_silent(self) -> bool:
        return self._bus.faults.silences(self._topic, self._began)

    def _next(self) -> Sequence[Event]:
        self._bus.forget()
        return self._bus.topics[self._topic].behind(self._behind, self.pending) if self.pending else ()

    def _latest(self) -> int:
        latest = max(self._behind, self._bus.topics[self._topic].last)
        return self._bus.beyond(latest) if self._bus.faults.ahead else latest

    async def _wait(self) -> bool:
        """Wait for something to happen; answers whether it did in time."""
        patience = self._pace.keepalive if self.pending else self._pace.unasked
        try:
            async with asyncio.timeout(patience):
                await self._stirred.wait()
        except TimeoutError:
            return False
        self._stirred.clear()
        return True

    def _response(self, events: Sequence[Event], latest: int) -> wire.FetchResponse:
        return wire.FetchResponse(
            events=[consumed(event) for event in events],
            latest_replay_id=replay_id(latest),
            rpc_id=self._rpc,
            pending_num_requested=self.pending,
        )


def consumed(event: Event) -> wire.ConsumerEvent:
    """An event as a subscriber gets it."""
    told = wire.ProducerEvent(id=event.id, schema_id=event.schema, payload=event.payload)
    return wire.ConsumerEvent(event=told, replay_id=replay_id(event.number))
