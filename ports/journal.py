"""Where durable work is written down: what was accepted, how it stands, what each step answered (T-1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec

from core.domain.ids import RequestKey
from core.domain.work import Failing, Job, Work, WorkKind, WorkState


class LaneTaken(Exception):
    """Other work of the lane has begun and is not over: this work's turn has not come."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A job as the journal holds it. `told` is False while the end of the work has still to be told."""

    job: Job
    state: WorkState = WorkState.RECEIVED
    due_at: datetime | None = None
    attempts: int = 0
    result: Any = None
    code: str | None = None
    failing: Failing | None = None
    accepted_at: datetime
    started_at: datetime | None = None
    changed_at: datetime
    told: bool = True

    @property
    def work(self) -> Work:
        """What is known of the work."""
        return Work(
            key=self.job.key,
            kind=self.job.kind,
            state=self.state,
            owner=self.job.owner,
            request=self.job.request,
            due_at=self.due_at,
            attempts=self.attempts,
            result=self.result,
            code=self.code,
            failing=self.failing,
            started_at=self.started_at,
            changed_at=self.changed_at,
        )

    def is_due(self, now: datetime) -> bool:
        """Whether nothing but its turn keeps it from being done."""
        if self.state is WorkState.RECEIVED:
            return self.due_at is None or self.due_at <= now
        return self.state is WorkState.IN_PROGRESS


class Journal(Protocol):
    """The journal of durable work. What a method wrote is there after a crash; each is all or nothing."""

    async def accept(self, job: Job, at: datetime) -> Entry:
        """Write the job down under its key, waiting for the disk; an accepted key is answered as it stands."""

    async def find(self, key: RequestKey) -> Entry | None:
        """The entry, or None."""

    async def begin(self, key: RequestKey, at: datetime) -> Entry | None:
        """Work that is due or was begun, now in progress; None when it is over, not due or unknown.

        Raises LaneTaken while other work of its lane is in progress.
        """

    async def answers(self, key: RequestKey) -> Mapping[str, Any]:
        """What the work's steps answered, as plain data by step."""

    async def remember(self, key: RequestKey, step: str, answer: Any, at: datetime) -> bool:
        """Keep what a step answered; it fails no more, and attempts are counted anew. What it answered first stays.

        False when the work is not in progress: then nothing is kept.
        """

    async def failed(self, key: RequestKey, failing: Failing | None, attempts: int, at: datetime) -> bool:
        """Keep that a step failed, or fails no more, and how often the work broke; False as for `remember`."""

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
        """Work in progress is over, or has stopped at a step; None when it was not in progress."""

    async def told(self, key: RequestKey) -> None:
        """The end of the work has been told."""

    async def redate(self, key: RequestKey, due_at: datetime, at: datetime) -> Entry | None:
        """Move work that has not begun; the entry as it stands then."""

    async def cancel(self, key: RequestKey, at: datetime, *, stopped: bool = False) -> Entry | None:
        """End work that has not begun, still to be told; the entry as it stands then.

        With `stopped` also work that is with staff, or whose refusal waits for somebody's decision.
        """

    async def park(self, key: RequestKey, code: str, at: datetime) -> Entry | None:
        """Hand work that is not over to staff, with a code that says why; the entry as it stands then."""

    async def reopen(self, key: RequestKey, states: frozenset[WorkState], at: datetime) -> Entry | None:
        """Make work in one of `states` due at once, its attempts counted anew; the entry as it stands then.

        What had begun is in progress again, unless other work of its lane is.
        """

    async def due(self, at: datetime, most: int) -> tuple[Entry, ...]:
        """Work received whose time has come, in the order it was accepted."""

    async def unfinished(self) -> tuple[Entry, ...]:
        """Work in progress, then work whose end is to be told, in the order it was accepted."""

    async def unsettled(self, kind: WorkKind | None) -> tuple[Entry, ...]:
        """Work that is open, as `Work.is_open` says, in the order it was accepted (OPS-6)."""
