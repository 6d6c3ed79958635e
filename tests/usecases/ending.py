"""A customer with Internet on 5 January, for tests of how a service ends."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain.ids import ServiceId
from core.domain.japan import Month
from core.domain.opportunity import Opportunity
from core.domain.session import Session
from tests.usecases.service_house import ServiceHouse, a_house
from tests.usecases.shop import INTERNET

JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)
END_OF_JANUARY = datetime(2026, 1, 31, 14, 59, 59, tzinfo=UTC)


@pytest.fixture
async def house(migrated_file: Path, tmp_path: Path) -> AsyncIterator[ServiceHouse]:
    async with a_house(migrated_file, tmp_path) as house:
        house.clock.set(datetime(2026, 1, 5, 3, 0, tzinfo=UTC))
        yield house


@pytest.fixture
async def mina(house: ServiceHouse) -> Session:
    return await house.customer()


@pytest.fixture
async def internet(house: ServiceHouse, mina: Session) -> ServiceId:
    return (await house.active(mina, INTERNET)).id


async def sale(house: ServiceHouse, mina: Session, service: ServiceId) -> Opportunity:
    found = await house.up.opportunities.for_service(mina.account, service)
    assert found is not None
    return found
