"""Ports over the wire on which the world's faults strike as the contract has it: what was lost, nobody heard of."""

from collections.abc import Awaitable, Callable
from typing import Any

from adapters.fakes.faults import FaultKind
from adapters.fakes.wire.striking import Faulty as Struck
from adapters.fakes.world import RULE_OF_THEIR_OWN
from ports.errors import Rejected, Unavailable


class Faulty(Struck):
    """A port on which the world's faults strike as they do on its fake."""

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._port, name)

        async def called(*args: Any, **named: Any) -> Any:
            kinds = self._world.faults.take(self._system, name).keys()
            what = f"{self._system} {name}"
            if FaultKind.REFUSED in kinds:
                raise Rejected(RULE_OF_THEIR_OWN, what)
            fault = next((kind for kind in self._strikes.kinds if kind in kinds), None)
            with self._strikes.by(fault):
                answer = await method(*args, **named)
            if fault is not None:
                # what was only read may have gone along with what others read, and the adapter may have found out by
                # itself what became of an effect
                raise Unavailable(what, outcome_unknown=fault is not FaultKind.UNAVAILABLE)
            return answer

        return called
