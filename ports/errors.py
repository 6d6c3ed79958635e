"""The two ways a port can fail; everything else a port says is an answer."""

from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Unavailable(Exception):
    """The other system did not answer, or not in time: nothing is known, so look before doing it again.

    `what` names the call for operators and never holds personal data or secrets. `outcome_unknown` is False only
    where the adapter knows that nothing was written (a refused connection, a lock, a rate limit).
    `retry_after` is in seconds, where the other system said so.
    """

    def __init__(self, what: str, *, outcome_unknown: bool = True, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.outcome_unknown = outcome_unknown
        self.retry_after = retry_after


class Rejected(Exception):
    """The other system understood and refused; the same call will be refused again.

    `code` is the system's own error code or class (`INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST`, `conflict`);
    `fields` the fields it names. The system's sentence is not kept: it may hold personal data.
    """

    def __init__(self, code: str, what: str = "", fields: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code} {what}".strip())
        self.code = code
        self.what = what
        self.fields = fields


async def if_available(reading: Awaitable[T]) -> T | None:
    """What is read, or None while it can't be: for what is read along because a later step, or the answer, wants it."""
    try:
        return await reading
    except Unavailable:
        return None
