"""The event bus of the org: what is committed in the world, as events of its topics."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec

from adapters.fakes.salesforce.automation import TELLINGS
from adapters.fakes.tables import Change
from adapters.fakes.wire.salesforce.objects import OBJECTS
from adapters.fakes.wire.salesforce.origin import API, origin
from adapters.fakes.wire.salesforce.people import user_id
from adapters.fakes.wire.salesforce.persons import date_both
from adapters.fakes.wire.salesforce.pubsub.capturing import ALL_CHANGES, change_topic, told_fields
from adapters.fakes.wire.salesforce.pubsub.deployed import Deployed
from adapters.fakes.wire.salesforce.pubsub.faults import EventFault, EventFaults
from adapters.fakes.wire.salesforce.pubsub.log import Event, TopicLog, Waiters
from adapters.fakes.wire.salesforce.pubsub.payloads import Captured, Commit
from adapters.fakes.wire.salesforce.pubsub.person_accounts import PersonAccounts
from adapters.fakes.wire.salesforce.pubsub.platform import update_of, update_shape
from adapters.fakes.wire.salesforce.pubsub.shapes import Shape, change_shape
from adapters.fakes.world import World
from core.domain.facts import AnyFact

WIRE: Final = "salesforce-events"
CLIENT: Final = "genkan"
"""The name by which the portal's calls say whose they are."""
_WHENEVER: Final = datetime(1, 1, 1, tzinfo=UTC)


class Held(NamedTuple):
    """A change event that is held back."""

    object: str
    record: dict[str, Any] | bytes
    at: datetime


