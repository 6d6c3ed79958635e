"""The staff's console over HTTP, for fakes and sandboxes only: deeds, clock, faults, records, ledger, mailbox.

It is bound to this machine, and the composition root serves it in the offline and sandbox profiles alone.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Protocol

import msgspec
from litestar import get, post
from litestar.params import JSONBody, PathParameter

from adapters.http.auth import Who
from adapters.http.body import Answer, Ask
from adapters.http.dependencies import Given
from adapters.http.openapi import operation
from core.domain.refusals import Invalid, NotFound


class Console(Protocol):
    """What people do in the fake systems, by desk and deed."""

    def deeds(self) -> dict[str, dict[str, Any]]:
        """Each desk's deeds with the JSON schema of their arguments."""

    async def do(self, desk: str, deed: str, arguments: Mapping[str, Any]) -> Any:
        """Do the deed, let what follows from it happen, and answer with plain data."""


class DeedAsk(Ask, frozen=True):
    """The arguments of a deed, by name."""

    arguments: dict[str, Any] = msgspec.field(default_factory=dict)
    example: ClassVar[Any] = {"arguments": {"order": "801000000000001AAA"}}


class DeedDone(Answer, frozen=True):
    """What a deed answered."""

    answer: Any = None
    example: ClassVar[Any] = {"answer": None}


class DeedsListed(Answer, frozen=True):
    """Every desk with its deeds."""

    desks: dict[str, dict[str, Any]]
    example: ClassVar[Any] = {"desks": {"salesforce": {"approve_order": {"type": "object"}}}}


@get("/sandbox", **operation("sandbox.deeds", tag="Sandbox", summary="What can be done", who=Who.THIS_MACHINE))
async def deeds(console: Given[Console]) -> DeedsListed:
    """Every desk and its deeds, with the arguments they take (STF-1 to STF-4)."""
    return DeedsListed(desks=console.deeds())


@post(
    "/sandbox/{desk:str}/{deed:str}",
    **operation("sandbox.do", tag="Sandbox", summary="Do a deed", who=Who.THIS_MACHINE, raises=(Invalid, NotFound)),
    status_code=200,
)
async def do(
    desk: Annotated[str, PathParameter(description="Where it is done, as the list of deeds tells it.")],
    deed: Annotated[str, PathParameter(description="What is done there, as the list of deeds tells it.")],
    data: JSONBody[DeedAsk],
    console: Given[Console],
) -> DeedDone:
    """Do what people do in Salesforce or WHMCS, move the clock, switch a fault, or look (STF-1 to STF-4)."""
    return DeedDone(answer=await console.do(desk, deed, data.arguments))


STAFF: Final = (deeds, do)
