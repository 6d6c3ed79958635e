"""The 25th rule, the undo window and the kit's way (CAN-1, CAN-2, CAN-4 to CAN-7)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.cancellation import (
    KIT_MOVES,
    KIT_PATH,
    Cancellation,
    Kit,
    asked_a_day_later,
    earliest_month,
    ends_at,
    kit_is_back,
    kit_is_settled,
    kit_may_move,
    last_bill,
    may_undo,
    months_offered,
    undo_until,
)
from core.domain.japan import TOKYO, Month, tokyo_date

# hypothesis takes the bounds without a zone
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MICROSECOND = timedelta(microseconds=1)


def japan(year: int, month: int, day: int, *time: int) -> datetime:
    return datetime(year, month, day, *time, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("requested_at", "month"),
    [
        (japan(2026, 1, 1), "2026-01"),
        (japan(2026, 1, 24, 23, 59, 59, 999999), "2026-01"),
        (japan(2026, 1, 25), "2026-02"),
        (japan(2026, 1, 31, 23, 59, 59), "2026-02"),
        (japan(2026, 2, 24, 12), "2026-02"),
        (japan(2026, 2, 28), "2026-03"),
        (japan(2028, 2, 29), "2028-03"),
        (japan(2026, 12, 24, 23, 59, 59, 999999), "2026-12"),
        (japan(2026, 12, 25), "2027-01"),
        (japan(2026, 12, 31, 23, 59, 59), "2027-01"),
        # the same moments as the rest of the world dates them
        (datetime(2026, 1, 24, 14, 59, 59, 999999, UTC), "2026-01"),
        (datetime(2026, 1, 24, 15, 0, tzinfo=UTC), "2026-02"),
        (datetime(2026, 1, 31, 15, 0, tzinfo=UTC), "2026-02"),  # 1 February in Japan
        (datetime(2025, 12, 31, 15, 0, tzinfo=UTC), "2026-01"),
    ],
)
def test_the_25th_decides_the_earliest_month(requested_at: datetime, month: str) -> None:
    assert str(earliest_month(requested_at)) == month


@given(INSTANTS)
def test_the_earliest_month_is_this_one_or_the_next(requested_at: datetime) -> None:
    earliest = earliest_month(requested_at)
    if tokyo_date(requested_at).day <= 24:
        assert earliest == Month.of(requested_at)
    else:
        assert earliest == Month.of(requested_at).next


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_waiting_never_makes_an_earlier_month_possible(requested_at: datetime, wait: timedelta) -> None:
    assert earliest_month(requested_at + wait) >= earliest_month(requested_at)


@given(INSTANTS)
def test_at_least_a_few_days_remain_before_the_earliest_end(requested_at: datetime) -> None:
    # asked on the 24th of a February of 28 days, four more days remain
    assert ends_at(earliest_month(requested_at)) - requested_at > timedelta(days=3)


@given(INSTANTS)
def test_the_months_offered_are_the_earliest_and_twelve_more(requested_at: datetime) -> None:
    offered = months_offered(requested_at)
    assert offered[0] == earliest_month(requested_at)
    assert offered[-1] == offered[0].plus(12)
    assert len(offered) == 13
    assert all(later == month.next for month, later in pairwise(offered))


@pytest.mark.parametrize(
    ("month", "instant"),
    [
        ("2026-01", datetime(2026, 1, 31, 14, 59, 59, tzinfo=UTC)),
        ("2028-02", datetime(2028, 2, 29, 14, 59, 59, tzinfo=UTC)),
        ("2026-12", datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_service_ends_with_its_months_last_second_in_japan(month: str, instant: datetime) -> None:
    assert ends_at(Month.parse(month)) == instant


def cancelled(month: str = "2026-01", kit: Kit | None = Kit.NOT_YET) -> Cancellation:
    chosen = Month.parse(month)
    return Cancellation(month=chosen, ends_at=ends_at(chosen), requested_at=japan(2026, 1, 10), kit=kit)


def test_the_undo_closes_three_days_before_the_date() -> None:
    assert undo_until(ends_at(Month.parse("2026-01"))) == japan(2026, 1, 28, 23, 59, 59)
    assert undo_until(ends_at(Month.parse("2026-02"))) == japan(2026, 2, 25, 23, 59, 59)
    assert undo_until(ends_at(Month.parse("2026-01")), days=5) == japan(2026, 1, 26, 23, 59, 59)


@pytest.mark.parametrize("kit", [None, *Kit])
def test_the_undo_is_open_to_its_last_instant_unless_the_kit_is_back(kit: Kit | None) -> None:
    cancellation = cancelled(kit=kit)
    closes = undo_until(cancellation.ends_at)
    back = kit in (Kit.RETURNED_1, Kit.RETURNED_2)
    assert may_undo(cancellation, closes) is not back
    assert may_undo(cancellation, closes - timedelta(days=10)) is not back
    assert not may_undo(cancellation, closes + MICROSECOND)


def test_the_undo_follows_the_date_staff_set() -> None:
    moved = Cancellation(
        month=Month(2026, 1), ends_at=japan(2026, 1, 20, 12), requested_at=japan(2026, 1, 10), kit=None
    )
    assert may_undo(moved, japan(2026, 1, 17, 12))
    assert not may_undo(moved, japan(2026, 1, 17, 12, 0, 1))


def test_the_last_bill_is_the_last_months() -> None:
    assert last_bill(Month(2026, 2)) == Month(2026, 2)


@pytest.mark.parametrize(
    ("chosen", "requested_at", "then"),
    [
        ("2026-01", japan(2026, 1, 23, 23, 59, 59), "2026-01"),
        ("2026-01", japan(2026, 1, 24), "2026-02"),
        ("2026-02", japan(2026, 1, 24), "2026-02"),
        ("2026-02", japan(2026, 1, 31), "2026-02"),
        ("2026-12", japan(2026, 12, 24, 23, 59, 59), "2027-01"),
        ("2026-01", datetime(2026, 1, 22, 15, 0, tzinfo=UTC), "2026-01"),
        ("2026-01", datetime(2026, 1, 23, 15, 0, tzinfo=UTC), "2026-02"),
    ],
)
def test_what_asking_a_day_later_changes(chosen: str, requested_at: datetime, then: str) -> None:
    assert str(asked_a_day_later(Month.parse(chosen), requested_at)) == then


@given(INSTANTS, st.integers(0, 12))
def test_a_day_later_costs_a_month_on_the_24th_only_and_only_for_the_earliest(at: datetime, ahead: int) -> None:
    chosen = months_offered(at)[ahead]
    loses = tokyo_date(at).day == 24 and ahead == 0
    assert asked_a_day_later(chosen, at) == (chosen.next if loses else chosen)


LEGAL = {
    ("NotYet", "SentKit"),
    ("NotYet", "AS/Pickup provided"),
    ("NotYet", "NTTDispatch"),
    ("NotYet", "Returned1"),
    ("NotYet", "Compensated"),
    ("NotYet", "N/A"),
    ("SentKit", "NotYet"),
    ("SentKit", "AS/Pickup provided"),
    ("SentKit", "NTTDispatch"),
    ("SentKit", "Returned1"),
    ("SentKit", "Compensated"),
    ("SentKit", "N/A"),
    ("AS/Pickup provided", "NotYet"),
    ("AS/Pickup provided", "SentKit"),
    ("AS/Pickup provided", "NTTDispatch"),
    ("AS/Pickup provided", "Returned1"),
    ("AS/Pickup provided", "Compensated"),
    ("AS/Pickup provided", "N/A"),
    ("NTTDispatch", "NotYet"),
    ("NTTDispatch", "SentKit"),
    ("NTTDispatch", "AS/Pickup provided"),
    ("NTTDispatch", "Returned1"),
    ("NTTDispatch", "Compensated"),
    ("NTTDispatch", "N/A"),
    ("Returned1", "NotYet"),
    ("Returned1", "SentKit"),
    ("Returned1", "AS/Pickup provided"),
    ("Returned1", "NTTDispatch"),
    ("Returned1", "Returned2"),
    ("Returned1", "Compensated"),
    ("Returned2", "Returned1"),
    ("Compensated", "NotYet"),
    ("Compensated", "SentKit"),
    ("Compensated", "AS/Pickup provided"),
    ("Compensated", "NTTDispatch"),
    ("Compensated", "Returned1"),
    ("N/A", "NotYet"),
}


@pytest.mark.parametrize("kit", Kit)
@pytest.mark.parametrize("to", Kit)
def test_every_move_of_the_kit_legal_or_not(kit: Kit, to: Kit) -> None:
    assert (to in KIT_MOVES[kit]) is ((kit.value, to.value) in LEGAL)
    assert kit_may_move(kit, to) is (kit is to or (kit.value, to.value) in LEGAL)


@given(st.lists(st.sampled_from(Kit), max_size=30))
def test_no_walk_of_the_kit_leaves_the_table(walk: list[Kit]) -> None:
    kit = Kit.NOT_YET
    for to in walk:
        assert kit_may_move(kit, kit), "staying where it is always may"
        if not kit_may_move(kit, to):
            assert (kit.value, to.value) not in LEGAL
            continue
        assert kit is to or (kit.value, to.value) in LEGAL
        assert to is not Kit.RETURNED_2 or kit in (Kit.RETURNED_1, Kit.RETURNED_2), "all of it comes after a part"
        kit = to


def test_the_usual_way_is_open_from_end_to_end() -> None:
    assert all(kit_may_move(kit, to) for kit, to in pairwise(KIT_PATH))
    assert [kit.value for kit in KIT_PATH] == ["NotYet", "SentKit", "Returned1", "Returned2"]


@pytest.mark.parametrize("kit", Kit)
def test_every_state_can_still_reach_every_other(kit: Kit) -> None:
    reached, last = {kit}, set[Kit]()
    while reached != last:
        last = reached
        reached = reached.union(*(KIT_MOVES[each] for each in reached))
    assert reached == set(Kit)


@pytest.mark.parametrize(
    ("kit", "settled", "back"),
    [
        (None, False, False),
        (Kit.NOT_YET, False, False),
        (Kit.SENT, False, False),
        (Kit.PICKUP, False, False),
        (Kit.NTT_DISPATCH, False, False),
        (Kit.RETURNED_1, True, True),
        (Kit.RETURNED_2, True, True),
        (Kit.COMPENSATED, True, False),
        (Kit.NOT_APPLICABLE, True, False),
    ],
)
def test_when_the_kit_holds_up_nothing_any_more(kit: Kit | None, settled: bool, back: bool) -> None:
    assert kit_is_settled(kit, has_line=True) is settled
    # where nothing is rented nobody has to say anything of a kit
    assert kit_is_settled(kit, has_line=False) is (settled or kit is None)
    assert kit_is_back(kit) is back
