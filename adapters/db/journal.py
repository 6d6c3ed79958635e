"""The journal of durable work, in the portal's database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Executable, bindparam, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from adapters.db.database import Database
from adapters.db.work_tables import work, work_steps
from core.domain.ids import RequestKey
from core.domain.work import ATTENDED, SETTLED, Failing, Job, WorkKind, WorkState
from ports.journal import Entry, LaneTaken

_FIELDS: Final = tuple(work.c[name] for name in Entry.__struct_fields__)
_IS: Final = work.c.key == bindparam("which")
_RECEIVED: Final = work.c.state == WorkState.RECEIVED
_BEGUN: Final = work.c.state == WorkState.IN_PROGRESS
_IS_DUE: Final = or_(work.c.due_at.is_(None), work.c.due_at <= bindparam("now"))

_FIND: Final = select(*_FIELDS).where(_IS)
_CHANGE: Final = update(work).where(_IS)
_BEGIN: Final = (
    _CHANGE.where(or_(_BEGUN, _RECEIVED & _IS_DUE))
    .values(
        state=WorkState.IN_PROGRESS,
        started_at=func.coalesce(work.c.started_at, bindparam("now", type_=work.c.started_at.type)),
        changed_at=bindparam("now"),
    )
    .returning(*_FIELDS)
)
# put together once: to build a statement takes as long as to do it
_FAILED: Final = _CHANGE.where(_BEGUN).values(
    failing=bindparam("fails"), attempts=bindparam("times"), changed_at=bindparam("now")
)
_OVER: Final = _CHANGE.where(_BEGUN).values(
    state=bindparam("is"),
    result=bindparam("gave"),
    code=bindparam("why"),
    changed_at=bindparam("now"),
    told=bindparam("is_told"),
)
_END: Final = _OVER.returning(*_FIELDS)
_STOP: Final = _OVER.values(failing=bindparam("fails")).returning(*_FIELDS)
_TELL: Final = _CHANGE.values(told=True)
_ANSWERS: Final = select(work_steps.c.name, work_steps.c.answer).join_from(work_steps, work).where(_IS)
_POSITION: Final = (
    _CHANGE.where(_BEGUN).values(failing=None, attempts=0, changed_at=bindparam("now")).returning(work.c.position)
)
_DUE: Final = select(*_FIELDS).where(_RECEIVED, _IS_DUE).order_by(work.c.position).limit(bindparam("most"))
_UNFINISHED: Final = select(*_FIELDS).where(_BEGUN).order_by(work.c.position)
_UNTOLD: Final = select(*_FIELDS).where(work.c.told.is_(False)).order_by(work.c.position)
_UNDECIDED: Final = (work.c.state == WorkState.REFUSED) & work.c.kind.in_(sorted(ATTENDED))
_IS_OPEN: Final = or_(work.c.state.not_in(sorted(SETTLED)), _UNDECIDED)
_STOPPED: Final = or_(work.c.state == WorkState.WITH_STAFF, _UNDECIDED)
_UNSETTLED: Final = select(*_FIELDS).where(_IS_OPEN).order_by(work.c.position)


@dataclass(frozen=True, slots=True)
class SqlJournal:
    """Durable work in two tables: the work as it stands, and what its steps answered (T-1)."""

    database: Database

    async def accept(self, job: Job, at: datetime) -> Entry:
        entry = Entry(job=job, due_at=job.due_at, accepted_at=at, changed_at=at)
        row = {name: getattr(entry, name) for name in Entry.__struct_fields__}
        async with self.database.writing(durable=True) as transaction:
            if await transaction.add(work, row | {"key": job.key, "kind": job.kind, "lane": job.lane}):
                return entry
            kept = await transaction.struct(Entry, _FIND, which=job.key)
        assert kept is not None
        return kept

    async def find(self, key: RequestKey) -> Entry | None:
        async with self.database.reading() as transaction:
            return await transaction.struct(Entry, _FIND, which=key)

    async def begin(self, key: RequestKey, at: datetime) -> Entry | None:
        try:
            async with self.database.writing() as transaction:
                return await transaction.struct(Entry, _BEGIN, which=key, now=at)
        except IntegrityError:
            raise LaneTaken(key) from None

    async def answers(self, key: RequestKey) -> Mapping[str, Any]:
        async with self.database.reading() as transaction:
            return {row.name: row.answer for row in await transaction.rows(_ANSWERS, which=key)}

    async def remember(self, key: RequestKey, step: str, answer: Any, at: datetime) -> bool:
        async with self.database.writing() as transaction:
            position = await transaction.value(_POSITION, which=key, now=at)
            if position is None:
                return False
            await transaction.add(work_steps, {"work": position, "name": step, "answer": answer, "at": at})
            return True

    async def failed(self, key: RequestKey, failing: Failing | None, attempts: int, at: datetime) -> bool:
        async with self.database.writing() as transaction:
            return bool(await transaction.change(_FAILED, which=key, fails=failing, times=attempts, now=at))

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
        so = {"which": key, "is": state, "gave": result, "why": code, "now": at, "is_told": told}
        async with self.database.writing() as transaction:
            if stopped_at is None:
                return await transaction.struct(Entry, _END, **so)
            return await transaction.struct(Entry, _STOP, **so, fails=stopped_at)

    async def told(self, key: RequestKey) -> None:
        async with self.database.writing() as transaction:
            await transaction.change(_TELL, which=key)

    async def redate(self, key: RequestKey, due_at: datetime, at: datetime) -> Entry | None:
        return await self._changed(key, _CHANGE.where(_RECEIVED).values(due_at=due_at, changed_at=at))

    async def cancel(self, key: RequestKey, at: datetime, *, stopped: bool = False) -> Entry | None:
        which = _CHANGE.where(or_(_RECEIVED, _STOPPED) if stopped else _RECEIVED)
        over = which.values(state=WorkState.CANCELLED, changed_at=at, told=False)
        return await self._changed(key, over)

    async def park(self, key: RequestKey, code: str, at: datetime) -> Entry | None:
        parked = _CHANGE.where(or_(_BEGUN, _RECEIVED)).values(state=WorkState.WITH_STAFF, code=code, changed_at=at)
        return await self._changed(key, parked)

    async def reopen(self, key: RequestKey, states: frozenset[WorkState], at: datetime) -> Entry | None:
        fresh = {"attempts": 0, "result": None, "code": None, "failing": None, "changed_at": at, "told": True}
        reopened = _CHANGE.where(work.c.state.in_(sorted(states))).values(fresh)
        waiting = reopened.values(state=WorkState.RECEIVED, due_at=at)
        begun = reopened.where(work.c.started_at.is_not(None)).values(state=WorkState.IN_PROGRESS)
        try:
            async with self.database.writing() as transaction:
                await transaction.change(begun, which=key)
                await transaction.change(waiting.where(work.c.started_at.is_(None)), which=key)
                return await transaction.struct(Entry, _FIND, which=key)
        except IntegrityError:
            return await self._changed(key, waiting)

    async def due(self, at: datetime, most: int) -> tuple[Entry, ...]:
        async with self.database.reading() as transaction:
            return await transaction.structs(Entry, _DUE, now=at, most=most)

    async def unfinished(self) -> tuple[Entry, ...]:
        async with self.database.reading() as transaction:
            begun = await transaction.structs(Entry, _UNFINISHED)
            return begun + await transaction.structs(Entry, _UNTOLD)

    async def unsettled(self, kind: WorkKind | None) -> tuple[Entry, ...]:
        asked = _UNSETTLED if kind is None else _UNSETTLED.where(work.c.kind == kind)
        async with self.database.reading() as transaction:
            return await transaction.structs(Entry, asked)

    async def _changed(self, key: RequestKey, change: Executable) -> Entry | None:
        async with self.database.writing() as transaction:
            await transaction.change(change, which=key)
            return await transaction.struct(Entry, _FIND, which=key)
