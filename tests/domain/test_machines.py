"""Every move of the opportunity, order and activation tables, every move that is none, and walks of all (OPP-1)."""

from enum import StrEnum
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.eligibility import EligibilityStatus, EligibilityTrigger, move_eligibility
from core.domain.identity import IdStatus, IdTrigger, move_identity
from core.domain.machines import one_move_apart, reachable
from core.domain.opportunity import BEGINS_AT, MOVES, OPEN_FOR_ORDER, PROBABILITY, Beginning, Stage, Trigger, move
from core.domain.order import (
    ACTIVATION_MOVES,
    ORDER_MOVES,
    ActivationStatus,
    ActivationTrigger,
    OrderStatus,
    OrderTrigger,
    move_activation,
    move_order,
)
from core.domain.refusals import MoveRefused
from tests.domain.test_eligibility import LEGAL as ELIGIBILITY
from tests.domain.test_identity import LEGAL as IDENTITY

# written down again, from the business's own words; the tables are held against it
OPPORTUNITY = {
    ("Introduction", "eligibility requested again", "Introduction"),
    ("Ready", "eligibility requested again", "Ready"),
    ("Introduction", "eligibility confirmed", "Ready"),
    ("Introduction", "eligibility denied", "Void"),
    ("Ready", "eligibility denied", "Void"),
    ("Introduction", "order placed", "Post Processing"),
    ("Ready", "order placed", "Post Processing"),
    ("Post Processing", "put on hold", "Pending"),
    ("Pending", "resumed", "Post Processing"),
    ("Post Processing", "provisioned", "Active"),
    ("Post Processing", "order cancelled", "Void"),
    ("Pending", "order cancelled", "Void"),
    ("Introduction", "given up", "Void"),
    ("Ready", "given up", "Void"),
    ("Active", "cancellation requested", "△Cancelling"),
    ("△Cancelling", "cancellation undone", "Active"),
    ("△Cancelling", "cancellation complete", "〇Cancelled"),
}
ORDER = {
    ("Pending Review", "approved", "Approved"),
    ("Pending Review", "rejected", "Cancelled"),
    ("Pending Review", "withdrawn", "Cancelled"),
    ("Approved", "cancelled by staff", "Cancelled"),
    ("Approved", "provisioned", "Completed"),
}
ACTIVATION = {
    ("Not Started", "started", "Activating"),
    ("Activating", "succeeded", "Activated"),
    ("Activating", "failed", "Failed"),
    ("Failed", "retried", "Activating"),
}
MACHINES: list[tuple[str, Any, Any, type[StrEnum], type[StrEnum], set[tuple[str, str, str]]]] = [
    ("opportunity", MOVES, move, Stage, Trigger, OPPORTUNITY),
    ("order", ORDER_MOVES, move_order, OrderStatus, OrderTrigger, ORDER),
    ("activation", ACTIVATION_MOVES, move_activation, ActivationStatus, ActivationTrigger, ACTIVATION),
]
EVERY_MOVE = [
    pytest.param(name, go, state, trigger, wanted, id=f"{name}: {state.value} / {trigger.value}")
    for name, _, go, states, triggers, wanted in MACHINES
    for state, trigger in product(states, triggers)
]


@pytest.mark.parametrize(("name", "go", "state", "trigger", "wanted"), EVERY_MOVE)
def test_a_move_goes_where_the_business_says_or_is_refused(
    name: str, go: Any, state: StrEnum, trigger: StrEnum, wanted: set[tuple[str, str, str]]
) -> None:
    ends = [to for origin, by, to in wanted if (origin, by) == (state.value, trigger.value)]
    if ends:
        assert [go(state, trigger).value] == ends
    else:
        with pytest.raises(MoveRefused) as refused:
            go(state, trigger)
        assert refused.value.data == {"machine": name, "state": state.value, "trigger": trigger.value}


@pytest.mark.parametrize(("name", "moves", "wanted"), [(m[0], m[1], m[5]) for m in MACHINES])
def test_the_table_holds_nothing_else(name: str, moves: Any, wanted: set[tuple[str, str, str]]) -> None:
    assert {(origin.value, by.value, to.value) for (origin, by), to in moves.items()} == wanted, name


@pytest.mark.parametrize(
    ("moves", "final"),
    [
        (MOVES, {Stage.CANCELLED, Stage.VOID}),
        (ORDER_MOVES, {OrderStatus.COMPLETED, OrderStatus.CANCELLED}),
        (ACTIVATION_MOVES, {ActivationStatus.ACTIVATED}),
    ],
)
def test_what_is_over_moves_no_more_and_the_rest_does(moves: Any, final: set[StrEnum]) -> None:
    states = type(next(iter(final)))
    assert {state for state in states if not reachable(moves, state)} == final


