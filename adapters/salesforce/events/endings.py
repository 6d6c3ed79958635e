"""How a call can end and what is to be done then: by Salesforce's own code, and where it has none by gRPC's status."""

from enum import StrEnum
from typing import Final

import grpc
import grpc.aio

PREFIX: Final = "sfdc.platform.eventbus.grpc."


class Ending(StrEnum):
    """What is to be done after a call ended."""

    AGAIN = "again"
    """Wait a little and go on from where it was."""
    EXPIRED = "expired"
    """Log in anew and go on from where it was."""
    LOST = "lost"
    """What was told meanwhile can't be had any more."""
    LIMITED = "limited"
    """Wait long: what the org may take of events in a day is used up."""
    REFUSED = "refused"
    """An operator must do something; asking again helps nobody."""


_BY_CODE: Final = {
    "service.auth.error": Ending.EXPIRED,
    "service.auth.headers.invalid": Ending.REFUSED,
    "service.auth.refresh.invalid": Ending.REFUSED,
    "service.tenant.license": Ending.REFUSED,
    "topic.not.found": Ending.REFUSED,
    "topic.validation.empty": Ending.REFUSED,
    "topic.meta.permission": Ending.REFUSED,
    "schema.meta.permission": Ending.REFUSED,
    "subscription.topic.cannot.subscribe": Ending.REFUSED,
    "subscription.limit.exceeded": Ending.LIMITED,
    "subscription.fetch.replayid.corrupted": Ending.LOST,
    "subscription.fetch.replayid.validation.failed": Ending.LOST,
}
_BY_STATUS: Final = {
    grpc.StatusCode.UNAUTHENTICATED: Ending.EXPIRED,
    grpc.StatusCode.PERMISSION_DENIED: Ending.REFUSED,
    grpc.StatusCode.NOT_FOUND: Ending.REFUSED,
    grpc.StatusCode.UNIMPLEMENTED: Ending.REFUSED,
}
_NO_SCHEMA: Final = frozenset({"schema.not.found", "schema.validation.failed"})


def code_of(error: grpc.aio.AioRpcError) -> str:
    """Salesforce's code, without its prefix; empty where there is none, as when the connection broke."""
    trailers = error.trailing_metadata() or ()
    code = next((value for key, value in trailers if key == "error-code"), "")
    return code.removeprefix(PREFIX) if isinstance(code, str) else ""


def ending_of(error: grpc.aio.AioRpcError) -> Ending:
    """What is to be done; what nobody foresaw is tried again."""
    return _BY_CODE.get(code_of(error)) or _BY_STATUS.get(error.code(), Ending.AGAIN)


def has_no_schema(error: grpc.aio.AioRpcError) -> bool:
    """Whether it says that nobody has a schema of that id."""
    code = code_of(error)
    return code in _NO_SCHEMA or (not code and error.code() is grpc.StatusCode.NOT_FOUND)
