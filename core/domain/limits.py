"""How often something may be tried before the portal asks to wait (ACC-8, ELG-3, SUP-1, SRV-4)."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec


class Limited(StrEnum):
    """What is limited; who it is counted for is said by each."""

    SIGN_UP = "sign_up"
    """Sign-ups, codes asked for again included, per address of the caller (ACC-1)."""
    SIGN_UP_OVERALL = "sign_up_overall"
    """The same of everybody together: each costs a hash, and a mail to an address that anybody typed (ACC-1)."""
    LOG_IN = "log_in"
    """Log-ins per address of the caller (ACC-8)."""
    LOG_IN_FAILURES = "log_in_failures"
    """Failed log-ins per account, or per canonical email that has none (ACC-8)."""
    LOG_IN_FAILURES_OVERALL = "log_in_failures_overall"
    """Failed log-ins of everybody together (ACC-8)."""
    PASSWORD_RESET = "password_reset"
    """Links asked for and links tried, per address of the caller (ACC-9)."""
    PASSWORD_RESET_OVERALL = "password_reset_overall"
    """The same of everybody together (ACC-9)."""
    REFRESH = "refresh"
    """New tokens for old ones, per address of the caller (ACC-9)."""
    MAIL = "mail"
    """Mails that strangers can have sent, per mailbox; past the limit they are kept back silently (ACC-1)."""
    ELIGIBILITY_CHANGE = "eligibility_change"
    """Eligibility requests that change something, per account (ELG-3)."""
    CONTACT = "contact"
    """Messages of the public form, per address of the caller (SUP-1)."""
    CASE = "case"
    """Support cases and comments, per account (SUP-2)."""
    CHECK_NOW = "check_now"
    """Readings of an eligibility past the cache, per account; past the limit the cache answers (ELG-7)."""
    UPLOAD = "upload"
    """Documents sent, per account (IDV-1)."""
    ESIM = "esim"
    """Re-issues and top-ups, per service (SRV-4)."""
    DOOR_LINK = "door_link"
    """Links to billing's pages, per account (SRV-3)."""
    CART = "cart"
    """Carts priced or saved without an account, per address of the caller (CAT-8, ORD-7)."""


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most `times` within any stretch of `period`."""

    times: int
    period: timedelta


LIMITS: Final[Mapping[Limited, Limit]] = MappingProxyType(
    {
        Limited.SIGN_UP: Limit(5, timedelta(minutes=1)),
        Limited.SIGN_UP_OVERALL: Limit(120, timedelta(minutes=1)),
        Limited.LOG_IN: Limit(10, timedelta(minutes=1)),
        Limited.LOG_IN_FAILURES: Limit(5, timedelta(minutes=15)),
        Limited.LOG_IN_FAILURES_OVERALL: Limit(300, timedelta(minutes=1)),
        Limited.PASSWORD_RESET: Limit(5, timedelta(minutes=1)),
        Limited.PASSWORD_RESET_OVERALL: Limit(120, timedelta(minutes=1)),
        Limited.REFRESH: Limit(30, timedelta(minutes=1)),
        Limited.MAIL: Limit(3, timedelta(hours=1)),
        Limited.ELIGIBILITY_CHANGE: Limit(3, timedelta(hours=1)),
        Limited.CONTACT: Limit(3, timedelta(minutes=10)),
        Limited.CASE: Limit(20, timedelta(hours=1)),
        Limited.CHECK_NOW: Limit(1, timedelta(seconds=10)),
        Limited.UPLOAD: Limit(10, timedelta(hours=1)),
        Limited.ESIM: Limit(5, timedelta(hours=1)),
        Limited.DOOR_LINK: Limit(20, timedelta(minutes=10)),
        Limited.CART: Limit(60, timedelta(minutes=1)),
    }
)
"""What holds unless the operator sets another number."""

OVERALL: Final[Mapping[Limited, Limited]] = MappingProxyType(
    {Limited.SIGN_UP: Limited.SIGN_UP_OVERALL, Limited.PASSWORD_RESET: Limited.PASSWORD_RESET_OVERALL}
)
"""What is limited for each caller, and for everybody together too: strangers come from many addresses."""
EVERYBODY: Final = "everybody"
"""Whom a limit of everybody together is counted for."""
