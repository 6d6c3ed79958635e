"""A fresh database for a test, copied from one that was migrated once; tests/conftest.py shows them to every test."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.databases import BOTH, POSTGRESQL, WHOLE, copied, drop_beneath, made, opened

if TYPE_CHECKING:
    from adapters.db.database import Database
    from adapters.db.unit_of_work import SqlStore


@pytest.fixture(scope="session")
def migrated_on(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A database of that kind that has every table and nothing in them; copy it."""
    kept: dict[str, Path] = {}

    def migrated(on: str) -> Path:
        if on not in kept:
            kept[on] = made(tmp_path_factory.mktemp("migrated") / "portal.db", on)
            # in a thread of its own: whoever asks first may be running in a loop
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, _migrated(kept[on], on)).result()
        return kept[on]

    return migrated


async def _migrated(path: Path, on: str) -> None:
    from adapters.db.migrate import migrate  # noqa: PLC0415 - tests without a database start faster

    database = opened(path, on)
    await migrate(database)
    await database.close()


@pytest.fixture(scope="session")
def migrated_file(migrated_on: Callable[[str], Path]) -> Path:
    """The one of the kind that the whole suite runs on."""
    return migrated_on(WHOLE)


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest) -> str:
    """What a database of this test is of: one after the other."""
    return str(request.param)


@pytest.fixture
def database_file(engine: str, migrated_on: Callable[[str], Path], tmp_path: Path) -> Path:
    """A database of this test alone, not opened yet."""
    return copied(migrated_on(engine), tmp_path / "portal.db", engine)


@pytest.fixture
async def database(database_file: Path, engine: str) -> AsyncIterator["Database"]:
    """A database of this test alone."""
    database = opened(database_file, engine)
    yield database
    await database.close()


@pytest.fixture
async def store(database: "Database") -> "SqlStore":
    """The store of this test alone."""
    from adapters.db.unit_of_work import SqlStore  # noqa: PLC0415

    return SqlStore(database)


@pytest.fixture
async def postgresql(migrated_on: Callable[[str], Path], tmp_path: Path) -> AsyncIterator["Database"]:
    """A database of PostgreSQL of this test alone."""
    database = opened(copied(migrated_on(POSTGRESQL), tmp_path / "postgresql.db", POSTGRESQL), POSTGRESQL)
    yield database
    await database.close()


@pytest.fixture(autouse=True)
def spent_databases(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test made on a server goes with it."""
    yield
    if "tmp_path" in request.node.funcargs:
        drop_beneath(request.node.funcargs["tmp_path"])
