"""Cleaning documents in processes of their own (ports/documents.py)."""

import asyncio
import hashlib
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from time import monotonic
from typing import Final

import structlog

from adapters.system.documents import frames
from core.domain.document import (
    EXTENSIONS,
    MAX_BYTES,
    CleanDocument,
    DocumentRefusal,
    DocumentRefused,
    document_name,
)

log = structlog.get_logger(__name__)

_ROOT: Final = Path(__file__).resolve().parents[3]
_DOCUMENTS_EACH: Final = 20
"""After so many a process is replaced: what one document did to it does not last."""
_SECONDS_TO_START: Final = 30.0
_OUT_OF_TIME: Final = frozenset({-SIGKILL, -SIGXCPU})
_VERDICTS: Final = frozenset({*EXTENSIONS, *(frames.REFUSED + refusal for refusal in DocumentRefusal)})
_KEPT_FROM_ENVIRONMENT: Final = ("LD_LIBRARY_PATH", "PATH", "PYTHONPATH")
"""Settings and secrets of the portal are not for a process that opens what strangers sent."""


class ProcessDocumentCleaner:
    """Cleans at most `processes` documents at a time, each in a process that nothing else depends on (IDV-1, IDV-6).

    The processes start when first needed and stay warm. A document waits at most `seconds` for its turn and
    is cleaned in at most as many, within `memory` bytes of address space. `close` ends them all; what is
    forgotten ends with this object or with the program.
    """

    def __init__(self, *, processes: int = 2, seconds: float = 20.0, memory: int = 1 << 30) -> None:
        self._seconds = seconds
        self._memory = memory
        # threads, so that it serves any loop; each only waits for its process
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="documents")
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._alive: set[_Process] = set()
        self._forgotten = weakref.finalize(self, _end_all, self._alive)

    @property
    def process_ids(self) -> frozenset[int]:
        """The processes that live now, for operators and tests."""
        return frozenset(process.id for process in list(self._alive) if process.lives)

    async def clean(self, filename: str, data: bytes) -> CleanDocument:
        if not data:
            raise DocumentRefused(DocumentRefusal.EMPTY)
        if len(data) > MAX_BYTES:
            raise DocumentRefused(DocumentRefusal.TOO_LARGE)
        if not self._forgotten.alive:
            raise DocumentRefused(DocumentRefusal.TOOK_TOO_LONG)
        turn_until = monotonic() + self._seconds
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._clean, filename, data, turn_until)

    async def close(self) -> None:
        """End every process, whatever it is doing; documents that wait are refused as having taken too long."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._forgotten()
        self._threads.shutdown()
        # one may have started between the two
        _end_all(self._alive)

    def _clean(self, filename: str, data: bytes, turn_until: float) -> CleanDocument:
        if monotonic() > turn_until or not self._forgotten.alive:
            raise DocumentRefused(DocumentRefusal.TOOK_TOO_LONG)
        media_type, clean = self._answer_to(data)
        if media_type.startswith(frames.REFUSED):
            raise DocumentRefused(DocumentRefusal(media_type.removeprefix(frames.REFUSED)))
        return CleanDocument(
            name=document_name(filename, media_type),
            media_type=media_type,
            data=clean,
            sha256=hashlib.sha256(clean).hexdigest(),
        )

    def _answer_to(self, data: bytes) -> tuple[str, bytes]:
        process = self._ready()
        try:
            media_type, clean = process.answer(data, self._seconds)
        except (OSError, EOFError):
            self._end(process)
            log.warning("document.process.died", exit=process.exit)
            out_of_time = process.exit in _OUT_OF_TIME
            raise DocumentRefused(DocumentRefusal.TOOK_TOO_LONG if out_of_time else DocumentRefusal.TRUNCATED) from None
        if process.answered < _DOCUMENTS_EACH:
            with self._lock:
                self._idle.append(process)
        else:
            self._end(process)
        return media_type, clean

    def _ready(self) -> "_Process":
        while True:
            with self._lock:
                process = self._idle.pop() if self._idle else None
            if process is None:
                return self._started()
            if process.lives:
                return process
            self._end(process)

    def _started(self) -> "_Process":
        try:
            process = _Process(self._memory, self._seconds)
        except OSError as error:
            log.error("document.process.not_started", errno=error.errno)
            raise DocumentRefused(DocumentRefusal.TOOK_TOO_LONG) from None
        self._alive.add(process)
        try:
            process.wait_until_ready()
        except (OSError, EOFError):
            self._end(process)
            log.error("document.process.not_started", exit=process.exit)
            raise DocumentRefused(DocumentRefusal.TOOK_TOO_LONG) from None
        return process

    def _end(self, process: "_Process") -> None:
        process.end()
        self._alive.discard(process)


class _Process:
    """One cleaning process and its pipes; used by one thread at a time, ended by any."""

    def __init__(self, memory: int, seconds: float) -> None:
        self.answered = 0
        self._killed = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "adapters.system.documents.worker", str(memory), str(int(seconds) + 1)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={
                "MALLOC_ARENA_MAX": "2",
                **{name: os.environ[name] for name in _KEPT_FROM_ENVIRONMENT if name in os.environ},
            },
            # an interrupt at the terminal is for the portal, which ends its processes itself
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._documents, self._answers = self._process.stdin, self._process.stdout

    @property
    def lives(self) -> bool:
        return not self._killed and self._process.poll() is None

    @property
    def id(self) -> int:
        return self._process.pid

    @property
    def exit(self) -> int | None:
        return self._process.returncode

    def wait_until_ready(self) -> None:
        with self._killed_after(_SECONDS_TO_START):
            if frames.receive(self._answers) != frames.READY:
                raise EOFError

    def answer(self, data: bytes, seconds: float) -> tuple[str, bytes]:
        self.answered += 1
        with self._killed_after(seconds):
            frames.send(self._documents, data)
            verdict = frames.receive(self._answers).decode("ascii", "replace")
            clean = frames.receive(self._answers)
        if verdict not in _VERDICTS:
            raise EOFError
        return verdict, clean

    def end(self) -> None:
        self.kill()
        self._process.wait()
        for pipe in (self._documents, self._answers):
            try:
                pipe.close()
            except OSError:
                continue  # half a document may still wait to be written to nobody

    def kill(self) -> None:
        self._killed = True
        self._process.kill()

    @contextmanager
    def _killed_after(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _end_all(processes: set[_Process]) -> None:
    for process in list(processes):
        process.end()
    processes.clear()
