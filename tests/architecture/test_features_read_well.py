"""Features are read by people who don't program: short, in sentences, each of which means one thing."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from features import phrases
from features.collecting import ids_of
from features.sentences import Sentence
from tests.architecture.gherkin import ROOT, files, rules, scenarios

MOST_LINES: Final = 60
MOST_SCENARIOS: Final = 6
NOT_FOR_READERS: Final = {
    "a field's API name": re.compile(r"\b\w+__(c|r)\b"),
    "JSON": re.compile(r'\{\s*"|"\w+":\s*["{\[0-9tfn]|\[\d+\]'),
    "a path of the API": re.compile(r"/(api|sandbox|health|metrics)\b|\b(GET|POST|PUT|PATCH|DELETE) /"),
    "a selector": re.compile(r"\bdata-testid\b|\b(div|span|button)[.#\[]|[.#][a-z]+-[a-z]+\b(?=\s|$)"),
    "a SQL or SOQL word": re.compile(r"\b(SELECT|INSERT|UPDATE) \w"),
}
_SENTENCES: Final = [(phrase, Sentence(phrase.sentence)) for phrase in phrases.all_phrases()]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT / "features"))


@pytest.mark.parametrize("path", files(), ids=_name)
def test_a_feature_is_short_and_every_rule_has_its_id(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES
    found = list(rules(path))
    assert found, "no rule"
    for line, rule, titles in found:
        assert ids_of(rule), f"line {line}: a rule begins with its id"
        assert 1 <= len(titles) <= MOST_SCENARIOS, f"line {line}: {len(titles)} scenarios"
    titles = [title for _, _, mine in found for title in mine]
    assert [title for title, times in Counter(titles).items() if times > 1] == [], "scenarios of one name"


@pytest.mark.parametrize("path", files(), ids=_name)
def test_a_feature_speaks_to_people(path: Path) -> None:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        for what, pattern in NOT_FOR_READERS.items():
            assert not pattern.search(line), f"line {number} holds {what}: {line.strip()}"


def test_every_sentence_means_one_thing() -> None:
    odd = []
    meant: dict[tuple[str, str], set[str]] = {}
    for scenario in scenarios():
        for step in scenario.steps:
            key = (step.kind, step.text)
            if key not in meant:
                meant[key] = {p.place for p, s in _SENTENCES if p.keyword == step.kind and s.is_matching(step.text)}
            if len(meant[key]) != 1:
                place = f"{scenario.path.relative_to(ROOT)}:{step.line}"
                odd.append(f"{place} {step.kind} {step.text}: {sorted(meant[key]) or 'undefined'}")
    assert odd == []


def test_every_step_is_used() -> None:
    said = {(step.kind, step.text) for scenario in scenarios() for step in scenario.steps}
    used = {p.place for p, s in _SENTENCES if any(p.keyword == kind and s.is_matching(text) for kind, text in said)}
    assert sorted({phrase.place for phrase, _ in _SENTENCES} - used) == []


def test_two_features_or_more_are_in_japanese() -> None:
    written = [path for path in files() if path.read_text("utf-8").startswith("# language: ja")]
    assert len(written) >= 2


def test_the_list_of_sentences_is_current() -> None:
    assert phrases.main(["--check"]) == 0, "run `make phrases`"
