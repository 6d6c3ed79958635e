"""How a failing scenario reads: its rule, its sentences up to the one that failed, expected and got.

`pytest --full-trace` shows the stack trace instead.
"""

import difflib
import traceback
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest
from pytest_bdd.parser import Feature, Scenario, Step

from features.sentences import CATALOGUE
from features.stage import Stage
from genkan.client import NotExpected

_ROOT: Final = Path(__file__).parent.parent
_FAILED: Final = pytest.StashKey[str]()
_NEAREST: Final = 3


def before_step(request: pytest.FixtureRequest) -> None:
    """What the sentence before led to has happened by now."""
    stage: Stage = request.getfixturevalue("stage")
    stage.settle()


def step_error(
    request: pytest.FixtureRequest, feature: Feature, scenario: Scenario, step: Step, exception: Exception
) -> None:
    """Write down how the scenario got here."""
    request.node.stash[_FAILED] = _told(feature, scenario, step, _why(exception))


def step_unknown(request: pytest.FixtureRequest, feature: Feature, scenario: Scenario, step: Step) -> None:
    """Write down which sentences come near one that nobody defined."""
    known = {phrase.sentence for phrase in CATALOGUE if phrase.keyword.lower() == step.type}
    near = difflib.get_close_matches(step.name, known, _NEAREST, cutoff=0.3)
    lines = ["nobody defined this sentence" + ("; near to it are" if near else ""), *(f"    {each}" for each in near)]
    request.node.stash[_FAILED] = _told(feature, scenario, step, "\n".join(lines))


@pytest.hookimpl(wrapper=True)
def makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Show what was written down, and no stack trace unless it is asked for."""
    report = yield
    told = item.stash.get(_FAILED, None)
    if call.when == "call" and report.failed and told is not None and not item.config.option.fulltrace:
        report.longrepr = told
    return report


def _told(feature: Feature, scenario: Scenario, failed: Step, why: str) -> str:
    place = Path(feature.filename).relative_to(_ROOT)
    lines = [f"{place}:{failed.line_number}", f"Feature: {feature.name}"]
    if scenario.rule is not None:
        lines.append(f"Rule: {scenario.rule.name}")
    lines += [f"  {scenario.keyword}: {scenario.name}"]
    for step in scenario.steps:
        lines.append(f"  {'✗' if step is failed else '✓'} {step.keyword.strip()} {step.name}")
        if step is failed:
            break
    return "\n".join([*lines, *(f"    {line}" for line in why.splitlines())])


def _why(error: Exception) -> str:
    if isinstance(error, (AssertionError, NotExpected)):
        return str(error) or "it is not so"
    frame = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno})"
    within = error.exceptions if isinstance(error, ExceptionGroup) else ()
    return "\n".join([said, *(f"  {line}" for each in within for line in _why(each).splitlines())])
