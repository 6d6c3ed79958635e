"""Reminding a customer of a checkout they left."""

from dataclasses import dataclass
from typing import Final

import msgspec

from core.domain.checkout import ReminderData
from core.domain.ids import request_key
from core.domain.letters import link_to
from core.domain.mail import Letter, Mail
from core.domain.session import PortalUser, UserState
from ports.clock import Clock
from ports.durable import Steps
from ports.partners import Mailer
from ports.store import Store

RESUME_PAGE: Final = "/account/order"
"""Where a checkout is gone on with."""


class Left(msgspec.Struct, frozen=True):
    """Whether there is still something to remind of, marked so that it happens once."""

    remind: bool


@dataclass(frozen=True, slots=True)
class RemindCheckout:
    """Send the one mail that leads back to a checkout, unless it was gone on with meanwhile (ORD-7)."""

    store: Store
    mailer: Mailer
    clock: Clock
    site: str

    async def __call__(self, steps: Steps, data: ReminderData) -> None:
        left = await steps.do("mark", Left, lambda: self._mark(data))
        if left.remind:
            await steps.do("send", None, lambda: self._send(data))

    async def _mark(self, data: ReminderData) -> Left:
        now = self.clock.now()
        async with self.store.begin() as shelves:
            kept = await shelves.checkouts.of_user(data.user, now)
            if kept is None or kept.id != data.checkout or kept.submitted_at is not None:
                return Left(False)
            # a crash right after this is no reason for a second mail: the key of the mail is the checkout's
            await shelves.checkouts.reminded(data.checkout, now)
            return Left(True)

    async def _send(self, data: ReminderData) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.find(data.user)
        if user is not None and user.state is UserState.ACTIVE and user.marketing_consent:
            await self.mailer.send(self._mail(data, user))

    def _mail(self, data: ReminderData, user: PortalUser) -> Mail:
        return Mail(
            key=request_key("mail", "remind", data.checkout),
            to=user.email,
            letter=Letter.CHECKOUT_REMINDER,
            language=user.language,
            values={"link": link_to(self.site, RESUME_PAGE)},
        )
