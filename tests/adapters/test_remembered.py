"""Readings that are kept for a while, their generations, and the bell (ELG-7, CAT-7, NTF-4, T-10)."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from adapters.system.bell import InProcessBell
from adapters.system.cached_desks import DroppedReadings
from adapters.system.last_known import LastKnown, NotedTimes
from adapters.system.remembered import RETRY_AFTER, Generations, Remembered
from core.domain.ids import AccountId, ClientId, UserId
from ports.errors import Rejected, Unavailable


class HandClock:
    def __init__(self) -> None:
        self.at = datetime(2026, 1, 20, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Source:
    """Something to read: counts, can be slow, can be down."""

    def __init__(self) -> None:
        self.reads = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: Exception | None = None

    async def read(self) -> int:
        self.reads += 1
        number = self.reads
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        return number


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def kept(clock: HandClock) -> Remembered[str, int]:
    return Remembered(clock, lambda _: timedelta(seconds=30), most=3)


async def test_a_reading_is_kept_for_its_life(kept: Remembered[str, int], clock: HandClock, source: Source) -> None:
    assert [await kept.get("a", source.read) for _ in range(3)] == [1, 1, 1]
    clock.at += timedelta(seconds=29, milliseconds=999)
    assert await kept.get("a", source.read) == 1
    clock.at += timedelta(milliseconds=1)
    assert await kept.get("a", source.read) == 2


async def test_twenty_at_once_read_once(kept: Remembered[str, int], source: Source) -> None:
    assert set(await asyncio.gather(*(kept.get("a", source.read) for _ in range(20)))) == {1}
    assert source.reads == 1


async def test_each_key_is_for_itself(kept: Remembered[str, int], source: Source) -> None:
    assert [await kept.get(key, source.read) for key in "abab"] == [1, 2, 1, 2]


async def test_what_is_dropped_is_read_again(kept: Remembered[str, int], source: Source) -> None:
    await kept.get("a", source.read)
    assert kept.drop("a")
    assert await kept.get("a", source.read) == 2
    kept.drop_all()
    assert await kept.get("a", source.read) == 3
    assert not kept.drop("never read")


async def test_a_reading_under_way_when_dropped_is_not_kept(kept: Remembered[str, int], source: Source) -> None:
    source.gate.clear()
    early = asyncio.create_task(kept.get("a", source.read))
    await asyncio.sleep(0)
    kept.drop("a")
    late = asyncio.create_task(kept.get("a", source.read))
    await asyncio.sleep(0)
    source.gate.set()
    assert (await early, await late) == (1, 2)
    assert await kept.get("a", source.read) == 2


async def test_who_leaves_does_not_take_it_from_the_others(kept: Remembered[str, int], source: Source) -> None:
    source.gate.clear()
    leaving, staying = (asyncio.create_task(kept.get("a", source.read)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    source.gate.set()
    assert await staying == 1
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_while_it_is_down_the_last_known_is_the_answer(
    kept: Remembered[str, int], clock: HandClock, source: Source
) -> None:
    await kept.get("a", source.read)
    source.fault = Unavailable("salesforce standing")
    kept.drop("a")
    clock.at += timedelta(hours=72)
    assert await kept.get("a", source.read) == 1
    reads = source.reads
    assert await kept.get("a", source.read) == 1
    assert source.reads == reads  # it is not asked on every call
    clock.at += RETRY_AFTER
    source.fault = None
    assert await kept.get("a", source.read) == source.reads


@pytest.mark.parametrize("fault", [Unavailable("salesforce standing"), Rejected("NOT_FOUND")])
async def test_what_was_never_known_is_no_answer(kept: Remembered[str, int], source: Source, fault: Exception) -> None:
    source.fault = fault
    with pytest.raises(type(fault)):
        await kept.get("a", source.read)
    source.fault = None
    assert await kept.get("a", source.read) == source.reads


async def test_a_refusal_is_passed_on_also_where_something_is_known(
    kept: Remembered[str, int], clock: HandClock, source: Source
) -> None:
    await kept.get("a", source.read)
    source.fault = Rejected("NOT_FOUND")
    clock.at += timedelta(minutes=1)
    with pytest.raises(Rejected):
        await kept.get("a", source.read)


async def test_only_so_many_are_kept(kept: Remembered[str, int], source: Source) -> None:
    for key in "abc":
        await kept.get(key, source.read)
    await kept.get("a", source.read)  # asked for lately
    await kept.get("d", source.read)
    assert [await kept.get("a", source.read), await kept.get("b", source.read)] == [1, 5]


def test_a_generation_grows_with_its_own_changes_alone() -> None:
    of = Generations[str](most=2)
    first = of.of("a"), of.of("b")
    of.grow("a")
    assert of.of("a") != first[0]
    assert of.of("b") == first[1]
    seen = of.of("a")
    of.grow_all()
    assert of.of("a") > seen


def test_a_forgotten_generation_never_comes_back_as_an_earlier_one() -> None:
    of = Generations[str](most=2)
    seen: dict[str, set[int]] = {}
    for key in "abcabcaabbccabc":
        of.grow(key)
        number = of.of(key)
        assert number not in seen.setdefault(key, set())
        seen[key].add(number)


async def test_an_accounts_and_its_clients_changes_both_show() -> None:
    readings = DroppedReadings()
    dropped: list[str] = []
    cache = SimpleNamespace(drop=dropped.append, drop_all=dropped.clear)
    readings.forgets_accounts(cache)
    readings.forgets_clients(cache)
    readings.forgets_catalog(lambda: dropped.append("catalog"))
    account, client, other = AccountId("a"), ClientId("1"), ClientId("2")
    marks = [readings.generation(account, client)]
    for drop in (readings.drop_account(account), readings.drop_client(client), readings.drop_account(account)):
        await drop
        marks.append(readings.generation(account, client))
    assert len(set(marks)) == 4
    await readings.drop_client(other)
    await readings.drop_catalog()
    assert readings.generation(account, client) == marks[-1]
    assert dropped == ["a", "1", "a", "2", "catalog"]


async def test_the_bell_rings_for_its_own_listeners_and_joins_rings_of_a_kind() -> None:
    bell, mina, ken = InProcessBell(), UserId("mina"), UserId("ken")
    async with bell.listen(mina) as one, bell.listen(mina) as other, bell.listen(ken) as kens:
        for what in ("notice", "status", "notice"):
            await bell.ring(mina, what)
        assert [await anext(one), await anext(one)] == ["notice", "status"]
        assert await anext(other) == "notice"
        waiting = asyncio.ensure_future(anext(kens))
        await asyncio.sleep(0)
        assert not waiting.done()
        await bell.ring(ken, "status")
        assert await waiting == "status"
    before = bell.rung(mina)
    await bell.ring(mina, "status")  # nobody listens any more
    assert bell.rung(mina) != before


# --- what is known while nobody answers (T-10) -----------------------------------------------------------------------
async def test_the_last_known_is_told_with_its_time_while_nobody_answers(clock: HandClock, source: Source) -> None:
    known, times = LastKnown[str, int](clock), NotedTimes(clock)
    noon = clock.at
    assert await times.of(known.get("mina", source.read)) == (1, noon)
    clock.at += timedelta(hours=1)
    source.fault = Unavailable("whmcs services")
    assert await times.of(known.get("mina", source.read)) == (1, noon)
    with pytest.raises(Unavailable):
        await known.get("ken", source.read)
    source.fault = None
    # asked anew each time, and never older than what is known already
    assert await times.of(known.get("mina", source.read)) == (4, clock.at)
    known.keep("mina", 1, noon)
    source.fault = Unavailable("whmcs services")
    assert await times.of(known.get("mina", source.read)) == (4, clock.at)


async def test_the_oldest_of_several_readings_counts(clock: HandClock, source: Source) -> None:
    known, kept, times = LastKnown[str, int](clock), Remembered[str, int](clock, lambda _: timedelta(1)), clock.at
    await kept.get("mina", source.read)
    clock.at += timedelta(minutes=4)

    async def both() -> list[int]:
        return await asyncio.gather(known.get("mina", source.read), kept.get("mina", source.read))

    assert (await NotedTimes(clock).of(both()))[1] == times


async def test_what_is_gone_is_not_known_and_what_is_known_is_bounded(clock: HandClock, source: Source) -> None:
    known: LastKnown[str, int | None] = LastKnown(clock, most=2)

    async def gone() -> None:
        return None

    for name in "abc":
        await known.get(name, source.read)
    await known.get("c", gone)
    source.fault = Unavailable("whmcs services")
    assert await known.get("b", source.read) == 2
    for name in "ac":
        with pytest.raises(Unavailable):
            await known.get(name, source.read)
