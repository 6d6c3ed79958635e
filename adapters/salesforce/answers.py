"""Answers read to their end: rows without their pages, and the parts of a composite with what is wrong with each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import httpx
import msgspec

from adapters.salesforce.faults import HALTED, Fault, fault_of, lost
from adapters.salesforce.requests import Record, SubAnswer, SubRequest
from adapters.salesforce.transport import Answer

UNREADABLE: Final = lost("unreadable answer", proves_nothing_written=False)
_ROOT: Final = "/services/data/"


class Page(msgspec.Struct, frozen=True):
    """Some rows of a query, and the path of those that follow ("" at the end)."""

    rows: list[Record]
    rest: str


def page_of(body: Any) -> Page | None:
    """The page that `body` is, or None where it is none."""
    if not isinstance(body, Mapping) or not isinstance(body.get("records"), list):
        return None
    rest = body.get("nextRecordsUrl")
    if body.get("done", True):
        return Page(body["records"], "")
    # it is followed with the token in hand, so it must lead nowhere else
    return Page(body["records"], rest) if isinstance(rest, str) and rest.startswith(_ROOT) else None


def not_a_page(answer: Answer) -> Fault | None:
    """What is wrong with the answer to a query."""
    return UNREADABLE if page_of(answer.body) is None else None


def not_an_object(answer: Answer) -> Fault | None:
    """What is wrong with an answer that should be one thing."""
    return None if isinstance(answer.body, dict) else UNREADABLE


def not_made(answer: Answer) -> Fault | None:
    """What is wrong with the answer to a create."""
    body = answer.body
    if isinstance(body, dict) and body.get("success") is False:
        return fault_of(httpx.codes.BAD_REQUEST, body)
    return None if isinstance(body, dict) and isinstance(body.get("id"), str) else UNREADABLE


def parts_of(answer: Answer, requests: Sequence[SubRequest]) -> list[SubAnswer] | None:
    """What each part was answered with, in the order of `requests`; None unless each of them was."""
    told = answer.body.get("compositeResponse") if isinstance(answer.body, dict) else None
    if not isinstance(told, list) or not all(isinstance(part, dict) for part in told):
        return None
    by_ref = {part.get("referenceId"): part for part in told}
    if not all(isinstance(by_ref.get(r.ref, {}).get("httpStatusCode"), int) for r in requests):
        return None
    return [_part(request.ref, by_ref[request.ref]) for request in requests]


def judge_of(requests: Sequence[SubRequest], *, all_or_none: bool) -> Callable[[Answer], Fault | None]:
    """What makes a failure of a composite's answer.

    With all or none that is the first part that failed by itself. Without, nothing that a part says, unless it may be
    asked again: then nothing was to be written, and it fails for the moment.
    """
    only_reads = all(request.is_read for request in requests)
    about = {request.ref: f"{request.about}#{request.ref}" for request in requests}

    def judge(answer: Answer) -> Fault | None:
        parts = parts_of(answer, requests)
        if parts is None:
            return UNREADABLE
        failed = [msgspec.structs.replace(part.fault, about=about[part.ref]) for part in parts if part.fault]
        if all_or_none:
            return next((fault for fault in failed if fault.code not in HALTED), failed[0] if failed else None)
        return next((fault for fault in failed if only_reads and fault.is_transient), None)

    return judge


def _part(ref: str, part: dict[str, Any]) -> SubAnswer:
    status, body = part["httpStatusCode"], part.get("body")
    is_success = httpx.codes.is_success(status)
    return SubAnswer(ref=ref, status=status, body=body, fault=None if is_success else fault_of(status, body))
