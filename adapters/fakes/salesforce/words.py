"""Words on the made-up Salesforce's accounts: staff may add one that the portal does not know."""

from enum import StrEnum
from typing import TypeVar

from adapters.fakes.tables import Row
from core.domain.account import PortalStatus
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from ports.errors import Rejected

W = TypeVar("W", bound=StrEnum)


def word(words: type[W], said: str, field: str) -> W:
    """A word on an account that the portal knows; raises Rejected for one that staff added to the list."""
    try:
        return words(said)
    except ValueError:
        raise Rejected("unknown_word", "account", (field,)) from None


def portal_status_of(account: Row) -> PortalStatus | None:
    """Whether staff let the account use the portal; None where nobody has said."""
    said = account["portal_status"]
    return word(PortalStatus, said, "portal_status") if said else None


def eligibility_status_of(account: Row) -> EligibilityStatus:
    """Where the check of the account's address stands."""
    said = account["eligibility_status"] or EligibilityStatus.NOT_REQUESTED
    return word(EligibilityStatus, said, "eligibility_status")


def id_status_of(account: Row) -> IdStatus:
    """Where the account's ID verification stands."""
    return word(IdStatus, account["id_status"] or IdStatus.NOT_SUBMITTED, "id_status")
