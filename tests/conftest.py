"""What every test shares; fixtures of one folder live in that folder's conftest."""

import gc
import sys

import pytest
from hypothesis import settings

from tests.contracts.store_fixtures import (  # noqa: F401 - fixtures
    database,
    database_file,
    engine,
    migrated_file,
    migrated_on,
    postgresql,
    spent_databases,
    store,
)
from tests.databases import stop_server
from tests.engines import share_compiled_statements

# "ci" draws the same examples every time, so that a red run is red again; "search" looks further:
# pytest --hypothesis-profile=search
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("search", max_examples=1000, deadline=None, print_blob=True)
settings.load_profile("ci")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is slow comes first, file by file, so that no worker begins it when the others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """What was imported and collected stays; looking for garbage in it costs a tenth of the time."""
    if "adapters.db.sqlite" in sys.modules:
        share_compiled_statements()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_unconfigure() -> None:
    """What was started for the tests ends with them."""
    stop_server()


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Async tests run on the loop the server runs on."""
    return "asyncio", {"use_uvloop": True}
