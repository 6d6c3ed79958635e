"""Asking for the code again."""

from dataclasses import dataclass

import msgspec

from core.domain.ids import SignUpId, request_key
from core.domain.sign_up import OneSignUp
from core.domain.work import Job, WorkKind
from ports.durable import DurableWork
from ports.ids import Ids


@dataclass(frozen=True, slots=True)
class ResendSignUp:
    """Have the letter of a sign-up mailed again; an earlier code is void then (ACC-1).

    The answer is the same for every id, and mails have a limit of their own.
    """

    work: DurableWork
    ids: Ids

    async def __call__(self, sign_up: SignUpId) -> None:
        await self.work.start(
            Job(
                key=request_key("sign_up_mail", sign_up, self.ids.new()),
                kind=WorkKind.START_SIGN_UP,
                data=msgspec.to_builtins(OneSignUp(sign_up)),
            )
        )