_S, _T = Stage, Trigger
PLACED = {_T.ORDER_PLACED}
RUNS = {*PLACED, _T.PROVISIONED}
ENDS = {*RUNS, _T.CANCELLATION_REQUESTED}


@pytest.mark.parametrize(
    ("last", "to", "done", "known"),
    [
        (_S.INTRODUCTION, _S.INTRODUCTION, set(), True),
        (_S.INTRODUCTION, _S.READY, set(), True),
        (_S.INTRODUCTION, _S.ACTIVE, set(), False),
        (_S.READY, _S.CANCELLING, set(), False),
        (_S.ACTIVE, _S.CANCELLED, RUNS, False),
        (_S.ACTIVE, _S.READY, RUNS, False),
        (_S.PENDING, _S.ACTIVE, PLACED, False),
        # what the portal wrote in between was never seen by itself
        (_S.READY, _S.PENDING, PLACED, True),
        (_S.INTRODUCTION, _S.ACTIVE, RUNS, True),
        (_S.PENDING, _S.ACTIVE, RUNS, True),
        (_S.ACTIVE, _S.CANCELLED, ENDS, True),
        (_S.READY, _S.CANCELLED, ENDS, True),
        (_S.CANCELLED, _S.ACTIVE, ENDS, False),
    ],
)
def test_one_move_of_anybody_is_known_and_those_that_left_their_trace(
    last: Stage, to: Stage, done: set[Trigger], known: bool
) -> None:
    assert one_move_apart(MOVES, last, to, done) is known


def written(legal: dict[tuple[Any, Any], Any]) -> set[tuple[str, str, str]]:
    return {(origin.value, by.value, to.value) for (origin, by), to in legal.items()}


# where each begins, and where it is over: an answer and a review may always be corrected
WALKS: dict[str, tuple[Any, type[StrEnum], set[tuple[str, str, str]], set[Any], set[Any]]] = {
    "opportunity": (move, Trigger, OPPORTUNITY, set(BEGINS_AT.values()), {Stage.VOID, Stage.CANCELLED}),
    "order": (
        move_order, OrderTrigger, ORDER, {OrderStatus.PENDING_REVIEW}, {OrderStatus.COMPLETED, OrderStatus.CANCELLED}
    ),
    "activation": (
        move_activation, ActivationTrigger, ACTIVATION, {ActivationStatus.NOT_STARTED}, {ActivationStatus.ACTIVATED}
    ),
    "eligibility": (
        move_eligibility, EligibilityTrigger, written(ELIGIBILITY), {EligibilityStatus.NOT_REQUESTED}, set()
    ),
    "identity": (move_identity, IdTrigger, written(IDENTITY), {IdStatus.NOT_SUBMITTED}, set()),
}  # fmt: skip


@pytest.mark.parametrize("name", WALKS)
@given(data=st.data())
def test_no_walk_leaves_the_table(name: str, data: st.DataObject) -> None:
    go, triggers, wanted, begins, over = WALKS[name]
    state = data.draw(st.sampled_from(sorted(begins)))
    for trigger in data.draw(st.lists(st.sampled_from(triggers), max_size=30)):
        try:
            after = go(state, trigger)
        except MoveRefused as refused:
            assert refused.data == {"machine": name, "state": state.value, "trigger": trigger.value}
            assert (state.value, trigger.value) not in {(origin, by) for origin, by, _ in wanted}
            continue
        assert (state.value, trigger.value, after.value) in wanted
        assert state not in over, "over means over"
        state = after


@pytest.mark.parametrize("name", WALKS)
def test_walks_come_to_every_state_and_end_only_where_it_is_over(name: str) -> None:
    _, _, wanted, begins, over = WALKS[name]
    states = {state.value for state in type(next(iter(begins)))}
    come_to, last = {state.value for state in begins}, set[str]()
    while come_to != last:
        last = come_to
        come_to = last | {to for origin, _, to in wanted if origin in last}
    assert come_to == states
    assert states - {origin for origin, _, _ in wanted} == {state.value for state in over}


def test_each_stage_has_its_probability() -> None:
    assert {stage.value: PROBABILITY[stage] for stage in Stage} == {
        "Introduction": 30,
        "Ready": 50,
        "Post Processing": 75,
        "Pending": 75,
        "Active": 90,
        "△Cancelling": 100,
        "〇Cancelled": 100,
        "Void": 0,
    }


def test_an_opportunity_begins_where_its_trigger_says() -> None:
    assert {beginning.value: BEGINS_AT[beginning].value for beginning in Beginning} == {
        "Portal - Internet Eligibility Request": "Introduction",
        "Portal - SIM Checkout": "Post Processing",
        "Portal - Order Placement": "Post Processing",
    }
    assert {stage for stage in Stage if (stage, Trigger.ORDER_PLACED) in MOVES} == OPEN_FOR_ORDER
