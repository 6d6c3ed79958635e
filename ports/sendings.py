"""What billing was asked to add and may still add: kept before it is sent, so that a restart knows of it (T-1)."""

from typing import Protocol

import msgspec

from core.domain.ids import BillingOrderId, OrderId, ServiceId


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """That billing was asked to add an order, of which nothing was seen under its mark so far.

    `waiting` are the services that waited without a mark before it was asked; `order` is what it answered, if it did.
    `is_over` says that the asking can't come about any more: it was given its time, or refused.
    """

    mark: OrderId
    waiting: frozenset[ServiceId] = frozenset()
    order: BillingOrderId | None = None
    is_over: bool = False


class Sendings(Protocol):
    """What was sent, by the mark of the CRM's order."""

    async def find(self, mark: OrderId) -> Sent | None:
        """What was sent under the mark, or None."""

    async def keep(self, sent: Sent) -> None:
        """Keep it, in place of what was kept before."""

    async def forget(self, mark: OrderId) -> None:
        """It is seen under its mark, and need not be known otherwise."""
