"""The processes of a cluster: a PostgreSQL, one made-up world, two that serve and two that work."""

import random
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from adapters.fakes.addresses import free_port
from core.domain.limits import Limited
from tests.databases import POSTGRESQL, SECRET, made, url_of
from tests.journeys.served import started

PATIENCE = 60.0


@dataclass
class Instance:
    """A process that is started again and again under its name."""

    name: str
    folder: Path
    words: tuple[str, ...]
    settings: dict[str, str]
    port: int | None = None
    process: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it; what it says on standard error goes to a file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("a", encoding="utf-8") as log:
            self.process = started(self.folder, *self.words, stderr=log, **self.settings)

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> float:
        """Ask it to end; seconds it took."""
        began = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)
        return time.monotonic() - began

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/api/health/ready", trust_env=False, timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


class Cluster:
    """Everything of it, in a folder."""

    def __init__(self, root: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        port = free_port()
        self.world = Instance("world", root / "world", ("world", "--port", str(port)), {}, port)
        shared = {
            "database": url_of(made(root / "portal", POSTGRESQL)),
            "secret": SECRET,
            "world": f"http://127.0.0.1:{port}",
            "first_retry": "0.1",
            "longest_retry": "2",
            "log_level": "warning",
            # all customers come from one place
            **{f"limits__{each}": '{"times": 100000, "period": "PT1M"}' for each in Limited},
        }
        self.serving = [self._serving(root, shared, number) for number in (1, 2)]
        self.working = [
            Instance(f"work-{number}", root / f"work-{number}", ("worker",), {**shared, "executor": f"work-{number}"})
            for number in (1, 2)
        ]

    def _serving(self, root: Path, shared: dict[str, str], number: int) -> Instance:
        name, port = f"serve-{number}", free_port()
        settings = {**shared, "executor": name, "works": "false"}
        return Instance(name, root / name, ("serve", "--port", str(port)), settings, port)

    @property
    def instances(self) -> list[Instance]:
        """Those that are killed: all but the world, which is the other systems, and the database."""
        return [*self.serving, *self.working]

    def start(self) -> None:
        """Everything, and wait until both serve."""
        self.world.start()
        time.sleep(2)
        self.serving[0].start()  # the first brings the database up to date
        self.until_ready(self.serving[0])
        for each in (self.serving[1], *self.working):
            each.start()
        self.until_ready(self.serving[1])

    def stop(self) -> None:
        """Everything."""
        for each in [*self.instances, self.world]:
            each.stop()

    def until_ready(self, instance: Instance) -> None:
        """Wait until it serves."""
        deadline = time.monotonic() + PATIENCE
        while not instance.is_ready():
            assert instance.process is not None
            if instance.process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(f"{instance.name} is not ready: {(instance.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.1)
