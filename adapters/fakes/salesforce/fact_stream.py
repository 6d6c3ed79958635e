"""The stream of what the made-up upstreams tell."""

from dataclasses import dataclass

from adapters.fakes.world import World
from core.domain.facts import FactBatch


@dataclass(frozen=True, slots=True)
class FakeFactStream:
    """`ports.facts.FactStream` over the world's facts (T-5).

    Its own system for faults, "stream", since events come another way than answers do.
    """

    world: World

    async def after(self, position: str | None, wait: float) -> FactBatch:
        async with self.world.touch("stream", "after"):
            self.world.stream.forget(self.world.clock.now())
            batch = self.world.stream.behind(position)
            if batch.facts or wait <= 0:
                return batch
            await self.world.stream.arrival(batch.position, wait)
        # a stream that went down while somebody listened tells them nothing either
        async with self.world.touch("stream", "after"):
            return self.world.stream.behind(batch.position)
