"""Work that needs a person: what stays unknown, and what was parked, with what to do about it (OPS-6)."""

from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.policy import Policy
from core.domain.work import ATTENDED, Work, WorkState


class Need(StrEnum):
    """Why work needs a person."""

    UNKNOWN = "unknown"
    """A step got no answer for a while: whether it happened in the other system is not known."""
    PARKED = "parked"
    """It stopped, and goes on only when somebody takes it up again."""
    FAILED = "failed"
    """It came to nothing, and somebody decides whether there is another attempt."""


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of work that needs a person, since when, and what to do."""

    work: Work
    need: Need
    since: datetime | None
    advice: str

    @property
    def code(self) -> str | None:
        """Why it stopped; of an activation, why it failed."""
        return failure_of(self.work) or self.work.code


PARKED: Final = "parked"
"""The code of work that an operator stopped (FUL-8)."""
UNREADABLE: Final = "event_unreadable"
"""The code of an event that nobody could read (T-5)."""
_UNKNOWN: Final = "Look in the other system whether the step happened. The work goes on by itself once it is answered."
_REFUSED: Final = "The other system refused with this code. Put the record right there, then retry."
_PARKED: Final = MappingProxyType(
    {
        "unavailable": "The other system was away for too long. Retry once it answers.",
        PARKED: "An operator stopped it. Retry to let it go on.",
        "out_of_order": "A newer version does it in other steps, and can't go on from these. Look how far it came, "
        "then cancel it with --begun: what was wanted may be wanted again.",
        UNREADABLE: "An event of Salesforce could not be read. What changed was looked for at once; the log says which "
        "event it was, as salesforce.event.parked. Put right what keeps it from being read, then cancel this.",
        "unexpected": "A fault of the portal; the log says where, as work.broke. Retry once it is mended.",
    }
)


_FAILED: Final = "Put right what the code names, then retry; or cancel the order in Salesforce."
_OUT_OF_STEP: Final = (
    "The order's sale stands where no activation follows, on hold perhaps. It goes on when the sale does."
)


def failure_of(work: Work) -> str | None:
    """The code with which an activation failed (FUL-2), or None."""
    failure = work.result.get("failure") if isinstance(work.result, dict) else None
    return failure if isinstance(failure, str) else None


def attention(work: Work, now: datetime, policy: Policy) -> Attention | None:
    """What the work needs of a person at `now`; None for work that is well."""
    if work.state is WorkState.WITH_STAFF:
        advice = _PARKED.get(work.code or "", _REFUSED)
        return Attention(work=work, need=Need.PARKED, since=work.changed_at, advice=advice)
    if work.state is WorkState.REFUSED and work.kind in ATTENDED:
        advice = _FAILED if failure_of(work) is not None else _OUT_OF_STEP
        return Attention(work=work, need=Need.FAILED, since=work.changed_at, advice=advice)
    failing = work.failing if work.state is WorkState.IN_PROGRESS else None
    if failing is None or now - failing.since < policy.unknown_visible_after:
        return None
    return Attention(work=work, need=Need.UNKNOWN, since=failing.since, advice=_UNKNOWN)
