"""One installation of WHMCS: the world's tables, and what it keeps beside them while it is served."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from adapters.fakes.tables import Row
from adapters.fakes.wire.whmcs.hook_points import Happened
from adapters.fakes.wire.whmcs.people import Access
from adapters.fakes.wire.whmcs.quirks import Quirks
from adapters.fakes.wire.whmcs.switches import Switches
from adapters.fakes.wire.whmcs.usage import Usage
from adapters.fakes.world import World


class CancelRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A wish to end a service, which the daily run heeds."""

    id: int
    service: str
    reason: str
    type: str
    at: datetime


class FailedModule(msgspec.Struct, frozen=True, kw_only=True):
    """An action of a product's module that failed and waits for a person."""

    id: int
    service: str
    module: str
    action: str
    error: str
    at: datetime


class Upgrade(msgspec.Struct, frozen=True, kw_only=True):
    """What a service becomes once an invoice is paid."""

    invoice: str
    change: dict[str, Any]


def _unheard(_: Happened) -> None:
    return


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldIds:
    """The ids of the custom fields: a client's customer number, and on each product the CRM order of a service.

    A product's fields are its own: no two products share an id.
    """

    customer_number: int = 1
    crm_order_from: int = 100
    crm_order_name: str = "CRM Order"

    def crm_order_of(self, product: Row | None) -> int:
        """The id of a product's field for the CRM order."""
        return self.crm_order_from + int(product["id"]) if product is not None else self.crm_order_from


@dataclass(slots=True, kw_only=True)
class Office:
    """What the actions work on. `url` is the address callers and browsers reach it at."""

    world: World
    switches: Switches
    url: str = ""
    access: Access = field(default_factory=Access)
    quirks: Quirks = field(default_factory=Quirks)
    usage: Usage = field(default_factory=Usage)
    fields: FieldIds = field(default_factory=FieldIds)
    cancel_requests: list[CancelRequest] = field(default_factory=list)
    module_queue: list[FailedModule] = field(default_factory=list)
    kept: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """Columns that WHMCS has and the world has not, by (table, id): written and read back."""
    upgrades: dict[str, Upgrade] = field(default_factory=dict)
    """Changes of a service's product that wait for their invoice to be paid, by the service."""
    sent: list[dict[str, Any]] = field(default_factory=list)
    """Mails that were asked for."""
    run_hook: Callable[[Happened], None] = _unheard
    """Runs the hook of what is no change of the world's."""
    tickets: list[dict[str, Any]] = field(default_factory=list)

    def more(self, table: str, id: str) -> Mapping[str, Any]:
        """What is kept of a record beside its columns in the world."""
        return self.kept.get((table, id), {})

    def keep(self, table: str, id: str, what: Mapping[str, Any]) -> None:
        """Keep more of a record."""
        if what:
            self.kept[table, id] = {**self.more(table, id), **what}
