"""The breaks that rules are proved with can be tried, each is wrong and no crash, and no rule goes without a word."""

import re
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import ROOT
from tests.architecture.test_rules_are_proved import LATER
from tests.broken_rules import BREAKS, NOT_OF_THE_CORE
from tests.mutants import missing
from tests.rules_mutation import every_break


def test_each_line_to_break_stands_there_once() -> None:
    assert missing(every_break()) == []


def test_what_is_broken_names_nothing_that_its_file_does_not_know(tmp_path: Path) -> None:
    for rule, breaks in BREAKS.items():
        for number, each in enumerate(breaks):
            text = (ROOT / each.file).read_text("utf-8").replace(each.right, each.wrong)
            (tmp_path / f"{rule}_{number}.py").write_text(text, "utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F821,F823", "-q"]
    told = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_rule_has_a_break_or_a_reason() -> None:
    known = re.findall(r"^- \*\*([A-Z]{3}-[0-9]+)\*\*", (ROOT / "docs" / "rules.md").read_text("utf-8"), re.MULTILINE)
    assert sorted([*BREAKS, *NOT_OF_THE_CORE, *LATER]) == sorted(known)
