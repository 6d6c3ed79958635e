"""Several calls in one: one after the other, each with references to those before it, all or none if so wished."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from adapters.fakes.tables import Refused
from adapters.fakes.wire.salesforce.calls import Answer, ApiError, Call, asked, cut, no_json, not_there
from adapters.fakes.wire.salesforce.describing import check_version
from adapters.fakes.wire.salesforce.references import filled, filled_url, halted
from adapters.fakes.wire.salesforce.rows import Rows

MOST: Final = 25
MOST_LARGE: Final = 5
ROLLED_BACK: Final = "The transaction was rolled back since another operation in the same transaction failed."
_WITH_VERSION: Final = 3
_NAME: Final = re.compile(r"[A-Za-z0-9]\w*", re.ASCII)
_KEPT_HEADERS: Final = frozenset({"accept", "authorization", "content-type"})
_OF_EACH: Final = "sforce-duplicate-rule-header"

Answering = Callable[[Rows, Call], Answer]


class Subrequest(msgspec.Struct, kw_only=True):
    """One call in the body of another."""

    method: str
    url: str
    reference: str = msgspec.field(name="referenceId")
    body: Any = None
    headers: dict[str, str] = msgspec.field(name="httpHeaders", default_factory=dict)

    @property
    def is_large(self) -> bool:
        """Whether it is a query or a call for many records, of which only some may be."""
        parts = cut(self.url.partition("?")[0])[3:]
        return parts[:1] in (("query",), ("queryAll",)) or parts[:2] == ("composite", "sobjects")


class Envelope(msgspec.Struct, kw_only=True):
    """The body of a composite."""

    requests: list[Subrequest] = msgspec.field(name="compositeRequest")
    all_or_none: bool = msgspec.field(name="allOrNone", default=False)
    collate: bool = msgspec.field(name="collateSubrequests", default=False)


class _Undone(Exception):
    """Undoes what a transaction did so far."""


def composite(rows: Rows, call: Call, answering: Answering) -> Answer:
    """Do what the subrequests say; the answer is a success whatever became of them."""
    envelope: Envelope = call.told(Envelope)
    check(envelope.requests, MOST)
    if sum(each.is_large for each in envelope.requests) > MOST_LARGE:
        raise ApiError("LIMIT_EXCEEDED", f"At most {MOST_LARGE} queries and collections are allowed")
    return Answer(200, {"compositeResponse": done(rows, call, envelope.requests, answering, envelope.all_or_none)})


def check(requests: Sequence[Subrequest], most: int) -> None:
    """Whether the subrequests can be done at all; ApiError for a malformed one."""
    if not 0 < len(requests) <= most:
        raise ApiError("LIMIT_EXCEEDED", f"Between one and {most} subrequests are allowed")
    names = [each.reference for each in requests]
    if len({*names}) != len(names):
        raise ApiError("INVALID_INPUT", "A reference id stands twice")
    for each in requests:
        if _NAME.fullmatch(each.reference) is None:
            raise ApiError("INVALID_INPUT", "A reference id is made of letters, digits and underscores")
        if _KEPT_HEADERS & {name.lower() for name in each.headers}:
            raise ApiError("INVALID_INPUT", "A subrequest may not have these headers of its own")


def done(
    rows: Rows, call: Call, requests: Sequence[Subrequest], answering: Answering, all_or_none: bool
) -> list[dict[str, Any]]:
    """What became of each subrequest, in their order."""
    answers: dict[str, Answer] = {}
    call = msgspec.structs.replace(call, whole=all_or_none)
    if not all_or_none:
        for each in requests:
            answers[each.reference] = _answered(rows, call, each, answers, answering)
    else:
        try:
            with rows.world.records.all_or_none():
                for each in requests:
                    answers[each.reference] = _answered(rows, call, each, answers, answering)
                    if has_failed(answers[each.reference]):
                        raise _Undone
        except (_Undone, Refused):
            guilty = {name: answer for name, answer in answers.items() if has_failed(answer)}
            answers = {each.reference: halted(ROLLED_BACK).answer() for each in requests} | guilty
    return [told(each, answers[each.reference]) for each in requests]


def has_failed(answer: Answer) -> bool:
    """Whether a call failed, or one record of its many."""
    many = answer.body if isinstance(answer.body, list) else ()
    return not answer.is_success or any(isinstance(one, dict) and one.get("success") is False for one in many)


def _answered(rows: Rows, call: Call, each: Subrequest, before: Mapping[str, Answer], answering: Answering) -> Answer:
    try:
        url, body = filled_url(each.url, before), filled(each.body, before)
    except ApiError as error:
        return error.answer()
    except RecursionError as error:
        return no_json(error).answer()
    # what a duplicate rule may let through is said of each part
    common = {name: value for name, value in call.headers.items() if name != _OF_EACH}
    headers = common | {name.lower(): value for name, value in each.headers.items()}
    return answer_of(rows, msgspec.structs.replace(call, headers=headers), each.method, url, body, answering)


def answer_of(rows: Rows, call: Call, method: str, url: str, body: Any, answering: Answering) -> Answer:
    """The answer to a call within another; its URL is a path from the root."""
    path, _, query = url.partition("?")
    parts = cut(path)
    try:
        if parts[:2] != ("services", "data") or len(parts) < _WITH_VERSION:
            raise not_there()
        version = check_version(parts[2])
    except ApiError as error:
        return error.answer()
    inner = msgspec.structs.replace(
        call, method=method.upper(), version=version, path=parts[3:], query=asked(query), body=body
    )
    return answering(rows, inner)


def told(each: Subrequest, answer: Answer) -> dict[str, Any]:
    """What is told of one subrequest."""
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": each.reference,
    }
