"""What every answer must keep to, and which checks of schemathesis are left out where, each with its reason."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schemathesis import Case, Response
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.parameters import ParameterLocation

load_all_checks()

OFF: Mapping[str, str] = {
    "positive_data_acceptance": "a body of the right shape may break a rule of the business, which is a 422 or 409; "
    "that its shape is not what is refused is checked by `right_shape_is_read`",
    "ignored_auth": "tests/http/test_ownership.py asks every operation without a session and with a wrong one",
    "object_level_authorization": "tests/http/test_ownership.py asks every operation for another customer's ids",
    "use_after_free": "looks at chains of calls, and here each call stands alone",
    "ensure_resource_availability": "looks at chains of calls, and here each call stands alone",
}
"""Checks of schemathesis that are made for no operation, and why."""

OFF_FOR: Mapping[tuple[str, str], str] = {}
"""Checks that are left out for one operation, and why."""

MADE: tuple[str, ...] = tuple(
    sorted(name for name in (each.__name__ for each in CHECKS.get_all()) if name not in OFF)  # type: ignore[union-attr]
)

INTERNALS = re.compile(
    rb"Traceback|File \"/|\.py\b|sqlalchemy|sqlite|aiosqlite|msgspec|litestar|pydantic|<class|object at 0x"
    rb"|SELECT .* FROM|INSERT INTO|adapters[./]|core[./]domain|core[./]usecases|/usr/|/home/|/tmp/",
    re.IGNORECASE,
)
PROBLEM = {"type", "title", "status", "detail", "instance", "code", "correlationId"}
NOT_A_MATTER_OF_SHAPE = {"bad_characters", "out_of_range", "too_deep", "bad_cursor"}
"""Why a request of the documented shape may still be unreadable: what JSON Schema has no word for."""


def faults(case: Case, response: Response) -> Iterator[tuple[str, str]]:
    """What our own checks find wrong with an answer: the check's name, and what it saw."""
    for check in OWN:
        for fault in check(case, response):
            yield check.__name__, fault


def never_busy(_: Case, response: Response) -> Iterator[str]:
    """Limits are out of the way and the fakes are well."""
    if response.status_code in (429, 503):
        yield f"{response.status_code} {_code(response)}"


def every_error_is_a_problem(_: Case, response: Response) -> Iterator[str]:
    """RFC 9457, whole, about this request (T-6)."""
    if response.status_code < 400 or not response.content:
        return
    media_type = response.headers.get("content-type", [""])[0]
    if media_type != "application/problem+json":
        yield f"an error as {media_type}"
        return
    problem = json.loads(response.content)
    if missing := PROBLEM - set(problem):
        yield f"a problem without {sorted(missing)}"
        return
    if problem["status"] != response.status_code:
        yield "the problem names another status"
    if [problem["correlationId"]] != response.headers.get("x-correlation-id"):
        yield "the problem names another correlation id"
    if not problem["type"].endswith(f"/problems/{problem['code']}"):
        yield f"the type {problem['type']} does not end in the code"


def nothing_inside_is_shown(_: Case, response: Response) -> Iterator[str]:
    """No trace, no query, no path of a file (T-6)."""
    shown = INTERNALS.search(response.content) if response.status_code >= 400 else None
    if shown:
        yield f"shows {shown[0]!r}"


def always_dressed(_: Case, response: Response) -> Iterator[str]:
    """Security headers and the correlation id are on every answer."""
    for name in ("x-content-type-options", "x-correlation-id", "content-security-policy", "cache-control"):
        if name not in response.headers:
            yield f"no {name}"


def the_field_is_named(case: Case, response: Response) -> Iterator[str]:
    """Who is told that the request is wrong is told where; the one thing that is wrong is what is named."""
    if response.status_code not in (400, 422):
        return
    problem = json.loads(response.content)
    named = [each["field"] for each in problem.get("errors", ())]
    if problem["code"] in ("unreadable", "invalid", "cart_refused") and not named:
        yield f"{problem['code']} names no field"
    wrong = _the_one_wrong_field(case)
    if wrong is not None and problem["code"] == "unreadable" and not any(_same(wrong, each) for each in named):
        yield f"{wrong} is wrong, {named} are named"


def right_shape_is_read(case: Case, response: Response) -> Iterator[str]:
    """The document says how a body looks, so one that looks so is not unreadable."""
    if response.status_code != 400 or (case.meta is not None and case.meta.generation.mode.is_negative):
        return
    problem = json.loads(response.content)
    codes = {each["code"] for each in problem.get("errors", ())}
    if problem["code"] == "unreadable" and not codes <= NOT_A_MATTER_OF_SHAPE:
        yield f"unreadable: {[(each['field'], each['code']) for each in problem.get('errors', ())]}"


OWN: tuple[Callable[[Case, Response], Iterator[str]], ...] = (
    never_busy,
    every_error_is_a_problem,
    nothing_inside_is_shown,
    always_dressed,
    the_field_is_named,
    right_shape_is_read,
)


def _code(response: Response) -> Any:
    try:
        return json.loads(response.content).get("code")
    except ValueError:
        return None


def _the_one_wrong_field(case: Case) -> str | None:
    mutations = case.meta.phase.data.mutations if case.meta is not None else ()
    if len(mutations) != 1:
        return None
    (it,) = mutations
    if it.parameter_location is not ParameterLocation.BODY or not it.path or not isinstance(case.body, dict):
        return None
    if it.operator.name != "CHANGE_TYPE":
        return None
    return ".".join(part for part in it.path if isinstance(part, str))


def _same(wrong: str, named: str) -> bool:
    # several faults are possible below a field of the wrong type, and above one that is missing
    plain = re.sub(r"\[\d+\]", "", named)
    return plain == wrong or plain.startswith(f"{wrong}.") or wrong.startswith(f"{plain}.")
