"""The letter that answers a sign-up."""

from dataclasses import dataclass

import msgspec

from core.domain.account import PortalStatus
from core.domain.ids import SignUpId, request_key
from core.domain.letters import COMPLETE_SIGN_UP_PAGE, LOG_IN_PAGE, link_to
from core.domain.limits import Limited
from core.domain.mail import Letter, Mail, lives_long_enough, turns_of
from core.domain.policy import Policy
from core.domain.session import canonical_email, mailbox_of
from core.domain.sign_up import OneSignUp
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.durable import Steps
from ports.ids import Ids
from ports.limits import Limits
from ports.partners import Mailer
from ports.secrets import Secrets
from ports.store import SignUp, Store


class _Choice(msgspec.Struct, frozen=True):
    """The letter for the address that was typed, and whether a code goes to the one the CRM holds instead."""

    letter: Letter
    to_held: bool = False


@dataclass(frozen=True, slots=True)
class SendSignUpMail:
    """Mail a code, or the word that there is an account, or that staff must link the number (ACC-1, ACC-3, ACC-5).

    A code for a customer number goes only to the address the CRM holds for it. Past the limit of mails nothing is
    sent, silently. Code and link belong to their occasion, and only fingerprints are kept: however often the mail is
    tried it is one mail. A code that has little of its life left when it is tried again, or was guessed at too often,
    gives way to the next; one that was used, or replaced since another was asked for, is not mailed. Once it was used,
    what is left to say is that completing takes longer (ACC-4).
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

    async def __call__(self, steps: Steps, data: OneSignUp) -> None:
        patience = self.policy.parked_after
        choice = await steps.do("choose", _Choice | None, lambda: self._choose(data.sign_up), give_up_after=patience)
        if choice is None:
            return
        # strangers can't have the word of a delay sent: its address is proved, and it is told once
        proved = choice.letter is Letter.SIGN_UP_DELAYED
        if proved or await steps.do("room", bool, lambda: self._has_room(data.sign_up)):
            await self._send(steps, "mail", data.sign_up, choice.letter)
        if choice.to_held:
            await steps.do("readdress", None, lambda: self._readdress(data.sign_up), give_up_after=patience)
            if await steps.do("room at held", bool, lambda: self._has_room(data.sign_up)):
                await self._send(steps, "mail held", data.sign_up, Letter.SIGN_UP_CODE)

    async def _send(self, steps: Steps, step: str, id: SignUpId, letter: Letter) -> None:
        patience = self.policy.parked_after
        if letter is not Letter.SIGN_UP_CODE:
            await steps.do(step, None, lambda: self._mail(id, letter, "1"), give_up_after=patience)
            return
        occasion = await steps.do(f"code of {step}", str, lambda: self._occasion(id))
        await steps.do(step, None, lambda: self._mail_code(id, occasion), give_up_after=patience)

    async def _choose(self, id: SignUpId) -> _Choice | None:
        async with self.store.reading() as shelves:
            sign_up = await shelves.sign_ups.find(id)
            if sign_up is None or sign_up.user is not None:
                return None
            if sign_up.confirmed_at is not None:
                return _Choice(Letter.SIGN_UP_DELAYED)
            if await shelves.users.by_email(sign_up.canonical) is not None:
                return _Choice(Letter.ALREADY_CUSTOMER)
        if sign_up.number is None:
            return _Choice(Letter.SIGN_UP_CODE)
        held = await self._held_address(sign_up)
        if held is not None and canonical_email(held) == sign_up.canonical:
            return _Choice(Letter.SIGN_UP_CODE)
        return _Choice(Letter.LINK_IMPOSSIBLE, to_held=held is not None)

    async def _held_address(self, sign_up: SignUp) -> str | None:
        """The address the CRM holds for the customer number, if the portal may link it by itself (ACC-3)."""
        assert sign_up.number is not None
        profile = await self.registry.find_by_number(sign_up.number)
        if profile is None or not profile.email or profile.status is PortalStatus.INACTIVE:
            return None
        async with self.store.reading() as shelves:
            taken = await shelves.users.by_account(profile.account) or await shelves.users.by_email(
                canonical_email(profile.email)
            )
        return None if taken else profile.email

    async def _readdress(self, id: SignUpId) -> None:
        sign_up = await self._sign_up(id)
        held = await self._held_address(sign_up) if sign_up else None
        if held is not None:
            async with self.store.begin() as shelves:
                await shelves.sign_ups.readdress(id, held, canonical_email(held))

    async def _has_room(self, id: SignUpId) -> bool:
        sign_up = await self._sign_up(id)
        if sign_up is None:
            return False
        return await self.limits.take(Limited.MAIL, mailbox_of(sign_up.canonical), self.clock.now()) is None

    async def _occasion(self, id: SignUpId) -> str:
        occasion = self.ids.new()
        await self._keep_code(id, next(turns_of(occasion)))
        return occasion

    async def _keep_code(self, id: SignUpId, turn: str) -> bool:
        """Keep what is to be mailed; False where the address was proved meanwhile, and nothing is."""
        code, token = self._fingerprints(id, turn)
        until = self.clock.now() + self.policy.sign_up_code_life
        async with self.store.begin() as shelves:
            await shelves.alone("sign_up", id)
            sign_up = await shelves.sign_ups.find(id)
            # what was proved goes on with the code it was proved by
            if sign_up is None or sign_up.user is not None or sign_up.confirmed_at is not None:
                return False
            await shelves.sign_ups.set_code(id, code, token, until)
            return True

    async def _mail_code(self, id: SignUpId, occasion: str) -> None:
        sign_up, turns = await self._sign_up(id), turns_of(occasion)
        if sign_up is None or sign_up.user is not None or sign_up.token is None:  # it was used
            return
        turn = next((each for each in turns if self._fingerprints(id, each)[1] == sign_up.token), None)
        if turn is None:  # another was asked for since
            return
        fresh = lives_long_enough(sign_up.expires_at, self.clock.now(), self.policy.sign_up_code_life)
        if not fresh or sign_up.attempts >= self.policy.code_attempts:
            turn = next(turns)
            if not await self._keep_code(id, turn):
                return
        link = link_to(self.site, COMPLETE_SIGN_UP_PAGE, self.secrets.token_of(turn))
        await self._mail(id, Letter.SIGN_UP_CODE, turn, code=self.secrets.code_of(turn), link=link)

    def _fingerprints(self, id: SignUpId, turn: str) -> tuple[str, str]:
        """What is kept of the code and of the link."""
        code = self.secrets.fingerprint(f"{id}:{self.secrets.code_of(turn)}")
        return code, self.secrets.fingerprint(self.secrets.token_of(turn))

    async def _mail(self, id: SignUpId, letter: Letter, occasion: str, **values: str) -> None:
        sign_up = await self._sign_up(id)
        if sign_up is None or sign_up.user is not None:
            return
        await self.mailer.send(
            Mail(
                key=request_key("sign_up", id, letter.value, occasion),
                to=sign_up.email,
                letter=letter,
                language=sign_up.language,
                values=values or _values(letter, sign_up, self.site),
                copy_to=self.policy.support_copy if letter is Letter.LINK_IMPOSSIBLE else None,
            )
        )

    async def _sign_up(self, id: SignUpId) -> SignUp | None:
        async with self.store.reading() as shelves:
            return await shelves.sign_ups.find(id)


def _values(letter: Letter, sign_up: SignUp, site: str) -> dict[str, str]:
    match letter:
        case Letter.ALREADY_CUSTOMER:
            return {"link": link_to(site, LOG_IN_PAGE)}
        case Letter.LINK_IMPOSSIBLE:
            return {"number": str(sign_up.number)}
        case _:
            return {}
