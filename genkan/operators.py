"""What operators do from the command line, beside a portal that may be running: look at work, and take it in hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

import msgspec

from adapters.db.database import Database
from adapters.db.journal import SqlJournal
from adapters.db.migrate import migrate
from adapters.db.unit_of_work import SqlStore
from adapters.durable.runner import Runner
from adapters.system.clock import RealClock
from core.domain.announcement import Announcement
from core.domain.attention import Attention, attention, failure_of
from core.domain.ids import RequestKey
from core.domain.policy import Policy
from core.domain.provisioning import next_attempt
from core.domain.work import STOPPED, Job, Work, WorkKind, WorkState
from core.usecases.work.close_intents import CloseIntents
from core.usecases.work.set_flag import SetFlag
from genkan.folder import make_folder
from genkan.settings import Settings
from ports.journal import Entry
from ports.store import AuditEntry

LISTS = frozenset({WorkKind.DAILY, WorkKind.NIGHTLY})
"""Work whose result is for operators; that of all other is the customer's."""


class Deed(StrEnum):
    """What can be done to a piece of work (FUL-8)."""

    RETRY = "retry"
    CANCEL = "cancel"
    PARK = "park"
    RUN_NOW = "run-now"


class NotPossible(Exception):
    """It can't be done to work that stands so."""

    def __init__(self, work: Work) -> None:
        super().__init__(f"{work.key} is {work.state}" + (" and has begun" if work.started_at is not None else ""))


def _may(deed: Deed, entry: Entry, *, begun: bool) -> bool:
    match deed:
        case Deed.RETRY:
            return entry.state in STOPPED
        case Deed.CANCEL:
            stands = entry.state is WorkState.RECEIVED or (entry.state in STOPPED and entry.work.is_open)
            return stands and (begun or entry.started_at is None)
        case Deed.PARK:
            return not entry.state.is_over
        case Deed.RUN_NOW:
            return not entry.state.is_over or entry.state is WorkState.WITH_STAFF


class Operators:
    """An operator's hands on the portal's database; a running portal follows within half a minute."""

    def __init__(self, database: Database) -> None:
        self._clock = RealClock()
        self._store = SqlStore(database)
        self._journal = SqlJournal(database)
        # it is never opened: the work itself is done by the portal that runs
        self._work = Runner(self._journal, self._clock, on_end=CloseIntents(self._store, self._clock))

    @property
    def set_flag(self) -> SetFlag:
        """What switches a feature (OPS-3)."""
        return SetFlag(self._store, self._clock)

    async def listed(self, policy: Policy) -> tuple[list[Attention], tuple[Work, ...]]:
        """The work that needs a person, and all that is open (OPS-6, FUL-8)."""
        unsettled = await self._work.unsettled()
        # a made-up clock may be ahead of this one, and is never behind what was written by it
        now = max([self._clock.now(), *(each.changed_at for each in unsettled if each.changed_at is not None)])
        return [need for each in unsettled if (need := attention(each, now, policy)) is not None], unsettled

    async def shown(self, key: str) -> dict[str, Any] | None:
        """One piece of work without what it is about, which is the customer's; None when there is none."""
        work = await self._work.outcome(RequestKey(key), 0)
        if work is None:
            return None
        shown: dict[str, Any] = msgspec.to_builtins(work) | {"failure": failure_of(work)}
        return shown if work.kind in LISTS else {name: said for name, said in shown.items() if name != "result"}

    async def do(self, deed: Deed, key: str, *, begun: bool = False) -> Work | None:
        """Do it to the work, and write down that it was done; the work as it stands then, None when there is none.

        `begun` lets work be cancelled that has begun: what it did so far stays, and is the operator's to put right.
        Raises NotPossible for what can't be done to work that stands so.
        """
        entry = await self._journal.find(RequestKey(key))
        if entry is None:
            return None
        if not _may(deed, entry, begun=begun):
            raise NotPossible(entry.work)
        work = await self._done(deed, entry)
        await self._note(f"work {deed.value}", key)
        return work

    async def _done(self, deed: Deed, entry: Entry) -> Work | None:
        key = entry.job.key
        match deed:
            case Deed.RETRY if entry.job.kind is WorkKind.PROVISION and entry.state is WorkState.REFUSED:
                # a further attempt is new work, so that every step asks again and a failure is told again
                # accepted before the old one ends: a crash in between leaves both, and the next retry ends it
                fresh = await self._journal.accept(next_attempt(entry.job), self._clock.now())
                await self._work.cancel(key, stopped=True)
                return fresh.work
            case Deed.RETRY:
                return await self._work.retry(key)
            case Deed.CANCEL:
                return await self._work.cancel(key, stopped=True)
            case Deed.PARK:
                return await self._work.park(key)
            case Deed.RUN_NOW:
                return await self._work.run_now(key)

    async def announce(self, announcement: Announcement) -> Work:
        """Have every customer told; the same id tells nobody twice (NTF-1)."""
        return await self.accept(announcement.job(), "announce")

    async def accept(self, job: Job, deed: str) -> Work:
        """Have work done by the portal that runs, or that is started next, and write down who wanted it (T-1)."""
        entry = await self._journal.accept(job, self._clock.now())
        await self._note(deed, job.key)
        return entry.work

    async def _note(self, deed: str, subject: str) -> None:
        async with self._store.begin() as shelves:
            entry = AuditEntry(at=self._clock.now(), actor="operator", deed=deed, subject=subject)
            await shelves.audit.write(entry)


@asynccontextmanager
async def at_work(settings: Settings) -> AsyncIterator[Operators]:
    """The operator's hands, with the database brought up to date first."""
    make_folder(settings)
    database = Database(settings.database_url)
    try:
        await migrate(database)
        yield Operators(database)
    finally:
        await database.close()
