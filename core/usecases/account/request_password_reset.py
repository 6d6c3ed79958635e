"""Asking for a link that sets a new password."""

from dataclasses import dataclass

from core.domain.mail import Letter, account_letter_job
from core.domain.session import canonical_email
from ports.durable import DurableWork
from ports.ids import Ids
from ports.store import Store


@dataclass(frozen=True, slots=True)
class RequestPasswordReset:
    """Have a single-use link mailed, if the address is a customer's; nobody is told whether it is (ACC-8, ACC-9).

    An unknown address starts the same work, which then sends nothing.
    """

    store: Store
    work: DurableWork
    ids: Ids

    async def __call__(self, email: str) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_email(canonical_email(email))
        await self.work.start(account_letter_job(Letter.PASSWORD_RESET, user.id if user else None, self.ids.new()))
