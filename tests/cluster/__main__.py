"""Two that serve and two that work on one PostgreSQL, under load, while one of the four is killed every ten seconds.

Then each is asked to stop and started again, one after the other, as an operator brings in a new version.
`python -m tests.cluster` prints what was accepted, what became of it, and how long it took to move again; status 1
where an order was lost or doubled, a read failed on both, or something stood still for longer than a minute.
"""

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from adapters.fakes.remote import link_remote
from tests.cluster.instances import Cluster
from tests.cluster.load import STANDS_STILL, Load, Told, customers

DOWN = 2.0
DRAIN = 25.0
"""Seconds in which one that is asked to stop is gone."""


def main() -> int:
    """Run it, and say how it went."""
    asked = _asked()
    print(f"seed {asked.seed}: {asked.customers} customers, {asked.seconds:.0f} s, a kill every {asked.every:.0f} s")
    with tempfile.TemporaryDirectory(prefix="genkan-cluster-") as folder:
        cluster = Cluster(Path(folder), asked.seed)
        cluster.start()
        try:
            load = Load(cluster, customers(cluster, asked.customers), asked.at_once)
            load.start()
            kills = _kill(cluster, asked.seconds, asked.every)
            stopped = _roll(cluster)
            load.finish()
            rows = asyncio.run(_held(cluster))
            stopped += [each.stop() for each in cluster.instances]
        finally:
            cluster.stop()
    return _verdict(load.told, kills, rows, stopped)


def _kill(cluster: Cluster, seconds: float, every: float) -> int:
    until, kills = time.monotonic() + seconds, 0
    order = cluster.chance.sample(cluster.instances, len(cluster.instances))
    for each in itertools.cycle(order):
        time.sleep(every - DOWN)
        if time.monotonic() > until:
            return kills
        each.kill()
        kills += 1
        time.sleep(DOWN)
        each.start()
    return kills


def _roll(cluster: Cluster) -> list[float]:
    """Restart every one in its turn; how long each took to stop."""
    stopped = []
    for each in cluster.instances:
        stopped.append(each.stop())
        each.start()
        if each.port is not None:
            cluster.until_ready(each)
    return stopped


async def _held(cluster: Cluster) -> dict[str, list[dict[str, Any]]]:
    world = link_remote(cluster.world.address)
    try:
        return {table: [*await world.control.records(table, 100_000)] for table in ("order", "service")}
    finally:
        await world.close()


def _verdict(told: Told, kills: int, rows: dict[str, list[dict[str, Any]]], stopped: list[float]) -> int:
    services = Counter(row["crm_order"] for row in rows["service"])
    lost = [order for order in told.accepted if not services[order]]
    doubled = [order for order, times in services.items() if times > 1]
    untold = len(rows["order"]) - len(told.accepted)
    slowest = max((told.completed.get(each, float("inf")) - at for each, at in told.approved.items()), default=0)
    print(f"{kills} kills, then each restarted")
    print(f"{len(told.accepted)} orders accepted, {len(told.completed)} provisioned")
    print(f"lost {len(lost)}, doubled {len(doubled)}, placed without anybody being told {untold}")
    print(f"{told.reads} reads, {len(told.unread)} untrue; {told.failed_over} asked of the next instance")
    print(f"from approval to service {slowest:.1f} s at most; asked to stop, all were gone after {max(stopped):.1f} s")
    for wrong in told.refused[:5]:
        print("  refused:", wrong)
    late = slowest > STANDS_STILL or max(stopped) > DRAIN
    bad = lost or doubled or untold or told.unread or told.refused or late
    return 1 if bad else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--every", type=float, default=10, help="seconds between kills")
    parser.add_argument("--customers", type=int, default=60)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
