"""A portal as its own process, as an operator starts it: offline, on a free port, its log in a file beside its data."""

import hashlib
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from adapters.http.signature import signature
from core.domain.limits import Limited
from tests.databases import environment_of

SECRET = "genkan-test-secret-0123456789abcdef"
READY = "Genkan serves on "
OPEN_DOORS = {each.value: {"times": 10_000_000, "period": "PT1M"} for each in Limited}
"""No limit is met, so that a 429 is a finding."""
PATIENCE = 60.0


@dataclass(frozen=True)
class Served:
    """A running portal: where it answers, where it keeps things, what it said."""

    address: str
    folder: Path
    process: "subprocess.Popen[bytes]"
    http: httpx.Client
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def log(self) -> str:
        """Everything it has said so far."""
        return (self.folder / "said").read_text(encoding="utf-8")

    def deed(self, desk: str, deed: str, **arguments: Any) -> Any:
        """Have staff or the customer do something in the world; what follows from it has happened when it answers."""
        answer = self.http.post(f"/sandbox/{desk}/{deed}", json={"arguments": arguments})
        if answer.status_code != 200:
            raise AssertionError(f"{desk}/{deed}: {answer.text}")
        return answer.json()["answer"]

    def settle(self) -> None:
        """Let everything that is due happen: after any deed the portal waits until all is quiet."""
        self.deed("world", "now")

    def ledger(self, after: int = 0) -> list[dict[str, Any]]:
        """What happened in the world behind that entry, once all is quiet."""
        self.settle()
        found: list[dict[str, Any]] = []
        while page := self.deed("world", "ledger", after=after + len(found), most=500):
            found += page
        return found

    def made(self, table: str, after: int = 0) -> int:
        """How many records of that table the portal made behind that entry."""
        deed = f"create {table.replace('_', ' ')}"
        return sum(1 for entry in self.ledger(after) if entry["deed"] == deed and entry["by"] == "portal")

    def records(self, table: str) -> list[dict[str, Any]]:
        """The latest records of a table, newest first."""
        self.settle()
        found: list[dict[str, Any]] = self.deed("world", "records", table=table, most=1000)
        return found

    def number(self) -> int:
        """One that was not given out yet."""
        return next(self.numbers)

    def signed(self, method: str, path: str, body: bytes) -> dict[str, str]:
        """The headers of another system's call, with a nonce and a key of its own."""
        timestamp, nonce = str(int(time.time())), f"signed-nonce-{self.number():010d}"
        key = hashlib.sha256(nonce.encode()).hexdigest()
        made = signature(SECRET.encode(), method, path, timestamp, nonce, key, body)
        return {"X-Timestamp": timestamp, "X-Nonce": nonce, "Idempotency-Key": key, "X-Signature": f"v1={made}"}

    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        found: dict[str, Any] = self.http.get("/schema/openapi.json").raise_for_status().json()
        return found


@contextmanager
def serving(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Served]:
    """A portal in `folder` until the block ends; limits are out of the way unless `settings` say otherwise."""
    passing = folder / "tmp"
    passing.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GENKAN_")}
    environment |= {
        "GENKAN_LIMITS": json.dumps(OPEN_DOORS),
        "GENKAN_SIGNING_SECRETS": json.dumps({"test": SECRET}),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "TMPDIR": str(passing),
        **environment_of(folder),
        **(settings or {}),
    }
    said = folder / "said"
    command = [sys.executable, "-m", "genkan", "serve", "--port", "0"]
    with said.open("ab") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
    try:
        address = _address(said, process)
        with httpx.Client(base_url=address, timeout=PATIENCE) as http:
            yield Served(address, folder, process, http)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _address(said: Path, process: "subprocess.Popen[bytes]") -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        for line in said.read_text(encoding="utf-8").splitlines():
            if line.startswith(READY):
                return line.removeprefix(READY).split(" ")[0]
        time.sleep(0.05)
    raise AssertionError(f"the portal did not start:\n{said.read_text(encoding='utf-8')}")
