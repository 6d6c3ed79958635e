"""How a request that is being done stands (T-3)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

from litestar import get

from adapters.http.auth import Who
from adapters.http.body import Answer
from adapters.http.dependencies import Given
from adapters.http.openapi import operation
from adapters.http.subjects import RequestInPath
from adapters.http.texts.refusals import REFUSALS
from adapters.http.texts.saying import filled
from core.domain.ids import RequestId
from core.domain.refusals import NotFound
from core.domain.session import Session
from core.domain.words import Language
from core.domain.work import Reply, WorkState
from core.usecases.work.read_request import ReadRequest

RESULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "orders": "/api/orders",
        "eligibility": "/api/eligibility/internet",
        "verification": "/api/verification/id",
        "me": "/api/me",
        "cases": "/api/support/cases",
        "service": "/api/subscriptions",
        "cancellation": "/api/subscriptions",
    }
)
"""Where what a request made is read, by what it is about."""


class WhyNot(Answer, frozen=True):
    """Why a request was refused: a stable code, and words."""

    code: str
    title: str
    detail: str

    example: ClassVar[Any] = {
        "code": "asked_too_soon",
        "title": "This address was checked recently",
        "detail": "You can ask for this address again from 2026-04-20.",
    }


class StandingLinks(Answer, frozen=True):
    """Where to look: at the request again, and at what it made once it is done."""

    self: str
    result: str | None = None


class RequestShown(Answer, frozen=True):
    """A request: received, in_progress, done, refused or with_staff; never more than is known."""

    request_id: str
    state: str
    about: str
    links: StandingLinks
    problem: WhyNot | None = None

    example: ClassVar[Any] = {
        "requestId": "01m7xzrrf5njcgh1n0rdj2b4qnnx63eq",
        "state": "done",
        "about": "eligibility",
        "links": {
            "self": "/api/requests/01m7xzrrf5njcgh1n0rdj2b4qnnx63eq",
            "result": "/api/eligibility/internet",
        },
        "problem": None,
    }

    @classmethod
    def of(cls, reply: Reply, language: Language) -> "RequestShown":
        """The request as it stands."""
        state = reply.work.state.as_told
        links = StandingLinks(
            self=f"/api/requests/{reply.request}", result=RESULTS.get(reply.about) if state is WorkState.DONE else None
        )
        problem = _why_not(reply, language) if state is WorkState.REFUSED else None
        return cls(request_id=reply.request, state=state.value, about=reply.about, links=links, problem=problem)


def _why_not(reply: Reply, language: Language) -> WhyNot:
    code = reply.work.code if reply.work.code is not None and reply.work.code in REFUSALS else "refused"
    saying = REFUSALS[code]
    data = reply.work.result if isinstance(reply.work.result, dict) else {}
    return WhyNot(code=code, title=filled(saying.title, language, {}), detail=filled(saying.detail, language, data))


@get(
    "/requests/{id:str}",
    **operation(
        "requests.read",
        tag="Requests",
        summary="How a request stands",
        who=Who.EITHER,
        raises=(NotFound,),
        waits=False,
    ),
)
async def request(
    id: RequestInPath, caller: Given[Session | None], language: Given[Language], read_request: Given[ReadRequest]
) -> RequestShown:
    """The caller's own request; one made without an account is known to whoever holds its id (T-3, T-7)."""
    reply = await read_request(caller.user if caller is not None else None, RequestId(id))
    return RequestShown.of(reply, language)


REQUESTS: Final = (request,)
