"""The API's own documentation: the OpenAPI document, and a page to read it and try it (Scalar, kept beside this file).

Nothing is loaded from elsewhere: script, styles and document come from here, and the page's policy allows no more.
"""

import gzip
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get
from litestar.enums import MediaType, OpenAPIMediaType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.response import Redirect

from adapters.http.auth import Who
from adapters.http.calls import header
from adapters.http.document import completed
from adapters.http.surroundings import HttpSettings
from core.domain.refusals import NotFound

PATH: Final = "/schema"
VERSION: Final = "1.0.0"
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
_ASSETS: Final = Path(__file__).parent / "assets"
_A_YEAR: Final = "public, max-age=31536000, immutable"
_SCALAR: Final = "scalar-1.46.4.js"
_SETTINGS: Final = {
    "url": f"{PATH}/openapi.json",
    "withDefaultFonts": False,
    "telemetry": False,
    "hideClientButton": True,
    "showDeveloperTools": "never",
    "agent": {"disabled": True},
    "mcp": {"disabled": True},
}
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Genkan API</title>
</head>
<body>
<script id="api-reference" data-configuration='{configuration}'></script>
<script src="{script}"></script>
<noscript>The document itself is at <a href="{document}">{document}</a>.</noscript>
</body>
</html>
"""


class _Document(OpenAPIRenderPlugin):
    """The document, completed and encoded once."""

    def __init__(self, settings: HttpSettings) -> None:
        super().__init__(path="/openapi.json", media_type=OpenAPIMediaType.OPENAPI_JSON)
        self._settings = settings
        self._encoded: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if self._encoded is None:
            self._encoded = msgspec.json.encode(completed(openapi_schema, request.app, self._settings))
        return self._encoded


class _ScalarPage(OpenAPIRenderPlugin):
    """The page."""

    def __init__(self) -> None:
        super().__init__(path="/", media_type=MediaType.HTML)
        self._page = _PAGE.format(
            configuration=msgspec.json.encode(_SETTINGS).decode(),
            script=f"{PATH}/{_SCALAR}",
            document=f"{PATH}/openapi.json",
        ).encode()

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return self._page

    def receive_router(self, router: Router) -> None:
        router.register(scalar_script)


@get(f"/{_SCALAR}", sync_to_thread=False)
def scalar_script(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Scalar's script, as it is kept; unpacked only for a caller that takes no gzip."""
    headers = {"cache-control": _A_YEAR, "vary": "Accept-Encoding"}
    packed = _kept.script
    if "gzip" in (header(request.scope, b"accept-encoding") or ""):
        return Response(packed, media_type="text/javascript", headers={**headers, "content-encoding": "gzip"})
    return Response(gzip.decompress(packed), media_type="text/javascript", headers=headers)


class _Kept:
    @cached_property
    def script(self) -> bytes:
        return (_ASSETS / f"{_SCALAR}.gz").read_bytes()


_kept: Final = _Kept()


async def _policed(response: Response[Any]) -> Response[Any]:
    # Litestar answers an unknown page under this path by itself, in HTML
    if response.status_code == NOT_FOUND:
        raise NotFound
    if response.media_type == MediaType.HTML:
        response.headers["content-security-policy"] = PAGE_POLICY
        response.headers["cross-origin-opener-policy"] = "same-origin"
    response.headers.setdefault("cache-control", "no-cache")
    return response


NOT_FOUND: Final = 404


def docs_config(settings: HttpSettings) -> OpenAPIConfig:
    """What Litestar is told about the document."""
    return OpenAPIConfig(
        title="Genkan",
        version=VERSION,
        summary="The customer portal of an internet and mobile operator.",
        use_handler_docstrings=True,
        openapi_router=Router(
            PATH, route_handlers=[], include_in_schema=False, opt={"who": Who.ANYONE}, after_request=_policed
        ),
        render_plugins=[_ScalarPage(), _Document(settings)],
    )


@get(
    ["/api/schema", "/api/schema/openapi.json"], opt={"who": Who.ANYONE}, include_in_schema=False, sync_to_thread=False
)
def docs_elsewhere(request: Request[Any, Any, Any]) -> Redirect:
    """Where the document is, for who looks for it among the operations."""
    return Redirect(request.url.path.removeprefix("/api"), status_code=308)
