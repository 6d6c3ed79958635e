"""Whether an address can have internet: how the check stands, and asking for one (ELG)."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from adapters.http.body import Answer, Ask
from adapters.http.dates import ExpectedShown, day
from adapters.http.dependencies import Given
from adapters.http.idempotency import Once
from adapters.http.openapi import operation
from adapters.http.people import AddressAsk, word_of
from adapters.http.replies import LATER, accepted, is_done
from adapters.http.surroundings import HttpSettings
from adapters.http.texts.gates import WayOn
from adapters.http.texts.saying import filled
from adapters.http.texts.standing import ALTERNATIVES, CHECK_ACTIONS, CHECK_LATE, CHECK_SAYS, OTHER_ADDRESS
from core.domain.checks import LONGEST_NOTE
from core.domain.eligibility import Eligibility, EligibilityShown, EligibilityStatus
from core.domain.ids import RequestKey, Sku
from core.domain.refusals import AddressMissing, AskedTooSoon, InternetAlready, Invalid, NotFound, SaveRefused, TooMany
from core.domain.session import Session
from core.domain.words import Language
from core.domain.work import Reply
from core.usecases.eligibility.read_eligibility import ReadEligibility
from core.usecases.eligibility.request_eligibility import RequestEligibility


class CheckAsk(Ask, frozen=True):
    """What is asked for; without an address the one on file is meant."""

    address: AddressAsk | None = None
    sku: Annotated[str, msgspec.Meta(max_length=180)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=2 * LONGEST_NOTE)] = ""

    example: ClassVar[Any] = {"address": AddressAsk.example, "note": "The building has an NTT box in the hall."}


class WayShown(Answer, frozen=True):
    """Something the customer can do: its code, what a button says, where it leads."""

    code: str
    label: str
    url: str

    example: ClassVar[Any] = {"code": "wait", "label": "View status", "url": "http://127.0.0.1:8000/account"}

    @classmethod
    def of(cls, code: str, way: WayOn, settings: HttpSettings, language: Language) -> "WayShown":
        """The way on, in `language`."""
        return cls(code=code, label=filled(way.label, language, {}), url=settings.public_url + way.path)


class CheckShown(Answer, frozen=True):
    """How the check stands. `forAddress`: whether the result is for the address on file now."""

    status: str
    message: str
    next_action: WayShown
    for_address: bool
    late: bool
    value: str | None
    notes: str | None
    address: str | None
    requested_at: datetime | None
    checked_at: datetime | None
    expected: ExpectedShown | None
    alternatives: tuple[WayShown, ...]
    again_from: date | None
    read_at: datetime | None

    example: ClassVar[Any] = {
        "status": "pending",
        "message": "We are checking your address with NTT. We expect an answer by 22 January 2026.",
        "nextAction": WayShown.example,
        "forAddress": True,
        "late": False,
        "value": None,
        "notes": None,
        "address": "〒110-0001 Tokyo Taito-ku Yanaka 3-1-2 Hill House 201",
        "requestedAt": "2026-01-20T01:00:00Z",
        "checkedAt": None,
        "expected": ExpectedShown.example,
        "alternatives": [],
        "againFrom": None,
        "readAt": "2026-01-20T01:00:05Z",
    }

    @classmethod
    def of(cls, shown: EligibilityShown, settings: HttpSettings, language: Language) -> "CheckShown":
        """The check in the customer's words."""
        it = shown.eligibility
        return cls(
            status=word_of(it.status),
            message=_message(shown, language),
            next_action=WayShown.of(shown.action.value, CHECK_ACTIONS[shown.action], settings, language),
            for_address=shown.for_address,
            late=shown.late,
            value=it.value,
            notes=it.notes,
            address=it.address,
            requested_at=it.requested_at,
            checked_at=it.checked_at,
            expected=ExpectedShown.of(shown.expected),
            alternatives=tuple(WayShown.of(a.value, ALTERNATIVES[a], settings, language) for a in shown.alternatives),
            again_from=shown.again_from,
            read_at=it.read_at,
        )


def _message(shown: EligibilityShown, language: Language) -> str:
    status = shown.eligibility.status
    if shown.late:
        return filled(CHECK_LATE, language, {})
    if not shown.for_address and status is not EligibilityStatus.PENDING:
        return filled(OTHER_ADDRESS, language, {})
    latest = day(shown.expected.latest, language) if shown.expected is not None else ""
    return filled(CHECK_SAYS[status], language, {"latest": latest})


@get("/eligibility/internet", **operation("eligibility.read", tag="Eligibility", summary="How your check stands"))
async def eligibility(
    session: Given[Session],
    language: Given[Language],
    settings: Given[HttpSettings],
    read_eligibility: Given[ReadEligibility],
    fresh: Annotated[
        bool, QueryParameter(description="Read again what staff left, past what is remembered; once in ten seconds.")
    ] = False,
) -> CheckShown:
    """Status, dates, staff's notes and what to do next; `fresh` reads again, once in ten seconds (ELG-4, ELG-7)."""
    return CheckShown.of(await read_eligibility(session, fresh=fresh), settings, language)


@post(
    "/eligibility/internet/request",
    **operation(
        "eligibility.request",
        tag="Eligibility",
        summary="Ask whether an address can have internet",
        raises=(Invalid, AddressMissing, AskedTooSoon, InternetAlready, NotFound, SaveRefused, TooMany),
    ),
    status_code=200,
    responses=dict(LATER),
)
async def request_check(
    data: JSONBody[CheckAsk],
    session: Given[Session],
    language: Given[Language],
    settings: Given[HttpSettings],
    once: Given[Once],
    request_eligibility: Given[RequestEligibility],
    read_eligibility: Given[ReadEligibility],
) -> Response[CheckShown]:
    """Opens a check, or answers with how the open one stands: asking again changes nothing (ELG-1, ELG-2)."""
    address = data.address.address if data.address is not None else None
    sku = Sku(data.sku) if data.sku is not None else None

    async def ask(key: RequestKey) -> Response[Any]:
        answer = await request_eligibility(session, address, sku, data.note, key=key)
        if isinstance(answer, Reply):
            if not is_done(answer):
                return accepted(answer)
            answer = msgspec.convert(answer.work.result, Eligibility)
        return Response(CheckShown.of(await read_eligibility(session, standing=answer), settings, language))

    return await once(ask)


ELIGIBILITY: Final = (eligibility, request_check)
