"""Writing down that a customer logged in."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.domain.session import SignIn
from ports.customer_registry import CustomerRegistry
from ports.durable import Steps
from ports.errors import Rejected, Unavailable

PATIENCE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NoteSignIn:
    """Write the time of a log-in to the CRM, later and without anybody waiting (ACC-8).

    After an hour of the CRM being away it is let go: the next log-in writes a newer time.
    """

    registry: CustomerRegistry

    async def __call__(self, steps: Steps, data: SignIn) -> None:
        with suppress(Unavailable, Rejected):
            await steps.do(
                "note", None, lambda: self.registry.note_sign_in(data.account, data.at), give_up_after=PATIENCE
            )
