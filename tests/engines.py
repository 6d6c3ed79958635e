"""One dialect and one store of compiled statements for every embedded database of a test process.

Each test has a database of its own, and compiling its statements anew would be a tenth of what the tests take.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine


_SHARED: dict[tuple[bool, str], Any] = {}


def share_compiled_statements() -> None:
    """From here on."""
    from adapters.db import sqlite  # noqa: PLC0415 - tests without a database start faster

    sqlite.create_engine = _sharing(sqlite.create_engine)
    sqlite.create_readers = _sharing(sqlite.create_readers)


def _sharing(create: Callable[..., Any]) -> Callable[..., Any]:
    def created(url: "URL", **settings: Any) -> Any:
        engine = create(url, **settings)
        plain: Engine = getattr(engine, "sync_engine", engine)
        for name in ("dialect", "_compiled_cache"):
            setattr(plain, name, _SHARED.setdefault((plain is engine, name), getattr(plain, name)))
        return engine

    return created
