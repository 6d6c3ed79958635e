"""Everything that is PostgreSQL's own: how it is spoken to, what its transactions promise, and who waits for whom."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final

import asyncpg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.db.modes import Mode
from adapters.db.opening import NotOpened
from ports.errors import Unavailable

SCHEMES: Final = frozenset({"postgresql", "postgresql+asyncpg"})
"""How the URL of such a database begins; both mean asyncpg."""
OPTIONS: Final[Mapping[Mode, Mapping[str, Any]]] = MappingProxyType(
    {
        Mode.READING: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        Mode.WRITING: {"isolation_level": "READ COMMITTED"},
        Mode.DURABLE: {"isolation_level": "READ COMMITTED"},
    }
)
"""What each mode is here. A reading sees one moment, as on SQLite, and never fails for it. A writing sees, statement by
statement, what others have committed: whoever waited for another's row goes on from what that one left. Every commit
waits for the disk; the few that could be lost are not worth a customer's order (ADR 0033)."""
_SESSION: Final = {
    "application_name": "genkan",
    "jit": "off",  # compiling a statement takes longer than any of ours
    "synchronous_commit": "on",  # whatever the server's default is
    "idle_in_transaction_session_timeout": "60000",  # a hung process lets go of what it holds
}
CONNECT_WITHIN: Final = 5.0
"""Seconds that a new connection may take."""
_STATEMENTS: Final = 500
"""How many prepared statements a connection keeps: more than the shelves have."""
_AGAIN: Final = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300"})
"""States that say the same may work later: a deadlock, a lock or connection not given, a server going down."""
LOST: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What is raised on a connection that is lost, or that a server ended while nothing was asked on it: asyncpg then takes
what is asked next for a second question before the first was answered, and calls that an error of its own."""


def create_engine(url: URL, **settings: Any) -> AsyncEngine:
    """An engine over asyncpg; a process takes few connections, since several share the server's."""
    pool = {"pool_size": 8, "max_overflow": 8, "pool_timeout": 10}

    async def connected(*_: Any, **__: Any) -> Any:
        # by the URL itself: what stands behind its question mark (sslmode, sslrootcert) means what it means to libpq
        return await _connect(plain_url(url))

    told = {"prepared_statement_cache_size": _STATEMENTS, "async_creator_fn": connected}
    return create_async_engine(url.set(drivername="postgresql+asyncpg"), connect_args=told, **(settings | pool))


def plain_url(url: URL) -> str:
    """The URL as asyncpg itself takes it, password included."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


async def _connect(url: str) -> Any:
    try:
        return await asyncpg.connect(url, server_settings=dict(_SESSION), timeout=CONNECT_WITHIN)
    except (OSError, TimeoutError) as error:
        raise Unavailable("the database can't be reached", outcome_unknown=False) from error
    except asyncpg.InvalidCatalogNameError as error:
        raise NotOpened("the server has no database of that name") from error
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise NotOpened("the server does not let that user in") from error
    except (asyncpg.ClientConfigurationError, asyncpg.UndefinedObjectError) as error:
        raise NotOpened("what stands behind its question mark is nothing that can be set") from error


@contextmanager
def asking() -> Iterator[None]:
    """Have a server that goes away, or says to come again, be Unavailable."""
    try:
        yield
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        if error.connection_invalidated or state in _AGAIN or state.startswith("08"):
            raise Unavailable("the database did not answer") from error
        raise
    except asyncpg.InternalClientError as error:
        raise Unavailable("the database ended the connection") from error
    except PoolTimeout as error:
        raise Unavailable("every connection to the database is taken", outcome_unknown=False) from error
