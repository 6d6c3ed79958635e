"""Systems that speak their own protocols in the portal's loop: each call goes to its server at once, without a socket.

Log-in, REST, the action API and the partners' APIs are the servers' own; facts come from the world, since gRPC brings
threads of its own.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Any
from unittest.mock import patch

import httpx

from adapters.fakes.asgi import Application
from adapters.fakes.wire.striking import Struck
from genkan.settings import Choice
from tests.portal import over_the_wire


def over_the_wire_here() -> dict[str, Any]:
    """What has a portal speak the protocols, where that is asked for."""
    spoken = over_the_wire()
    return spoken and spoken | {"ports": {"fact_stream": Choice.FAKE}}


@contextmanager
def systems_asked_here(lives: Callable[[], bool]) -> Iterator[None]:
    """Systems that are served in this block are asked in the loop itself, while whoever asks `lives`."""
    if not over_the_wire():
        yield
        return
    served: dict[int, Application] = {}

    class Here(httpx.AsyncBaseTransport):
        """A way to whatever is served at a port; whoever is dead reaches nobody."""

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            application = served.get(request.url.port or 0)
            if application is None or not lives():
                raise httpx.ConnectError("refused", request=request)
            return await httpx.ASGITransport(application).handle_async_request(request)  # type: ignore[arg-type]

    @asynccontextmanager
    async def serving(application: Application, port: int) -> AsyncIterator[None]:
        served[port] = application
        try:
            yield
        finally:
            del served[port]

    @asynccontextmanager
    async def not_serving(*_: Any, **__: Any) -> AsyncIterator[None]:
        yield

    with ExitStack() as stack:
        stack.enter_context(patch.object(Struck, "way", Here))
        stack.enter_context(patch("genkan.salesforce.serving", not_serving))
        for system in ("salesforce", "whmcs", "partners"):
            stack.enter_context(patch(f"adapters.fakes.wire.{system}.server.serving", serving))
        yield
