"""The line checker over HTTP (docs/partners.md): `ports.partners.LineChecker`."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final, Literal

import msgspec

from adapters.partners.transport import Call, Transport
from core.domain.account import Address
from core.domain.eligibility import EligibilityStatus
from core.domain.premises import premises_of
from ports.errors import Rejected, Unavailable
from ports.partners import LineAnswer

_STATUSES: Final = MappingProxyType(
    {"available": EligibilityStatus.ELIGIBLE, "unavailable": EligibilityStatus.INELIGIBLE}
)


class KnownLine(msgspec.Struct, frozen=True):
    """What the checker knows of a building; `unknown` says that it knows nothing."""

    status: Literal["available", "unavailable", "unknown"]
    # staff read both in Salesforce, so neither is longer than a word of theirs
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=80)] | None = None
    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    source: Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[a-z0-9][a-z0-9._-]*\Z")] = "line-checker"


@dataclass(frozen=True, slots=True)
class HttpLineChecker:
    """`ports.partners.LineChecker`: told of the building alone; what it does not answer in time is left to staff."""

    transport: Transport

    async def check(self, address: Address) -> LineAnswer | None:
        call = Call(what="check", path="/checks", shape=KnownLine, body=premises_of(address))
        try:
            known: KnownLine = await self.transport.send(call)
        except (Unavailable, Rejected):  # the transport said so already
            return None
        status = _STATUSES.get(known.status)
        if status is None:
            return None
        return LineAnswer(status=status, value=known.value, confidence=known.confidence, source=known.source)


@dataclass(frozen=True, slots=True)
class NoLineChecker:
    """`ports.partners.LineChecker` for an operator who has none: everything is for staff."""

    async def check(self, address: Address) -> LineAnswer | None:
        del address
        return None
