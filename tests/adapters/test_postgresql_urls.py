"""One URL says where PostgreSQL is and how it is trusted, to each of the drivers that go there (ADR 0033)."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from adapters.db.database import Database
from adapters.db.leadership import leadership_of
from adapters.db.opening import NotOpened
from tests.databases import SECRET
from tests.portal import settings_for


def further(database: Database, what: str) -> str:
    """Its URL with something more behind the question mark."""
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return f"{url}{'&' if '?' in url else '?'}{what}"


async def test_what_libpq_knows_is_known_to_every_driver(postgresql: Database, tmp_path: Path) -> None:
    url = further(postgresql, "sslmode=prefer")
    database = Database(url)
    async with database.reading() as transaction:
        assert await transaction.value(text("SELECT 1")) == 1
    leadership = leadership_of(database, "trusted")
    assert await leadership.lead()
    await leadership.resign()
    await database.close()
    work = create_engine(settings_for(tmp_path, database=url, secret=SECRET).work_database_url)
    with work.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    work.dispose()


@pytest.mark.parametrize("what", ["sslmode=sometimes", "no_such_setting=1"])
async def test_what_the_url_asks_for_in_vain_is_named(what: str, postgresql: Database) -> None:
    database = Database(further(postgresql, what))
    with pytest.raises(NotOpened, match="what stands behind its question mark"):
        async with database.reading() as transaction:
            await transaction.value(text("SELECT 1"))
    await database.close()
