"""What WHMCS says when it refuses: its text is its only code, so each is known by a part of it."""

from enum import StrEnum
from html import unescape
from types import MappingProxyType
from typing import Final


class Class(StrEnum):
    """What may be done about a refusal; all but the last three are for good."""

    CONFLICT = "conflict"
    WRONG_STATE = "wrong_state"
    NOT_FOUND = "not_found"
    VALIDATION = "validation"
    PERMISSION = "permission"
    UPSTREAM = "upstream"
    """The product's module, or somebody else whom WHMCS asked, said no: look at the state, then a person."""
    UNREADABLE = "unreadable"
    """WHMCS can't tell it, because of something that is stored there."""
    OTHER = "other"
    """A text that is not known."""
    AUTH = "auth"
    """Neither this call nor any other is let in."""
    BROKEN = "broken"
    """Something went wrong there, and it may be done or not."""


_TEXTS: Final = MappingProxyType(
    {
        Class.AUTH: ("authentication failed", "invalid ip"),
        Class.PERMISSION: ("invalid permissions",),
        Class.BROKEN: ("an unexpected error occurred", "client delete failed"),
        Class.UNREADABLE: ("error generating json encoded response",),
        # before those that are not found: two of these say so, too
        Class.WRONG_STATE: (
            "order id not found or status not pending",
            "the order status must be in cancelled or fraud",
            "unable to add order when client status is closed",
            "sso authentication blocked",
            "previous upgrade invoice for service is still unpaid",
        ),
        Class.CONFLICT: (
            "a user already exists with that email address",
            "the email address entered is not available for use",
            "duplicate email address",
            "existing cancellation request exists",
            "transaction id must be unique",
        ),
        Class.NOT_FOUND: (
            "client id not found",
            "client not found",
            "invalid client id",
            "invalid client_id",
            "invalid user_id",
            "service id not found",
            "order id not found",
            "invoice id not found",
        ),
        Class.VALIDATION: (
            "you did not enter your",
            "you did not provide required custom field value",
            "the email address you entered was not valid",
            "valid country required",
            "invalid payment method",
            "invalid billing cycle",
            "no items added to cart",
            "expecting parameter",
            "invalid destination",
            "service not assigned to a module",
            "service id is required",
        ),
        Class.UPSTREAM: (
            "error creating remote token",
            "payment attempt failed",
            "sending failed",
            "token could not be provisioned",
        ),
    }
)
_BY_MODULE: Final = ("acceptorder", "module")
"""Actions whose other refusals are the words of a product's module."""
_NO_MODULE: Final = "service not assigned to a module"
_DONE_ALREADY: Final = "already exists"


def class_of(message: str, action: str, *, forbidden: bool = False) -> Class:
    """The class of what an action was refused with; `forbidden` says that the answer's status was 403.

    A module has words of its own, and its own log-in that can fail: what it says counts as WHMCS's only where it
    begins like it, and a log-in as the portal's only where the status says so.
    """
    text = _plain(message)
    by_module = action.casefold().startswith(_BY_MODULE)
    for kind, parts in _TEXTS.items():
        found = any(text.startswith(part) if by_module else part in text for part in parts)
        if found and not (kind is Class.AUTH and by_module and not forbidden):
            return kind
    if forbidden:
        return Class.AUTH
    return Class.UPSTREAM if by_module else Class.OTHER


def reason_of(message: str) -> str:
    """Why nobody is let in, in words for an operator; what WHMCS said is not kept."""
    if "invalid ip" in _plain(message):
        return "the portal's address is not on the list of API addresses, and no access key is set"
    return "the identifier or the secret is wrong, or the credential may not use the API"


def hints_of(message: str) -> tuple[str, ...]:
    """What a refusal is known by beside its class, as names: the texts themselves may be personal."""
    text = _plain(message)
    return tuple(name for name, part in (("module", _NO_MODULE), ("exists", _DONE_ALREADY)) if part in text)


def _plain(message: str) -> str:
    return " ".join(unescape(message).casefold().split())
