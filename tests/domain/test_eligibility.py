"""What asking for an address comes to, when an answer is due, and every move of an eligibility (ELG)."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.account import Address
from core.domain.checks import for_customers
from core.domain.eligibility import (
    ANSWERED,
    MOVES,
    Alternative,
    Asking,
    Eligibility,
    EligibilityAction,
    EligibilityStatus,
    EligibilityTrigger,
    Expected,
    asking,
    eligibility_shown,
    expected_answer,
    expected_by,
    late_checks,
    move_eligibility,
)
from core.domain.ids import AccountId, CaseId
from core.domain.japan import TOKYO, is_business_day, tokyo_date
from core.domain.machines import reachable
from core.domain.policy import Policy
from core.domain.refusals import AskedTooSoon, MoveRefused
from core.domain.support import CasePriority, OpenCheck

POLICY = Policy()
ACCOUNT = AccountId("001000000000001AAA")
HERE = Address("150-0001", "Tokyo", "Shibuya-ku", "Jingumae 1-2-3", "Maison 101")
HERE_IN_OTHER_WIDTHS = Address("1500001", "Ｔｏｋｙｏ", "Shibuya-ku", "Jingumae １−２−３", "MAISON 101")
THERE = Address("530-0001", "Osaka", "Osaka-shi Kita-ku", "Umeda 2-4-9")
# hypothesis takes the bounds without a zone
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
S, T = EligibilityStatus, EligibilityTrigger


def japan(year: int, month: int, day: int, *time: int) -> datetime:
    return datetime(year, month, day, *time, tzinfo=TOKYO)


NOW = japan(2026, 1, 20, 12)


def standing(status: EligibilityStatus, **more: object) -> Eligibility:
    known: dict[str, object] = {"address": HERE.one_line, "case": CaseId("500000000000001AAA"), "requested_at": NOW}
    return Eligibility(account=ACCOUNT, status=status, **{**known, **more})  # type: ignore[arg-type]


LEGAL = {
    (S.NOT_REQUESTED, T.REQUESTED): S.PENDING,
    (S.NOT_REQUESTED, T.CONFIRMED): S.ELIGIBLE,
    (S.NOT_REQUESTED, T.DENIED): S.INELIGIBLE,
    (S.PENDING, T.CONFIRMED): S.ELIGIBLE,
    (S.PENDING, T.DENIED): S.INELIGIBLE,
    (S.PENDING, T.WITHDRAWN): S.NOT_REQUESTED,
    (S.ELIGIBLE, T.REQUESTED): S.PENDING,
    (S.ELIGIBLE, T.DENIED): S.INELIGIBLE,
    (S.ELIGIBLE, T.REOPENED): S.PENDING,
    (S.INELIGIBLE, T.REQUESTED): S.PENDING,
    (S.INELIGIBLE, T.CONFIRMED): S.ELIGIBLE,
    (S.INELIGIBLE, T.REOPENED): S.PENDING,
}


@pytest.mark.parametrize(("status", "trigger"), list(product(S, T)))
def test_every_move_is_legal_or_refused(status: EligibilityStatus, trigger: EligibilityTrigger) -> None:
    if (status, trigger) in LEGAL:
        assert move_eligibility(status, trigger) is LEGAL[status, trigger]
        return
    with pytest.raises(MoveRefused) as refused:
        move_eligibility(status, trigger)
    assert refused.value.data == {"machine": "eligibility", "state": status.value, "trigger": trigger.value}


def test_staff_can_correct_every_answer() -> None:
    assert reachable(MOVES, S.ELIGIBLE) == {S.INELIGIBLE, S.PENDING}
    assert reachable(MOVES, S.INELIGIBLE) == {S.ELIGIBLE, S.PENDING}
    assert reachable(MOVES, S.PENDING) == {*ANSWERED, S.NOT_REQUESTED}


@pytest.mark.parametrize(
    ("status", "address", "comes_to"),
    [
        (S.NOT_REQUESTED, HERE, Asking.OPENS_CHECK),
        (S.NOT_REQUESTED, THERE, Asking.OPENS_CHECK),
        (S.PENDING, HERE, Asking.CHANGES_NOTHING),
        (S.PENDING, HERE_IN_OTHER_WIDTHS, Asking.CHANGES_NOTHING),
        (S.PENDING, THERE, Asking.ADDS_ADDRESS),
        (S.ELIGIBLE, HERE, Asking.CHANGES_NOTHING),
        (S.ELIGIBLE, HERE_IN_OTHER_WIDTHS, Asking.CHANGES_NOTHING),
        (S.ELIGIBLE, THERE, Asking.OPENS_CHECK),
        (S.INELIGIBLE, THERE, Asking.OPENS_CHECK),
    ],
)
def test_what_asking_comes_to(status: EligibilityStatus, address: Address, comes_to: Asking) -> None:
    answered = {"checked_at": NOW} if status in ANSWERED else {}
    assert asking(standing(status, **answered), address, NOW, POLICY) is comes_to


def test_a_pending_standing_without_a_case_gets_one() -> None:
    for address in (HERE, THERE):
        assert asking(standing(S.PENDING, case=None), address, NOW, POLICY) is Asking.OPENS_CHECK


@pytest.mark.parametrize(
    ("asked_at", "may"),
    [
        (japan(2026, 1, 20, 12), False),
        (japan(2026, 4, 19, 23, 59, 59), False),  # the 89th day after the no
        (japan(2026, 4, 20), True),  # the 90th, from its first second in Japan
        (datetime(2026, 4, 19, 15, tzinfo=UTC), True),
        (datetime(2026, 4, 19, 14, 59, 59, tzinfo=UTC), False),
        (japan(2026, 4, 20, 12), True),
    ],
)
def test_the_same_address_may_be_asked_again_after_90_days(asked_at: datetime, may: bool) -> None:
    no = standing(S.INELIGIBLE, checked_at=NOW)
    if may:
        assert asking(no, HERE, asked_at, POLICY) is Asking.OPENS_CHECK
        return
    with pytest.raises(AskedTooSoon) as refused:
        asking(no, HERE, asked_at, POLICY)
    assert refused.value.data == {"until": "2026-04-20"}


def test_the_waiting_time_is_the_operators_to_set() -> None:
    no = standing(S.INELIGIBLE, checked_at=NOW)
    impatient = Policy(ask_again_after=timedelta(days=7))
    assert asking(no, HERE, NOW + timedelta(days=7), impatient) is Asking.OPENS_CHECK
    with pytest.raises(AskedTooSoon):
        asking(no, HERE, NOW + timedelta(days=6), impatient)


# --- when an answer is due -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked_at", "earliest", "latest"),
    [
        (japan(2026, 1, 20, 12), (2026, 1, 21), (2026, 1, 22)),  # a Tuesday
        (japan(2026, 1, 23, 9), (2026, 1, 26), (2026, 1, 27)),  # a Friday
        (japan(2026, 1, 24, 9), (2026, 1, 26), (2026, 1, 27)),  # a Saturday
        (japan(2026, 5, 1, 23, 59, 59), (2026, 5, 7), (2026, 5, 8)),  # before Golden Week
        (datetime(2026, 1, 20, 15, tzinfo=UTC), (2026, 1, 22), (2026, 1, 23)),  # the 21st in Japan
        (japan(2026, 12, 28, 9), (2027, 1, 4), (2027, 1, 5)),  # over the year's end
    ],
)
def test_an_answer_is_due_in_one_to_two_business_days(
    asked_at: datetime, earliest: tuple[int, int, int], latest: tuple[int, int, int]
) -> None:
    expected = expected_by(asked_at, (), (1, 2), 20)
    assert (expected.earliest, expected.latest) == (japan(*earliest, 23, 59, 59), japan(*latest, 23, 59, 59))


def test_from_20_samples_on_the_90th_percentile_counts() -> None:
    hours = [timedelta(hours=hour) for hour in range(1, 21)]
    expected = expected_by(NOW, hours, (1, 2), 20)
    assert expected == Expected(NOW, NOW + timedelta(hours=18))
    by_days = expected_by(NOW, hours[:19], (1, 2), 20)
    assert by_days.latest == japan(2026, 1, 22, 23, 59, 59)


@given(at=INSTANTS, reviews=st.lists(st.timedeltas(timedelta(0), timedelta(days=30)), min_size=20, max_size=120))
def test_nine_of_ten_past_reviews_would_have_been_in_time(at: datetime, reviews: list[timedelta]) -> None:
    expected = expected_by(at, reviews, (1, 2), 20)
    in_time = sum(not expected.is_late(at + review) for review in reviews)
    assert in_time * 10 >= len(reviews) * 9
    # and no earlier moment would do
    sooner = Expected(expected.earliest, expected.latest - timedelta(microseconds=1))
    assert sum(not sooner.is_late(at + review) for review in reviews) * 10 < len(reviews) * 9


@given(asked_at=INSTANTS, days=st.tuples(st.integers(0, 5), st.integers(0, 5)).map(sorted))
def test_due_days_are_business_days_after_the_asking(asked_at: datetime, days: list[int]) -> None:
    expected = expected_by(asked_at, (), (days[0], days[1]), 20)
    assert asked_at <= expected.earliest <= expected.latest
    for due in (expected.earliest, expected.latest):
        assert is_business_day(tokyo_date(due))


@given(asked_at=INSTANTS)
def test_late_begins_after_the_last_second_told(asked_at: datetime) -> None:
    expected = expected_by(asked_at, (), (1, 2), 20)
    assert not expected.is_late(expected.latest)
    assert expected.is_late(expected.latest + timedelta(seconds=1))


def test_only_a_pending_check_has_a_date() -> None:
    assert expected_answer(standing(S.PENDING), (), POLICY) == expected_by(NOW, (), (1, 2), 20)
    assert expected_answer(standing(S.ELIGIBLE), (), POLICY) is None
    assert expected_answer(standing(S.PENDING, requested_at=None), (), POLICY) is None


def test_late_checks_are_those_past_their_date() -> None:
    def check(asked_at: datetime) -> OpenCheck:
        return OpenCheck(case=CaseId("500"), account=ACCOUNT, asked_at=asked_at, priority=CasePriority.MEDIUM)

    due, late = check(japan(2026, 1, 16, 9)), check(japan(2026, 1, 15, 9))  # Friday and Thursday
    assert late_checks((late, due), (), NOW, POLICY) == (late,)


# --- what the customer is shown ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "address", "action", "alternatives"),
    [
        (S.NOT_REQUESTED, HERE, EligibilityAction.REQUEST_CHECK, ()),
        (S.PENDING, HERE, EligibilityAction.WAIT, ()),
        (S.PENDING, THERE, EligibilityAction.WAIT, ()),
        (S.ELIGIBLE, HERE, EligibilityAction.VIEW_PLANS, ()),
        (S.ELIGIBLE, THERE, EligibilityAction.REQUEST_CHECK, ()),
        (S.INELIGIBLE, HERE, EligibilityAction.SEE_ALTERNATIVES, tuple(Alternative)),
        (S.INELIGIBLE, THERE, EligibilityAction.REQUEST_CHECK, ()),
        (S.ELIGIBLE, None, EligibilityAction.VIEW_PLANS, ()),
    ],
)
def test_what_to_do_next(
    status: EligibilityStatus, address: Address | None, action: EligibilityAction, alternatives: tuple[Alternative, ...]
) -> None:
    shown = eligibility_shown(standing(status, checked_at=NOW), address, None, NOW, POLICY)
    assert (shown.action, shown.alternatives) == (action, alternatives)
    assert shown.for_address is (address is not THERE)


def test_a_no_says_from_when_it_may_be_asked_again() -> None:
    shown = eligibility_shown(standing(S.INELIGIBLE, checked_at=NOW), HERE, None, NOW, POLICY)
    assert shown.again_from == date(2026, 4, 20)


def test_lateness_is_said() -> None:
    pending = standing(S.PENDING)
    expected = expected_answer(pending, (), POLICY)
    assert expected is not None
    assert not eligibility_shown(pending, HERE, expected, expected.latest, POLICY).late
    assert eligibility_shown(pending, HERE, expected, expected.latest + timedelta(seconds=1), POLICY).late


def test_a_result_opens_the_gate_for_its_own_address_alone() -> None:
    yes = standing(S.ELIGIBLE)
    assert yes.opens_gate(HERE)
    assert yes.opens_gate(HERE_IN_OTHER_WIDTHS)
    assert not yes.opens_gate(THERE)
    assert not yes.opens_gate(None)
    assert not standing(S.PENDING).opens_gate(HERE)
    # what staff answered before addresses were kept counts for the one on file
    assert standing(S.ELIGIBLE, address=None).opens_gate(HERE)


def test_what_was_found_before_is_not_told_while_a_check_is_open() -> None:
    found = {"value": "Home 1G", "notes": "Box in the hall", "checked_at": NOW}
    told = for_customers(standing(S.PENDING, **found))
    assert (told.value, told.notes, told.checked_at, told.requested_at) == (None, None, None, NOW)
    answered = for_customers(standing(S.ELIGIBLE, **found))
    assert (answered.value, answered.notes, answered.checked_at) == tuple(found.values())


def test_customers_never_see_the_case() -> None:
    assert for_customers(standing(S.PENDING)).case is None
