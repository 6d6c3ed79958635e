"""Beginning to become a customer."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.domain.account import tidy
from core.domain.flags import Feature
from core.domain.ids import CustomerNumber, SignUpId, request_key
from core.domain.japan import tokyo_date
from core.domain.policy import Policy
from core.domain.refusals import Invalid, SwitchedOff
from core.domain.session import canonical_email
from core.domain.sign_up import OneSignUp, SignUpForm, sign_up_faults
from core.domain.work import Job, WorkKind
from ports.clock import Clock
from ports.durable import DurableWork
from ports.flags import Flags
from ports.ids import Ids
from ports.passwords import Passwords
from ports.secrets import Secrets
from ports.store import SignUp, Store


@dataclass(frozen=True, slots=True)
class StartSignUp:
    """Take a sign-up and have a letter mailed; answer and work are the same for every address (ACC-1, ACC-5, ACC-8).

    Nothing is asked or made upstream: who the address belongs to is found out when the letter is written.
    """

    store: Store
    work: DurableWork
    passwords: Passwords
    secrets: Secrets
    ids: Ids
    clock: Clock
    flags: Flags
    policy: Policy

    async def __call__(self, form: SignUpForm) -> SignUpId:
        """The sign-up's id, to be completed with the mailed code; raises Invalid or SwitchedOff."""
        now = self.clock.now()
        form = form.tidied()
        faults = sign_up_faults(form, self.policy, tokyo_date(now))
        if faults:
            raise Invalid(*faults)
        if not await self.flags.on(Feature.REGISTRATION, canonical_email(form.email)):
            raise SwitchedOff(feature=Feature.REGISTRATION.value)
        sign_up = self._sign_up(form, await self.passwords.hash(form.password), now)
        async with self.store.begin() as shelves:
            await shelves.sign_ups.add(sign_up)
        await self.work.start(
            Job(
                key=request_key("sign_up_mail", sign_up.id),
                kind=WorkKind.START_SIGN_UP,
                data=msgspec.to_builtins(OneSignUp(sign_up.id)),
            )
        )
        return sign_up.id

    def _sign_up(self, form: SignUpForm, password: str, now: datetime) -> SignUp:
        return SignUp(
            id=SignUpId(self.ids.new()),
            email=tidy(form.email),
            canonical=canonical_email(form.email),
            password=password,
            person=form.person,
            phone=form.phone,
            address=form.address,
            marketing_consent=form.marketing_consent,
            terms_version=form.terms_version,
            terms_accepted_at=now,
            language=form.language,
            number=CustomerNumber(form.number) if form.number else None,
            checkout=self.secrets.fingerprint(form.checkout) if form.checkout else None,
            created_at=now,
            expires_at=now + self.policy.sign_up_code_life,
        )