class EventBus:
    """Topics over one world's changes, as that org tells them. Replay ids grow over all topics and have gaps."""

    def __init__(self, world: World, org: Deployed, *, client: str = CLIENT, publishes_updates: bool = True) -> None:
        self.world = world
        self._org = org
        self.platform = {org.update_topic: update_shape(org)}
        """Each platform event's topic, with its schema."""
        self.faults = EventFaults()
        self.held: list[Held] = []
        """What is held back; `tell` lets it go."""
        self.waiters = Waiters()
        self._persons = PersonAccounts(world.records, "Contact" in org.captured) if org.has_persons else None
        if self._persons is not None:
            date_both(world.records)
        self.captured = {object: self._capturing(object) for object in org.captured}
        # ids of an earlier bus over the same world are from before, and refused
        self.last = round(world.clock.now().timestamp() * 1000) << 8
        topics = [ALL_CHANGES, *map(change_topic, self.captured), *self.platform]
        self.topics = {topic: TopicLog(self.last) for topic in topics}
        self.schemas: dict[str, Shape] = {}
        self._objects = {OBJECTS[object].table: object for object in org.captured}
        self._client = client
        self._publishes_updates = publishes_updates
        self._commits = 0
        self._drifts = 0
        self.calls: Counter[str] = Counter()
        """How many changes of which object there were to tell of."""
        world.wires[WIRE] = self
        for shape in (*(each.shape for each in self.captured.values()), *self.platform.values()):
            self.schemas[shape.id] = shape
        world.listeners.append(self._hear)

    def close(self) -> None:
        """Hear nothing any more."""
        self.world.listeners.remove(self._hear)
        self.world.wires.pop(WIRE, None)

    def switch_word(self, kind: str, operation: str, times: int | None, milliseconds: int, after: int) -> None:
        """Say what becomes of the next `times` change events, once `after` were told as they are."""
        if operation != "*" or milliseconds or times is None:
            raise ValueError("it strikes so many events, whatever they are of")
        self.faults.events.extend([None] * after)
        self.faults.events.extend([EventFault(kind)] * times)

    def clear(self) -> None:
        """Have every event told as it is."""
        self.faults.clear()

    # --- what topics there are -------------------------------------------------------------------------------------
    def shape_of(self, topic: str) -> Shape:
        """The schema by which a topic's events are told at present; of all changes, that of the first object."""
        if topic in self.platform:
            return self.platform[topic]
        named = (each.shape for object, each in self.captured.items() if topic in (change_topic(object), ALL_CHANGES))
        return next(named)

    def drift(self, object: str, field: str) -> None:
        """Tell an object's changes by another version of its schema from now on."""
        self.captured[object].drift(field)
        shape = self.captured[object].shape
        self.schemas[shape.id] = shape

    def forget(self) -> None:
        """Drop what is older than is kept."""
        now = self.world.clock.now()
        for topic in self.topics.values():
            topic.forget(now)

    def beyond(self, number: int) -> int:
        """A number behind that one, and behind all that was given; what comes will lie behind it."""
        self.last = max(number, self.last) + 1
        return self.last

    # --- telling ---------------------------------------------------------------------------------------------------
    def post(self, topics: Sequence[str], shape: Shape, record: Mapping[str, Any] | bytes, at: datetime) -> int:
        """Put an event into topics, under one replay id, which it answers; bytes are a payload as it stands."""
        self.last += 3
        payload = record if isinstance(record, bytes) else shape.encode(record)
        event = Event(self.last, at, str(uuid.uuid5(uuid.NAMESPACE_OID, str(self.last))), shape.id, payload)
        for topic in topics:
            self.topics[topic].events.append(event)
        self.waiters.stir()
        return self.last

    def tell(self, object: str, record: Mapping[str, Any] | bytes, at: datetime) -> int:
        """Tell of an object's change."""
        return self.post([change_topic(object), ALL_CHANGES], self.captured[object].shape, record, at)

    def commit(self, by: str, at: datetime) -> Commit:
        """What a header says of the next transaction."""
        self._commits += 1
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.last}/{self._commits}"))
        # what the portal's fakes write comes by no call, and is the portal's all the same
        unsaid = f"{API}62.0;client={self._client}" if by == "portal" else ""
        return Commit(key=key, number=self.last, at=at, origin=origin() or unsaid, user=user_id(by))

    def _hear(self, changes: Sequence[Change], told: Sequence[AnyFact]) -> None:
        named = [change for change in changes if change.table.name in self._objects and change.by != "seed"]
        if not named:
            return
        commit = self.commit(named[0].by, changes[-1].at)
        for sequence, change in enumerate(named, 1):
            times = self._times(change, changes, told)
            for _ in range(times):
                self._tell(self._whole(change, changes), commit, sequence)
            update = update_of(self._org, change) if self._publishes_updates and times else None
            if update is not None:
                topic = self._org.update_topic
                self.post([topic], self.platform[topic], update, commit.at)

    def _tell(self, change: Change, commit: Commit, sequence: int) -> None:
        captured = self.captured[self._objects[change.table.name]]
        self.calls[captured.object] += 1
        fault = self.faults.events.popleft() if self.faults.events else None
        if fault is EventFault.LOST:
            return
        self._spoil(captured.object, fault)
        record: dict[str, Any] | bytes = captured.event(change, commit, sequence)
        if fault is EventFault.GAP:
            record = captured.bare(f"GAP_{_kind(change)}", [change.id], commit, sequence)
        elif fault is EventFault.OVERFLOW:
            record = captured.bare("GAP_OVERFLOW", [], commit, sequence)
        elif fault is EventFault.POISON:
            record = b"\xff" * 7
        for _ in range(2 if fault is EventFault.DUPLICATE else 1):
            if self.faults.holding:
                self.held.append(Held(captured.object, record, commit.at))
            else:
                self.tell(captured.object, record, commit.at)

    def _capturing(self, object: str) -> Captured:
        fields, table = told_fields(object), self.world.records.tables[OBJECTS[object].table]
        if self._persons is not None and object == "Account":
            fields, table = self._persons.fields, self._persons.table
        return Captured(object, fields, change_shape(object, table, fields))

    def _whole(self, change: Change, changes: Sequence[Change]) -> Change:
        if self._persons is None or change.table.name != "account":
            return change
        return self._persons.whole(change, changes)

    def _spoil(self, object: str, fault: EventFault | None) -> None:
        """Do to the object's streams, or to its schema, what the fault says, before the event is told."""
        if fault is EventFault.DRIFT:
            self._drifts += 1
            self.drift(object, f"Added_{self._drifts}__c")
        elif fault in (EventFault.CORRUPTED, EventFault.SILENCE):
            began_before = self.beyond(0)
            for topic in (change_topic(object), ALL_CHANGES):
                if fault is EventFault.SILENCE:
                    self.faults.hushed[topic] = began_before
                else:
                    self.faults.broken[topic] = began_before
                    self.faults.corrupted.add(topic)

    def _times(self, change: Change, changes: Sequence[Change], told: Sequence[AnyFact]) -> int:
        """How often the change is told: as often as its facts were, since the world's faults lose or double those.

        What happened to a person is told of both records or of neither.
        """
        both = [change] if self._persons is None else self._persons.together(change, changes)
        tellings = [TELLINGS.get(each.table.name, _silent)(self.world.records, each) for each in both]
        facts = [_bare(fact) for telling in tellings for fact in telling]
        if not facts:
            return 1
        counts = [_bare(fact) for fact in told]
        return max(counts.count(fact) for fact in facts)


def _silent(_records: object, _change: Change) -> tuple[AnyFact, ...]:
    return ()


def _bare(fact: AnyFact) -> AnyFact:
    return msgspec.structs.replace(fact, id="", at=_WHENEVER, own=False)


def _kind(change: Change) -> str:
    return "CREATE" if change.before is None else "DELETE" if change.after is None else "UPDATE"
