"""What was read a moment ago is not read again, what failed or is old is (P-1)."""

from datetime import UTC, datetime

import pytest

from core.domain.fresh import LASTS, Fresh

NOW = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)


class Source:
    def __init__(self) -> None:
        self.read = 0

    async def __call__(self) -> int:
        self.read += 1
        return self.read


async def seen(fresh: Fresh[int], source: Source, at: datetime = NOW) -> int:
    async with fresh.of(at, source) as thing:
        return thing


async def test_the_next_step_has_what_was_just_read() -> None:
    fresh, source = Fresh[int](), Source()
    assert [await seen(fresh, source) for _ in range(3)] == [1, 1, 1]


async def test_it_is_read_again_once_it_is_old_and_does_not_get_younger_by_being_used() -> None:
    fresh, source = Fresh[int](), Source()
    await seen(fresh, source)
    assert await seen(fresh, source, NOW + LASTS / 2) == 1
    assert await seen(fresh, source, NOW + LASTS) == 2


async def test_it_is_read_again_when_the_clock_was_put_back() -> None:
    fresh, source = Fresh[int](), Source()
    await seen(fresh, source)
    assert await seen(fresh, source, NOW - LASTS) == 2


async def test_a_step_that_failed_reads_anew() -> None:
    fresh, source = Fresh[int](), Source()
    await seen(fresh, source)
    with pytest.raises(ValueError, match="no"):
        async with fresh.of(NOW, source):
            raise ValueError("no")
    assert await seen(fresh, source) == 2


async def test_what_a_step_keeps_is_what_the_next_one_has() -> None:
    fresh, source = Fresh[int](), Source()
    async with fresh.of(NOW, source):
        fresh.keep(7, NOW)
    assert await seen(fresh, source) == 7
    assert fresh.take() == 7
    assert fresh.take() is None
