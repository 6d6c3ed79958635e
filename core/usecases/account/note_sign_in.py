"""Writing down that a customer logged in."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.domain.account import PortalStatus
from core.domain.facts import AccountChanged, learning
from core.domain.session import SignIn
from ports.customer_registry import CustomerRegistry
from ports.durable import DurableWork, Steps
from ports.errors import Rejected, Unavailable

PATIENCE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NoteSignIn:
    """Write the time of a log-in to the CRM, later and without anybody waiting (ACC-8).

    After an hour of the CRM being away it is let go: the next log-in writes a newer time. Whoever staff have barred
    meanwhile, unheard because the event was lost, is barred from here.
    """

    registry: CustomerRegistry
    work: DurableWork

    async def __call__(self, steps: Steps, data: SignIn) -> None:
        with suppress(Unavailable, Rejected):
            status = await steps.do("note", PortalStatus | None, lambda: self._note(data), give_up_after=PATIENCE)
            if status is PortalStatus.INACTIVE:
                await steps.do("learn", None, lambda: self._learn(data))

    async def _note(self, data: SignIn) -> PortalStatus | None:
        return await self.registry.note_sign_in(data.account, data.at)

    async def _learn(self, data: SignIn) -> None:
        fact = AccountChanged(id=f"sign-in:{data.account}:{data.at.isoformat()}", at=data.at, account=data.account)
        await self.work.start(learning(fact))
