"""How pytest finds scenarios: each feature file is collected like a module, each scenario is a test of its own."""

import re
import types
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from pytest_bdd import scenario
from pytest_bdd.feature import get_feature
from pytest_bdd.parser import Feature, ScenarioTemplate, Step

RULE_ID: Final = re.compile(r"[A-Z]{3}-[0-9]+")


Found = tuple[pytest.FixtureDef[Any], ...]


def look_steps_up_once() -> None:
    """Let each sentence be looked for once: every feature has the same steps, and there are hundreds of them."""
    bdd: Any = import_module("pytest_bdd.scenario")  # the package has a function of that name
    look = bdd.find_fixturedefs_for_step
    found: dict[Any, Found] = {}

    def remembered(step: Step, fixturemanager: Any, node: Any) -> Found:
        sentence = (fixturemanager, step.type, step.name)
        if sentence not in found:
            found[sentence] = tuple(look(step, fixturemanager, node))
        return found[sentence]

    bdd.find_fixturedefs_for_step = remembered


class FeatureFile(pytest.Module):
    """A feature file. One that can't be read is one failing test, and hides nothing of the others."""

    def _getobj(self) -> Any:
        module = types.ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        try:
            feature = get_feature(str(self.path.parent), self.path.name)
        except Exception as error:
            vars(module)["test_this_file_can_be_read"] = _failing(self.path, str(error))
            return module
        for title, template in feature.scenarios.items():
            vars(module)[f"test_{_identifier(title)}"] = _test(feature, title, template)
        return module


def _test(feature: Feature, title: str, template: ScenarioTemplate) -> Any:
    path = Path(feature.filename)

    @scenario(path.name, title, features_base_dir=str(path.parent))
    def played() -> None:
        """Everything stands in the steps."""

    for rule in rules_of(template):
        played = pytest.mark.rule(id=rule)(played)
    return played


def rules_of(template: ScenarioTemplate) -> list[str]:
    """The ids that a scenario proves: those its rule begins with."""
    return ids_of(template.rule.name) if template.rule is not None else []


def ids_of(rule: str) -> list[str]:
    """The ids at the beginning of a rule's line: "ELG-2", or "ORD-1, ORD-5"."""
    head = re.match(r"(?:[A-Z]{3}-[0-9]+[,、\s]*)+", rule)
    return RULE_ID.findall(head[0]) if head else []


def _failing(path: Path, why: str) -> Any:
    def unreadable() -> None:
        pytest.fail(f"{path.name} can't be read: {why.splitlines()[0]}", pytrace=False)

    return unreadable


def _identifier(title: str) -> str:
    return re.sub(r"\W+", "_", title).strip("_")
