"""Faults of the world on the partners' ports that are bound over the wire."""

from typing import Final

import httpx

from adapters.fakes.faults import FaultKind
from adapters.fakes.wire.partners.switches import WireFault
from adapters.fakes.wire.striking import Strikes


async def _writes(request: httpx.Request) -> bool:
    return request.method != "GET"


STRIKES: Final = Strikes(_writes, refusals={FaultKind.REFUSED: WireFault.REFUSED})
