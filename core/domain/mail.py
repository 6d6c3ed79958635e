"""Mails the portal sends: which letter to whom, with what in it; the words are the letter's template."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from core.domain.ids import RequestKey, UserId, request_key
from core.domain.words import Language
from core.domain.work import Job, WorkKind

MOST_TURNS: Final = 1_000
"""Codes of one occasion, three in an hour: many more than are made until work that fails is parked."""


class Letter(StrEnum):
    """A kind of mail."""

    SIGN_UP_CODE = "sign_up_code"
    ALREADY_CUSTOMER = "already_customer"
    LINK_IMPOSSIBLE = "link_impossible"
    SIGN_UP_DELAYED = "sign_up_delayed"
    WELCOME = "welcome"
    PASSWORD_RESET = "password_reset"
    PASSWORD_CHANGED = "password_changed"
    CHECKOUT_REMINDER = "checkout_reminder"
    NOTICE = "notice"


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail; sent once per key. `values` fill the letter's places and may hold a code or a link: never kept."""

    key: RequestKey
    to: str
    letter: Letter
    language: Language
    values: dict[str, str] = {}
    copy_to: str | None = None


class AccountLetter(msgspec.Struct, frozen=True):
    """A letter to a customer about their account; `user` None: nobody has the address, and nothing is sent."""

    letter: Letter
    user: UserId | None


def account_letter_job(letter: Letter, user: UserId | None, occasion: str) -> Job:
    """What sends a letter about an account, once for its `occasion`; a code or link is made only when it is sent."""
    return Job(
        key=request_key("letter", letter.value, occasion),
        kind=WorkKind.ACCOUNT_LETTER,
        data=msgspec.to_builtins(AccountLetter(letter, user)),
    )


def lives_long_enough(until: datetime, now: datetime, life: timedelta) -> bool:
    """Whether a code or link that is good until then may still be mailed: with a third of its life before it.

    However many answers are lost, no more than one mail goes out in two thirds of a life (ACC-1, ACC-9).
    """
    return until - now >= life / 3


def turns_of(occasion: str) -> Iterator[str]:
    """What the codes of an occasion are made from, one after the other: one that is over gives way to the next."""
    return (f"{occasion}:{turn}" for turn in range(MOST_TURNS))
