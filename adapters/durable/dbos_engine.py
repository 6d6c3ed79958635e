"""Work carried by DBOS: each piece is one workflow whose id is the work's key, each of its steps a step there.

The only module that knows DBOS. It is one to a process, so an engine is opened after the last was closed.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

import msgspec
import sqlalchemy
from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID, WorkflowSerializationFormat, _workflow_commands
from dbos._context import _clear_local_dbos_context
from dbos._core import WorkflowHandleAsyncTask
from dbos._dbos import _get_dbos_instance
from dbos._error import DBOSNonExistentWorkflowError
from dbos._serialization import DBOSPortableJSON

from adapters.durable.dbos_memory import DbosMemory
from adapters.durable.engine import Attending
from adapters.durable.memory import Point, nowhere
from core.domain.ids import RequestKey
from ports.clock import Clock
from ports.journal import Entry, Journal

QUEUE: Final = "work"
CONNECTIONS: Final = 5
"""How many connections to a server DBOS keeps: it asks in threads, and seldom in many at once."""
BEGINNING: Final = 60.0
"""Seconds in which what this executor was at when it died has left the queue that DBOS keeps for itself."""
SELDOM: Final = 60.0
"""Seconds between looks into that queue from then on: nothing is ever put there."""
_LAST: Final = 2**31 - 1
_AT_OPEN: Final = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000")
_OVER: Final = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})
_open: "DbosEngine | None" = None
"""The engine that is open in this process; DBOS finds a workflow by its name alone."""


class DbosSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where DBOS keeps its journal, and who this process is to it.

    `url` is SQLAlchemy's, for a synchronous driver. `version` grows when the order of some work's steps changes: newer
    processes take along what older ones left, and what then meets another step than it remembers goes to staff. No two
    live processes share an `executor`. `poll` is in seconds.
    """

    url: str
    version: int = 1
    executor: str = "embedded"
    poll: float = 1.0
    listens: bool = True
    """Whether work from the queue is taken here; what is begun here, or was when it died, is done here all the same."""
    hands_on: bool = False
    """Whether what is left at a stop is for others; alone, one finds it again at the next start."""

    @classmethod
    def in_file(cls, path: Path, **more: Any) -> "DbosSettings":
        """A journal of its own, in a file."""
        return cls(url=f"sqlite:///{path}", **more)


