"""Faults of the world on billing's ports that are bound over the wire."""

from typing import Final

import httpx

from adapters.fakes.faults import FaultKind
from adapters.fakes.wire.striking import Strikes
from adapters.fakes.wire.whmcs.calls import OFFERED
from adapters.fakes.wire.whmcs.forms import form_of
from adapters.fakes.wire.whmcs.switches import WireFault


async def writes(request: httpx.Request) -> bool:
    """Whether an effect could be lost with the answer."""
    action = OFFERED.get(str(form_of((await request.aread()).decode()).get("action", "")).lower())
    return action is not None and action.writes


STRIKES: Final = Strikes(writes, refusals={FaultKind.REFUSED: WireFault.REFUSED})
"""A rule of the operator's own strikes what the method writes."""
