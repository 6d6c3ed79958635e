"""Mails the portal sends: which letter to whom, with what in it; the words are the letter's template."""

from enum import StrEnum

import msgspec

from core.domain.ids import RequestKey
from core.domain.words import Language


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
