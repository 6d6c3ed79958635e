"""Sentences of the features: Cucumber Expressions with typed parameters, in English and Japanese.

A step function carries all its sentences and takes their parameters by the names of their types (BA-3):

    @when("{actor} orders {plan}", "{actor}が{plan}を申し込む")
    def orders(stage: Stage, actor: Person, plan: str) -> None: ...

`{date}` twice in a sentence goes to `date` and `date2`. `CATALOGUE` lists every sentence for features/PHRASES.md.
"""

import inspect
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pytest_bdd
from cucumber_expressions.expression import CucumberExpression
from cucumber_expressions.parameter_type import ParameterType
from cucumber_expressions.parameter_type_registry import ParameterTypeRegistry
from pytest_bdd.parsers import StepParser

REGISTRY: Final = ParameterTypeRegistry()
BUILT_IN: Final = frozenset({"int", "string", "word", "float"})

Step = Callable[..., Any]


@dataclass(frozen=True)
class Phrase:
    """A sentence that features may use: its keyword, its words, what it does."""

    keyword: str
    sentence: str
    promise: str
    place: str


CATALOGUE: Final[list[Phrase]] = []


def parameter(name: str, pattern: str, transform: Callable[[str], Any], like: str) -> None:
    """Add a type of parameter: `{name}` matches `pattern`; `like` is an example for the catalogue."""
    EXAMPLES[name] = like
    REGISTRY.define_parameter_type(
        ParameterType(name, pattern, object, lambda *groups: transform(groups[0]), True, False)
    )


EXAMPLES: Final[dict[str, str]] = {"int": "3", "string": '"words"', "word": "word", "float": "1.5"}


class Sentence(StepParser):
    """A step's sentence as pytest-bdd asks for it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._expression = _expression(name)
        # the whole book is asked for each step, so only the one that answers takes its parameters apart
        self._pattern = re.compile(self._expression.regexp)

    def is_matching(self, name: str) -> bool:
        """Whether the step's text is this sentence."""
        return self._pattern.match(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Any]:
        """The values of the parameters, by the names of their types."""
        seen: Counter[str] = Counter()
        values = {}
        for argument in self._expression.match(name) or []:
            kind = argument.parameter_type.name
            seen[kind] += 1
            values[kind if seen[kind] == 1 else f"{kind}{seen[kind]}"] = argument.value
        return values


@cache
def _expression(sentence: str) -> CucumberExpression:
    return CucumberExpression(sentence, REGISTRY)


def given(*sentences: str) -> Callable[[Step], Step]:
    """A state of affairs that a scenario begins with."""
    return _step("Given", pytest_bdd.given, sentences)


def when(*sentences: str) -> Callable[[Step], Step]:
    """Something that somebody does, or that time does."""
    return _step("When", pytest_bdd.when, sentences)


def then(*sentences: str) -> Callable[[Step], Step]:
    """Something that can be seen afterwards."""
    return _step("Then", pytest_bdd.then, sentences)


def _step(keyword: str, decorator: Callable[..., Any], sentences: tuple[str, ...]) -> Callable[[Step], Step]:
    def wrap(function: Step) -> Step:
        promise = inspect.getdoc(function) or function.__name__.replace("_", " ")
        for sentence in sentences:
            place = f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"
            CATALOGUE.append(Phrase(keyword, sentence, promise.splitlines()[0], place))
            # the step is registered where it is written, two frames up from here
            decorator(Sentence(sentence), stacklevel=2)(function)
        return function

    return wrap
