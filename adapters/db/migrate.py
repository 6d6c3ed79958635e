"""Brings a database to a revision."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, inspect, text

from adapters.db.database import Database
from adapters.db.migrations import HEAD
from adapters.db.transaction import Transaction

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_REVISION: Final = text("SELECT version_num FROM alembic_version")


async def migrate(database: Database, to: str = "head") -> None:
    """Bring the database to a revision, all of the way or not at all; nothing is loaded when it is there already."""
    if to in ("head", HEAD):
        async with database.engine.connect() as connection:
            if await connection.run_sync(revision_of) == HEAD:
                return
    async with database.engine.begin() as connection:
        # of several instances that start at once one does it, and the others find it done
        await Transaction(connection).alone("migrations")
        await connection.run_sync(_move, to)


def revision_of(connection: Connection) -> str | None:
    """The revision a database stands at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(_REVISION).scalar_one_or_none()
    return revision


def alembic_config() -> Any:
    """Alembic's settings for this database's revisions."""
    from alembic.config import Config  # noqa: PLC0415 - loading it takes longer than opening the database

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def _move(connection: Connection, to: str) -> None:
    from alembic import command  # noqa: PLC0415 - as above

    config = alembic_config()
    config.attributes["connection"] = connection
    if to == "base" or (to != "head" and to < (revision_of(connection) or "")):
        command.downgrade(config, to)
    else:
        command.upgrade(config, to)
