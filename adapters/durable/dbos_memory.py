"""What the steps of a workflow of DBOS answered."""

from collections.abc import Awaitable, Callable
from typing import Any

from dbos import DBOS
from dbos._error import DBOSUnexpectedStepError

from adapters.durable.memory import GaveUp, OutOfOrder, Point, Stopped
from core.domain.ids import RequestKey
from core.domain.refusals import Refusal, data_of, refusal_of
from core.domain.work import WorkState
from ports.clock import Clock
from ports.errors import Rejected
from ports.journal import Journal


class DbosMemory:
    """What the steps of the workflow that is running answered.

    The order of steps is their identity there, so also a no is kept that the work went on from. What nobody foresaw,
    and what stops the work, is kept nowhere.
    """

    def __init__(self, key: RequestKey, journal: Journal, clock: Clock, point: Point) -> None:
        self._key = key
        self._journal = journal
        self._clock = clock
        self._point = point
        self._heard: dict[str, dict[str, Any]] = {}

    async def once(self, name: str, ask: Callable[[], Awaitable[Any]]) -> Any:
        if name not in self._heard:

            async def step() -> dict[str, Any]:
                try:
                    said = {"said": await ask()}
                    await self._go_on()
                except Refusal as no:
                    return {"refused": no.code, "data": data_of(no)}
                except Rejected as no:
                    return {"rejected": no.code, "what": no.what, "fields": [*no.fields]}
                except GaveUp as none:
                    return {"gave_up": none.what}
                except Exception as error:
                    raise _Unforeseen(error) from error
                await self._point(f"{name}: remember")
                return said

            try:
                self._heard[name] = await DBOS.run_step_async({"name": name}, step)
            except _Unforeseen as unforeseen:
                raise unforeseen.error from None
            except DBOSUnexpectedStepError as error:
                raise OutOfOrder from error
            await self._point(f"{name}: remembered")
        return _said(self._heard[name])

    async def _go_on(self) -> None:
        """What failed before is over; raises Stopped where somebody parked the work meanwhile."""
        entry = await self._journal.find(self._key)
        if entry is None or entry.state is not WorkState.IN_PROGRESS:
            raise Stopped
        if entry.failing is not None or entry.attempts:
            await self._journal.failed(self._key, None, 0, self._clock.now())


class _Unforeseen(BaseException):
    """Carries an error past DBOS, which would remember it for good."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


def _said(kept: dict[str, Any]) -> Any:
    match kept:
        case {"refused": code, "data": data}:
            raise refusal_of(code, data)
        case {"rejected": code, "what": what, "fields": fields}:
            raise Rejected(code, what, tuple(fields))
        case {"gave_up": what}:
            raise GaveUp(what)
    return kept["said"]
