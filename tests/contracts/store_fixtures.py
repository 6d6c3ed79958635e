"""A fresh database for a test, copied from one that was migrated once; tests/conftest.py shows them to every test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from adapters.db.database import Database
    from adapters.db.unit_of_work import SqlStore


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that has every table and nothing in them; copy it."""
    from adapters.db.database import Database  # noqa: PLC0415 - tests without a database start faster
    from adapters.db.migrate import migrate  # noqa: PLC0415

    path = tmp_path_factory.mktemp("migrated") / "portal.db"

    async def make() -> None:
        database = Database.in_file(path)
        await migrate(database)
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture
async def database(migrated_file: Path, tmp_path: Path) -> AsyncIterator["Database"]:
    """A database of this test alone, in a file."""
    from adapters.db.database import Database  # noqa: PLC0415

    path = tmp_path / "portal.db"
    shutil.copyfile(migrated_file, path)
    database = Database.in_file(path)
    yield database
    await database.close()


@pytest.fixture
async def store(database: "Database") -> "SqlStore":
    """The store of this test alone."""
    from adapters.db.unit_of_work import SqlStore  # noqa: PLC0415

    return SqlStore(database)
