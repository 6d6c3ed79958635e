"""The processes that documents are cleaned in: what they may, how they end, what their end costs (IDV-1, IDV-6)."""

import asyncio
import gc
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from adapters.system.documents.cleaner import ProcessDocumentCleaner
from core.domain.document import DocumentRefusal
from tests.adapters import documents as made

PNG = "image/png"
REFUSAL = DocumentRefusal


async def test_a_dead_process_costs_at_most_one_document() -> None:
    cleaner = ProcessDocumentCleaner(processes=1, seconds=60)
    await cleaner.clean("x", made.png())
    (process,) = cleaner.process_ids
    os.kill(process, signal.SIGSEGV)
    await asyncio.to_thread(_wait_for_the_end_of, process)
    assert (await cleaner.clean("x", made.png())).media_type == PNG
    assert cleaner.process_ids.isdisjoint({process})
    await cleaner.close()


@pytest.mark.parametrize(
    ("signal_sent", "refusal"),
    [(signal.SIGSEGV, REFUSAL.TRUNCATED), (signal.SIGABRT, REFUSAL.TRUNCATED), (signal.SIGXCPU, REFUSAL.TOOK_TOO_LONG)],
)
async def test_dying_over_a_document_refuses_that_document(
    signal_sent: signal.Signals, refusal: DocumentRefusal
) -> None:
    cleaner = ProcessDocumentCleaner(processes=1, seconds=60)
    await cleaner.clean("x", made.png())
    (process,) = cleaner.process_ids
    os.kill(process, signal.SIGSTOP)  # so that it surely has the document when it dies
    waiting = asyncio.create_task(made.outcome(cleaner, made.png()))
    await asyncio.sleep(0.2)
    os.kill(process, signal_sent)
    os.kill(process, signal.SIGCONT)
    assert await waiting is refusal
    assert (await cleaner.clean("x", made.png())).media_type == PNG
    await cleaner.close()


async def test_what_takes_too_long_is_refused_and_its_process_ended() -> None:
    cleaner = ProcessDocumentCleaner(processes=1, seconds=0.5)
    await cleaner.clean("x", made.png())
    (process,) = cleaner.process_ids
    os.kill(process, signal.SIGSTOP)
    try:
        async with asyncio.timeout(5):
            assert await made.outcome(cleaner, made.png()) is REFUSAL.TOOK_TOO_LONG
        assert not _lives(process)
    finally:
        await cleaner.close()


async def test_a_turn_that_does_not_come_in_time_is_refused() -> None:
    cleaner = ProcessDocumentCleaner(processes=1, seconds=0.5)
    await cleaner.clean("x", made.png())
    (process,) = cleaner.process_ids
    os.kill(process, signal.SIGSTOP)
    assert set(await asyncio.gather(*(made.outcome(cleaner, made.png()) for _ in range(10)))) <= {REFUSAL.TOOK_TOO_LONG}
    await cleaner.close()


async def test_a_process_serves_a_number_of_documents_only() -> None:
    cleaner = ProcessDocumentCleaner(processes=1, seconds=60)
    seen = set()
    for _ in range(25):
        await cleaner.clean("x", made.png())
        seen |= cleaner.process_ids
    assert len(seen) == 2
    await cleaner.close()
    assert not any(map(_lives, seen))


async def test_no_more_processes_than_was_said_and_none_after_closing() -> None:
    cleaner = ProcessDocumentCleaner(processes=2, seconds=60)
    documents = await asyncio.gather(*(cleaner.clean(f"{n}.png", made.png()) for n in range(12)))
    assert [document.name for document in documents] == [f"{n}.png" for n in range(12)]
    processes = cleaner.process_ids
    assert 1 <= len(processes) <= 2
    await cleaner.close()
    assert not any(map(_lives, processes))
    assert await made.outcome(cleaner, made.png()) is REFUSAL.TOOK_TOO_LONG


async def test_closing_ends_what_is_being_done() -> None:
    cleaner = ProcessDocumentCleaner(processes=1, seconds=60)
    await cleaner.clean("x", made.png())
    (process,) = cleaner.process_ids
    os.kill(process, signal.SIGSTOP)
    waiting = [asyncio.create_task(made.outcome(cleaner, made.png())) for _ in range(3)]
    await asyncio.sleep(0.1)
    await asyncio.wait_for(cleaner.close(), timeout=5)
    assert set(await asyncio.gather(*waiting)) == {REFUSAL.TOOK_TOO_LONG}
    assert not _lives(process)


def test_a_forgotten_cleaner_leaves_no_process() -> None:
    cleaner = ProcessDocumentCleaner(processes=1, seconds=60)
    asyncio.run(cleaner.clean("x", made.png()))
    (process,) = cleaner.process_ids
    del cleaner
    # the thread that waited for the answer may hold it a moment longer
    until = time.monotonic() + 10
    while _lives(process) and time.monotonic() < until:
        gc.collect()
        time.sleep(0.01)
    assert not _lives(process)


async def test_too_little_memory_is_a_refusal() -> None:
    cleaner = ProcessDocumentCleaner(processes=1, seconds=60, memory=400_000_000)
    large = made.saved(Image.new("RGB", (7000, 7000), "white"), "JPEG")
    assert await made.outcome(cleaner, large) is REFUSAL.TOO_LARGE
    assert (await cleaner.clean("x", made.png())).media_type == PNG
    await cleaner.close()


@pytest.mark.parametrize("program", ["/bin/false", "/nowhere/python"])
async def test_a_process_that_cannot_start_is_a_refusal(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", program)
    cleaner = ProcessDocumentCleaner(processes=1, seconds=60)
    assert await made.outcome(cleaner, made.png()) is REFUSAL.TOOK_TOO_LONG
    assert cleaner.process_ids == frozenset()
    await cleaner.close()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not show another process's limits")
async def test_a_process_can_write_no_file_and_has_its_share_only() -> None:
    cleaner = ProcessDocumentCleaner(processes=1, seconds=60)
    await cleaner.clean("x", made.png())
    (process,) = cleaner.process_ids
    of = await asyncio.to_thread(_limits_of, process)
    assert of["Max file size"] == of["Max core file size"] == "0"
    assert of["Max address space"] == str(1 << 30)
    assert int(of["Max cpu time"]) < 100
    assert int(of["Max open files"]) < 20
    await cleaner.close()


async def test_a_process_is_told_no_setting_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\nenv > {told}\n")
    program.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(program))
    monkeypatch.setenv("GENKAN_CANARY", "secret")
    cleaner = ProcessDocumentCleaner(processes=1, seconds=60)
    assert await made.outcome(cleaner, made.png()) is REFUSAL.TOOK_TOO_LONG
    await cleaner.close()
    names = {line.partition("=")[0] for line in told.read_text().splitlines()}
    assert "PATH" in names
    assert names <= {"PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "MALLOC_ARENA_MAX", "PWD", "OLDPWD", "SHLVL", "_"}


def _limits_of(process: int) -> dict[str, str]:
    lines = Path(f"/proc/{process}/limits").read_text().splitlines()
    return {line[:26].strip(): line[26:].split()[0] for line in lines}


def _wait_for_the_end_of(process: int) -> None:
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
