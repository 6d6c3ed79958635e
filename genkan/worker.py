"""Working: durable work without an HTTP surface, as a process of its own."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

from genkan.running import Running
from genkan.serve import new_loop


def run(running: Running, on_ready: Callable[[], None]) -> None:
    """Work until SIGTERM or SIGINT, then let what runs come to its end, and leave the rest to others.

    Also ends when work is not done here any more, so that whoever watches over it starts it again.
    """
    with new_loop() as runner:
        runner.run(_work(running, on_ready))


async def _work(running: Running, on_ready: Callable[[], None]) -> None:
    asked_to_stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, asked_to_stop.set)
    async with running.open():
        on_ready()
        while running.container.work().is_going and not asked_to_stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(asked_to_stop.wait(), 1)
