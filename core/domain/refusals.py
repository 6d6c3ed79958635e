"""Why the portal says no: a closed set of exceptions, each a code and data, never a sentence, a status or a link.

Words, HTTP status and links for each code live in adapters/http; a test proves that none is missing.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

import msgspec


class FieldFault(msgspec.Struct, frozen=True):
    """One thing wrong with one field of what was sent.

    `field` is a dotted path as the caller wrote it; `code` one of the words of adapters/http/texts.
    """

    field: str
    code: str
    data: dict[str, str | int] = {}


class GateFailure(msgspec.Struct, frozen=True):
    """One gate that is closed: for the whole cart, or for one service of it; `action` is what would open it."""

    code: str
    action: str
    service: int | None = None


class Refusal(Exception):
    """The portal will not do what was asked; asking the same again gives the same answer until something changes."""

    code: ClassVar[str] = "refused"

    def __init__(self, **data: Any) -> None:
        super().__init__(self.code)
        self.data: Mapping[str, Any] = data


class Invalid(Refusal):
    """What was sent breaks the rules of its fields; `faults` names each of them."""

    code = "invalid"

    def __init__(self, *faults: FieldFault) -> None:
        super().__init__()
        self.faults = faults


# --- who is asking -----------------------------------------------------------------------------------------------
class NotLoggedIn(Refusal):
    """The session is missing, over or revoked."""

    code = "not_logged_in"


class WrongLogin(Refusal):
    """Email and password do not belong together, or the address is unknown, or the portal is barred (ACC-8)."""

    code = "wrong_login"


class WrongPassword(Refusal):
    """The current password given to change it is not the customer's."""

    code = "wrong_password"


class TokenSpent(Refusal):
    """A code, link or refresh token is wrong, over or used (ACC-1, ACC-9)."""

    code = "token_spent"


class NotFound(Refusal):
    """There is no such thing, or it is another customer's: never told apart (T-7)."""

    code = "not_found"


class TooMany(Refusal):
    """A limit is reached; `retry_after` seconds later the same call may go through."""

    code = "too_many"

    def __init__(self, retry_after: int, limit: str) -> None:
        super().__init__(retry_after=retry_after, limit=limit)
        self.retry_after = retry_after


class ChallengeNeeded(Refusal):
    """Past the limit of failed log-ins; a solved challenge would admit (ACC-8)."""

    code = "challenge_needed"


class SwitchedOff(Refusal):
    """A feature flag turns this off; `feature` names it (OPS-3)."""

    code = "switched_off"


# --- accounts ----------------------------------------------------------------------------------------------------
class AlreadyCustomer(Refusal):
    """This confirmed address already has a portal user (ACC-5)."""

    code = "already_customer"


class LinkImpossible(Refusal):
    """The customer number can't be linked by itself; staff link it (ACC-3)."""

    code = "link_impossible"


# --- catalog and cart --------------------------------------------------------------------------------------------
class CartRefused(Refusal):
    """The cart can't be priced as it is; `faults` names each service and SKU (CAT-8)."""

    code = "cart_refused"

    def __init__(self, *faults: FieldFault) -> None:
        super().__init__()
        self.faults = faults


# --- eligibility and identity ------------------------------------------------------------------------------------
class AddressMissing(Refusal):
    """There is no service address on file and none was sent (ELG-1, ORD-1)."""

    code = "address_missing"


class AskedTooSoon(Refusal):
    """The same address was found ineligible less than the policy's days ago; `until` is the first day (ELG-2)."""

    code = "asked_too_soon"


class InternetAlready(Refusal):
    """There is an Internet service or an open Internet order; a second one is refused (CAT-6)."""

    code = "internet_already"


class AlreadyVerified(Refusal):
    """The identity is verified; no further document is accepted (IDV-3)."""

    code = "already_verified"


class DocumentNotAccepted(Refusal):
    """The uploaded file is refused; `reason` says why (IDV-1)."""

    code = "document_not_accepted"


