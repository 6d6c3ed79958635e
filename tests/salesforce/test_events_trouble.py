"""What the stream does when Salesforce, the network or an event is not well (T-5)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from adapters.fakes.wire.salesforce.pubsub.faults import EventFault
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace as ServerPace
from core.domain.facts import AccountChanged, EventUnreadable, OrderChanged
from ports.errors import Rejected, Unavailable
from tests.salesforce.events_house import EventsHouse, events_house, until_well
from tests.wire.salesforce.pubsub_house import (
    ACCOUNTS,
    ORDERS,
    one_loop,  # noqa: F401 - fixture
)

SECRET = "canary-of-somebody"


@pytest.fixture
async def house() -> AsyncIterator[EventsHouse]:
    async with events_house((ACCOUNTS,)) as house:
        yield house


async def test_an_expired_token_is_renewed_once_and_the_stream_goes_on(house: EventsHouse) -> None:
    first = house.pubsub.account()
    ear = house.ear(topics=(ACCOUNTS, ORDERS))
    assert [fact.account for fact in await ear.hear()] == [first]
    house.pubsub.good.clear()
    second = house.pubsub.account()
    house.pubsub.server.look()
    assert [fact.account for fact in await ear.hear_all()] == [second]
    assert set(ear.log_ins) == {"good+"}


async def test_while_nobody_can_log_in_the_stream_is_down(house: EventsHouse) -> None:
    ear = house.ear()
    ear.shut = True
    with pytest.raises(Unavailable):
        await ear.hear(2)
    ear.shut = False
    account = house.pubsub.account()
    await until_well(ear.stream, None)
    assert [fact.account for fact in await ear.hear()] == [account]


async def test_a_token_refused_again_and_again_is_no_busy_loop(house: EventsHouse) -> None:
    house.pubsub.good.clear()
    ear = house.ear()
    ear.renews = False
    with pytest.raises(Unavailable):
        await ear.hear(2)
    await asyncio.sleep(0.2)
    assert house.pubsub.server.subscriptions == 0
    assert len(ear.log_ins) < 40


async def test_a_server_that_is_away_is_waited_for(house: EventsHouse) -> None:
    ear = house.ear()
    await ear.hear()
    house.world.faults.switch("stream", "after", "unavailable")
    with pytest.raises(Unavailable) as down:
        await ear.hear(5)
    assert not down.value.outcome_unknown
    account = house.pubsub.account()
    house.world.faults.clear()
    await until_well(ear.stream, ear.last)
    assert [fact.account for fact in await ear.hear()] == [account]


async def test_nobody_at_the_address_is_down_too() -> None:
    async with events_house((ACCOUNTS,)) as house:
        ear = house.ear(address="localhost:1")
        with pytest.raises(Unavailable):
            await ear.hear(5)


async def test_silence_is_noticed_and_the_stream_opened_anew() -> None:
    async with events_house((ACCOUNTS,)) as house:
        house.settings = house.settings_with(watchdog=0.1)
        ear = house.ear()
        await ear.hear()
        house.pubsub.server.faults.silent = True
        account = house.pubsub.account()
        waiting = asyncio.ensure_future(ear.hear(5))
        await asyncio.sleep(0.15)
        house.pubsub.server.faults.silent = False
        # the stream that was silent is given up, so that what speaks now is another one
        assert [fact.account for fact in await waiting] == [account]
        assert house.pubsub.server.subscriptions > 1


async def test_a_silent_topic_takes_no_other_one_with_it() -> None:
    async with events_house((ACCOUNTS, ORDERS)) as house:
        house.settings = house.settings_with(watchdog=0.2)
        account = house.pubsub.account()
        ear = house.ear()
        await ear.hear_all()
        house.pubsub.server.faults.silent_topics.add(ACCOUNTS)
        # it closes the connection that both share, under the calls of the other one
        await asyncio.sleep(0.4)
        house.pubsub.server.faults.silent_topics.clear()
        order = house.an_order(account)
        heard = await ear.hear_all()
        assert [fact.order for fact in heard if isinstance(fact, OrderChanged)] == [order]


async def test_a_server_that_stays_silent_is_down() -> None:
    async with events_house((ACCOUNTS,)) as house:
        house.settings = house.settings_with(watchdog=0.02)
        house.pubsub.server.faults.silent = True
        ear = house.ear()
        with pytest.raises(Unavailable):
            await ear.hear(5)


async def test_a_lost_place_in_the_middle_is_told(house: EventsHouse) -> None:
    house.pubsub.account()
    ear = house.ear()
    await ear.hear()
    house.pubsub.server.faults.refusals.append("subscription.fetch.replayid.corrupted")
    house.pubsub.server.cut("service.unavailable")
    with pytest.raises(Rejected, match="position_lost"):
        await ear.hear(5)
    ear.last = None
    assert len(await ear.hear()) == 1


async def test_more_than_is_told_is_a_lost_place_once(house: EventsHouse) -> None:
    before = house.pubsub.account()
    house.pubsub.server.faults.events.append(EventFault.OVERFLOW)
    house.pubsub.account()
    after = house.pubsub.account()
    ear = house.ear()
    # what came before it is told, and stays told
    assert [fact.account for fact in await ear.hear()] == [before]
    for _ in range(2):  # as often as the reader comes back without having begun anew
        with pytest.raises(Rejected, match="position_lost"):
            await ear.hear()
    ear.last = None
    assert [fact.account for fact in await ear.hear()] == [before, after]
    house.pubsub.server.faults.events.append(EventFault.OVERFLOW)
    house.pubsub.account()
    with pytest.raises(Rejected, match="position_lost"):
        await ear.hear()


async def test_ids_that_are_a_pattern_are_more_than_is_told(house: EventsHouse) -> None:
    bus = house.pubsub.bus
    commit = bus.commit("staff", house.world.clock.now())
    bus.tell("Account", bus.captured["Account"].bare("UPDATE", ["001*"], commit, 1), commit.at)
    with pytest.raises(Rejected, match="position_lost"):
        await house.ear().hear()


@pytest.mark.parametrize("what", ["payload", "record id", "bitmap", "no schema"])
async def test_an_event_nobody_can_read_is_parked_and_passed(house: EventsHouse, what: str) -> None:
    bus = house.pubsub.bus
    ear = house.ear()
    await ear.hear()
    commit = bus.commit("staff", house.world.clock.now())
    record = bus.captured["Account"].bare("UPDATE", ["001Q8K0015aIyydIBC"], commit, 1) | {"Name": SECRET}
    if what == "payload":
        bus.tell("Account", SECRET.encode(), commit.at)
    elif what == "record id":
        record["ChangeEventHeader"]["recordIds"] = [SECRET]
        bus.tell("Account", record, commit.at)
    elif what == "bitmap":
        record["ChangeEventHeader"]["changedFields"] = ["0xZZ"]
        bus.tell("Account", record, commit.at)
    else:
        house.pubsub.server.faults.schema_refusals.append("schema.not.found")
        bus.tell("Account", record, commit.at)
    account = house.pubsub.account()
    with capture_logs() as lines:
        facts = await ear.hear_all()
    (unread,) = [fact for fact in facts if isinstance(fact, EventUnreadable)]
    assert [(type(fact), fact.account) for fact in facts if fact is not unread] == [(AccountChanged, account)]
    assert unread.topic == ACCOUNTS and unread.reason and SECRET not in str(unread)
    assert ear.stream.reader.parked == {ACCOUNTS: 1}
    (parked,) = [line for line in lines if line["event"] == "salesforce.event.parked"]
    assert set(parked) == {"event", "log_level", "topic", "replay_id", "error"}
    assert bytes.fromhex(parked["replay_id"]) == bytes.fromhex(unread.place) and SECRET not in str(lines)
    # it stays passed
    assert await house.ear(ear.last).hear() == []


async def test_a_schema_that_can_not_be_had_now_parks_nothing(house: EventsHouse) -> None:
    house.pubsub.server.faults.schema_refusals += ["schema.api.unavailable", "service.auth.error"]
    account = house.pubsub.account()
    ear = house.ear()
    await until_well(ear.stream, None)
    assert [fact.account for fact in await ear.hear_all()] == [account]
    assert not ear.stream.reader.parked


@pytest.mark.parametrize("code", ["topic.not.found", "topic.meta.permission", "subscription.topic.cannot.subscribe"])
async def test_a_topic_that_is_refused_keeps_nobody_from_the_others(house: EventsHouse, code: str) -> None:
    house.settings = house.settings_with(long_wait=60)
    house.pubsub.server.faults.refusals.append(code)
    ear = house.ear(topics=(ORDERS,))
    with capture_logs() as lines, pytest.raises(Unavailable):
        await ear.hear(5)
    assert [(line["log_level"], line["code"]) for line in lines] == [("error", code)]
    house.settings = house.settings_with(long_wait=60, grace=0)
    ear = house.ear(topics=("/data/NoneChangeEvent", ACCOUNTS))
    account = house.pubsub.account()
    assert [fact.account for fact in await ear.hear(5)] == [account]


async def test_who_spent_the_days_events_waits_long(house: EventsHouse) -> None:
    house.settings = house.settings_with(long_wait=60)
    house.pubsub.server.faults.refusals.append("subscription.limit.exceeded")
    ear = house.ear()
    with capture_logs() as lines, pytest.raises(Unavailable):
        await ear.hear(0.5)
    assert [line["log_level"] for line in lines] == ["error"]


@pytest.mark.parametrize(
    "code",
    ["subscription.fetch.replay.repeated", "service.protection.triggered", "subscription.internal.error",
     "concurrent.client.limit.exceeded", "managed.subscription.already.active"],
)  # fmt: skip
async def test_what_passes_by_itself_is_tried_again(house: EventsHouse, code: str) -> None:
    house.pubsub.server.faults.refusals += [code] * 3
    account = house.pubsub.account()
    ear = house.ear()
    await until_well(ear.stream, None)
    assert [fact.account for fact in await ear.hear_all()] == [account]


async def test_a_reader_is_told_nothing_while_it_is_unknown_whose_an_order_is() -> None:
    async with events_house((ORDERS,), ServerPace(keepalive=0.01)) as house:
        account = house.pubsub.account()
        house.pubsub.server.faults.events.append(EventFault.GAP)
        order = house.an_order(account)
        ear = house.ear()
        ear.asks_in_vain = True
        with pytest.raises(Unavailable):
            await ear.hear()
        ear.asks_in_vain = False
        (fact,) = await ear.hear()
        assert (fact.order, fact.account) == (order, account)


async def test_no_token_is_ever_logged(house: EventsHouse) -> None:
    house.pubsub.good.clear()
    ear = house.ear()
    with capture_logs() as lines:
        house.pubsub.account()
        await ear.hear_all()
    assert ear.log_ins
    assert "good" not in str(lines)


@pytest.mark.parametrize("kind", ["schema change", "silence"])
async def test_what_goes_wrong_in_the_middle_is_got_over(house: EventsHouse, kind: str) -> None:
    house.settings = house.settings_with(watchdog=0.1)
    account = house.pubsub.account()
    ear = house.ear()
    await ear.hear_all()
    house.pubsub.bus.switch_word(kind, "*", 1, 0, 0)
    house.pubsub.change(account, phone="1")
    assert [fact.account for fact in await ear.hear_all(5)] == [account]


async def test_a_place_that_is_corrupted_is_told_and_all_is_heard_from_the_oldest_on(house: EventsHouse) -> None:
    account = house.pubsub.account()
    ear = house.ear()
    await ear.hear_all()
    house.pubsub.bus.switch_word("corrupted replay id", "*", 1, 0, 0)
    house.pubsub.change(account, phone="1")
    with pytest.raises(Rejected, match="position_lost"):
        await ear.hear(5)
    ear.last = None
    assert {fact.account for fact in await ear.hear_all(least=2)} == {account}
