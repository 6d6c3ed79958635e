"""Several streams of facts read as one, for systems that tell the portal each in its own way."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from core.domain.facts import AnyFact, FactBatch
from ports.errors import Rejected, Unavailable
from ports.facts import FactStream


@dataclass(frozen=True, slots=True)
class StreamsTogether:
    """`ports.facts.FactStream` over streams by name; its position holds one for each of them (T-5).

    One that is down does not keep back what the others tell: Unavailable is raised when nobody tells anything.
    """

    streams: Mapping[str, FactStream]

    async def after(self, position: str | None, wait: float) -> FactBatch:
        at = self._places(position)
        told, down = await self._told(at, 0)
        if not any(batch.facts for batch in told.values()) and wait > 0:
            at |= {name: batch.position for name, batch in told.items()}
            later, down = await self._told(at, wait)
            told |= later
        facts = [fact for batch in told.values() for fact in batch.facts]
        if down and not facts:
            raise down[0]
        return _batch(at | {name: batch.position for name, batch in told.items()}, facts)

    async def _told(
        self, at: Mapping[str, str | None], wait: float
    ) -> tuple[dict[str, FactBatch], Sequence[Unavailable]]:
        """What each tells by the time that the first tells anything, and who is down."""
        asked: dict[asyncio.Future[FactBatch], str] = {
            asyncio.ensure_future(stream.after(at[name], wait)): name for name, stream in self.streams.items()
        }
        told: dict[str, FactBatch] = {}
        down: list[Unavailable] = []
        waiting: set[asyncio.Future[FactBatch]] = {*asked}
        try:
            while waiting and not any(batch.facts for batch in told.values()):
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    try:
                        told[asked[one]] = one.result()
                    except Unavailable as error:
                        down.append(error)
        finally:
            for one in waiting:
                one.cancel()
            for one in waiting:
                with suppress(asyncio.CancelledError, Unavailable, Rejected):
                    await one
        return told, down

    def _places(self, position: str | None) -> dict[str, str | None]:
        if position is None:
            return dict.fromkeys(self.streams)
        try:
            found = msgspec.json.decode(position, type=dict[str, str | None])
        except (msgspec.DecodeError, msgspec.ValidationError):
            found = {}
        if found.keys() != self.streams.keys():
            # of one that is new here, or was read alone until now, nothing is known
            raise Rejected("position_lost", "stream")
        return found


def _batch(at: Mapping[str, Any], facts: Sequence[AnyFact]) -> FactBatch:
    return FactBatch(tuple(facts), msgspec.json.encode(dict(at), order="deterministic").decode())
