"""One event as it came, and what it means: each that can't be read is parked, and passed knowingly."""

from collections import Counter
from typing import Final

import grpc.aio
import structlog

from adapters.eventbus import eventbus_pb2 as wire
from adapters.salesforce.events.change_events import ChangeEvents
from adapters.salesforce.events.endings import has_no_schema
from adapters.salesforce.events.inbox import Entry
from adapters.salesforce.events.news import unread_news
from adapters.salesforce.events.owners import Owners
from adapters.salesforce.events.platform_events import PlatformEvents
from adapters.salesforce.events.schemas import Schema, Schemas, Unreadable

log = structlog.get_logger()

_OF_CHANGES: Final = "/data/"


class Reader:
    """Reads events; `parked` counts those that could not be read, by topic."""

    def __init__(self, schemas: Schemas, changes: ChangeEvents, updates: PlatformEvents, owners: Owners) -> None:
        self.parked: Counter[str] = Counter()
        self._schemas = schemas
        self._changes = changes
        self._updates = updates
        self._owners = owners

    async def read(self, topic: str, came: wire.ConsumerEvent) -> Entry:
        """What the event brings; raises AioRpcError when its schema can't be had now."""
        try:
            return await self._read(topic, came)
        except Unreadable as unreadable:
            reason = str(unreadable)
        except grpc.aio.AioRpcError as error:
            if not has_no_schema(error):
                raise
            reason = "no schema"
        self.parked[topic] += 1
        # what it held may be somebody's name: an operator gets it from the org by these two
        log.error("salesforce.event.parked", topic=topic, replay_id=came.replay_id.hex(), error=reason)
        return Entry(topic, came.replay_id, (unread_news(topic, came.replay_id.hex(), reason),))

    async def _read(self, topic: str, came: wire.ConsumerEvent) -> Entry:
        schema = await self._schemas.get(came.event.schema_id)
        try:
            return self._meant(topic, came, schema)
        except Unreadable:
            raise
        except Exception as error:  # to read the event again would end alike, and hold up those behind it
            raise Unreadable(type(error).__name__) from None

    def _meant(self, topic: str, came: wire.ConsumerEvent, schema: Schema) -> Entry:
        record = schema.read(came.event.payload)
        place = f"{topic}:{came.replay_id.hex()}"
        header = self._changes.header_of(record)
        if header is None:
            if topic.startswith(_OF_CHANGES):
                raise Unreadable("no header")
            return Entry(topic, came.replay_id, tuple(self._updates.news_of(record, came.event.id or place)))
        if not self._changes.is_ours(header):
            return Entry(topic, came.replay_id)
        if header.is_overflow:
            return Entry(topic, came.replay_id, is_overflow=True)
        news = tuple(self._changes.news_of(header, schema, record, place))
        for each in news:
            if each.account is not None and each.object != "account":
                self._owners.learn(each.object, each.record, each.account)
        return Entry(topic, came.replay_id, news)
