"""What was seen of the org and changes so rarely that asking again would be waste."""

from collections import OrderedDict
from datetime import datetime
from typing import Final, Generic, TypeVar

import msgspec

from adapters.salesforce.requests import Record
from core.domain.ids import AccountId, ContactId, OpportunityId, OrderId, OrderLineId

K = TypeVar("K")
V = TypeVar("V")

_MOST: Final = 10_000


class Latest(Generic[K, V]):
    """The latest few thousand things by their key."""

    def __init__(self, most: int = _MOST) -> None:
        self._things: OrderedDict[K, V] = OrderedDict()
        self._most = most

    def __getitem__(self, key: K) -> V | None:
        return self._things.get(key)

    def __setitem__(self, key: K, thing: V) -> None:
        self._things[key] = thing
        self._things.move_to_end(key)
        while len(self._things) > self._most:
            self._things.popitem(last=False)


class Seen(msgspec.Struct, frozen=True):
    """A customer as staff's lists name them; a name or an address of yesterday does no harm there."""

    contact: ContactId
    last_name: str
    email: str | None


class Built(msgspec.Struct, frozen=True):
    """What an order is made of: its lines stay its own, and every write says which opportunity it goes by."""

    account: AccountId
    opportunity: OpportunityId | None
    lines: frozenset[OrderLineId]
    plan: OrderLineId | None


class Glimpse(msgspec.Struct, frozen=True):
    """A customer's record as it was read, for writes that look whether it is still so."""

    record: Record
    read_at: datetime


class Memory:
    """What one process has seen."""

    def __init__(self) -> None:
        self.customers: Latest[AccountId, Seen] = Latest()
        self.records: Latest[AccountId, Glimpse] = Latest(1_000)
        self.orders: Latest[OrderId, Built] = Latest()
        self.stored: Latest[str, str] = Latest()
        """The reference of what was stored last for a side of an account."""
