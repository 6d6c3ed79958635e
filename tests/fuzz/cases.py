"""Requests made from the OpenAPI document: those that probe each limit it names, and random ones, right and wrong."""

import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema

from tests.fuzz.checks import OFF
from tests.fuzz.known import Known, put_in

JSON = "application/json"
Operation = APIOperation[Any, Any, Any, Any]


def loaded(document: dict[str, Any], address: str) -> BaseSchema:
    """The document as schemathesis reads it, with the checks that are left out switched off."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=address)
    # who is asking is decided here, for each case; that it matters is proved elsewhere (see OFF)
    schema.config.generation.update(with_security_parameters=False)
    for name in OFF:
        schema.config.checks.get_by_name(name=name).enabled = False
    return schema


def operations(schema: BaseSchema) -> list[Operation]:
    """Every operation, in the document's order; raises for one that can't be read."""
    return [each.ok() for each in schema.get_all_operations()]


def probing(schema: BaseSchema, operation: Operation) -> list[Case]:
    """Cases that go through each limit, type, word and format the document names, one at a time, both sides."""
    return list(
        schema.iter_coverage_cases(
            operation, generation_modes=list(GenerationMode), generation_config=schema.config.generation
        )
    )


def right(operation: Operation, known: Known) -> Case:
    """The example of the document with what exists in its places: the one case that should be done."""
    content = operation.definition.raw.get("requestBody", {}).get("content", {}).get(JSON, {})
    examples = [each["value"] for each in content.get("examples", {}).values()]
    places = {each.name: known.path(operation.path, each.name, None) or "none" for each in operation.path_parameters}
    body = {"body": put_in(examples[0], known, None), "media_type": JSON} if examples else {}
    return operation.Case(path_parameters=places, **body)


def random_ones(operation: Operation, count: int, number: int) -> Iterator[Case]:
    """About `count` random cases, right ones and wrong ones in turn; fewer where there are no more. `number` seeds."""
    right = _drawn(operation, GenerationMode.POSITIVE, count - count // 2, number)
    wrong = _drawn(operation, GenerationMode.NEGATIVE, count // 2, number) if _can_be_wrong(operation) else []
    while right or wrong:
        if right:
            yield right.pop()
        if wrong:
            yield wrong.pop()


def sample(cases: list[Case], count: int, chance: random.Random) -> list[Case]:
    """`count` of the cases, or all."""
    return cases if len(cases) <= count else chance.sample(cases, count)


def _can_be_wrong(operation: Operation) -> bool:
    return any(True for _ in operation.iter_parameters()) or bool(operation.body)


def _drawn(operation: Operation, mode: GenerationMode, count: int, number: int) -> list[Case]:
    drawn: list[Case] = []
    if count <= 0:
        return drawn

    # nothing is shrunk, since nothing fails here: cases are collected first and sent afterwards
    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        derandomize=False,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def collect(case: Case) -> None:
        drawn.append(case)

    # whatever is put where any text is right is right
    with suppress(Unsatisfiable):
        collect()
    return drawn
