"""However many answers are lost, each order is there once (FUL-3)."""

from tests.whmcs.orders import played


async def test_lost_answers_leave_each_order_once_and_park_none() -> None:
    first, last = await played(60, seed=1)
    assert first.fates["AddOrder lost"] > 10 and first.fates["AcceptOrder lost"] > 10
    assert (first.parked, first.is_right, last.is_right) == (0, True, True)


async def test_where_nothing_can_be_looked_up_work_is_parked_and_nothing_doubled() -> None:
    first, last = await played(60, seed=2, look_ups_fail=True)
    assert first.parked > 5
    assert first.orders <= first.asked and first.services <= first.lines
    assert last.is_right
