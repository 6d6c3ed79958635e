"""A process that does durable work and is killed.

`python -m tests.adapters.durable_victim <folder> <empty database> <engine: journal or dbos> <every: 1 for each point>`

It forks a child for each place to die; the child dies there by SIGKILL, and another child starts over its database.
What became of each is printed as JSON. Forking before any thread is started spares loading everything each time.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from adapters.db.journal import SqlJournal
from adapters.durable.dbos_engine import DbosEngine, DbosSettings
from adapters.durable.runner import Runner
from adapters.system.clock import RealClock
from core.domain.ids import RequestKey
from core.domain.work import Job, WorkKind, WorkState
from ports.durable import Steps
from tests.databases import copied, opened

KEY = RequestKey("provision:o1")
STEPS = ("billing order", "service", "write back")


class Ledger:
    """A remote system in a file: every call is written down, and every effect that was not there yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self, kind: str) -> list[str]:
        text = self.path.read_text("utf-8") if self.path.exists() else ""
        return [line.removeprefix(kind + " ") for line in text.splitlines() if line.startswith(kind + " ")]

    def write(self, kind: str, what: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{kind} {what}\n")

    async def ensure(self, what: str) -> str:
        self.write("call", what)
        if what not in self.lines("effect"):
            self.write("effect", what)
        return what


async def provision(steps: Steps, ledger: Ledger) -> list[str]:
    return [await steps.do(name, str, lambda name=name: ledger.ensure(name)) for name in STEPS]


async def live(folder: Path, engine: str, die_at: int | None) -> int:
    """One life of the process; how many places to die it came by."""
    ledger = Ledger(folder / "ledger")
    passed = 0

    async def point(_name: str) -> None:
        nonlocal passed
        if passed == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    async def work(steps: Steps, data: None) -> list[str]:
        return await provision(steps, ledger)

    database = opened(folder / "portal.db")
    journal, clock = SqlJournal(database), RealClock()
    settings = DbosSettings.in_file(folder / "work.db", poll=0.05)
    dbos = DbosEngine(settings, journal, clock, point) if engine == "dbos" else None
    runner = Runner(journal, clock, {WorkKind.PROVISION: work}, engine=dbos, point=point)
    await runner.open()
    if die_at is not None or not ledger.path.exists():
        await runner.start(Job(key=KEY, kind=WorkKind.PROVISION, data=None))
    assert await runner.quiet(20)
    await runner.stop(0)
    await database.close()
    return passed


def in_child(folder: Path, engine: str, die_at: int | None) -> int:
    """Live in a child of this process; how it ended."""
    child = os.fork()
    if child == 0:
        asyncio.run(live(folder, engine, die_at))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


async def state(folder: Path) -> WorkState | None:
    database = opened(folder / "portal.db")
    entry = await SqlJournal(database).find(KEY)
    await database.close()
    return None if entry is None else entry.state


def main(root: Path, empty: Path, engine: str, every: int) -> None:
    deaths = []
    for at in range(0, 100, every):
        folder = root / str(at)
        folder.mkdir()
        copied(empty, folder / "portal.db")
        died = in_child(folder, engine, at)
        if died == 0:
            break
        lived = in_child(folder, engine, None)
        ledger = Ledger(folder / "ledger")
        deaths.append(
            {"at": at, "died": died, "lived": lived, "calls": ledger.lines("call"), "effects": ledger.lines("effect")}
        )
    states = [asyncio.run(state(root / str(death["at"]))) for death in deaths]
    json.dump([death | {"state": end} for death, end in zip(deaths, states, strict=True)], sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
