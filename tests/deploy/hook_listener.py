"""A place that hooks of WHMCS post to, and PHP to run them with."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

HOOKS: Final = Path(__file__).parents[2] / "deploy" / "whmcs" / "includes" / "hooks"
WHMCS: Final = Path(__file__).with_name("whmcs.php")
PHP: Final = shutil.which("php")
Event = tuple[str, dict[str, Any]]


def has_php() -> bool:
    """Whether PHP is there, with what the hook file needs."""
    if PHP is None:
        return False
    modules = subprocess.run([PHP, "-m"], capture_output=True, text=True, check=False).stdout.split()
    return {"curl", "json"} <= set(modules)


@dataclass(frozen=True)
class Heard:
    """A call as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def news(self) -> dict[str, Any]:
        """What it tells."""
        news: dict[str, Any] = json.loads(self.body)
        return news

    @property
    def text(self) -> str:
        """All of it, to look for what should not be there."""
        return f"{self.path} {self.headers} {self.body.decode()}"


@dataclass
class Listener:
    """Hears calls and answers them as it is told to; `after` seconds later."""

    address: str
    answer: Callable[[Heard], int]
    after: float = 0.0
    heard: list[Heard] = field(default_factory=list)


@contextmanager
def listening(answer: Callable[[Heard], int] = lambda _: 202, after: float = 0.0) -> Iterator[Listener]:
    """A listener on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            heard = Heard(self.path, dict(self.headers.items()), self.rfile.read(length))
            listener.heard.append(heard)
            time.sleep(listener.after)
            said = b'{"said": "what nobody should print"}'
            # whoever asked may not have waited for it
            with suppress(BrokenPipeError):
                self.send_response(listener.answer(heard))
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listener = Listener(f"http://127.0.0.1:{server.server_port}", answer, after)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class Ran:
    """What a run of hooks printed, and what it put into the activity log."""

    printed: str
    logged: list[str]
    seconds: float


def installed(folder: Path, **settings: str) -> Path:
    """The hook file in a folder of its own, with these settings."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HOOKS / "genkan.php", folder)
    lines = "".join(f"'{name}' => '{value}', " for name, value in settings.items())
    (folder / "_genkan.php").write_text(f"<?php return [{lines}];", "utf-8")
    return folder


def run(folder: Path, *events: Event, words: tuple[str, ...] = ()) -> Ran:
    """Have WHMCS, as far as the hook file knows it, load the folder and run the events one after the other."""
    assert PHP is not None
    strict = ("-d", "error_reporting=-1", "-d", "display_errors=stderr", "-d", "zend.assertions=1")
    began = time.monotonic()
    done = subprocess.run(
        [PHP, *strict, str(WHMCS), str(folder), *words],
        input=json.dumps(events),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return Ran(done.stdout, done.stderr.splitlines(), time.monotonic() - began)
