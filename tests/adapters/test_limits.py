"""Counting in memory keeps what ports/limits promises."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.db.limits import SqlLimits
from adapters.system import limits as module
from adapters.system.limits import CountedInMemory
from core.domain.limits import LIMITS, Limit, Limited
from ports.limits import Limits
from tests.databases import BOTH

Counting = Callable[[dict[Limited, Limit]], Limits]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture(params=["memory", *BOTH])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def counting(request: pytest.FixtureRequest, engine: str) -> Counting:
    """What makes limits: in memory, or in a database."""
    if engine == "memory":
        return CountedInMemory
    database = request.getfixturevalue("database")
    return lambda rules: SqlLimits(database, limits=rules)


async def test_the_window_slides(counting: Counting) -> None:
    limits = counting({Limited.LOG_IN: Limit(2, timedelta(seconds=10))})
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    assert await limits.take(Limited.LOG_IN, "a", later(4)) is None
    assert await limits.take(Limited.LOG_IN, "a", later(5)) == 5
    assert await limits.take(Limited.LOG_IN, "a", later(9.5)) == 1, "never zero: a caller who waits that long may go on"
    assert await limits.take(Limited.LOG_IN, "a", later(10)) is None
    assert await limits.take(Limited.LOG_IN, "a", later(10)) == 4


async def test_a_refused_try_does_not_lengthen_the_wait(counting: Counting) -> None:
    limits = counting({Limited.LOG_IN: Limit(1, timedelta(seconds=10))})
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    for second in range(1, 10):
        assert await limits.take(Limited.LOG_IN, "a", later(second)) == 10 - second
    assert await limits.take(Limited.LOG_IN, "a", later(10)) is None


async def test_tries_of_a_time_that_was_taken_back_are_over(counting: Counting) -> None:
    limits = counting({Limited.LOG_IN: Limit(1, timedelta(seconds=10))})
    assert await limits.take(Limited.LOG_IN, "a", later(3600)) is None
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    assert await limits.take(Limited.LOG_IN, "a", later(9)) == 1


async def test_subjects_and_limits_are_counted_apart(counting: Counting) -> None:
    limits = counting({each: Limit(1, timedelta(seconds=10)) for each in Limited})
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    assert await limits.take(Limited.LOG_IN, "b", NOON) is None
    assert await limits.take(Limited.SIGN_UP, "a", NOON) is None
    assert await limits.take(Limited.LOG_IN, "a", NOON) == 10


async def test_what_changed_nothing_is_given_back(counting: Counting) -> None:
    limits = counting({Limited.LOG_IN: Limit(1, timedelta(seconds=10))})
    await limits.give_back(Limited.LOG_IN, "a", NOON)
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    await limits.give_back(Limited.LOG_IN, "a", NOON)
    assert await limits.take(Limited.LOG_IN, "a", NOON) is None
    assert await limits.take(Limited.LOG_IN, "a", NOON) == 10


async def test_a_limit_of_none_lets_nobody_through(counting: Counting) -> None:
    limits = counting({Limited.LOG_IN: Limit(0, timedelta(seconds=10))})
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


# written down again, how often within how many seconds; the table is held against it
NUMBERS = {
    "sign_up": (5, 60),
    "sign_up_overall": (120, 60),
    "log_in": (10, 60),
    "log_in_failures": (5, 900),
    "log_in_failures_overall": (300, 60),
    "password_reset": (5, 60),
    "password_reset_overall": (120, 60),
    "refresh": (30, 60),
    "mail": (3, 3600),
    "eligibility_change": (3, 3600),
    "contact": (3, 600),
    "case": (20, 3600),
    "check_now": (1, 10),
    "upload": (10, 3600),
    "esim": (5, 3600),
    "door_link": (20, 600),
    "cart": (60, 60),
}


def test_every_limit_has_a_number() -> None:
    assert set(LIMITS) == set(Limited)
    assert set(NUMBERS) == {limit.value for limit in Limited}


@pytest.mark.parametrize("limit", Limited)
async def test_what_holds_by_default_lets_so_many_through_and_the_next_when_it_is_over(limit: Limited) -> None:
    times, period = NUMBERS[limit.value]
    limits, half = CountedInMemory(), period // 2
    # the first at once, the others when half the period is over
    for at in [0, *[half] * (times - 1)]:
        assert await limits.take(limit, "a", later(at)) is None
    assert await limits.take(limit, "a", later(half)) == period - half
    assert await limits.take(limit, "a", later(period - 1)) == 1
    assert await limits.take(limit, "b", later(period - 1)) is None, "another's tries are another's"
    assert await limits.take(limit, "a", later(period)) is None, "the first is over"
    assert await limits.take(limit, "a", later(period)) == (half if times > 1 else period), "and no other is"
    for _ in range(times):
        assert await limits.take(limit, "a", later(2 * period)) is None, "all are over"
    assert await limits.take(limit, "a", later(2 * period)) == period
