"""Letters to customers about their account."""

from dataclasses import dataclass

from core.domain.ids import UserId, request_key
from core.domain.letters import ACCOUNT_PAGE, RESET_PASSWORD_PAGE, link_to
from core.domain.limits import Limited
from core.domain.mail import AccountLetter, Letter, Mail, lives_long_enough, turns_of
from core.domain.policy import Policy
from core.domain.session import PortalUser, mailbox_of
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.durable import Steps
from ports.ids import Ids
from ports.limits import Limits
from ports.partners import Mailer
from ports.secrets import Secrets
from ports.store import Store


@dataclass(frozen=True, slots=True)
class SendAccountLetter:
    """Mail a welcome, a link for a new password, or the word that it was changed (ACC-9).

    A link belongs to its occasion, and only its fingerprint is kept: however often the mail is tried it is one mail.
    One that has little of its life left when it is tried again gives way to the next; one that was used, or replaced
    since the customer asked again, is not mailed. Links that strangers can ask for are limited per address, silently.
    """

    store: Store
    registry: CustomerRegistry
    mailer: Mailer
    secrets: Secrets
    limits: Limits
    ids: Ids
    clock: Clock
    policy: Policy
    site: str

    async def __call__(self, steps: Steps, data: AccountLetter) -> None:
        id = data.user
        if id is None:
            return
        if data.letter is Letter.PASSWORD_RESET and not await steps.do("room", bool, lambda: self._has_room(id)):
            return
        patience = self.policy.parked_after
        if data.letter is Letter.PASSWORD_RESET:
            of_link = await steps.do("link", str, lambda: self._link(id))
            await steps.do("mail", None, lambda: self._mail_link(id, of_link), give_up_after=patience)
        else:
            occasion = await steps.do("occasion", str, self._occasion)
            await steps.do("mail", None, lambda: self._mail(id, data.letter, occasion), give_up_after=patience)

    async def _has_room(self, id: UserId) -> bool:
        user = await self._user(id)
        return (
            user is not None
            and await self.limits.take(Limited.MAIL, mailbox_of(user.canonical), self.clock.now()) is None
        )

    async def _occasion(self) -> str:
        return self.ids.new()

    async def _link(self, id: UserId) -> str:
        occasion = self.ids.new()
        await self._keep_link(id, next(turns_of(occasion)))
        return occasion

    async def _keep_link(self, id: UserId, turn: str) -> None:
        mark = self.secrets.fingerprint(self.secrets.token_of(turn))
        async with self.store.begin() as shelves:
            await shelves.resets.add(mark, id, self.clock.now() + self.policy.reset_link_life)

    async def _mail_link(self, id: UserId, occasion: str) -> None:
        async with self.store.reading() as shelves:
            kept = await shelves.resets.of_user(id)
        if kept is None:  # it was used
            return
        (mark, until), turns = kept, turns_of(occasion)
        turn = next((each for each in turns if self.secrets.fingerprint(self.secrets.token_of(each)) == mark), None)
        if turn is None:  # another was asked for since
            return
        if not lives_long_enough(until, self.clock.now(), self.policy.reset_link_life):
            turn = next(turns)
            await self._keep_link(id, turn)
        link = link_to(self.site, RESET_PASSWORD_PAGE, self.secrets.token_of(turn))
        await self._mail(id, Letter.PASSWORD_RESET, turn, link=link)

    async def _mail(self, id: UserId, letter: Letter, occasion: str, **values: str) -> None:
        user = await self._user(id)
        if user is None:
            return
        if letter is Letter.WELCOME:
            values = await self._welcome(user)
        await self.mailer.send(
            Mail(
                key=request_key("letter", letter.value, user.id, occasion),
                to=user.email,
                letter=letter,
                language=user.language,
                values=values,
                copy_to=self.policy.support_copy if letter is Letter.WELCOME else None,
            )
        )

    async def _welcome(self, user: PortalUser) -> dict[str, str]:
        async with self.store.reading() as shelves:
            signed_up = await shelves.sign_ups.of_user(user.id)
        # who has just signed up has told their name; it is the CRM's to know of others only
        profile = None if signed_up is not None else await self.registry.profile(user.account)
        told = signed_up or profile
        name = told.person.name if told is not None else user.number
        return {"name": name, "number": user.number, "link": link_to(self.site, ACCOUNT_PAGE)}

    async def _user(self, id: UserId) -> PortalUser | None:
        async with self.store.reading() as shelves:
            return await shelves.users.find(id)
