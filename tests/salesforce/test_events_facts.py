"""Which facts the portal makes of Salesforce's events."""

from collections.abc import AsyncIterator

import pytest

from core.domain.facts import AccountChanged, EligibilityChanged, IdentityChanged
from tests.salesforce.events_house import EventsHouse, events_house


@pytest.fixture
async def house() -> AsyncIterator[EventsHouse]:
    async with events_house() as house:
        yield house


async def test_a_change_of_an_account_becomes_what_changed_of_it(house: EventsHouse) -> None:
    account = house.pubsub.account()
    ear = house.ear()
    assert [type(fact) for fact in await ear.hear(2)] == [AccountChanged]
    house.pubsub.change(account, eligibility_status="Eligible", eligibility_value="Home 1G")
    (fact,) = await ear.hear(2)
    assert (type(fact), fact.account, fact.own) == (EligibilityChanged, account, False)
    assert fact.at == house.world.records.get("account", account)["changed_at"]
    house.pubsub.change(account, id_status="Verified")
    house.pubsub.change(account, by="portal", phone="+81 3 0000 0000")
    facts = await ear.hear_all(least=2)
    assert [(type(fact), fact.own) for fact in facts] == [(IdentityChanged, False), (AccountChanged, True)]
