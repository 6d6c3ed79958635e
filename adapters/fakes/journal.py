"""A journal in memory, for tests: it outlives the runner, as a database would."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from core.domain.ids import RequestKey
from core.domain.work import STOPPED, Failing, Job, WorkKind, WorkState
from ports.journal import Entry, LaneTaken


class MemoryJournal:
    """Entries and answers in dictionaries; what goes in comes out as plain data, as from a database."""

    def __init__(self) -> None:
        self._entries: dict[RequestKey, Entry] = {}
        self._answers: dict[RequestKey, dict[str, bytes]] = {}

    async def accept(self, job: Job, at: datetime) -> Entry:
        if job.key not in self._entries:
            kept = msgspec.json.decode(msgspec.json.encode(job), type=Job)
            self._entries[job.key] = Entry(job=kept, due_at=job.due_at, accepted_at=at, changed_at=at)
        return self._entries[job.key]

    async def find(self, key: RequestKey) -> Entry | None:
        return self._entries.get(key)

    async def begin(self, key: RequestKey, at: datetime) -> Entry | None:
        entry = self._entries.get(key)
        if entry is None or not entry.is_due(at):
            return None
        if self._is_taken(entry):
            raise LaneTaken(key)
        return self._put(replace(entry, state=WorkState.IN_PROGRESS, started_at=entry.started_at or at, changed_at=at))

    async def answers(self, key: RequestKey) -> Mapping[str, Any]:
        return {step: msgspec.json.decode(answer) for step, answer in self._answers.get(key, {}).items()}

    async def remember(self, key: RequestKey, step: str, answer: Any, at: datetime) -> bool:
        if self._entries[key].state is not WorkState.IN_PROGRESS:
            return False
        self._answers.setdefault(key, {}).setdefault(step, msgspec.json.encode(answer))
        self._put(replace(self._entries[key], failing=None, attempts=0, changed_at=at))
        return True

    async def failed(self, key: RequestKey, failing: Failing | None, attempts: int, at: datetime) -> bool:
        if self._entries[key].state is not WorkState.IN_PROGRESS:
            return False
        self._put(replace(self._entries[key], failing=failing, attempts=attempts, changed_at=at))
        return True

    async def end(
        self,
        key: RequestKey,
        state: WorkState,
        at: datetime,
        *,
        result: Any,
        code: str | None,
        told: bool,
        stopped_at: Failing | None = None,
    ) -> Entry | None:
        entry = self._entries[key]
        if entry.state is not WorkState.IN_PROGRESS:
            return None
        plain = msgspec.json.decode(msgspec.json.encode(result))
        failing = stopped_at or entry.failing
        return self._put(
            replace(entry, state=state, result=plain, code=code, failing=failing, changed_at=at, told=told)
        )

    async def told(self, key: RequestKey) -> None:
        self._put(replace(self._entries[key], told=True))

    async def redate(self, key: RequestKey, due_at: datetime, at: datetime) -> Entry | None:
        return self._if_received(key, lambda entry: replace(entry, due_at=due_at, changed_at=at))

    async def cancel(self, key: RequestKey, at: datetime, *, stopped: bool = False) -> Entry | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        waits = entry.state is WorkState.RECEIVED
        if not waits and not (stopped and entry.state in STOPPED and entry.work.is_open):
            return entry
        return self._put(replace(entry, state=WorkState.CANCELLED, changed_at=at, told=False))

    async def park(self, key: RequestKey, code: str, at: datetime) -> Entry | None:
        entry = self._entries.get(key)
        if entry is None or entry.state not in (WorkState.RECEIVED, WorkState.IN_PROGRESS):
            return entry
        return self._put(replace(entry, state=WorkState.WITH_STAFF, code=code, changed_at=at))

    async def reopen(self, key: RequestKey, states: frozenset[WorkState], at: datetime) -> Entry | None:
        entry = self._entries.get(key)
        if entry is None or entry.state not in states:
            return entry
        begun = entry.started_at is not None and not self._is_taken(entry)
        return self._put(
            replace(
                entry,
                state=WorkState.IN_PROGRESS if begun else WorkState.RECEIVED,
                due_at=entry.due_at if begun else at,
                attempts=0,
                result=None,
                code=None,
                failing=None,
                changed_at=at,
                told=True,
            )
        )

    async def due(self, at: datetime, most: int) -> tuple[Entry, ...]:
        received = [entry for entry in self._entries.values() if entry.state is WorkState.RECEIVED]
        return tuple(entry for entry in received if entry.is_due(at))[:most]

    async def unfinished(self) -> tuple[Entry, ...]:
        begun = [entry for entry in self._entries.values() if entry.state is WorkState.IN_PROGRESS]
        return tuple(begun + [entry for entry in self._entries.values() if not entry.told])

    async def unsettled(self, kind: WorkKind | None) -> tuple[Entry, ...]:
        return tuple(
            entry for entry in self._entries.values() if entry.work.is_open and (kind is None or entry.job.kind is kind)
        )

    def _put(self, entry: Entry) -> Entry:
        self._entries[entry.job.key] = entry
        return entry

    def _is_taken(self, entry: Entry) -> bool:
        lane = entry.job.lane
        return lane is not None and any(
            other.job.lane == lane and other.state is WorkState.IN_PROGRESS and other.job.key != entry.job.key
            for other in self._entries.values()
        )

    def _if_received(self, key: RequestKey, change: Callable[[Entry], Entry]) -> Entry | None:
        entry = self._entries.get(key)
        if entry is None or entry.state is not WorkState.RECEIVED:
            return entry
        return self._put(change(entry))
