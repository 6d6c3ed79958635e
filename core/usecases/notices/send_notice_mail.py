"""Mailing a notice."""

from dataclasses import dataclass

from core.domain.ids import request_key
from core.domain.letters import notice_mail
from core.domain.notice import NewNotice
from ports.durable import Steps
from ports.partners import Mailer
from ports.store import Store


@dataclass(frozen=True, slots=True)
class SendNoticeMail:
    """Send the mail that goes with a notice, in the customer's language, to their address of now (NTF-1).

    `site` is the portal's own address, from settings. The address is looked up and used in one step, so that the
    journal never holds it.
    """

    store: Store
    mailer: Mailer
    site: str

    async def __call__(self, steps: Steps, data: NewNotice) -> None:
        await steps.do("send", None, lambda: self._send(data))

    async def _send(self, notice: NewNotice) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.find(notice.user)
        if user is None:
            return
        key = request_key("mail", notice.user, notice.type, notice.source_id, notice.version)
        await self.mailer.send(notice_mail(key, user.email, user.language, notice, self.site))
