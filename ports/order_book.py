"""Orders and their lines, as Salesforce keeps them."""

from datetime import datetime, timedelta
from typing import Protocol

from core.domain.changes import OrderState
from core.domain.ids import AccountId, BillingOrderId, OrderId, OrderLineId, RequestKey, ServiceId
from core.domain.order import ActivationStatus, Order, OrderDraft, OrderStatus, Placed
from core.domain.provisioning import FailureCode


class OrderBook(Protocol):
    """Where orders are placed, read and moved on (ORD, FUL)."""

    async def ensure_order(self, draft: OrderDraft) -> Placed:
        """Place the order under its key unless the key did already, all or none (ORD-3, ORD-4).

        Order, lines and, where the draft names none, an opportunity are written together; a named one is moved to
        Post Processing in the same write. Raises Rejected when the opportunity took another order meanwhile.
        """

    async def find(self, order: OrderId, account: AccountId | None = None) -> Order | None:
        """The order as it stands, or None; asked for an account, another account's is None too (T-7)."""

    async def find_by_key(self, key: RequestKey) -> Order | None:
        """The order that was placed under `key`, or None."""

    async def of_account(self, account: AccountId) -> tuple[Order, ...]:
        """All orders of an account, newest first."""

    async def ensure_activation(
        self,
        order: OrderId,
        expected: ActivationStatus,
        status: ActivationStatus,
        failure: FailureCode | None = None,
    ) -> Order:
        """Move the activation from `expected`; where it stands elsewhere nothing is written. Answers the order after.

        A failure is written with its code and message, success and retry clear them (FUL-4).
        """

    async def ensure_completed(
        self, order: OrderId, billing_order: BillingOrderId, services: dict[OrderLineId, ServiceId]
    ) -> Order:
        """Write the activated order back: all or none, once is enough (FUL-2).

        Completed, Activated, the billing order, each line's service; on the opportunity stage Active with the plan
        line's service.
        """

    async def ensure_cancelled(self, order: OrderId, expected: OrderStatus, code: str, message: str) -> Order:
        """Cancel the order from `expected` and void its opportunity, both or neither; answers the order after (ORD-10).

        Where it stands elsewhere nothing is written: staff may have approved it meanwhile.
        """

    async def waiting(self) -> tuple[Order, ...]:
        """Every order that is approved and not activated, oldest first; for polling and schedules (FUL-1, FUL-5)."""

    async def changed(self, since: datetime, after: OrderId | None, most: int) -> tuple[OrderState, ...]:
        """Orders that changed at `since` or later in the order of their ids, from behind `after` (T-5)."""

    async def review_times(self, most: int) -> tuple[timedelta, ...]:
        """How long the latest reviewed orders waited, newest first (STA-3)."""
