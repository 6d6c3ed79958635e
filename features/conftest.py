"""What every scenario is given: a stage of its own. And how a failure reads."""

import importlib
import logging
import pkgutil
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog

import features.steps
from features import reporting
from features.collecting import FeatureFile
from features.stage import Stage
from genkan.client import Portal
from tests.contracts import store_fixtures
from tests.portal import WarmCleaner, a_world, portal_in
from tests.streaming import as_over_a_wire

migrated_file = store_fixtures.migrated_file
for _module in pkgutil.iter_modules(features.steps.__path__, "features.steps."):
    _steps = vars(importlib.import_module(_module.name))
    globals().update({name: value for name, value in _steps.items() if name.startswith("pytestbdd_")})

pytest_bdd_before_step = reporting.before_step
pytest_bdd_step_error = reporting.step_error
pytest_bdd_step_func_lookup_error = reporting.step_unknown
pytest_runtest_makereport = reporting.makereport


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "rule(id): a scenario that proves the rule of that id")


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    return FeatureFile.from_parent(parent, path=file_path) if file_path.suffix == ".feature" else None


@pytest.fixture(scope="session", autouse=True)
def quiet_logs() -> Iterator[None]:
    """A log line for each request costs more than it tells here."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def cleaner() -> WarmCleaner:
    """Starting a process for each scenario's card would be most of its time."""
    return WarmCleaner()


@pytest.fixture
def stage(tmp_path: Path, migrated_file: Path, cleaner: WarmCleaner) -> Iterator[Stage]:
    """A stage whose portal runs in this process, with a world in memory and a database of its own."""
    world = a_world()
    with ExitStack() as stack:

        def opened(settings: dict[str, Any]) -> Portal:
            stack.close()
            http, _ = stack.enter_context(portal_in(tmp_path / "portal", migrated_file, world, cleaner, **settings))
            return Portal(stack.enter_context(as_over_a_wire(http)))

        yield Stage(opened)
    shutil.rmtree(tmp_path, ignore_errors=True)