class DbosEngine:
    """Binds `Engine` to DBOS."""

    queues = True

    def __init__(self, settings: DbosSettings, journal: Journal, clock: Clock, point: Point = nowhere) -> None:
        self.shared = settings.hands_on
        self._settings = settings
        self._journal = journal
        self._clock = clock
        self._point = point
        self._attend: Attending | None = None
        self._bodies: set[asyncio.Task[Any]] = set()
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._entered: dict[RequestKey, asyncio.Future[None]] = {}

    async def open(self, attend: Attending) -> None:
        global _open  # noqa: PLW0603 - DBOS is one to a process
        if _open is not None:
            raise RuntimeError("another engine is open in this process")
        _open = self
        self._attend = attend
        DBOS(config=self._config())
        if not self._settings.listens:
            DBOS.listen_queues([])
        _workflow_commands._BACKGROUND_JOBS_INTERVAL_SEC = max(1.0, self._settings.poll)
        # on the loop's own thread: what comes from the queue is done on the loop that is running here
        DBOS.launch()
        await DBOS.register_queue_async(
            QUEUE, partition_concurrency=1, polling_interval_sec=self._settings.poll, on_conflict="always_update"
        )
        self._begun = asyncio.get_running_loop().call_later(BEGINNING, _look_seldom)

    async def close(self) -> None:
        global _open  # noqa: PLW0603 - as above
        if _open is not self:
            return
        _open = None
        self._begun.cancel()
        for body in self._bodies:
            body.cancel()
        await asyncio.gather(*self._bodies, return_exceptions=True)
        if self._settings.hands_on:
            # where the server does not answer, whoever leads hands it on when this executor was silent for long enough
            with suppress(Exception):
                await self.take_over(self._settings.executor)
        # its threads hand work to this loop, so the loop goes on while they are waited for
        await asyncio.to_thread(DBOS.destroy)
        # the loop's threads were DBOS's from its first call on, and are gone with it
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(thread_name_prefix="asyncio"))

    async def unattended(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        keys = [entry.job.key for entry in entries]
        if not keys:
            return ()
        known = await _listed(workflow_ids=[*keys])
        on_their_way = {each.workflow_id for each in known if each.status in ("PENDING", "ENQUEUED")}
        return [entry for entry in entries if entry.job.key not in on_their_way]

    async def take_over(self, executor: str) -> int:
        """Have what another executor left attended to by whoever is there; how many pieces."""
        left = await _listed(status="PENDING", executor_id=executor)
        for each in left:
            await self._hand_on(each)
        return len(left)

    async def take_along(self) -> int:
        """Have what waits since an older version attended to in this one; how many pieces."""
        versions = [str(version) for version in range(1, self._settings.version)]
        left = await _listed(status=["ENQUEUED", "DELAYED"], app_version=versions) if versions else []
        for each in left:
            await self._hand_on(each)
        return len(left)

    async def _hand_on(self, left: Any) -> None:
        """Put it into the queue, with all it remembers; what a newer version began stays the newer ones'."""
        version = max(int(left.app_version or 0), self._settings.version)
        await DBOS.cancel_workflow_async(left.workflow_id)
        await DBOS.rewind_workflow_async(
            left.workflow_id,
            start_step=_LAST,
            application_version=str(version),
            queue_name=QUEUE,
            queue_partition_key=left.workflow_id,
        )

    async def begin(self, entry: Entry) -> None:
        await _outside(self._begin(entry))

    async def _begin(self, entry: Entry) -> None:
        async with self._lanes.setdefault(_lane(entry), asyncio.Lock()):
            handle, ended = await self._started(entry.job.key)
        if ended is not None:
            await ended
            return
        status = (await handle.get_status()).status
        if status == "DELAYED":
            await DBOS.resume_workflow_async(entry.job.key, queue_name=QUEUE)
        elif status in _OVER and not self._is_here(entry.job.key):
            await self._again(entry)

    async def _started(self, key: RequestKey) -> tuple[Any, asyncio.Future[Any] | None]:
        """The workflow, begun, and its end where it is done here.

        Those of a lane come to their turn in the order in which they were begun.
        """
        entered = self._entered[key] = asyncio.get_running_loop().create_future()
        try:
            with SetWorkflowID(key):
                handle = await DBOS.start_workflow_async(work, key)
            if not isinstance(handle, WorkflowHandleAsyncTask):
                return handle, None
            ended = asyncio.ensure_future(handle.get_result())
            await asyncio.wait({entered, ended}, return_when=asyncio.FIRST_COMPLETED)
            return handle, ended
        finally:
            del self._entered[key]

    async def delay(self, entry: Entry, seconds: float) -> None:
        await _outside(self._delay(entry, seconds))

    async def _delay(self, entry: Entry, seconds: float) -> None:
        with SetWorkflowID(entry.job.key), SetEnqueueOptions(delay_seconds=seconds, queue_partition_key=_lane(entry)):
            handle = await DBOS.enqueue_workflow_async(QUEUE, work, entry.job.key)
        if (await handle.get_status()).status == "DELAYED":
            await DBOS.set_workflow_delay_async(entry.job.key, delay_seconds=seconds)

    async def forget(self, entry: Entry) -> None:
        await _outside(self._forget(entry))

    async def _forget(self, entry: Entry) -> None:
        with suppress(DBOSNonExistentWorkflowError):
            await DBOS.cancel_workflow_async(entry.job.key)

    async def attend(self, key: RequestKey) -> None:
        """Do a workflow's work; its outcome is in the portal's own journal."""
        body = asyncio.current_task()
        assert self._attend is not None
        assert body is not None
        body.set_name(key)
        if (entered := self._entered.get(key)) is not None and not entered.done():
            entered.set_result(None)
        self._bodies.add(body)
        try:
            await self._attend(key, DbosMemory(key, self._journal, self._clock, self._point))
        finally:
            self._bodies.discard(body)

    def _is_here(self, key: RequestKey) -> bool:
        return any(body.get_name() == key for body in self._bodies)

    async def _again(self, entry: Entry) -> None:
        """Have work go on that stopped: what was answered stays, but for a no that ended it."""
        key = entry.job.key
        steps = await DBOS.list_workflow_steps_async(key)
        last = steps[-1] if steps else None
        refused = last is not None and "said" not in (last["output"] or {})
        await DBOS.rewind_workflow_async(
            key,
            start_step=last["function_id"] if last is not None and refused else _LAST,
            queue_name=QUEUE,
            queue_partition_key=_lane(entry),
        )

    def _config(self) -> DBOSConfig:
        config: DBOSConfig = {
            "name": "genkan",
            "system_database_url": self._settings.url,
            "application_version": str(self._settings.version),
            "executor_id": self._settings.executor,
            "serializer": DBOSPortableJSON,
            "log_level": "ERROR",
            "sys_db_pool_size": CONNECTIONS,
            "use_listen_notify": False,  # nobody waits for messages between workflows
            "notification_listener_polling_interval_sec": self._settings.poll,
        }
        if self._settings.url.startswith("sqlite"):
            config["system_database_engine"] = _file(self._settings.url)
        return config


def _look_seldom() -> None:
    _get_dbos_instance()._registry.get_internal_queue()._polling_interval_sec = SELDOM


async def _listed(**which: Any) -> Sequence[Any]:
    found: Sequence[Any] = await DBOS.list_workflows_async(**which, load_input=False, load_output=False)
    return found


async def _outside(call: Coroutine[Any, Any, None]) -> None:
    """Await it as if no workflow were running: work that work asks for is nobody's child, and lives on without it."""
    context = copy_context()
    context.run(_clear_local_dbos_context)
    await asyncio.create_task(call, context=context)


def _lane(entry: Entry) -> str:
    # every piece of a partitioned queue has a partition
    return entry.job.lane or entry.job.key


def _file(url: str) -> sqlalchemy.Engine:
    place = sqlalchemy.make_url(url).database
    assert place
    # answers of steps hold personal data: nobody else on the machine reads them
    Path(place).touch(mode=0o600)
    engine = sqlalchemy.create_engine(url, hide_parameters=True)

    @sqlalchemy.event.listens_for(engine, "connect")
    def opened(connection: Any, _record: Any) -> None:
        for pragma in _AT_OPEN:
            connection.execute(f"PRAGMA {pragma}")

    return engine


@DBOS.workflow(name="work", max_recovery_attempts=None, serialization_type=WorkflowSerializationFormat.PORTABLE)
async def work(key: str) -> None:
    """The one workflow there is: whatever is to be done under the key."""
    if (engine := _open) is None:
        # what would begin while the engine closes is left for the next start, as what is cut short is
        raise asyncio.CancelledError
    await engine.attend(RequestKey(key))
