"""A shop and its customer, for tests of everything that is bought; tests of other areas bring houses of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.domain.session import Session
from tests.usecases.ending import with_internet  # noqa: F401 - a fixture
from tests.usecases.shop import Shop, a_shop


@pytest.fixture
async def shop(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Shop]:
    async with a_shop(migrated_file, tmp_path) as shop:
        yield shop


@pytest.fixture
async def mina(shop: Shop) -> Session:
    return await shop.customer()
