"""A customer with Internet on 5 January, for tests of how a service ends."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain.ids import ServiceId
from core.domain.japan import Month
from core.domain.opportunity import Opportunity
from core.domain.session import Session
from tests.usecases.service_house import Kept, ServiceHouse, a_house, kept, reopened
from tests.usecases.shop import INTERNET

FIFTH = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)
END_OF_JANUARY = datetime(2026, 1, 31, 14, 59, 59, tzinfo=UTC)


@pytest.fixture(scope="session")
def with_internet(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Kept, tuple[Session, ServiceId]]:
    """A house whose customer has Internet; bringing it about takes longer than most of what is tested there."""

    async def prepare(house: ServiceHouse) -> tuple[Session, ServiceId]:
        house.clock.set(FIFTH)
        mina = await house.customer()
        return mina, (await house.active(mina, INTERNET)).id

    return asyncio.run(kept(migrated_file, tmp_path_factory.mktemp("ending"), prepare))


@pytest.fixture
async def house(request: pytest.FixtureRequest, migrated_file: Path, tmp_path: Path) -> AsyncIterator[ServiceHouse]:
    if "internet" in request.fixturenames:
        async with reopened(request.getfixturevalue("with_internet")[0], tmp_path) as house:
            yield house
    else:
        async with a_house(migrated_file, tmp_path) as house:
            house.clock.set(FIFTH)
            yield house


@pytest.fixture
async def mina(request: pytest.FixtureRequest, house: ServiceHouse) -> Session:
    if "internet" in request.fixturenames:
        session: Session = request.getfixturevalue("with_internet")[1][0]
        return session
    return await house.customer()


@pytest.fixture
def internet(with_internet: tuple[Kept, tuple[Session, ServiceId]]) -> ServiceId:
    return with_internet[1][1]


async def sale(house: ServiceHouse, mina: Session, service: ServiceId) -> Opportunity:
    found = await house.up.opportunities.for_service(mina.account, service)
    assert found is not None
    return found
