"""One dialect and one store of compiled statements for every embedded database of a test process.

Each test has a database of its own, and compiling its statements anew would be a tenth of what the tests take.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import AsyncEngine


_SHARED: dict[str, Any] = {}


def share_compiled_statements() -> None:
    """From here on."""
    from adapters.db import sqlite  # noqa: PLC0415 - tests without a database start faster

    sqlite.create_engine = _sharing(sqlite.create_engine)  # type: ignore[assignment]


def _sharing(create: Callable[..., "AsyncEngine"]) -> Callable[..., "AsyncEngine"]:
    def created(url: "URL", **settings: Any) -> "AsyncEngine":
        engine = create(url, **settings)
        for name in ("dialect", "_compiled_cache"):
            setattr(engine.sync_engine, name, _SHARED.setdefault(name, getattr(engine.sync_engine, name)))
        return engine

    return created
