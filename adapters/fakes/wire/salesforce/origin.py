"""By which way a change comes into the org: known while a call is done, for the events that tell of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from adapters.fakes.wire.salesforce.calls import Call

API: Final = "com/salesforce/api/rest/"
_CLIENT: Final = re.compile(r"(?:^|[,;])\s*client\s*=\s*([^\s,;]+)", re.IGNORECASE)
_ORIGIN: Final[ContextVar[str | None]] = ContextVar("origin", default=None)


@contextmanager
def coming_by(call: Call) -> Iterator[None]:
    """What changes inside comes by this call, under the name that its caller goes by."""
    client = _CLIENT.search(call.headers.get("sforce-call-options", ""))
    token = _ORIGIN.set(f"{API}{call.version}" + (f";client={client[1]}" if client else ""))
    try:
        yield
    finally:
        _ORIGIN.reset(token)


def origin() -> str | None:
    """By which way the change comes that is committed now; None for one that comes by no call."""
    return _ORIGIN.get()
