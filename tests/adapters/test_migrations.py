"""The revisions make the tables that the code knows, and can be taken back."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    bindparam,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from adapters.db.columns import Instant, Plain
from adapters.db.database import Database
from adapters.db.migrate import alembic_config, migrate, revision_of
from adapters.db.migrations import HEAD
from adapters.db.schema import metadata
from adapters.db.transaction import Transaction
from tests.contracts.meeting import until_it_waits
from tests.databases import POSTGRESQL, made, opened

NOON = datetime(2026, 1, 20, 12, tzinfo=UTC)
SOME = {Instant: NOON, Boolean: True, Integer: 1, LargeBinary: b"x", Date: NOON.date(), Plain: "null"}


@pytest.fixture
async def empty(tmp_path: Path, engine: str) -> AsyncIterator[Database]:
    database = opened(made(tmp_path / "empty.db", engine), engine)
    yield database
    await database.close()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def shape(connection: Connection) -> dict[str, Any]:
    """Every table with its columns, keys and indexes, as the database knows them."""
    found = MetaData()
    found.reflect(connection)
    return {
        name: {
            "columns": {c.name: (str(c.type), c.nullable, c.primary_key) for c in table.columns},
            "unique": sorted(tuple(u["column_names"]) for u in inspect(connection).get_unique_constraints(name)),
            "foreign": sorted(
                (tuple(f["constrained_columns"]), f["referred_table"], f["options"].get("ondelete"))
                for f in inspect(connection).get_foreign_keys(name)
            ),
            "indexes": sorted((i["name"], tuple(i["column_names"])) for i in inspect(connection).get_indexes(name)),
        }
        for name, table in found.tables.items()
        if name not in ("alembic_version", "sqlite_sequence")
    }


async def test_the_revisions_make_what_the_code_knows(empty: Database, tmp_path: Path, engine: str) -> None:
    await migrate(empty)
    declared = opened(made(tmp_path / "declared.db", engine), engine)
    async with declared.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        wanted = await connection.run_sync(shape)
    await declared.close()
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(shape) == wanted

        def differences(connection: Connection) -> list[Any]:
            return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(revision_of) == HEAD


async def test_the_revisions_can_be_taken_back_and_made_again(empty: Database) -> None:
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(revision_of) is None
    await migrate(empty)
    await migrate(empty, "base")
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(tables) - {"sqlite_sequence"} == {"alembic_version"}
    await migrate(empty)
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(revision_of) == HEAD


def some(column: Column[Any]) -> Any:
    """A value that the column takes, the same for all of its kind, so that references lead somewhere."""
    return next((value for kind, value in SOME.items() if isinstance(column.type, kind)), "x")


def fill(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        # by text, so that data which the code would not write is taken too
        names, marks = (
            [f"{sign}{column.name}{end}" for column in table.columns] for sign, end in (('"', '"'), (":", ""))
        )
        statement = text(f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ({", ".join(marks)})')
        kinds = {column.name: None if isinstance(column.type, Plain) else column.type for column in table.columns}
        values = [bindparam(column.name, some(column), type_=kinds[column.name]) for column in table.columns]
        connection.execute(statement.bindparams(*values))


def held(connection: Connection) -> dict[str, int]:
    there = tables(connection)
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
        if table.name in there
    }


async def test_what_is_kept_survives_the_newest_revision_taken_back_and_made_again(empty: Database) -> None:
    await migrate(empty)
    async with empty.engine.begin() as connection:
        await connection.run_sync(fill)
    for revision in [each.revision for each in ScriptDirectory.from_config(alembic_config()).walk_revisions()][1:]:
        await migrate(empty, revision)
        async with empty.engine.connect() as connection:
            assert await connection.run_sync(revision_of) == revision
            below = await connection.run_sync(held)
        assert set(below.values()) == {1}
        await migrate(empty)
        async with empty.engine.connect() as connection:
            again = await connection.run_sync(held)
        assert {name: count for name, count in again.items() if name in below} == below
    await migrate(empty, "base")
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(tables) - {"sqlite_sequence"} == {"alembic_version"}


@pytest.mark.parametrize("engine", [POSTGRESQL])
async def test_several_that_start_at_once_migrate_once(empty: Database) -> None:
    others = [Database(empty.url) for _ in range(3)]
    ended = await asyncio.gather(*(migrate(each) for each in (empty, *others)), return_exceptions=True)
    for each in others:
        await each.close()
    assert ended == [None] * 4
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(revision_of) == HEAD


@pytest.mark.parametrize("engine", [POSTGRESQL])
async def test_who_migrates_waits_for_who_does_already(empty: Database) -> None:
    other = Database(empty.url)
    async with empty.engine.begin() as connection:
        await Transaction(connection).alone("migrations")
        coming = asyncio.ensure_future(migrate(other))
        waited = await until_it_waits(empty, coming)
    await coming
    await other.close()
    assert waited


def test_the_newest_revision_is_the_one_the_code_names() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [HEAD]


async def test_a_migrated_database_is_opened_at_once(database: Database) -> None:
    started = time.perf_counter()
    await migrate(database)
    # a server has to be connected to first
    assert time.perf_counter() - started < (0.2 if database.is_embedded else 1)


def test_alembic_is_not_loaded_for_a_migrated_database(database_file: Path, engine: str) -> None:
    opening = (
        "import asyncio, sys\n"
        "from adapters.db.database import Database\n"
        "from adapters.db.migrate import migrate\n"
        "async def main():\n"
        "    database = Database(sys.argv[1])\n"
        "    await migrate(database)\n"
        "    await database.close()\n"
        "asyncio.run(main())\n"
        "assert 'alembic' not in sys.modules\n"
    )
    url = opened(database_file, engine).url.render_as_string(hide_password=False)
    subprocess.run([sys.executable, "-c", opening, url], check=True, timeout=60)


async def test_a_revision_that_fails_leaves_nothing(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with empty.engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE work_steps (name TEXT)")
    with pytest.raises(Exception, match="work_steps"):
        await migrate(empty)
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(tables) == {"work_steps"}


def test_postgresql_can_have_the_same_tables() -> None:
    dialect = postgresql.dialect()
    for table in metadata.sorted_tables:
        statement = str(CreateTable(table).compile(dialect=dialect))
        assert "NULL" in statement
        for index in table.indexes:
            assert "CREATE" in str(CreateIndex(index).compile(dialect=dialect))
    assert "TIMESTAMP WITH TIME ZONE" in str(CreateTable(metadata.tables["work"]).compile(dialect=dialect))
