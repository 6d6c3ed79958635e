"""Facts that say the same of one thing are learned once, whatever came between them (T-5)."""

from datetime import UTC, datetime, timedelta

from core.domain.facts import AnyFact, EventUnreadable, OrderChanged, ServiceChanged, newest
from core.domain.ids import AccountId, ClientId, OrderId, ServiceId

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
