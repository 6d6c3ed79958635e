"""Which use case does which durable work, and learns which fact."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from core.domain.facts import (
    AccountChanged,
    AnyFact,
    BillingOrderChanged,
    CatalogChanged,
    EligibilityChanged,
    EventUnreadable,
    Fact,
    IdentityChanged,
    InvoiceChanged,
    OpportunityChanged,
    OrderChanged,
    PaymentMethodsChanged,
    ServiceChanged,
)
from core.domain.work import WorkKind
from genkan.days import RunJob, UseCases
from ports.alarms import Alarms
from ports.durable import Steps

STEPS_VERSION: Final = 5
"""Grows when the order of some work's steps changes: what is under way then goes on in it, and what meets another step
than it remembers goes to staff (ADR 0032)."""

HANDLERS: Final = MappingProxyType(
    {
        WorkKind.START_SIGN_UP: "send_sign_up_mail",
        WorkKind.SIGN_UP: "complete_sign_up",
        WorkKind.ACCOUNT_LETTER: "send_account_letter",
        WorkKind.SAVE_PROFILE: "write_profile",
        WorkKind.REQUEST_ELIGIBILITY: "open_check",
        WorkKind.PLACE_ORDERS: "write_placed_orders",
        WorkKind.WITHDRAW_ORDER: "cancel_withdrawn",
        WorkKind.REQUEST_CANCELLATION: "write_cancellation",
        WorkKind.UNDO_CANCELLATION: "write_undo",
        WorkKind.REISSUE_ESIM: "write_esim_change",
        WorkKind.TOP_UP: "write_esim_change",
        WorkKind.OPEN_CASE: "write_case",
        WorkKind.COMMENT_ON_CASE: "write_comment",
        WorkKind.SEND_CONTACT: "write_contact",
        WorkKind.SEND_MAIL: "send_notice_mail",
    }
)
"""From a kind of work to the use case that does it, by its module's name, where the kind is not named alike."""

LEARNERS: Final[Mapping[type[Fact], str]] = MappingProxyType(
    {
        EligibilityChanged: "learn_eligibility",
        IdentityChanged: "learn_id_review",
        AccountChanged: "learn_account",
        OrderChanged: "learn_order",
        OpportunityChanged: "learn_opportunity",
        CatalogChanged: "learn_catalog",
        ServiceChanged: "learn_service",
        BillingOrderChanged: "learn_service",
        InvoiceChanged: "learn_billing",
        PaymentMethodsChanged: "learn_billing",
        EventUnreadable: "park_event",
    }
)
"""From a fact to the use case that learns it."""


@dataclass(frozen=True, slots=True)
class LearnFact:
    """Hand a fact to the use case that learns it."""

    use_cases: UseCases

    async def __call__(self, steps: Steps, fact: AnyFact) -> None:
        """Learn the fact; any number of deliveries end the same."""
        await self.use_cases(LEARNERS[type(fact)])(steps, fact)


class Handlers(Mapping[WorkKind, Callable[..., Any]]):
    """Every kind of work with what does it, made when first asked for."""

    def __init__(self, use_cases: UseCases, alarms: Alarms) -> None:
        self._use_cases = use_cases
        self._alarms = alarms

    def __getitem__(self, kind: WorkKind) -> Callable[..., Any]:
        match kind:
            case WorkKind.LEARN_FACT:
                return LearnFact(self._use_cases)
            case WorkKind.DAILY | WorkKind.NIGHTLY:
                return RunJob(self._use_cases, self._alarms)
            case _:
                return self._use_cases(HANDLERS.get(kind, kind.value))

    def __iter__(self) -> Iterator[WorkKind]:
        return iter(WorkKind)

    def __len__(self) -> int:
        return len(WorkKind)
