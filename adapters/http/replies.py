"""How the surface tells of a request that durable work does: done, refused, or on its way (T-3)."""

from typing import Any, ClassVar, Final

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec

from adapters.http.body import Answer
from core.domain.refusals import Refusal, refusal_of
from core.domain.work import Reply, WorkState


class RequestLinks(Answer, frozen=True):
    """Where to look."""

    self: str

    example: ClassVar[Any] = {"self": "/api/requests/01m7xzrrf5njcgh1n0rdj2b4qnnx63eq"}


class Accepted(Answer, frozen=True):
    """A request that is kept and being done: ask at `links.self` how it stands."""

    request_id: str
    state: str
    links: RequestLinks

    example: ClassVar[Any] = {
        "requestId": "01m7xzrrf5njcgh1n0rdj2b4qnnx63eq",
        "state": "in_progress",
        "links": RequestLinks.example,
    }


# a plain dictionary: Litestar copies it with each handler
LATER: Final = {202: ResponseSpec(Accepted, description="Kept, and still being done.", generate_examples=False)}
"""What an operation adds to its `responses` when its work may take longer than a customer waits."""


def is_done(reply: Reply) -> bool:
    """Whether the work is done; raises what it was refused with."""
    if reply.work.state is WorkState.REFUSED and reply.work.code is not None:
        raise refusal_of(reply.work.code, reply.work.result or {})
    if reply.work.state is WorkState.CANCELLED:
        raise Refusal
    return reply.work.state is WorkState.DONE


def accepted(reply: Reply) -> Response[Any]:
    """The answer to a request that is still being done."""
    links = RequestLinks(self=f"/api/requests/{reply.request}")
    answer = Accepted(request_id=reply.request, state=reply.work.state.as_told.value, links=links)
    return Response(answer, status_code=202, headers={"location": links.self})
