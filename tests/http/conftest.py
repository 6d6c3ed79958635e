"""A portal for tests of accounts and support; tests of other areas bring one of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.account_portal import Portal, a_portal
from tests.portal import first_morning


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """A database whose first morning is over; copy it."""
    return first_morning(tmp_path_factory.mktemp("morning"), migrated_file)


@pytest.fixture
def portal(tmp_path: Path, migrated_file: Path) -> Iterator[Portal]:
    """A portal of this test alone."""
    with a_portal(tmp_path, migrated_file) as portal:
        yield portal


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Portal]:
    """One portal for what leaves nothing behind."""
    with a_portal(tmp_path_factory.mktemp("shared"), migrated_file) as portal:
        yield portal
