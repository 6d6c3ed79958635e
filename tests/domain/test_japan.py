"""The calendar of the business: dates in Japan, holidays, business days, months (ELG-4, CAN-1, CAN-2)."""

from datetime import UTC, date, datetime, timedelta

import holidays
import jpholiday
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.japan import TOKYO, Month, add_business_days, end_of_month, is_business_day, tokyo_date
from core.domain.japan_holidays import HOLIDAYS, KNOWN_FROM, KNOWN_UNTIL

DAYS = st.dates(KNOWN_FROM, KNOWN_UNTIL - timedelta(days=90))
# hypothesis takes the bounds without a zone
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MONTHS = st.builds(Month, st.integers(1900, 2200), st.integers(1, 12))


def days_of_the_table() -> list[date]:
    return [KNOWN_FROM + timedelta(days=n) for n in range((KNOWN_UNTIL - KNOWN_FROM).days + 1)]


def test_the_table_agrees_with_the_first_library_on_every_day() -> None:
    theirs = holidays.country_holidays("JP", years=range(KNOWN_FROM.year, KNOWN_UNTIL.year + 1))
    assert [day for day in days_of_the_table() if (day in HOLIDAYS) != (day in theirs)] == []


def test_the_table_agrees_with_the_second_library_on_every_day() -> None:
    differing = [day for day in days_of_the_table() if (day in HOLIDAYS) != jpholiday.is_holiday(day)]
    assert differing == []


def test_the_table_reaches_at_least_five_years_ahead() -> None:
    assert datetime.now(UTC).date() + timedelta(days=5 * 366) <= KNOWN_UNTIL


@pytest.mark.parametrize("year", range(KNOWN_FROM.year, KNOWN_UNTIL.year + 1))
def test_every_year_of_the_table_is_filled(year: int) -> None:
    assert 16 <= sum(day.year == year for day in HOLIDAYS) <= 22


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 1, 31, 14, 59, 59, 999999, UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 15, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2025, 12, 31, 15, 0, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2028, 2, 28, 15, 0, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2026, 1, 1, 0, 0, tzinfo=TOKYO), date(2026, 1, 1)),
    ],
)
def test_the_date_in_japan_is_nine_hours_ahead(instant: datetime, day: date) -> None:
    assert tokyo_date(instant) == day


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError):
        tokyo_date(datetime(2026, 1, 1))  # noqa: DTZ001 - the very thing that must not pass


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 5), True),
        (date(2026, 1, 10), False),  # Saturday
        (date(2026, 1, 11), False),  # Sunday
        (date(2026, 1, 12), False),  # Coming of Age Day
        (date(2026, 9, 22), False),  # between two holidays
        (date(2027, 3, 22), False),  # substitute for a Sunday
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),
        (date(2026, 12, 31), False),
        (date(2025, 1, 3), False),
        (date(2027, 1, 4), True),
        (date(2020, 10, 12), True),  # Sports Day was moved for the Games
        (date(2041, 1, 10), True),  # beyond the table only weekends are known
        (date(2041, 1, 12), False),
    ],
)
def test_business_days(day: date, works: bool) -> None:
    assert is_business_day(day) is works


def test_an_operator_who_works_through_the_years_end_says_so() -> None:
    assert is_business_day(date(2026, 12, 30), closed_at_year_end=False)
    assert not is_business_day(date(2026, 1, 1), closed_at_year_end=False)
    assert add_business_days(date(2026, 12, 28), 1, closed_at_year_end=False) == date(2026, 12, 29)
    assert add_business_days(date(2026, 12, 28), 1) == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 1, 5), 1, date(2026, 1, 6)),
        (date(2026, 1, 9), 1, date(2026, 1, 13)),  # over a weekend and a holiday
        (date(2026, 1, 10), 1, date(2026, 1, 13)),  # from a Saturday
        (date(2026, 1, 10), 0, date(2026, 1, 13)),
        (date(2026, 1, 5), 0, date(2026, 1, 5)),
        (date(2026, 5, 1), 2, date(2026, 5, 8)),  # Golden Week
        (date(2026, 9, 18), 1, date(2026, 9, 24)),  # five free days
        (datetime(2026, 1, 5, 14, 59, tzinfo=UTC), 1, date(2026, 1, 6)),
        (datetime(2026, 1, 5, 15, 0, tzinfo=UTC), 1, date(2026, 1, 7)),  # already the 6th in Japan
    ],
)
def test_counting_business_days(start: date, days: int, due: date) -> None:
    assert add_business_days(start, days) == due


