"""Every error as a problem document (RFC 9457): one table from type to status, one place that writes them.

A refusal brings a code and data; status, words and links are added here. A test finds a code without words; should
one slip through, a refusal still does not become a 500.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.http import refused
from adapters.http.texts.fields import FIELDS
from adapters.http.texts.gates import ACTIONS, GATES
from adapters.http.texts.refusals import REFUSALS
from adapters.http.texts.saying import filled
from core.domain import refusals
from core.domain.refusals import FieldFault, GateFailure, Refusal
from core.domain.words import Language

MEDIA_TYPE: Final = "application/problem+json"
UNAVAILABLE: Final = "unavailable"
UPSTREAM_REFUSED: Final = "upstream_refused"
INTERNAL: Final = "internal"
LONGEST_FIELD: Final = 120

STATUS: Final[Mapping[type[Refusal], HTTPStatus]] = MappingProxyType(
    {
        # what was sent
        refused.Unreadable: HTTPStatus.BAD_REQUEST,
        refusals.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
        refusals.CartRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
        refusals.DocumentNotAccepted: HTTPStatus.UNPROCESSABLE_ENTITY,
        refusals.AddressMissing: HTTPStatus.UNPROCESSABLE_ENTITY,
        refusals.OpportunityUnusable: HTTPStatus.UNPROCESSABLE_ENTITY,
        refusals.MonthNotOffered: HTTPStatus.UNPROCESSABLE_ENTITY,
        refusals.DestinationNotAllowed: HTTPStatus.UNPROCESSABLE_ENTITY,
        refusals.WrongPassword: HTTPStatus.UNPROCESSABLE_ENTITY,
        refusals.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
        refused.MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
        refused.BodyTooSlow: HTTPStatus.REQUEST_TIMEOUT,
        refused.BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        refused.WrongMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        refused.Unsupported: HTTPStatus.BAD_REQUEST,
        # who is asking
        refusals.NotLoggedIn: HTTPStatus.UNAUTHORIZED,
        refusals.WrongLogin: HTTPStatus.UNAUTHORIZED,
        refusals.TokenSpent: HTTPStatus.UNAUTHORIZED,
        refused.SignatureWrong: HTTPStatus.UNAUTHORIZED,
        refused.ClockOff: HTTPStatus.UNAUTHORIZED,
        refused.CrossSite: HTTPStatus.FORBIDDEN,
        refusals.SwitchedOff: HTTPStatus.FORBIDDEN,
        refusals.NotFound: HTTPStatus.NOT_FOUND,
        refusals.CheckoutMissing: HTTPStatus.NOT_FOUND,
        refusals.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
        refusals.ChallengeNeeded: HTTPStatus.TOO_MANY_REQUESTS,
        # how things stand
        refusals.GatesClosed: HTTPStatus.CONFLICT,
        refusals.AlreadyCustomer: HTTPStatus.CONFLICT,
        refusals.LinkImpossible: HTTPStatus.CONFLICT,
        refusals.AskedTooSoon: HTTPStatus.CONFLICT,
        refusals.InternetAlready: HTTPStatus.CONFLICT,
        refusals.AlreadyVerified: HTTPStatus.CONFLICT,
        refusals.CheckoutSubmitted: HTTPStatus.CONFLICT,
        refusals.CheckoutChanged: HTTPStatus.CONFLICT,
        refusals.MoveRefused: HTTPStatus.CONFLICT,
        refusals.NotApproved: HTTPStatus.CONFLICT,
        refusals.TooLate: HTTPStatus.CONFLICT,
        refusals.ActivationFailed: HTTPStatus.CONFLICT,
        refusals.OrderRefused: HTTPStatus.CONFLICT,
        refusals.EndingRefused: HTTPStatus.CONFLICT,
        refusals.StillRunning: HTTPStatus.CONFLICT,
        refusals.ServiceNotActive: HTTPStatus.CONFLICT,
        refusals.NotAnEsim: HTTPStatus.CONFLICT,
        refusals.SaveRefused: HTTPStatus.CONFLICT,
        refused.NonceSeen: HTTPStatus.CONFLICT,
        refusals.Refusal: HTTPStatus.CONFLICT,
        # what the portal itself lacks
        refused.SigningOff: HTTPStatus.SERVICE_UNAVAILABLE,
        refused.NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    }
)

SWITCHED_OFF: Final[Mapping[str, HTTPStatus]] = MappingProxyType(
    {"public_catalog": HTTPStatus.UNAUTHORIZED, "public_support": HTTPStatus.NOT_FOUND}
)
"""Features whose absence has a status of its own: log in to see the catalog; there is no form (OPS-3)."""


class FieldProblem(msgspec.Struct, frozen=True):
    """One thing wrong with one field: a path as the caller wrote it, a code, and words."""

    field: str
    code: str
    message: str


class GateAction(msgspec.Struct, frozen=True):
    """What opens a gate: what a button says, and where it leads."""

    label: str
    url: str


class GateProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One closed gate; `service` is the index of the service in the cart, absent where it is the whole cart's."""

    code: str
    message: str
    action: GateAction
    service: int | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An error, as every caller gets it. `code` is stable; `title` and `detail` are for people."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    correlation_id: str
    errors: tuple[FieldProblem, ...] = ()
    gates: tuple[GateProblem, ...] = ()


