"""What upstream tells the portal: something changed there, read it again (FUL-1, ELG-6, NTF-2).

A fact is an id and a time, and the new state where the event carried it. Facts come at least once, in any order.
Of some the event says that nothing follows from them (`is_quiet`); those are learned without reading anything.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from core.domain.billing import Invoice
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.ids import (
    AccountId,
    BillingOrderId,
    ClientId,
    InvoiceId,
    OpportunityId,
    OrderId,
    ServiceId,
    request_key,
)
from core.domain.machines import one_move_apart
from core.domain.opportunity import MOVES, Stage
from core.domain.order import OrderStatus
from core.domain.work import Job, WorkKind

_NEVER_QUIET: Final = frozenset({Stage.PENDING, Stage.CANCELLING, Stage.CANCELLED})
"""Where a sale comes to, or comes from, and something is to be done: it was on hold, or its service ends."""


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something that happened upstream; `id` is unique, `at` its commit time, `own` an echo of the portal's write."""

    id: str
    at: datetime
    own: bool = False


class EligibilityChanged(Fact, frozen=True, kw_only=True):
    """The eligibility of an account changed.

    `only_details`: the status did not; else `status`, what it became. An event may say neither.
    """

    account: AccountId
    only_details: bool = False
    status: EligibilityStatus | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing follows: staff are asked, or the portal wrote beside what they are asked."""
        return self.only_details or self.status is EligibilityStatus.PENDING


class IdentityChanged(Fact, frozen=True, kw_only=True):
    """The ID verification of an account changed; `only_details` and `status` as of an eligibility."""

    account: AccountId
    only_details: bool = False
    status: IdStatus | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing follows: staff have a document, or the portal wrote beside what they see."""
        return self.only_details or self.status is IdStatus.SUBMITTED


class AccountChanged(Fact, frozen=True, kw_only=True):
    """Something else of an account or its contact changed (portal status, address).

    `only_details`: the portal status did not, so nothing has to be read.
    """

    account: AccountId
    only_details: bool = False


class OrderChanged(Fact, frozen=True, kw_only=True):
    """An order changed: approved, cancelled, re-dated, shipped.

    Of the portal's own writes: `only_details`, the status did not; else `status`, what it became; and when the record
    says that it was changed. Of others' an event says nothing of this.
    """

    order: OrderId
    account: AccountId
    only_details: bool = False
    status: OrderStatus | None = None
    changed_at: datetime | None = None

    def is_quiet(self, *, approval_seen: bool) -> bool:
        """Whether nothing follows: the portal placed the order, completed what it saw approved, or noted its work."""
        completed = self.status is OrderStatus.COMPLETED and approval_seen
        return self.own and (self.only_details or completed or self.status is OrderStatus.PENDING_REVIEW)


class OpportunityChanged(Fact, frozen=True, kw_only=True):
    """An opportunity changed: its stage, kit or date; `only_details`, `stage` and `changed_at` as of an order."""

    opportunity: OpportunityId
    account: AccountId
    only_details: bool = False
    stage: Stage | None = None
    changed_at: datetime | None = None

    def is_quiet(self, last: Stage | None) -> bool:
        """Whether nothing follows, given the stage seen last: no service ends, and nobody took the sale up again."""
        if not self.own or last in _NEVER_QUIET:
            return False
        if self.only_details:
            return last is not None
        if self.stage is None or self.stage in _NEVER_QUIET:
            return False
        return last is None or last is self.stage or one_move_apart(MOVES, last, self.stage)


class CatalogChanged(Fact, frozen=True, kw_only=True):
    """A product or a price changed (CAT-7)."""


class ServiceChanged(Fact, frozen=True, kw_only=True):
    """A service in billing changed."""

    client: ClientId
    service: ServiceId


class BillingOrderChanged(Fact, frozen=True, kw_only=True):
    """An order in billing changed, and with it perhaps every service it is for."""

    client: ClientId
    order: BillingOrderId


class InvoiceChanged(Fact, frozen=True, kw_only=True):
    """An invoice was made, paid or cancelled; `seen` is what was read of it, if it was read."""

    client: ClientId
    invoice: InvoiceId
    seen: Invoice | None = None


class PaymentMethodsChanged(Fact, frozen=True, kw_only=True):
    """A payment method was added or removed."""

    client: ClientId


class EventUnreadable(Fact, frozen=True, kw_only=True):
    """An event came that nobody could read: where it stands upstream, and why. What it held is not kept (T-5)."""

    topic: str
    place: str
    reason: str


