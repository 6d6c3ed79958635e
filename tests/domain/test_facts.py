"""Facts that say the same of one thing are learned once, whatever came between them (T-5)."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from core.domain.eligibility import EligibilityStatus
from core.domain.facts import (
    AccountChanged,
    AnyFact,
    EligibilityChanged,
    EventUnreadable,
    IdentityChanged,
    OpportunityChanged,
    OrderChanged,
    ServiceChanged,
    newest,
)
from core.domain.identity import IdStatus
from core.domain.ids import AccountId, ClientId, OpportunityId, OrderId, ServiceId
from core.domain.opportunity import Stage
from core.domain.order import OrderStatus

AT = datetime(2026, 1, 20, tzinfo=UTC)
MINA = AccountId("001")


def order(number: int, order_id: str = "801", *, own: bool = False) -> OrderChanged:
    return OrderChanged(
        id=f"f{number}", at=AT + timedelta(seconds=number), own=own, order=OrderId(order_id), account=MINA
    )


def service(number: int) -> ServiceChanged:
    return ServiceChanged(id=f"f{number}", at=AT, client=ClientId("1"), service=ServiceId("7"))


def lost(number: int, place: str) -> EventUnreadable:
    return EventUnreadable(id=f"f{number}", at=AT, topic="orders", place=place, reason="odd")


def test_of_one_thing_the_last_fact_stands_for_all() -> None:
    told: list[AnyFact] = [order(1), service(2), order(3), order(4, "802"), order(5)]
    assert newest(told) == (service(2), order(4, "802"), order(5))


def test_what_others_did_is_no_echo_because_an_echo_came_after_it() -> None:
    assert newest([order(1), order(2, own=True)]) == (order(2),)
    assert newest([order(1, own=True), order(2)]) == (order(2),)
    assert newest([order(1, own=True), order(2, own=True)]) == (order(2, own=True),)


def test_each_event_that_nobody_can_read_stands_for_itself() -> None:
    assert newest([lost(1, "a"), lost(2, "b"), lost(3, "a")]) == (lost(2, "b"), lost(3, "a"))


def test_nothing_told_is_nothing_to_learn() -> None:
    assert newest([]) == ()


# --- echoes --------------------------------------------------------------------------------------------------------
def test_where_each_says_what_became_of_a_status_the_last_holds() -> None:
    placed = replace(order(1, own=True), status=OrderStatus.PENDING_REVIEW, changed_at=AT)
    noted = replace(order(2, own=True), only_details=True)
    noted = replace(noted, changed_at=AT + timedelta(seconds=1))
    assert newest([placed, noted]) == (replace(placed, id="f2", at=noted.at, changed_at=noted.changed_at),)
    assert newest([noted, noted]) == (noted,)
    later = replace(order(3, own=True), status=OrderStatus.CANCELLED, changed_at=AT + timedelta(seconds=1))
    assert newest([placed, noted, later]) == (later,)


def test_where_one_says_nothing_nothing_is_said() -> None:
    placed = replace(order(1, own=True), status=OrderStatus.PENDING_REVIEW, changed_at=AT)
    assert newest([placed, order(2)]) == (order(2),)
    assert newest([order(0), placed]) == (replace(placed, own=False, status=None, changed_at=None),)
    noted = replace(order(3, own=True), only_details=True)
    assert newest([order(2, own=True), noted]) == (order(3, own=True),)


@pytest.mark.parametrize("status", OrderStatus)
def test_of_the_portals_own_orders_only_what_it_placed_or_completed_is_quiet(status: OrderStatus) -> None:
    echo = replace(order(1, own=True), status=status)
    assert echo.is_quiet(approval_seen=False) is (status is OrderStatus.PENDING_REVIEW)
    quiet = status in (OrderStatus.PENDING_REVIEW, OrderStatus.COMPLETED)
    assert echo.is_quiet(approval_seen=True) is quiet
    assert not replace(echo, own=False).is_quiet(approval_seen=True)


def test_an_order_of_which_the_event_says_nothing_is_read() -> None:
    assert not order(1, own=True).is_quiet(approval_seen=True)
    assert replace(order(1, own=True), only_details=True).is_quiet(approval_seen=False)
    assert not replace(order(1), only_details=True).is_quiet(approval_seen=True)


def sale(stage: Stage | None, *, own: bool = True, only_details: bool = False) -> OpportunityChanged:
    return OpportunityChanged(
        id="f1",
        at=AT,
        own=own,
        account=MINA,
        opportunity=OpportunityId("006"),
        stage=stage,
        only_details=only_details,
    )


@pytest.mark.parametrize(
    ("last", "stage"),
    [
        (None, Stage.INTRODUCTION),
        (Stage.INTRODUCTION, Stage.READY),
        (Stage.READY, Stage.POST_PROCESSING),
        (Stage.POST_PROCESSING, Stage.ACTIVE),
        (Stage.POST_PROCESSING, Stage.VOID),
        (Stage.READY, Stage.READY),
    ],
)
def test_a_sale_that_the_portal_moved_on_is_quiet(last: Stage | None, stage: Stage) -> None:
    assert sale(stage).is_quiet(last)
    assert not sale(stage, own=False).is_quiet(last)


@pytest.mark.parametrize(
    ("last", "stage"),
    [
        (Stage.PENDING, Stage.POST_PROCESSING),  # what waited goes on
        (Stage.ACTIVE, Stage.CANCELLING),  # a service ends
        (Stage.CANCELLING, Stage.CANCELLED),
        (Stage.CANCELLING, Stage.ACTIVE),
        (Stage.INTRODUCTION, Stage.ACTIVE),  # no rule leads there: somebody must be told
        (Stage.ACTIVE, None),
    ],
)
def test_a_sale_of_which_something_follows_is_not(last: Stage, stage: Stage | None) -> None:
    assert not sale(stage).is_quiet(last)


def test_a_detail_of_a_sale_is_quiet_where_no_service_ends() -> None:
    assert sale(None, only_details=True).is_quiet(Stage.ACTIVE)
    assert not sale(None, only_details=True).is_quiet(Stage.CANCELLING)
    assert not sale(None, only_details=True).is_quiet(None)


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("status", EligibilityStatus)
def test_of_a_check_that_waits_for_staff_nothing_follows(status: EligibilityStatus, own: bool) -> None:
    told = EligibilityChanged(id="f1", at=AT, own=own, account=MINA, status=status)
    assert told.is_quiet is (status is EligibilityStatus.PENDING)
    assert replace(told, status=None, only_details=True).is_quiet
    assert not replace(told, status=None).is_quiet


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("status", IdStatus)
def test_of_an_id_that_waits_for_staff_nothing_follows(status: IdStatus, own: bool) -> None:
    told = IdentityChanged(id="f1", at=AT, own=own, account=MINA, status=status)
    assert told.is_quiet is (status is IdStatus.SUBMITTED)
    assert replace(told, status=None, only_details=True).is_quiet
    assert not replace(told, status=None).is_quiet


def test_a_detail_of_an_account_makes_nobody_read_what_the_portal_wrote() -> None:
    own = AccountChanged(id="f1", at=AT, own=True, account=MINA)
    detail = AccountChanged(id="f2", at=AT, account=MINA, only_details=True)
    assert newest([own, detail, own, detail]) == (own, detail)
