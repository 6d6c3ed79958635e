"""Every rule of docs/rules.md is cited by a feature, and features cite no rule that there is not."""

import re
from typing import Final

import pytest

from features.collecting import ids_of
from tests.architecture.gherkin import ROOT, files, rules

LATER: Final = {
    "OPS-4": "several instances on one PostgreSQL (tests/adapters/test_instances.py)",
}
"""Rules that only a later part of the portal can prove, with the reason."""

PARTLY: Final = {
    "ACC-4": "the weekly report of orphans (tests/running/test_days.py)",
    "ACC-7": "that hashing never stalls the event loop (make bench)",
    "OPS-1": "the sandbox and production profiles, whose bindings are built with the real systems",
    "OPS-2": "traces and the breakers of the real systems' clients; the alert rules in tests/running",
    "OPS-5": "each repair by itself, and what was put right meanwhile (tests/usecases/test_repair_difference.py)",
    "OPS-7": "killing it, lost answers and every bad line (tests/running/test_import_command.py)",
    "NTF-4": "a notice that reaches a page through another instance (tests/adapters/test_instances.py)",
    "FUL-3": "killing the process at every step (tests/usecases and tests/adapters do)",
    "FUL-8": "what operators do from the command line beyond what a feature can type",
}
"""What of a rule that is cited is proved elsewhere or later."""


@pytest.fixture(scope="module")
def known() -> list[str]:
    return re.findall(r"^- \*\*([A-Z]{3}-[0-9]+)\*\*", (ROOT / "docs" / "rules.md").read_text("utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def cited() -> set[str]:
    return {id for path in files() for _, rule, _ in rules(path) for id in ids_of(rule)}


def test_every_rule_is_cited_by_a_scenario(
    known: list[str], cited: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("\n  rules that a later part proves:")
        for id, why in LATER.items():
            print(f"    {id}: {why}")
        print("  parts of rules that are proved elsewhere or later:")
        for id, why in PARTLY.items():
            print(f"    {id}: {why}")
    assert [id for id in known if id not in cited and id not in LATER] == []


def test_no_rule_is_cited_that_there_is_not(known: list[str], cited: set[str]) -> None:
    assert sorted(cited - set(known)) == []


def test_the_lists_are_as_short_as_they_can_be(known: list[str], cited: set[str]) -> None:
    assert [id for id in LATER if id in cited or id not in known] == []
    assert [id for id in PARTLY if id not in cited] == []


def test_each_id_is_there_once(known: list[str]) -> None:
    assert len(known) == len(set(known)) > 90