# --- checkout and orders -----------------------------------------------------------------------------------------
class GatesClosed(Refusal):
    """At least one gate refused the order; `failures` names every one of them (ORD-1)."""

    code = "gates_closed"

    def __init__(self, failures: tuple[GateFailure, ...]) -> None:
        super().__init__()
        self.failures = failures


class CheckoutMissing(Refusal):
    """There is no saved checkout, or it is over (ORD-7)."""

    code = "checkout_missing"


class CheckoutSubmitted(Refusal):
    """The saved checkout was submitted; what was ordered can't be changed here (ORD-5)."""

    code = "checkout_submitted"


class CheckoutChanged(Refusal):
    """The saved checkout changed since the caller read it (another tab or device)."""

    code = "checkout_changed"


class OpportunityUnusable(Refusal):
    """The opportunity given is not the account's, of another type, past ordering, or has an order (ORD-4)."""

    code = "opportunity_unusable"


class MoveRefused(Refusal):
    """A state can't go where it was sent; `machine`, `state` and `trigger` say which (OPP-1)."""

    code = "move_refused"


class NotApproved(Refusal):
    """The order is not approved, so it is not provisioned (FUL-7)."""

    code = "not_approved"


class ActivationFailed(Refusal):
    """The activation ended for now; `failure` is its code, and a retry goes on from there (FUL-2, FUL-4)."""

    code = "activation_failed"


class TooLate(Refusal):
    """What was asked was possible until `until` only."""

    code = "too_late"


# --- keys --------------------------------------------------------------------------------------------------------
class KeyReused(Refusal):
    """The idempotency key was used for another body (T-2)."""

    code = "key_reused"


class StillRunning(Refusal):
    """The same request is still being done; ask again in `retry_after` seconds (T-2)."""

    code = "still_running"


# --- services and cancellation -----------------------------------------------------------------------------------
class ServiceNotActive(Refusal):
    """Only an active service can be cancelled, re-issued or topped up (CAN-3, SRV-4)."""

    code = "service_not_active"


class MonthNotOffered(Refusal):
    """The month is before the earliest or after the last that can be chosen (CAN-1)."""

    code = "month_not_offered"


class EndingRefused(Refusal):
    """Salesforce will not have the service end, or go on, as asked; `reason` is its code (CAN-2, CAN-7)."""

    code = "ending_refused"


class NotAnEsim(Refusal):
    """The service has no eSIM (SRV-4)."""

    code = "not_an_esim"


class DestinationNotAllowed(Refusal):
    """The billing page asked for is not on the list (SRV-3)."""

    code = "destination_not_allowed"


class SaveRefused(Refusal):
    """One system refused the change and the other was put back (ACC-10)."""

    code = "save_refused"


class OrderRefused(Refusal):
    """Salesforce or WHMCS refused what was ordered; `reason` is their code, and asking again changes nothing."""

    code = "order_refused"


# what some refusals say besides their data, and what it is made of
_PARTS: Final = MappingProxyType({"faults": FieldFault, "failures": GateFailure})


def data_of(refusal: Refusal) -> dict[str, Any]:
    """What durable work keeps of the refusal it ended with, as plain data; `refusal_of` reads it."""
    said = {name: value for name, value in vars(refusal).items() if name != "data"}
    plain: dict[str, Any] = msgspec.to_builtins({**refusal.data, **said})
    return plain


def refusal_of(code: str, data: Mapping[str, Any]) -> Refusal:
    """The refusal that durable work ended with, as it was raised: by its code and plain data."""
    kind = next((kind for kind in _all_kinds(Refusal) if kind.code == code), Refusal)
    refusal = kind.__new__(kind)
    Exception.__init__(refusal, code)
    refusal.data = {name: value for name, value in data.items() if name not in _PARTS}
    for name, part in _PARTS.items():
        if name in data:
            setattr(refusal, name, tuple(msgspec.convert(value, part) for value in data[name]))
    if issubclass(kind, TooMany):
        refusal.__dict__["retry_after"] = data.get("retry_after", 0)
    return refusal


def _all_kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _all_kinds(sub)
