"""Counting in memory keeps what ports/limits promises."""

from datetime import UTC, datetime, timedelta

from adapters.system import limits as module
from adapters.system.limits import CountedInMemory
from core.domain.limits import LIMITS, Limit, Limited

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


async def test_the_window_slides() -> None:
    limits = CountedInMemory({Limited.LOG_IN: Limit(2, timedelta(seconds=10))})
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    assert await limits.take(Limited.LOG_IN, "a", later(4)) is None
    assert await limits.take(Limited.LOG_IN, "a", later(5)) == 5
    assert await limits.take(Limited.LOG_IN, "a", later(9.5)) == 1, "never zero: a caller who waits that long may go on"
    assert await limits.take(Limited.LOG_IN, "a", later(10)) is None
    assert await limits.take(Limited.LOG_IN, "a", later(10)) == 4


async def test_a_refused_try_does_not_lengthen_the_wait() -> None:
    limits = CountedInMemory({Limited.LOG_IN: Limit(1, timedelta(seconds=10))})
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    for second in range(1, 10):
        assert await limits.take(Limited.LOG_IN, "a", later(second)) == 10 - second
    assert await limits.take(Limited.LOG_IN, "a", later(10)) is None


async def test_tries_of_a_time_that_was_taken_back_are_over() -> None:
    limits = CountedInMemory({Limited.LOG_IN: Limit(1, timedelta(seconds=10))})
    assert await limits.take(Limited.LOG_IN, "a", later(3600)) is None
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    assert await limits.take(Limited.LOG_IN, "a", later(9)) == 1


async def test_subjects_and_limits_are_counted_apart() -> None:
    limits = CountedInMemory({each: Limit(1, timedelta(seconds=10)) for each in Limited})
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    assert await limits.take(Limited.LOG_IN, "b", NOON) is None
    assert await limits.take(Limited.SIGN_UP, "a", NOON) is None
    assert await limits.take(Limited.LOG_IN, "a", NOON) == 10


async def test_what_changed_nothing_is_given_back() -> None:
    limits = CountedInMemory({Limited.LOG_IN: Limit(1, timedelta(seconds=10))})
    await limits.give_back(Limited.LOG_IN, "a", NOON)
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    await limits.give_back(Limited.LOG_IN, "a", NOON)
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    assert await limits.take(Limited.LOG_IN, "a", NOON) == 10


async def test_a_limit_of_none_lets_nobody_through() -> None:
    limits = CountedInMemory({Limited.LOG_IN: Limit(0, timedelta(seconds=10))})
    assert await limits.take(Limited.LOG_IN, "a", NOON) == 10


async def test_subjects_whose_tries_are_over_are_forgotten(monkeypatch) -> None:
    monkeypatch.setattr(module, "SWEEP_ABOVE", 3)
    limits = CountedInMemory({Limited.LOG_IN: Limit(1, timedelta(seconds=10))})
    for name in "abc":
        assert await limits.take(Limited.LOG_IN, name, NOON) is None
    assert await limits.take(Limited.LOG_IN, "d", later(9)) is None
    assert len(limits._tries) == 4, "all of them count still"
    for name in "efg":
        assert await limits.take(Limited.LOG_IN, name, later(12)) is None
    assert await limits.take(Limited.LOG_IN, "d", later(12)) == 7, "the sweep forgets nobody who counts"


def test_every_limit_has_a_number() -> None:
    assert set(LIMITS) == set(Limited)