def status_of(refusal: Refusal) -> HTTPStatus:
    """The status a refusal is answered with."""
    if isinstance(refusal, refusals.SwitchedOff):
        return SWITCHED_OFF.get(str(refusal.data.get("feature")), STATUS[refusals.SwitchedOff])
    return status_of_type(type(refusal))


def status_of_type(refusal: type[Refusal]) -> HTTPStatus:
    """The status in the table for a type of refusal; a refined one has that of what it refines."""
    return next(STATUS[each] for each in refusal.__mro__ if each in STATUS)


def faults_of(refusal: Refusal) -> tuple[FieldFault, ...]:
    """The field faults a refusal carries, a refused document's reason among them."""
    if isinstance(refusal, refusals.DocumentNotAccepted):
        data = refusal.data
        return (FieldFault(str(data.get("field", "front")), str(data["reason"])),) if "reason" in data else ()
    if isinstance(refusal, refusals.WrongPassword):
        return (FieldFault("currentPassword", "wrong_password"),)
    return tuple(getattr(refusal, "faults", ()))


class ProblemPress(msgspec.Struct, frozen=True):
    """Writes problems for the portal at `public_url`."""

    public_url: str

    def problem(
        self,
        code: str,
        status: HTTPStatus,
        language: Language,
        *,
        instance: str,
        correlation_id: str,
        refusal: Refusal | None = None,
    ) -> Problem:
        """The problem of that code in `language`, with what `refusal` brings of fields and gates."""
        saying = REFUSALS.get(code, REFUSALS["refused"])
        failures = refusal.failures if isinstance(refusal, refusals.GatesClosed) else ()
        return Problem(
            type=f"{self.public_url}/problems/{code}",
            title=filled(saying.title, language, {}),
            status=int(status),
            detail=filled(saying.detail, language, refusal.data if refusal is not None else {}),
            instance=instance,
            code=code,
            correlation_id=correlation_id,
            errors=tuple(field_problem(fault, language) for fault in faults_of(refusal)) if refusal else (),
            gates=tuple(self.gate_problem(failure, language) for failure in failures),
        )

    def gate_problem(self, failure: GateFailure, language: Language) -> GateProblem:
        """A closed gate with its words and the link that opens it."""
        way = ACTIONS.get(failure.action, ACTIONS["edit_profile"])
        action = GateAction(filled(way.label, language, {}), self.public_url + way.path)
        words = GATES.get(failure.code, REFUSALS["refused"].detail)
        return GateProblem(failure.code, filled(words, language, {}), action, failure.service)


def field_problem(fault: FieldFault, language: Language) -> FieldProblem:
    """A fault with its words; its field is cut short, since the caller may have made it up."""
    words = FIELDS.get(fault.code, FIELDS["wrong_shape"])
    return FieldProblem(fault.field[:LONGEST_FIELD], fault.code, filled(words, language, fault.data))
