"""References from one subrequest to what an earlier one answered: `@{order.id}`, `@{found.records[0].Id}`."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from adapters.fakes.wire.salesforce.calls import Answer, ApiError

_REFERENCE: Final = re.compile(r"@\{([A-Za-z0-9]\w*)((?:\.\w+|\[[0-9]+\])*)\}", re.ASCII)
_STEP: Final = re.compile(r"\.(\w+)|\[([0-9]+)\]")
_LONGEST_PLACE: Final = 9


def halted(message: str) -> ApiError:
    """What is answered for a subrequest that was not done, or not kept, because of another."""
    return ApiError("PROCESSING_HALTED", message)


def referred(*values: Any) -> set[str]:
    """The names of the subrequests that values refer to, however deep."""
    names: set[str] = set()
    left = [*values]
    while left:
        value = left.pop()
        if isinstance(value, str):
            names |= {match[1] for match in _REFERENCE.finditer(value)}
        elif isinstance(value, dict | list):
            left.extend(value.values() if isinstance(value, dict) else value)
    return names


def filled_url(url: str, done: Mapping[str, Answer]) -> str:
    """The URL with what it refers to in place; ApiError for a reference to nothing."""
    return _REFERENCE.sub(lambda match: quote(str(_meant(match, done)), safe=""), url)


def filled(body: Any, done: Mapping[str, Answer]) -> Any:
    """The body with what it refers to in place, however deep; ApiError for a reference to nothing."""
    if isinstance(body, dict):
        return {key: filled(value, done) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value, done) for value in body]
    if not isinstance(body, str):
        return body
    whole = _REFERENCE.fullmatch(body)
    if whole is not None:
        return _meant(whole, done)
    return _REFERENCE.sub(lambda match: str(_meant(match, done)), body)


def _meant(match: "re.Match[str]", done: Mapping[str, Answer]) -> Any:
    name, path = match[1], match[2]
    answer = done.get(name)
    value: Any = answer.body if answer is not None and answer.is_success else None
    for step in _STEP.finditer(path):
        if step[1] is not None:
            value = value.get(step[1]) if isinstance(value, dict) else None
        else:
            value = _at(value, step[2])
    if value is None or not path:
        said = f"{name}{path}"
        raise halted(f"Invalid reference specified. No value for {said} found in {name}")
    return value


def _at(many: Any, place: str) -> Any:
    """What stands at a place of several; None for one behind the last, however far."""
    is_there = isinstance(many, list) and len(place) <= _LONGEST_PLACE and int(place) < len(many)
    return many[int(place)] if is_there else None
