"""Streams that are read together lose nothing of each other (T-5)."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from adapters.fakes.salesforce.fact_stream import FakeFactStream
from adapters.fakes.world import World
from adapters.system.streams import StreamsTogether
from core.domain.facts import CatalogChanged
from ports.errors import Rejected, Unavailable
from tests.worlds import a_world


def told(world: World, name: str) -> None:
    world.emit(CatalogChanged(id=name, at=world.clock.now()))


@pytest.fixture
def worlds() -> tuple[World, World]:
    return a_world(), a_world()


@pytest.fixture
def both(worlds: tuple[World, World]) -> StreamsTogether:
    one, other = worlds
    return StreamsTogether({"one": FakeFactStream(one), "other": FakeFactStream(other)})


async def here(both: StreamsTogether) -> str:
    """Behind all that was told."""
    return (await both.after(None, 0)).position


async def test_what_either_tells_is_read_and_the_position_is_behind_both(
    worlds: tuple[World, World], both: StreamsTogether
) -> None:
    position = await here(both)
    told(worlds[0], "a")
    told(worlds[1], "b")
    batch = await both.after(position, 0)
    assert {fact.id for fact in batch.facts} == {"a", "b"}
    assert (await both.after(batch.position, 0)).facts == ()
    told(worlds[1], "c")
    assert [fact.id for fact in (await both.after(batch.position, 0)).facts] == ["c"]


async def test_whoever_waits_hears_the_first_that_tells(worlds: tuple[World, World], both: StreamsTogether) -> None:
    waiting = asyncio.ensure_future(both.after(await here(both), 10))
    await asyncio.sleep(0.01)
    told(worlds[1], "b")
    async with asyncio.timeout(2):
        assert [fact.id for fact in (await waiting).facts] == ["b"]


async def test_one_that_is_down_keeps_nothing_of_the_other_back(
    worlds: tuple[World, World], both: StreamsTogether
) -> None:
    position = await here(both)
    worlds[0].faults.switch("stream", "after", "unavailable")
    told(worlds[0], "a")
    told(worlds[1], "b")
    batch = await both.after(position, 1)
    assert [fact.id for fact in batch.facts] == ["b"]
    with pytest.raises(Unavailable):
        await both.after(batch.position, 0)
    worlds[0].faults.clear()
    assert [fact.id for fact in (await both.after(batch.position, 0)).facts] == ["a"]


@pytest.mark.parametrize("position", [lambda at: at.replace("one", "none"), lambda _: "5", lambda _: "no json"])
async def test_a_position_that_is_not_of_these_is_lost(both: StreamsTogether, position: Callable[[str], str]) -> None:
    with pytest.raises(Rejected, match="position_lost"):
        await both.after(position(await here(both)), 0)


async def test_a_position_that_one_of_them_lost_is_lost(worlds: tuple[World, World], both: StreamsTogether) -> None:
    position = await here(both)
    told(worlds[0], "a")
    worlds[0].clock.advance(timedelta(hours=80))
    told(worlds[0], "b")
    with pytest.raises(Rejected, match="position_lost"):
        await both.after(position, 0)
