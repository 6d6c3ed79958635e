"""What a problem's `type` leads to: its words, for a developer who follows the link."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from adapters.http.auth import Who
from adapters.http.dependencies import Given
from adapters.http.texts.refusals import REFUSALS
from adapters.http.texts.saying import filled
from core.domain.refusals import NotFound
from core.domain.words import Language


class ProblemType(msgspec.Struct, frozen=True):
    """A kind of problem: what it is called and what it means, with empty places where an occurrence has data."""

    code: str
    title: str
    detail: str


@get("/problems/{code:str}", opt={"who": Who.ANYONE}, include_in_schema=False, sync_to_thread=False)
def problem_page(code: FromPath[str], language: Given[Language]) -> Response[Any]:
    """The words of a problem code, in the caller's language."""
    saying = REFUSALS.get(code)
    if saying is None:
        raise NotFound
    said = ProblemType(code, filled(saying.title, language, {}), filled(saying.detail, language, {}))
    headers = {"vary": "Accept-Language", "content-language": language.value, "cache-control": "no-cache"}
    return Response(said, headers=headers)
