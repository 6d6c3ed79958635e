"""Which use case does which durable work, learns which fact, runs each day and each night."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import msgspec
import structlog

from core.domain.facts import (
    AccountChanged,
    AnyFact,
    CatalogChanged,
    EligibilityChanged,
    Fact,
    IdentityChanged,
    InvoiceChanged,
    OpportunityChanged,
    OrderChanged,
    PaymentMethodsChanged,
    ServiceChanged,
)
from core.domain.work import WorkKind
from ports.alarms import Alarms
from ports.durable import Steps

log = structlog.get_logger()

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
        InvoiceChanged: "learn_billing",
        PaymentMethodsChanged: "learn_billing",
    }
)
"""From a fact to the use case that learns it."""

JOBS: Final[Mapping[WorkKind, tuple[str, ...]]] = MappingProxyType(
    {
        WorkKind.DAILY: (
            "expire_notices",
            "tell_invoices_due",
            "tell_cards_expiring",
            "raise_late_checks",
            "remind_abandoned",
            "terminate_due",
            "give_up_stale",
            "forget_old",
        ),
        WorkKind.NIGHTLY: ("find_drift",),
    }
)
"""What runs each morning and each night in Japan: each use case as work of its own, so that none keeps another."""

UseCases = Callable[[str], Callable[..., Any]]
"""From a use case's name to the use case."""


class Day(msgspec.Struct, frozen=True):
    """One job of one day in Japan."""

    day: date
    job: str


@dataclass(frozen=True, slots=True)
class LearnFact:
    """Hand a fact to the use case that learns it."""

    use_cases: UseCases

    async def __call__(self, steps: Steps, fact: AnyFact) -> None:
        """Learn the fact; any number of deliveries end the same."""
        await self.use_cases(LEARNERS[type(fact)])(steps, fact)


@dataclass(frozen=True, slots=True)
class RunJob:
    """Run one of the day's jobs, once; what it found for people to look at is its result, and raises an alarm."""

    use_cases: UseCases
    alarms: Alarms

    async def __call__(self, steps: Steps, data: Day) -> Any:
        """How much the job did, or the list of what it found."""
        done = await steps.do(data.job, Any, lambda: self._run(data.job))
        found = done if isinstance(done, list) else ()
        log.info("day.job.done", work=data.job, count=len(found) if isinstance(done, list) else done)
        if found:
            for each in found:
                log.warning(f"{data.job}.found", **each)
            await steps.do("alarm", None, lambda: self.alarms.raise_alarm(data.job, data.day.isoformat()))
        return done

    async def _run(self, name: str) -> Any:
        return await self.use_cases(name)() or 0


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
