"""Every journal keeps the same promises (ports/journal.py)."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.db.database import Database
from adapters.db.journal import SqlJournal
from adapters.fakes.journal import MemoryJournal
from core.domain.ids import RequestId, RequestKey, UserId
from core.domain.work import Failing, Job, WorkKind, WorkState
from ports.journal import Journal, LaneTaken
from tests.databases import BOTH

NOW = datetime(2026, 1, 20, 3, 4, 5, 678901, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
KEY = RequestKey("sign_up:1")
JOB = Job(
    key=KEY,
    kind=WorkKind.SIGN_UP,
    data={"name": "水野", "lines": [1, 2], "none": None},
    owner=UserId("u1"),
    request=RequestId("r1"),
    lane="a1",
)


@pytest.fixture(params=["memory", *BOTH])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def journal(request: pytest.FixtureRequest, engine: str) -> Journal:
    if engine == "memory":
        return MemoryJournal()
    database: Database = request.getfixturevalue("database")
    return SqlJournal(database)


def job(key: str, due_at: datetime | None = None, kind: WorkKind = WorkKind.DAILY, lane: str | None = None) -> Job:
    return Job(key=RequestKey(key), kind=kind, data={}, due_at=due_at, lane=lane)


async def test_accepted_work_is_received_once(journal: Journal) -> None:
    entry = await journal.accept(JOB, NOW)
    assert (entry.job, entry.state, entry.accepted_at, entry.told) == (JOB, WorkState.RECEIVED, NOW, True)
    again = await journal.accept(Job(key=KEY, kind=WorkKind.DAILY, data={"other": 1}), LATER)
    assert again == entry
    assert await journal.find(KEY) == entry
    assert await journal.find(RequestKey("none")) is None


async def test_work_begins_keeps_its_answers_and_ends(journal: Journal) -> None:
    await journal.accept(JOB, NOW)
    assert await journal.answers(KEY) == {}
    begun = await journal.begin(KEY, LATER)
    assert begun is not None
    assert (begun.state, begun.started_at, begun.job) == (WorkState.IN_PROGRESS, LATER, JOB)
    await journal.remember(KEY, "account", {"id": "001", "tags": ["a", None]}, LATER)
    await journal.remember(KEY, "nothing", None, LATER)
    assert await journal.answers(KEY) == {"account": {"id": "001", "tags": ["a", None]}, "nothing": None}
    again = await journal.begin(KEY, LATER + timedelta(minutes=1))
    assert again is not None
    assert again.started_at == LATER
    ended = await journal.end(KEY, WorkState.DONE, LATER, result=["ok", 1], code=None, told=False)
    assert ended is not None
    assert (ended.state, ended.result, ended.told) == (WorkState.DONE, ["ok", 1], False)
    assert await journal.begin(KEY, LATER) is None
    assert await journal.end(KEY, WorkState.REFUSED, LATER, result=None, code="x", told=True) is None
    assert await journal.unfinished() == (ended,)
    await journal.told(KEY)
    assert await journal.unfinished() == ()
    assert (await journal.accept(JOB, LATER)).state is WorkState.DONE


async def test_what_one_work_answered_is_no_other_works(journal: Journal) -> None:
    for key in ("a", "b"):
        await journal.accept(job(key), NOW)
        await journal.begin(RequestKey(key), NOW)
        await journal.remember(RequestKey(key), "step", key, NOW)
    assert await journal.answers(RequestKey("b")) == {"step": "b"}


async def test_what_a_step_answered_first_stays(journal: Journal) -> None:
    await journal.accept(JOB, NOW)
    await journal.begin(KEY, NOW)
    assert await journal.remember(KEY, "account", "001", NOW)
    assert await journal.remember(KEY, "account", "002", LATER)
    assert await journal.answers(KEY) == {"account": "001"}


async def test_one_piece_of_work_at_a_time_is_under_way_in_a_lane(journal: Journal) -> None:
    first, second = RequestKey("first"), RequestKey("second")
    for key, lane in ((first, "a1"), (second, "a1"), (RequestKey("other"), "a2"), (RequestKey("none"), None)):
        await journal.accept(job(key, lane=lane), NOW)
        if key != second:
            assert await journal.begin(key, NOW) is not None
    assert await journal.begin(first, LATER) is not None, "its own lane keeps no work from going on"
    with pytest.raises(LaneTaken):
        await journal.begin(second, NOW)
    await journal.end(first, WorkState.WITH_STAFF, NOW, result=None, code="x", told=True)
    assert await journal.begin(second, NOW) is not None
    waiting = await journal.reopen(first, frozenset({WorkState.WITH_STAFF}), LATER)
    assert waiting is not None
    assert (waiting.state, waiting.due_at) == (WorkState.RECEIVED, LATER)
    with pytest.raises(LaneTaken):
        await journal.begin(first, LATER)
    await journal.end(second, WorkState.DONE, LATER, result=None, code=None, told=True)
    assert await journal.begin(first, LATER) is not None


async def test_a_failing_step_is_remembered_until_it_answers(journal: Journal) -> None:
    await journal.accept(JOB, NOW)
    await journal.begin(KEY, NOW)
    failing = Failing("account", NOW, 3)
    await journal.failed(KEY, failing, 2, LATER)
    entry = await journal.find(KEY)
    assert entry is not None
    assert (entry.failing, entry.attempts, entry.changed_at) == (failing, 2, LATER)
    assert entry.work.failing == failing
    await journal.remember(KEY, "account", None, LATER)
    entry = await journal.find(KEY)
    assert entry is not None
    assert (entry.failing, entry.attempts) == (None, 0)


async def test_delayed_work_begins_at_its_date_only(journal: Journal) -> None:
    await journal.accept(job("now"), NOW)
    await journal.accept(job("then", LATER), NOW)
    assert await journal.begin(RequestKey("then"), NOW) is None
    assert [e.job.key for e in await journal.due(NOW, 10)] == ["now"]
    assert [e.job.key for e in await journal.due(LATER, 10)] == ["now", "then"]
    assert [e.job.key for e in await journal.due(LATER, 1)] == ["now"]
    moved = await journal.redate(RequestKey("then"), LATER + timedelta(days=1), NOW)
    assert moved is not None
    assert moved.due_at == LATER + timedelta(days=1)
    assert [e.job.key for e in await journal.due(LATER, 10)] == ["now"]
    begun = await journal.begin(RequestKey("then"), LATER + timedelta(days=1))
    assert begun is not None
    left_alone = await journal.redate(RequestKey("then"), LATER, LATER)
    assert left_alone is not None
    assert left_alone.due_at == LATER + timedelta(days=1)
    assert await journal.redate(RequestKey("none"), LATER, NOW) is None


async def test_only_work_that_has_not_begun_is_cancelled(journal: Journal) -> None:
    await journal.accept(job("a"), NOW)
    await journal.accept(job("b"), NOW)
    await journal.begin(RequestKey("b"), NOW)
    cancelled = await journal.cancel(RequestKey("a"), LATER)
    begun = await journal.cancel(RequestKey("b"), LATER)
    assert cancelled is not None
    assert begun is not None
    assert (cancelled.state, cancelled.told) == (WorkState.CANCELLED, False)
    assert begun.state is WorkState.IN_PROGRESS
    assert await journal.begin(RequestKey("a"), LATER) is None
    assert await journal.unfinished() == (begun, cancelled)


async def test_work_that_stopped_is_cancelled_when_it_is_said_so(journal: Journal) -> None:
    stopped = {"staff": WorkState.WITH_STAFF, "failed": WorkState.REFUSED, "done": WorkState.DONE}
    for key, state in stopped.items():
        await journal.accept(job(key, kind=WorkKind.PROVISION), NOW)
        await journal.begin(RequestKey(key), NOW)
        at = Failing("esim", NOW, 1)
        await journal.end(RequestKey(key), state, NOW, result=None, code="x", told=True, stopped_at=at)
    assert [(e.job.key, e.failing) for e in await journal.unsettled(None)] == [
        ("staff", Failing("esim", NOW, 1)),
        ("failed", Failing("esim", NOW, 1)),
    ]
    for key, state in stopped.items():
        left_alone = await journal.cancel(RequestKey(key), LATER)
        assert left_alone is not None
        assert left_alone.state is state
        ended = await journal.cancel(RequestKey(key), LATER, stopped=True)
        assert ended is not None
        assert ended.state is (WorkState.DONE if key == "done" else WorkState.CANCELLED)
    await journal.accept(job("refused", kind=WorkKind.PLACE_ORDERS), NOW)
    await journal.begin(RequestKey("refused"), NOW)
    await journal.end(RequestKey("refused"), WorkState.REFUSED, NOW, result=None, code="x", told=True)
    kept = await journal.cancel(RequestKey("refused"), LATER, stopped=True)
    assert kept is not None
    assert kept.state is WorkState.REFUSED
    assert await journal.unsettled(None) == ()


async def test_stopped_work_is_reopened_with_its_answers_and_fresh_attempts(journal: Journal) -> None:
    await journal.accept(JOB, NOW)
    await journal.begin(KEY, NOW)
    await journal.remember(KEY, "account", "001", NOW)
    await journal.failed(KEY, Failing("contact", NOW, 4), 4, NOW)
    await journal.end(KEY, WorkState.WITH_STAFF, NOW, result=None, code="unexpected", told=False)
    unmoved = await journal.reopen(KEY, frozenset({WorkState.REFUSED}), LATER)
    assert unmoved is not None
    assert unmoved.state is WorkState.WITH_STAFF
    entry = await journal.reopen(KEY, frozenset({WorkState.REFUSED, WorkState.WITH_STAFF}), LATER)
    assert entry is not None
    assert (entry.state, entry.attempts, entry.code, entry.failing) == (WorkState.IN_PROGRESS, 0, None, None)
    assert await journal.answers(KEY) == {"account": "001"}
    assert await journal.reopen(RequestKey("none"), frozenset(WorkState), NOW) is None


async def test_parked_work_keeps_nothing_more_until_it_is_reopened(journal: Journal) -> None:
    await journal.accept(JOB, NOW)
    await journal.begin(KEY, NOW)
    assert await journal.remember(KEY, "account", "001", NOW)
    parked = await journal.park(KEY, "parked", LATER)
    assert parked is not None
    assert (parked.state, parked.code, parked.changed_at) == (WorkState.WITH_STAFF, "parked", LATER)
    assert not await journal.remember(KEY, "contact", "003", LATER)
    assert not await journal.failed(KEY, Failing("contact", LATER, 1), 1, LATER)
    assert await journal.begin(KEY, LATER) is None
    assert await journal.end(KEY, WorkState.DONE, LATER, result=None, code=None, told=True) is None
    await journal.reopen(KEY, frozenset({WorkState.WITH_STAFF}), LATER)
    assert await journal.answers(KEY) == {"account": "001"}
    assert await journal.remember(KEY, "contact", "003", LATER)


async def test_work_that_is_over_is_not_parked(journal: Journal) -> None:
    await journal.accept(job("waits", LATER), NOW)
    waiting = await journal.park(RequestKey("waits"), "parked", NOW)
    assert waiting is not None
    assert waiting.state is WorkState.WITH_STAFF
    await journal.accept(JOB, NOW)
    await journal.begin(KEY, NOW)
    await journal.end(KEY, WorkState.DONE, NOW, result=None, code=None, told=True)
    over = await journal.park(KEY, "parked", LATER)
    assert over is not None
    assert (over.state, over.code) == (WorkState.DONE, None)
    assert await journal.park(RequestKey("none"), "parked", NOW) is None


async def test_unsettled_work_is_listed_oldest_first(journal: Journal) -> None:
    for key, kind in (("a", WorkKind.DAILY), ("b", WorkKind.PROVISION), ("c", WorkKind.PROVISION)):
        await journal.accept(job(key, kind=kind), NOW)
    await journal.begin(RequestKey("b"), NOW)
    await journal.end(RequestKey("b"), WorkState.WITH_STAFF, NOW, result=None, code="x", told=True)
    await journal.begin(RequestKey("a"), NOW)
    await journal.end(RequestKey("a"), WorkState.DONE, NOW, result=None, code=None, told=True)
    assert [e.job.key for e in await journal.unsettled(None)] == ["b", "c"]
    assert [e.job.key for e in await journal.unsettled(WorkKind.PROVISION)] == ["b", "c"]
    assert await journal.unsettled(WorkKind.DAILY) == ()
