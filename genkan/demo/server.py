"""The portal that the demo plays with: the one that runs, or one of its own in a folder that goes again."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from adapters.fakes.addresses import free_port

PATIENCE: Final = 60.0
LIVE: Final = "/api/health/live"
READY: Final = "/api/health/ready"


class NoPortal(Exception):
    """There is no portal to play with, and why."""


def is_portal(url: str) -> bool:
    """Whether a portal answers there; something else that answers is none."""
    try:
        answer = httpx.get(url + LIVE, timeout=5, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return answer.status_code == httpx.codes.OK and answer.headers.get("server") == "genkan"


@contextmanager
def own_portal() -> Iterator[str]:
    """The address of an offline portal with default settings, for as long as the block lasts; raises NoPortal."""
    with TemporaryDirectory(prefix="genkan-demo-") as folder:
        url = f"http://127.0.0.1:{(port := free_port())}"
        log = Path(folder) / "portal.log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GENKAN_")}
        command = [sys.executable, "-m", "genkan", "serve", "--port", str(port)]
        with log.open("wb") as written:
            serving = subprocess.Popen(command, cwd=folder, env=environment, stderr=written)
            try:
                _wait_for(url, serving, log)
                yield url
            finally:
                serving.terminate()
                serving.wait(PATIENCE)


def _wait_for(url: str, serving: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if serving.poll() is not None:
            break
        try:
            if httpx.get(url + READY, timeout=5, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise NoPortal(f"a portal of its own did not start:\n{log.read_text(errors='replace')[-1000:]}")
