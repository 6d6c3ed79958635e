"""What all of WHMCS's actions share: whose world, who acts, and which actions the portal's API role holds."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import msgspec

from adapters.fakes.tables import Row
from adapters.fakes.whmcs.sayings import Says
from adapters.fakes.world import World
from core.domain.japan import tokyo_date

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A", bound="Acting")

API_ROLE: Final = frozenset(
    {
        "AddClient",
        "GetClientsDetails",
        "GetClients",
        "UpdateClient",
        "GetPayMethods",
        "CreateSsoToken",
        "AddOrder",
        "AcceptOrder",
        "CancelOrder",
        "DeleteOrder",
        "GetOrders",
        "GetClientsProducts",
        "UpdateClientProduct",
        "ModuleTerminate",
        "GetInvoices",
        "GetInvoice",
        "UpdateInvoice",
    }
)
"""The actions the portal's API role allows: no closing, no payments, no card ever."""


class Listing(msgspec.Struct, frozen=True):
    """One page of a list: `total` rows there are, `rows` of them from `start` on."""

    total: int
    start: int
    rows: tuple[Row, ...]


class Acting:
    """Somebody acting in WHMCS: "portal" through the API role, "staff" and "customer" on its pages."""

    def __init__(self, world: World, by: str = "portal") -> None:
        self.world = world
        self.records = world.records
        self.by = by

    @property
    def today(self) -> date:
        """The day in Japan, where the installation stands."""
        return tokyo_date(self.world.clock.now())

    def _listing(self, rows: Iterable[Row], limitstart: int, limitnum: int) -> Listing:
        everything = tuple(rows)
        return Listing(len(everything), limitstart, everything[limitstart : limitstart + limitnum])


def action(name: str) -> Callable[[Callable[Concatenate[A, P], T]], Callable[Concatenate[A, P], T]]:
    """Name an action as WHMCS does; the portal may call it only with the API role, and it happens whole or not."""

    def named(method: Callable[Concatenate[A, P], T]) -> Callable[Concatenate[A, P], T]:
        @wraps(method)
        def run(self: A, /, *args: P.args, **kwargs: P.kwargs) -> T:
            if self.by == "portal" and name not in API_ROLE:
                raise Says.NOT_ALLOWED.about(name.lower())
            with self.records.all_or_none():
                return method(self, *args, **kwargs)

        run.__dict__["action"] = name
        return run

    return named


def every(listing: Callable[..., Listing], **filters: Any) -> list[Row]:
    """All rows of a list, page after page, as WHMCS gives 25 at a time."""
    rows: list[Row] = []
    while True:
        page = listing(limitstart=len(rows), limitnum=25, **filters)
        rows += page.rows
        if not page.rows or len(rows) >= page.total:
            return rows
