"""What every scenario is given: a stage of its own. And how a failure reads."""

import importlib
import logging
import pkgutil
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

import features.steps
from adapters.fakes.world import World
from features import reporting
from features.collecting import FeatureFile, look_steps_up_once
from features.stage import Stage
from genkan.client import Portal
from tests.contracts import store_fixtures
from tests.databases import copied, stop_server
from tests.portal import WarmCleaner, first_morning, portal_in, warm_cleaner
from tests.streaming import as_over_a_wire
from tests.world_served import served_world
from tests.worlds import a_world

migrated_file, migrated_on = store_fixtures.migrated_file, store_fixtures.migrated_on
spent_databases = store_fixtures.spent_databases
for _module in pkgutil.iter_modules(features.steps.__path__, "features.steps."):
    _steps = vars(importlib.import_module(_module.name))
    globals().update({name: value for name, value in _steps.items() if name.startswith("pytestbdd_")})

pytest_bdd_before_step = reporting.before_step
pytest_bdd_step_error = reporting.step_error
pytest_bdd_step_func_lookup_error = reporting.step_unknown
pytest_runtest_makereport = reporting.makereport


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "rule(id): a scenario that proves the rule of that id")
    look_steps_up_once()


def pytest_unconfigure() -> None:
    stop_server()


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    return FeatureFile.from_parent(parent, path=file_path) if file_path.suffix == ".feature" else None


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    """A log line for each request costs more than it tells here; tests of the log may run in this process too."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def cleaner() -> WarmCleaner:
    """Starting a process for each scenario's card would be most of its time."""
    return warm_cleaner()


@pytest.fixture(scope="session")
def morning_file(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """A database whose first morning is over; copy it."""
    return first_morning(tmp_path_factory.mktemp("morning"), migrated_file)


@dataclass(frozen=True)
class Point:
    """A point that was reached: the folder of the closed portal, its world at that instant, and the stage."""

    folder: Path
    world: World
    at: datetime
    stage: Stage


class Kept:
    """The points that were reached in this test process, each of them once."""

    def __init__(self, folder: Path, migrated: Path, cleaner: WarmCleaner) -> None:
        self._folder, self._migrated, self._cleaner = folder, migrated, cleaner
        self._known: dict[tuple[str, ...], Point] = {}

    def at(self, point: tuple[str, ...], bring_about: Callable[[Stage], None]) -> Point:
        """What was there when that point was first reached."""
        if point not in self._known:
            folder, world = self._folder / str(len(self._known)), a_world()
            with portal_in(folder, self._migrated, world, self._cleaner) as (http, _), as_over_a_wire(http) as wire:
                stage = Stage(lambda _: Portal(wire))
                bring_about(stage)
                now = stage.backstage.now()
            self._known[point] = Point(folder, world, now, stage)
        return self._known[point]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, morning_file: Path, cleaner: WarmCleaner) -> Kept:
    """The points that this process has been brought to."""
    return Kept(tmp_path_factory.mktemp("beginnings"), morning_file, cleaner)


@dataclass
class Opening:
    """Opens the portal of one scenario, again and again in the same folder with the same world.

    `features.stage.Beginnings` too.
    """

    folder: Path
    migrated: Path
    cleaner: WarmCleaner
    kept: Kept
    stack: ExitStack
    world: World | None = None
    http: Any = None
    served: str | None = None

    def __call__(self, settings: dict[str, Any]) -> Portal:
        """The portal with these settings, on what it had kept."""
        self.stack.close()
        self.world = self.world or a_world()
        self.served = None
        opened = portal_in(self.folder, self.migrated, self.world, self.cleaner, **settings)
        self.http, _ = self.stack.enter_context(opened)
        return Portal(self.stack.enter_context(as_over_a_wire(self.http)))

    def world_at(self) -> str:
        """The address at which the world of the open portal answers other processes."""
        if self.served is None:
            assert self.world is not None
            self.served = self.stack.enter_context(served_world(self.world, self.http.blocking_portal.call))
        return self.served

    def open(self, point: tuple[str, ...], bring_about: Callable[[Stage], None]) -> tuple[Portal, Stage]:
        """The portal as it is at a point that others begin at too."""
        reached = self.kept.at(point, bring_about)
        shutil.copytree(reached.folder, self.folder, ignore=shutil.ignore_patterns("genkan.db*"))
        copied(reached.folder / "genkan.db", self.folder / "genkan.db")
        self.world = reached.world.twin(reached.at)
        return self({}), reached.stage


@pytest.fixture
def stage(tmp_path: Path, morning_file: Path, cleaner: WarmCleaner, kept: Kept) -> Iterator[Stage]:
    """A stage whose portal runs in this process, with a world in memory and a database of its own."""
    with ExitStack() as stack:
        opening = Opening(tmp_path / "portal", morning_file, cleaner, kept, stack)
        yield Stage(opening, opening, opening.world_at)
    shutil.rmtree(tmp_path, ignore_errors=True)