def test_business_days_are_not_counted_backward() -> None:
    with pytest.raises(ValueError):
        add_business_days(date(2026, 1, 5), -1)


@given(DAYS, st.integers(0, 20))
def test_what_is_due_is_a_business_day_with_as_many_in_between(start: date, days: int) -> None:
    due = add_business_days(start, days)
    assert is_business_day(due)
    if days:
        later = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
        assert sum(map(is_business_day, later)) == days


@given(DAYS, st.integers(0, 10), st.integers(0, 10))
def test_counting_can_be_split(start: date, first: int, second: int) -> None:
    assert add_business_days(add_business_days(start, first), second) == add_business_days(
        add_business_days(start, 0) if first == 0 else start, first + second
    )


@given(MONTHS, st.integers(-600, 600))
def test_months_count_there_and_back(month: Month, months: int) -> None:
    assert month.plus(months).plus(-months) == month
    assert (month.plus(months) > month) == (months > 0)
    assert month.next == month.plus(1)


@given(MONTHS)
def test_a_month_reads_as_it_is_written(month: Month) -> None:
    assert Month.parse(str(month)) == month
    assert msgspec.json.decode(msgspec.json.encode(month), type=Month) == month


@given(MONTHS, MONTHS)
def test_months_order_like_their_days(one: Month, other: Month) -> None:
    assert (one < other) == (one.first_day < other.first_day) == (str(one) < str(other))


@given(MONTHS)
def test_a_month_ends_a_second_before_the_next_begins(month: Month) -> None:
    end = end_of_month(month)
    assert (end.hour, end.minute, end.second, end.microsecond) == (23, 59, 59, 0)
    assert Month.of(end) == month
    assert Month.of(end + timedelta(seconds=1)) == month.next
    assert end.date() == month.last_day == month.next.first_day - timedelta(days=1)


@given(INSTANTS)
def test_the_month_of_an_instant_holds_its_date_in_japan(instant: datetime) -> None:
    month = Month.of(instant)
    assert month.first_day <= tokyo_date(instant) <= month.last_day
    assert instant.date() <= tokyo_date(instant) <= instant.date() + timedelta(days=1)


@pytest.mark.parametrize(
    ("month", "end"),
    [
        ("2026-01", "2026-01-31T23:59:59+09:00"),
        ("2026-02", "2026-02-28T23:59:59+09:00"),
        ("2028-02", "2028-02-29T23:59:59+09:00"),
        ("2100-02", "2100-02-28T23:59:59+09:00"),
        ("2026-12", "2026-12-31T23:59:59+09:00"),
    ],
)
def test_ends_of_months(month: str, end: str) -> None:
    assert end_of_month(Month.parse(month)).isoformat() == end


@pytest.mark.parametrize("text", ["", "2026", "2026-1", "2026-13", "2026-00", "0000-01", "2026-01-01", " 2026-01"])
@pytest.mark.parametrize("ending", ["", "\n"])
def test_what_is_no_month_is_refused(text: str, ending: str) -> None:
    with pytest.raises(ValueError):
        Month.parse(text + ending)


def test_only_plain_digits_make_a_month() -> None:
    with pytest.raises(ValueError):
        Month.parse("２０２６-０１")
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"year":2026,"month":13}', type=Month)
