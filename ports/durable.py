"""Durable work: what was accepted is done, whatever happens to the process (T-1, T-3)."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias, TypeVar

from core.domain.ids import RequestId, RequestKey, UserId
from core.domain.limits import Limited
from core.domain.work import Job, Reply, Work, WorkKind
from ports.store import Shelves

T = TypeVar("T")

Also: TypeAlias = Callable[[Shelves, RequestId], Awaitable[RequestId | None]]
"""What else is kept with a request. It may name an earlier request that has what is wanted: that one is answered then,
and nothing of the new one is kept."""


class Steps(Protocol):
    """The journal of one piece of work, handed to the use case that does it.

    Everything that asks, writes, reads a clock or makes an id stands inside a step; the order of steps is their
    identity, so between steps only remembered answers decide.
    """

    async def do(
        self,
        name: str,
        answer: type[T] | Any,
        call: Callable[[], Awaitable[T]],
        *,
        give_up_after: timedelta | None = None,
    ) -> T:
        """Do `call` once and remember its answer; a piece of work that is taken up again gets what was remembered.

        `answer` is the type of the answer, plain data or a msgspec struct (None for nothing). A step interrupted by
        a crash is done again, so a remote write is an `ensure_*`. Unavailable is tried again with growing waits for as
        long as it lasts; with `give_up_after` it is raised once the step has been failing for that long. Refusals and
        Rejected pass through, and a retry by staff asks again. Anything else is tried a few times inside the step and
        then ends the work with staff, so no use case has an exception of its own cross a step.
        """


class DurableWork(Protocol):
    """Where work is accepted and looked up."""

    async def start(self, job: Job) -> Work:
        """Accept the job under its key and begin at once, or at its date; an accepted key is answered as it stands."""

    async def outcome(self, key: RequestKey, wait: float) -> Work | None:
        """The work as it stands, waiting up to `wait` seconds for its end; None when there is none under the key.

        Nobody waits longer for work that has asked in vain many times.
        """

    async def redate(self, key: RequestKey, due_at: datetime) -> Work | None:
        """Move delayed work that has not begun to another date; begun work is left alone."""

    async def cancel(self, key: RequestKey, *, stopped: bool = False) -> Work | None:
        """End work that has not begun; begun work is left alone.

        With `stopped` also work that is with staff, or whose refusal waits for somebody's decision (FUL-8).
        """

    async def park(self, key: RequestKey) -> Work | None:
        """Hand work that is not over to staff: it stops where it stands, after the step it is in (FUL-8)."""

    async def run_now(self, key: RequestKey) -> Work | None:
        """Begin delayed or parked work at once."""

    async def retry(self, key: RequestKey) -> Work | None:
        """Take up parked or refused work again where it stopped."""

    async def release_due(self, now: datetime) -> int:
        """Begin everything that is due at `now`, after the clock was moved; answers how many."""

    async def quiet(self, wait: float) -> bool:
        """Whether, within `wait` seconds, no begun work is left unfinished; for tests and the offline clock.

        Answers no at once when what is left has asked in vain many times and waits to ask again.
        """

    async def unsettled(self, kind: WorkKind | None = None) -> tuple[Work, ...]:
        """Work that is not over, that is with staff, or whose refusal waits for a decision; oldest first (OPS-6)."""


class Reception(Protocol):
    """Where a customer's request becomes durable: intent, request and job kept together, then begun (T-1, T-2)."""

    async def __call__(
        self,
        owner: UserId | None,
        about: str,
        job: Job,
        intent: tuple[str, str] | None = None,
        *,
        also: Also | None = None,
        limit: tuple[Limited, str] | None = None,
        asked_under: RequestKey | None = None,
    ) -> Reply:
        """Accept the job, wait up to 2 s for its end and tell how it stands.

        `intent` is (kind, subject): while another request holds it, that one is answered and nothing new begins. The
        work gives its intent back when it is over. A job key that was accepted before answers as it stands.
        `also` takes more intents, or marks what is used up, in the same unit of work: all or none of it is kept.
        `limit` is (what, whose): counted where something new begins, which raises TooMany once it is reached.
        `asked_under` is the key that this is asked for under: whichever request is answered, the key stays that one's
        for as long as keys are kept (T-2).
        """
