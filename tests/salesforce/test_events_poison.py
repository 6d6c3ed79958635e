"""Whatever an event holds, it is read or parked, and those behind it come (T-5)."""

from typing import Any

import pytest

from core.domain.facts import AccountChanged, EventUnreadable
from tests.salesforce.events_house import EventsHouse, events_house
from tests.wire.salesforce.pubsub_house import ACCOUNTS, one_loop  # noqa: F401 - fixture

ACCOUNT = "001Q8K0015aIyydIBC"
UPDATE = "/event/Account_Internet_Eligibility_Update__e"


def a_change(house: EventsHouse, **header: Any) -> None:
    bus = house.pubsub.bus
    commit = bus.commit("staff", house.world.clock.now())
    record = bus.captured["Account"].bare("UPDATE", [ACCOUNT], commit, 1) | {"Name": "x"}
    record["ChangeEventHeader"] |= header
    bus.tell("Account", record, commit.at)


@pytest.mark.parametrize(
    "header",
    [
        {"commitTimestamp": 2**60},
        {"commitTimestamp": -(2**60)},
        {"commitTimestamp": 2**63 - 1},
        {"changedFields": ["99999999999999999999-0x1"]},
        {"changedFields": ["-5-0x1"]},
        {"recordIds": ["nobody"]},
    ],
)
async def test_a_change_nobody_can_read_keeps_nobody_from_those_behind_it(header: dict[str, Any]) -> None:
    async with events_house((ACCOUNTS,)) as house:
        ear = house.ear()
        await ear.hear()
        a_change(house, **header)
        account = house.pubsub.account()
        facts = await ear.hear_all()
        assert [fact.account for fact in facts if isinstance(fact, AccountChanged)][-1] == account
        assert house.pubsub.server.subscriptions == 1


@pytest.mark.parametrize("at", [2**60, -(2**60), 2**63 - 1])
async def test_a_telling_at_no_time_is_parked(at: int) -> None:
    async with events_house((UPDATE,)) as house:
        ear, bus = house.ear(), house.pubsub.bus
        shape = bus.shape_of(UPDATE)
        await ear.hear()
        told = {"CreatedById": "005", "AccountId__c": ACCOUNT, "Internet_Eligibility_Status__c": "Eligible"}
        for created in (at, 1):
            bus.post(
                [UPDATE], shape, dict.fromkeys(shape.names) | told | {"CreatedDate": created}, house.world.clock.now()
            )
        facts = await ear.hear_all(least=2)
        assert [type(fact) for fact in facts].count(EventUnreadable) == 1
        assert len(facts) == 2
        assert ear.stream.reader.parked[UPDATE] == 1
