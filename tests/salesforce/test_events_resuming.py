"""Nothing is lost between one reader and the next, nor between one stream and the next (T-5)."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

import pytest

from adapters.fakes.wire.salesforce.pubsub.subscription import Pace as ServerPace
from adapters.salesforce.events.position import read, written
from core.domain.facts import AnyFact
from ports.errors import Rejected
from tests.salesforce.events_house import ORG, EventsHouse, events_house
from tests.wire.salesforce.pubsub_house import (
    ACCOUNTS,
    ORDERS,
    one_loop,  # noqa: F401 - fixture
)

SPARING = ServerPace(keepalive=30)


@pytest.fixture
async def house() -> AsyncIterator[EventsHouse]:
    async with events_house() as house:
        yield house


def accounts(facts: list[AnyFact]) -> list[str]:
    return [fact.account for fact in facts if hasattr(fact, "account")]


async def test_a_new_process_goes_on_from_the_stored_position(house: EventsHouse) -> None:
    first = house.pubsub.account()
    ear = house.ear()
    assert accounts(await ear.hear()) == [first]
    await ear.stream.close()
    second = house.pubsub.account()
    assert accounts(await house.ear(ear.last).hear()) == [second]


async def test_what_was_given_and_not_stored_is_given_again(house: EventsHouse) -> None:
    first = house.pubsub.account()
    ear = house.ear()
    batch = await ear.peek()
    assert accounts(list(batch.facts)) == [first]
    assert await ear.peek() == batch
    second = house.pubsub.account()
    assert await ear.peek() == batch
    assert accounts(list((await house.ear(ear.last).peek()).facts)) == [first, second]
    assert await ear.hear() == list(batch.facts)
    assert accounts(await ear.hear()) == [second]


async def test_an_older_position_begins_anew_from_there(house: EventsHouse) -> None:
    made = [house.pubsub.account()]
    ear = house.ear()
    await ear.hear()
    old = ear.last
    made.append(house.pubsub.account())
    await ear.hear()
    made.append(house.pubsub.account())
    await ear.hear()
    ear.last = old
    assert accounts(await ear.hear()) == made[1:]


async def test_each_topic_goes_on_from_its_own_place(house: EventsHouse) -> None:
    house.pubsub.account()
    ear = house.ear(topics=(ACCOUNTS,))
    await ear.hear()
    assert ear.last is not None
    at = read(ear.last, ORG)
    assert set(at) == {ACCOUNTS}
    # a topic that joins is read from the oldest kept
    both = house.ear(ear.last)
    house.an_order(house.pubsub.account())
    await both.hear()
    assert both.last is not None
    assert set(read(both.last, ORG)) == {ACCOUNTS, ORDERS}
    assert read(both.last, ORG)[ACCOUNTS] > at[ACCOUNTS]


@pytest.mark.parametrize(
    "position",
    ["", "x", "{}", "null", '{"org":"00DQ8K000000001","at":{"/data/AccountChangeEvent":"zz"}}',
     '{"org":"00DQ8K000000001","at":{"/data/AccountChangeEvent":""}}', written("00D000000000000AAA", {})],
)  # fmt: skip
async def test_a_position_of_nowhere_is_lost(house: EventsHouse, position: str) -> None:
    with pytest.raises(Rejected, match="position_lost"):
        await house.ear(position).hear()


def test_a_position_is_read_as_it_was_written() -> None:
    at = {ACCOUNTS: b"\x00\x01\xff", ORDERS: bytes(10)}
    assert read(written(ORG, at), ORG) == at
    # the org's id comes in both lengths
    assert read(written(ORG, at), ORG[:15]) == at


async def test_a_refused_position_is_lost_and_the_oldest_kept_is_not(house: EventsHouse) -> None:
    account = house.pubsub.account()
    ear = house.ear(written(ORG, {ACCOUNTS: bytes(10)}))
    with pytest.raises(Rejected, match="position_lost"):
        await ear.hear()
    ear.last = None
    assert accounts(await ear.hear()) == [account]


async def test_a_stream_that_was_cut_goes_on_where_it_was(house: EventsHouse) -> None:
    ear = house.ear()
    made = []
    for _ in range(5):
        made.append(house.pubsub.account())
        house.pubsub.server.cut("service.unavailable")
        made.append(house.pubsub.account())
    found = accounts(await ear.hear_all(least=10))
    assert found == made


async def test_it_asks_again_before_nothing_is_owed() -> None:
    # 100 are owed at once: a client that asks but once hears no more than those
    async with events_house((ACCOUNTS,), SPARING) as house:
        house.settings = house.settings_with(grace=0.1)
        made = [house.pubsub.account() for _ in range(330)]
        assert accounts(await house.ear().hear_all(least=330)) == made
        assert house.pubsub.server.subscriptions == 1


async def test_the_latest_there_is_is_not_what_has_come() -> None:
    async with events_house((ACCOUNTS,), SPARING) as house:
        house.settings = house.settings_with(grace=0)
        made = [house.pubsub.account() for _ in range(30)]
        ear = house.ear(most_asked=10, most_held=10)
        found = await ear.hear(2)
        await ear.stream.close()
        rest = house.ear(ear.last)
        assert accounts(found + await rest.hear_all(least=20)) == made


async def test_it_asks_for_more_while_some_are_owed(house: EventsHouse) -> None:
    ear = house.ear(topics=(ACCOUNTS,))
    owed = []
    for _ in range(60):
        house.pubsub.account()
        assert len(await ear.hear()) == 1
        (stream,) = house.pubsub.server.open
        owed.append(stream.pending)
    assert min(owed) >= 45
    assert house.pubsub.server.subscriptions == 1


async def test_nobody_takes_and_no_more_is_asked_for() -> None:
    async with events_house((ACCOUNTS,), SPARING) as house:
        house.settings = house.settings_with(grace=0.1)
        made = [house.pubsub.account() for _ in range(60)]
        ear = house.ear(most_asked=10, most_held=20)
        batch = await ear.peek(2)
        await asyncio.sleep(0.1)
        listening = ear.stream._listening
        assert listening is not None
        assert len(listening.inbox.entries) <= 30
        assert set(accounts(list(batch.facts))) <= set(made)
        assert accounts(await ear.hear_all(least=60)) == made


async def test_a_stream_that_ends_while_nobody_takes_is_taken_up_again() -> None:
    async with events_house((ACCOUNTS,), ServerPace(keepalive=0.01, unasked=0.02)) as house:
        house.settings = house.settings_with(grace=0.1)
        made = [house.pubsub.account() for _ in range(60)]
        ear = house.ear(most_asked=10, most_held=20)
        await ear.peek()
        await asyncio.sleep(0.1)
        assert not house.pubsub.server.open
        assert accounts(await ear.hear_all(least=60)) == made


async def test_a_quiet_topics_place_moves_on_now_and_then(house: EventsHouse) -> None:
    house.pubsub.server.faults.ahead = True
    house.pubsub.account()
    ear = house.ear()
    await ear.hear()
    before = ear.last
    assert await ear.hear() == []
    assert ear.last == before
    house.settings = house.settings_with(quiet=0)
    other = house.ear(before)
    assert await other.hear() == []
    assert other.last is not None and before is not None
    assert read(other.last, ORG)[ACCOUNTS] > read(before, ORG)[ACCOUNTS]
    account = house.pubsub.account()
    assert accounts(await house.ear(other.last).hear()) == [account]


async def test_a_sign_of_life_never_passes_what_was_not_taken(house: EventsHouse) -> None:
    house.pubsub.server.faults.ahead = True
    account = house.pubsub.account()
    house.settings = house.settings_with(quiet=0)
    ear = house.ear()
    batch = await ear.peek()
    assert accounts(list(batch.facts)) == [account]
    await asyncio.sleep(0.05)  # signs of life come meanwhile
    assert accounts(list((await house.ear(ear.last).peek()).facts)) == [account]
    later = house.pubsub.account()
    assert accounts(list((await house.ear(batch.position).peek()).facts)) == [later]


async def test_who_reads_no_more_keeps_no_stream_open() -> None:
    async with events_house() as house:
        house.settings = house.settings_with(idle=0.05)
        account = house.pubsub.account()
        ear = house.ear()
        await ear.hear()
        await asyncio.sleep(0.5)
        assert not house.pubsub.server.open
        second = house.pubsub.account()
        assert accounts(await ear.hear()) == [second] != [account]


async def test_a_reader_waits_for_the_first() -> None:
    async with events_house(pace=SPARING) as house:
        house.settings = house.settings_with(grace=0)
        ear = house.ear()
        waiting = asyncio.ensure_future(ear.hear(5))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        began = monotonic()
        account = house.pubsub.account()
        assert accounts(await waiting) == [account]
        assert monotonic() - began < 1
