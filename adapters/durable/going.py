"""What is under way in this process, by the key of the work."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from core.domain.ids import RequestKey

_A_MOMENT: Final = 0.2


class Going:
    """The tasks that work is waited for in, and those that it is done in; an engine may make the latter itself.

    `fell` is told when something ends that nobody foresaw: nothing that is meant to be survived gets there, so the
    process is ending. `again` is asked for when a piece was wanted once more while it was under way.
    """

    def __init__(
        self,
        fell: Callable[[RequestKey, BaseException], None],
        again: Callable[[RequestKey], Coroutine[Any, Any, None]],
    ) -> None:
        self._fell = fell
        self._look_again = again
        self._begun: dict[RequestKey, asyncio.Task[None]] = {}
        self._doing: dict[RequestKey, asyncio.Task[Any]] = {}
        self._ends: dict[asyncio.Task[Any], asyncio.Event] = {}
        self._again: set[RequestKey] = set()
        self.stopping = False

    def __contains__(self, key: object) -> bool:
        return key in self._begun or key in self._doing

    def __len__(self) -> int:
        return len(self._begun)

    @property
    def tasks(self) -> Mapping[RequestKey, asyncio.Task[Any]]:
        """A task for each piece that is under way."""
        return {**self._begun, **self._doing}

    def all_tasks(self) -> set[asyncio.Task[Any]]:
        """Every task of theirs."""
        return {*self._begun.values(), *self._doing.values()}

    def is_done(self, key: RequestKey) -> bool:
        """Whether it is done here at this moment."""
        return key in self._doing

    def end_of_this(self) -> asyncio.Event | None:
        """The end of the work that is done by the task that asks, or None where it does none."""
        asks = asyncio.current_task()
        return self._ends.get(asks) if asks is not None else None

    def cancel(self, key: RequestKey) -> None:
        """Cut short what is done under the key."""
        if (doing := self._doing.get(key)) is not None:
            doing.cancel()

    def begin(self, key: RequestKey, piece: Coroutine[Any, Any, None]) -> bool:
        """Begin a piece, unless it is under way; whether it was begun."""
        if self.stopping or key in self:
            # the task that is there may be at its end already, and know nothing of what has changed
            self._again.add(key)
            piece.close()
            return False
        task = asyncio.create_task(piece, name=f"work {key}")
        self._begun[key] = task
        task.add_done_callback(lambda done: self._over(key, done))
        return True

    @contextmanager
    def done_here(self, key: RequestKey) -> Iterator[None]:
        """The task that runs now does the work under the key, until the block ends."""
        doing = asyncio.current_task()
        assert doing is not None
        self._doing[key] = doing
        ends = self._ends[doing] = asyncio.Event()
        try:
            yield
        finally:
            del self._doing[key], self._ends[doing]
            ends.set()
            if key in self._again and key not in self._begun:
                # what an engine began itself is over for it a moment later
                asyncio.get_running_loop().call_later(_A_MOMENT, self._begin_again, key)

    def _over(self, key: RequestKey, task: asyncio.Task[None]) -> None:
        del self._begun[key]
        if not task.cancelled() and (error := task.exception()) is not None:
            self.stopping = True
            self._fell(key, error)
        else:
            self._begin_again(key)

    def _begin_again(self, key: RequestKey) -> None:
        if key in self._again and not self.stopping:
            self._again.discard(key)
            self.begin(key, self._look_again(key))
