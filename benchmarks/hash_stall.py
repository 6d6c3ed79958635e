"""How long the event loop stands still while passwords are hashed: `python -m benchmarks.hash_stall`.

Prints JSON: the worst gap beyond the tick between two turns of an otherwise idle loop, the gaps' 99th
percentile, both in milliseconds, how often it turned, and how long hashing all of them took.
"""

import asyncio
import json
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from adapters.system.passwords import Argon2Passwords
from benchmarks.frame import Measured, Pace
from benchmarks.servers import Running

TICK = 0.001


async def hash_stall(passwords: int = 20, rounds: int = 1) -> dict[str, float]:
    """The loop's worst stall while `passwords` are hashed at once, over `rounds` of that."""
    argon2 = Argon2Passwords()
    gaps: list[float] = []
    over = asyncio.Event()

    async def watch() -> None:
        last = perf_counter()
        while not over.is_set():
            await asyncio.sleep(TICK)
            now = perf_counter()
            gaps.append(now - last - TICK)
            last = now

    await argon2.hash("the threads start once only")
    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.05)
    gaps.clear()
    began = perf_counter()
    for _ in range(rounds):
        await asyncio.gather(*(argon2.hash(f"kettle on tuesday {n}") for n in range(passwords)))
    took = perf_counter() - began
    over.set()
    await watching
    argon2.close()
    gaps.sort()
    return {
        "worst_stall_ms": round(gaps[-1] * 1000, 2),
        "p99_stall_ms": round(gaps[int(len(gaps) * 0.99)] * 1000, 2),
        "turns": len(gaps),
        "passwords": passwords * rounds,
        "took_ms": round(took * 1000, 1),
    }


@dataclass(frozen=True)
class HashStall:
    """The loop's worst stall while passwords are hashed, in milliseconds."""

    name: str
    at_most: float = 10.0

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """Twenty at once for each round; the median of the rounds' worst, since others use the machine too.

        The worst of all rounds is told beside it: when it is far above the median, look whether the machine was busy.
        """
        rounds = [asyncio.run(hash_stall()) for _ in range(pace.rounds)]
        each_worst = [each["worst_stall_ms"] for each in rounds]
        worst = median(each_worst)
        details = {"worst_of_all_ms": max(each_worst), "rounds": rounds}
        return Measured(self.name, worst, f"<= {self.at_most} ms", worst <= self.at_most, details)


BENCHES = (HashStall("passwords: worst stall of the loop"),)

if __name__ == "__main__":
    print(json.dumps(asyncio.run(hash_stall())))
