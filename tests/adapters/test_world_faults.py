"""Faults, as the port calls feel them."""

import asyncio
from time import monotonic

import pytest

from adapters.fakes.faults import FaultKind
from adapters.fakes.world import World
from ports.errors import Rejected, Unavailable


@pytest.fixture
def world() -> World:
    return World.new()


async def write(world: World, name: str = "Mina", system: str = "salesforce", operation: str = "ensure") -> str:
    async with world.touch(system, operation):
        return world.records.create("account", {"name": name})


async def outcome(world: World, **call: str) -> str:
    try:
        await write(world, **call)
    except Unavailable as unavailable:
        return "unknown" if unavailable.outcome_unknown else "not done"
    return "done"


@pytest.mark.parametrize(
    ("kind", "felt", "effects"),
    [("unavailable", "not done", 0), ("timeout_before", "unknown", 0), ("timeout_after", "unknown", 1)],
)
async def test_each_kind_is_felt_as_it_is(world: World, kind: str, felt: str, effects: int) -> None:
    world.faults.switch("salesforce", "ensure", kind, times=1)
    assert await outcome(world) == felt
    assert len(world.records.find("account")) == len(world.ledger.entries) == effects
    assert await outcome(world) == "done"


async def test_a_rule_of_the_operators_own_refuses_and_does_nothing(world: World) -> None:
    world.faults.switch("salesforce", "ensure", "refused", times=1)
    with pytest.raises(Rejected) as refused:
        await write(world)
    assert (refused.value.code, refused.value.what) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "salesforce ensure")
    assert world.records.find("account") == []
    assert list(world.ledger.entries) == []
    assert world.stream.facts == ()
    assert await outcome(world) == "done"


async def test_a_slow_answer_takes_its_time_and_lets_others_on(world: World) -> None:
    world.faults.switch("salesforce", "ensure", "slow", times=2, milliseconds=150)
    began = monotonic()
    assert await asyncio.gather(outcome(world), outcome(world)) == ["done", "done"]
    assert 0.15 <= monotonic() - began < 0.29
    began = monotonic()
    assert await outcome(world) == "done"
    assert monotonic() - began < 0.14


def test_only_salesforce_has_duplicate_rules(world: World) -> None:
    for system in ("whmcs", "*"):
        with pytest.raises(ValueError, match="only Salesforce"):
            world.faults.switch(system, "*", "duplicates")


@pytest.mark.parametrize("kind", ["slow", "timeout_after"])
async def test_what_is_refused_is_refused_under_a_fault_too(world: World, kind: str) -> None:
    world.faults.switch("salesforce", "ensure", kind, milliseconds=1)
    with pytest.raises(Rejected) as refused:
        await write(world, name=" ")
    assert (refused.value.code, refused.value.fields) == ("REQUIRED_FIELD_MISSING", ("name",))
    assert "account" in refused.value.what


async def test_a_fault_is_for_its_system_and_operation(world: World) -> None:
    world.faults.switch("salesforce", "ensure", "unavailable")
    assert await outcome(world, operation="find") == "done"
    assert await outcome(world, system="whmcs") == "done"
    assert await outcome(world) == "not done"
    world.faults.switch("whmcs", "*", "unavailable")
    assert await outcome(world, system="whmcs", operation="anything") == "not done"
    world.faults.clear("salesforce")
    assert await outcome(world) == "done"
    assert await outcome(world, system="whmcs") == "not done"
    world.faults.clear()
    assert await outcome(world, system="whmcs") == "done"


async def test_times_count_down_and_what_is_used_up_is_gone(world: World) -> None:
    world.faults.switch("salesforce", "*", "unavailable", times=3)
    assert [await outcome(world) for _ in range(5)] == ["not done"] * 3 + ["done"] * 2
    assert world.faults.on == ()


async def test_faults_of_events_touch_no_call(world: World) -> None:
    for kind in (FaultKind.LOST_EVENT, FaultKind.DUPLICATE_EVENT):
        world.faults.switch("salesforce", "*", kind, times=1)
    assert await outcome(world) == "done"
    # both struck the one event of that write: lost is lost
    assert world.stream.facts == ()
    assert world.faults.on == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "broken"},
        {"kind": "slow", "milliseconds": -1},
        {"kind": "slow", "times": 0},
        {"kind": "slow", "milliseconds": 10**17},
    ],
)
def test_a_fault_that_is_none_can_not_be_switched(world: World, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        world.faults.switch("salesforce", "*", **wrong)  # type: ignore[arg-type]


async def test_calls_are_counted_with_and_without_faults(world: World) -> None:
    world.faults.switch("salesforce", "ensure", "unavailable", times=1)
    await outcome(world)
    await outcome(world)
    assert world.calls["salesforce", "ensure"] == 2
