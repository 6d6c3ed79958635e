"""The features as they are written, read once for the tests that look at them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from gherkin.parser import Parser
from gherkin.token_scanner import TokenScanner

ROOT: Final = Path(__file__).parents[2]
FEATURES: Final = ROOT / "features"


@dataclass(frozen=True)
class Step:
    """One sentence of a feature, with its placeholders filled from one row of examples."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Scenario:
    """A scenario with the sentences of its backgrounds, once for each row of its examples."""

    path: Path
    rule: str
    title: str
    line: int
    steps: tuple[Step, ...]

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.path.relative_to(ROOT)}:{self.line}"


@cache
def files() -> tuple[Path, ...]:
    """Every feature file."""
    return tuple(sorted(FEATURES.rglob("*.feature")))


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Every scenario, outlines row by row."""
    return tuple(scenario for path in files() for scenario in _of(path))


def rules(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Each rule of a file: its line, its words, and the titles of its scenarios."""
    for child in _document(path)["children"]:
        if rule := child.get("rule"):
            titles = [each["scenario"]["name"] for each in rule["children"] if "scenario" in each]
            yield rule["location"]["line"], rule["name"], titles
        elif scenario := child.get("scenario"):
            yield scenario["location"]["line"], "", [scenario["name"]]


def _document(path: Path) -> dict[str, Any]:
    return dict(Parser().parse(TokenScanner(path.read_text(encoding="utf-8")))["feature"])


def _of(path: Path) -> Iterator[Scenario]:
    feature = _document(path)
    before: list[dict[str, Any]] = []
    for child in feature["children"]:
        if "background" in child:
            before = child["background"]["steps"]
        elif rule := child.get("rule"):
            within = list(before)
            for each in rule["children"]:
                if "background" in each:
                    within += each["background"]["steps"]
                else:
                    yield from _rows(path, rule["name"], each["scenario"], within)
        else:
            yield from _rows(path, "", child["scenario"], before)


def _rows(path: Path, rule: str, scenario: dict[str, Any], before: list[dict[str, Any]]) -> Iterator[Scenario]:
    tables = scenario["examples"]
    rows: list[dict[str, str]] = [
        dict(zip(_cells(table["tableHeader"]), _cells(row), strict=True))
        for table in tables
        for row in table["tableBody"]
    ]
    for row in rows or [{}]:
        steps = tuple(_steps([*before, *scenario["steps"]], row))
        yield Scenario(path, rule, _filled(scenario["name"], row), scenario["location"]["line"], steps)


def _steps(written: list[dict[str, Any]], row: dict[str, str]) -> Iterator[Step]:
    kind = ""
    for step in written:
        kind = {"Context": "Given", "Action": "When", "Outcome": "Then"}.get(step["keywordType"], kind)
        yield Step(kind, _filled(step["text"], row), step["location"]["line"])


def _cells(row: dict[str, Any]) -> list[str]:
    return [cell["value"] for cell in row["cells"]]


def _filled(text: str, row: dict[str, str]) -> str:
    for name, value in row.items():
        text = text.replace(f"<{name}>", value)
    return text