AnyFact = (
    EligibilityChanged
    | IdentityChanged
    | AccountChanged
    | OrderChanged
    | OpportunityChanged
    | CatalogChanged
    | ServiceChanged
    | BillingOrderChanged
    | InvoiceChanged
    | PaymentMethodsChanged
    | EventUnreadable
)


TOLD_BEFORE: Final = frozenset({"AcceptOrder", "CancelOrder", "PendingOrder", "FraudOrder", "DeleteOrder"})
"""What billing tells of before it does it: read at once, all would still be as it was."""
DONE_WITHIN: Final = timedelta(seconds=10)
"""How long such a change may take; what a service's module does longer for is told of when it is done."""


class BillingNews(msgspec.Struct, frozen=True, kw_only=True):
    """What billing tells by itself: ids, and a name of what happened that decides no more than when it is read."""

    id: str
    event: str
    at: datetime
    client: ClientId
    service: ServiceId | None = None
    order: BillingOrderId | None = None
    invoice: InvoiceId | None = None

    def read_at(self, now: datetime) -> datetime | None:
        """When what changed is to be read: at once, or once a change has been made that is told of before it is."""
        return now + DONE_WITHIN if self.event in TOLD_BEFORE else None

    def facts(self) -> tuple[AnyFact, ...]:
        """What may have changed: the service, order and invoice that are named; with none, how the client pays."""
        found: list[AnyFact] = []
        if self.service is not None:
            fact_id = f"whmcs:{self.id}:service"
            found.append(ServiceChanged(id=fact_id, at=self.at, client=self.client, service=self.service))
        if self.order is not None:
            fact_id = f"whmcs:{self.id}:order"
            found.append(BillingOrderChanged(id=fact_id, at=self.at, client=self.client, order=self.order))
        if self.invoice is not None:
            fact_id = f"whmcs:{self.id}:invoice"
            found.append(InvoiceChanged(id=fact_id, at=self.at, client=self.client, invoice=self.invoice))
        return tuple(found) or (PaymentMethodsChanged(id=f"whmcs:{self.id}", at=self.at, client=self.client),)


class FactBatch(msgspec.Struct, frozen=True):
    """Facts in the order upstream sent them, and the position to go on from once they are dealt with."""

    facts: tuple[AnyFact, ...]
    position: str


_UNSAID: Final = MappingProxyType({"only_details": False, "status": None, "stage": None, "changed_at": None})
"""What a fact has where the event says nothing of a status."""
_OF_A_TELLING: Final = frozenset(Fact.__struct_fields__) | _UNSAID.keys()


def newest(facts: Iterable[AnyFact]) -> tuple[AnyFact, ...]:
    """Of facts that say the same of one thing the last, in the place of all of them.

    What changed is read anew for each fact, so those before it would find no more. It is an echo where all of them are.
    Where each says what became of a status, what was said last holds.
    """
    found: dict[tuple[Any, ...], AnyFact] = {}
    for fact in facts:
        # a detail of an account is learned without reading, whoever changed it, and stays apart from what is not
        said = _OF_A_TELLING - {"only_details"} if isinstance(fact, AccountChanged) else _OF_A_TELLING
        about = (type(fact), *(getattr(fact, name) for name in fact.__struct_fields__ if name not in said))
        before = found.pop(about, fact)
        found[about] = _together(before, fact)
    return tuple(found.values())


def _together(before: AnyFact, fact: AnyFact) -> AnyFact:
    own = fact.own and before.own
    if _says(before) and _says(fact):
        said = before if getattr(fact, "only_details", False) else fact
        dated = {"changed_at": fact.changed_at} if isinstance(fact, OrderChanged | OpportunityChanged) else {}
        return replace(said, id=fact.id, at=fact.at, own=own, **dated)
    unsaid = {name: nothing for name, nothing in _UNSAID.items() if name in fact.__struct_fields__}
    return replace(fact, own=own, **unsaid)


def _says(fact: AnyFact) -> bool:
    return any(getattr(fact, name, None) for name in ("only_details", "status", "stage"))


def learning(fact: AnyFact, due_at: datetime | None = None) -> Job:
    """The work of learning a fact: once for its id, and one at a time for an account or client (T-5)."""
    whose = getattr(fact, "account", None) or getattr(fact, "client", None) or "catalog"
    return Job(
        key=request_key("fact", fact.id),
        kind=WorkKind.LEARN_FACT,
        data=msgspec.to_builtins(fact),
        lane=None if isinstance(fact, EventUnreadable) else facts_of(whose),
        due_at=due_at,
    )


def facts_of(whose: str) -> str:
    """The lane in which what upstream tells of an account or client is learned, and what must not run beside it."""
    return f"facts of {whose}"
