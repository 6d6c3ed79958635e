"""Faults of the world on Salesforce's ports that are bound over the wire, and on the stream of facts."""

from typing import Final

import httpx

from adapters.fakes.faults import FaultKind
from adapters.fakes.wire.salesforce.switches import WireFault
from adapters.fakes.wire.striking import Strikes
from adapters.fakes.world import World
from core.domain.facts import FactBatch
from ports.facts import FactStream


async def _writes(request: httpx.Request) -> bool:
    return request.method != "GET"


def is_log_in(request: httpx.Request) -> bool:
    """Whether somebody logs in, which is no call of a port's method."""
    return "/oauth2/" in request.url.path


STRIKES: Final = Strikes(
    _writes,
    spares=is_log_in,
    refusals={FaultKind.REFUSED: WireFault.RULE, FaultKind.DUPLICATES: WireFault.BLOCKED},
)
"""A rule of the org's own strikes the first record that the method writes."""


class Interrupted:
    """A stream of facts that is down while the world's fault says so."""

    def __init__(self, world: World, stream: FactStream) -> None:
        self._world = world
        self._stream = stream

    async def after(self, position: str | None, wait: float) -> FactBatch:
        """What the stream tells, if it is up when it is asked and when it answers."""
        async with self._world.touch("stream", "after"):
            pass
        batch = await self._stream.after(position, wait)
        if wait > 0:
            async with self._world.touch("stream", "after"):
                pass
        return batch
