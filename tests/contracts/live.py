"""A live org behind the ports, for the contract suite: what is made there is marked, and removed again.

`make live-salesforce` asks for it; the org and its user come from the portal's own settings
(`GENKAN_SALESFORCE__LOGIN_URL`, …). Tests that look into the made-up org, or act as its staff, are skipped.
"""

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import pytest

from adapters.salesforce.bindings import SalesforcePorts, salesforce_ports
from adapters.salesforce.client import Client
from adapters.salesforce.field_map import DEFAULT
from adapters.salesforce.settings import SalesforceSettings
from adapters.system.clock import RealClock
from core.domain.policy import Policy
from genkan.settings import load
from ports.errors import Rejected, Unavailable
from tests.contracts.wired import PORTS

ASKED: Final = "GENKAN_TEST_LIVE_SALESFORCE"
"""Set to run against the org that the settings name."""
WHY_NOT: Final = "looks into the made-up org, or acts as its staff"
_FILES: Final = "ContentVersion"


def is_asked() -> bool:
    """Whether a live org is to be run against."""
    return bool(os.environ.get(ASKED))


@cache
def named() -> SalesforceSettings:
    """The org that the environment names; skips with what is missing."""
    org = load(os.environ, Path.cwd()).salesforce
    if faults := org.faults():
        pytest.skip(f"no live org: {'; '.join(faults)}")
    return org


class Noting(httpx.AsyncBaseTransport):
    """The way to the org, which notes what was made on it."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []
        self._way = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._way.handle_async_request(request)
        if request.method == "POST" and "/services/data/" in request.url.path:
            await response.aread()
            if response.is_success:
                self._note(request, response.content)
        return response

    async def aclose(self) -> None:
        await self._way.aclose()

    def _note(self, request: httpx.Request, content: bytes) -> None:
        path, body = request.url.path, msgspec.json.decode(content)
        if path.endswith("/composite"):
            asked = msgspec.json.decode(request.content)["compositeRequest"]
            for part, answer in zip(asked, body["compositeResponse"], strict=True):
                if part["method"] == "POST" and answer["httpStatusCode"] == 201:
                    self.made.append((_object_of(part["url"]), answer["body"]["id"]))
        elif "/sobjects/" in path and isinstance(body, dict) and body.get("id"):
            self.made.append((_object_of(path), body["id"]))


def _object_of(path: str) -> str:
    return path.partition("/sobjects/")[2].partition("/")[0].partition("?")[0]


class LiveBindings:
    """The ports of the org; whoever asks for what only the made-up org has is skipped."""

    def __init__(self, ports: SalesforcePorts) -> None:
        self._ports = ports

    def __getattr__(self, name: str) -> Any:
        if name not in PORTS:
            pytest.skip(WHY_NOT)
        return getattr(self._ports, name)


@asynccontextmanager
async def live(settings: SalesforceSettings) -> AsyncIterator[LiveBindings]:
    """The ports of the live org; what was made is removed in the end, newest first."""
    way = Noting()
    async with Client(settings, RealClock(), way) as client:
        try:
            yield LiveBindings(
                salesforce_ports(client, settings, DEFAULT.renamed(settings.names), Policy(), RealClock())
            )
        finally:
            left = [each for each in reversed(way.made) if not await _removed(client, *each)]
            assert not left, f"left behind in the org: {left}"


async def _removed(client: Client, sobject: str, row: str) -> bool:
    if sobject == _FILES:
        [version, *_] = await client.query(f"SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{row}'") or [{}]
        sobject, row = "ContentDocument", version.get("ContentDocumentId", "")
        if not row:  # another version of the same document took it along
            return True
    try:
        await client.delete(sobject, row)
    except (Rejected, Unavailable):
        return False
    return True


def run(suite: str, asked: str, lacks: Sequence[str]) -> int:
    """Run that suite of the contracts against what the settings name; one line where they don't name all of it."""
    if lacks:
        print(f"Skipped, no live {suite}: {'; '.join(lacks)}")
        return 0
    tests = [str(path) for path in sorted(Path(__file__).parent.glob(f"test_{suite}_*.py"))]
    command = [sys.executable, "-m", "pytest", *tests, "-k", "live", "-rs", "--no-header"]
    return subprocess.call(command, env={**os.environ, asked: "1"})


async def ran(module: str, named: Mapping[str, str]) -> tuple[int | None, str]:
    """Such a module run in a process of its own, with that in its environment; its status, and what it said."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("GENKAN_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, env={**bare, **named}, stdout=PIPE, stderr=STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


if __name__ == "__main__":
    raise SystemExit(run("salesforce", ASKED, load(os.environ, Path.cwd()).salesforce.faults()))
