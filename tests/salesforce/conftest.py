"""Who listens, in each module whose `house` has events."""

import pytest

from tests.salesforce.events_house import Ear, EventsHouse


@pytest.fixture
async def ear(house: EventsHouse) -> Ear:
    """Who has read everything so far."""
    ear = house.ear()
    await ear.hear()
    return ear
