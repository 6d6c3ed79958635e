"""The catalog for one customer."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from core.domain.account import Address
from core.domain.billing import Service, has_active_sim, live_internet
from core.domain.catalog import (
    VALUE_UNKNOWN,
    Catalog,
    ProductType,
    Shelf,
    ShownItem,
    WhyNot,
    shown_internet,
    shown_sim,
)
from core.domain.eligibility import Eligibility, EligibilityStatus
from core.domain.ids import AccountId
from core.domain.session import Session
from ports.alarms import Alarms
from ports.billing import ServiceBook
from ports.catalog_shelf import CatalogShelf
from ports.customer_registry import Profiles
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Unavailable

T = TypeVar("T")


class PersonalCatalog(msgspec.Struct, frozen=True):
    """What one customer is shown, by product line."""

    shelves: tuple[Shelf, ...]
    read_at: datetime
    stale: bool


@dataclass(frozen=True, slots=True)
class ReadPersonalCatalog:
    """Show a customer what they can order, and why not what they can't (CAT-2 to CAT-6)."""

    shelf: CatalogShelf
    profiles: Profiles
    desk: EligibilityDesk
    services: ServiceBook
    alarms: Alarms

    async def __call__(self, session: Session, product_type: ProductType | None = None) -> PersonalCatalog:
        """What could not be read closes what depends on it; without a catalog there is nothing: Unavailable."""
        wanted = (product_type,) if product_type is not None else tuple(ProductType)
        catalog, services, address, eligibility = await asyncio.gather(
            self.shelf.catalog(),
            _or_none(self.services.services(session.client)),
            _or_none(self._address(session.account)),
            _or_none(self.desk.standing(session.account)),
        )
        shelves: list[Shelf] = []
        for each in wanted:
            match each:
                case ProductType.INTERNET:
                    shelves.append(await self._internet(catalog, services, address, eligibility))
                case ProductType.SIM:
                    family = services is not None and has_active_sim(services)
                    shelves.append(shown_sim(catalog.of(each), has_active_sim=family))
                case ProductType.VPN:
                    shown = (ShownItem(item=item, orderable=item.orderable) for item in catalog.of(each))
                    shelves.append(Shelf(each, tuple(shown)))
        return PersonalCatalog(tuple(shelves), catalog.read_at, catalog.stale)

    async def _address(self, account: AccountId) -> tuple[Address | None]:
        profile = await self.profiles.profile(account)
        return (profile.address if profile is not None else None,)

    async def _internet(
        self,
        catalog: Catalog,
        services: tuple[Service, ...] | None,
        address: tuple[Address | None] | None,
        eligibility: Eligibility | None,
    ) -> Shelf:
        running = live_internet(services) if services is not None else None
        closed: WhyNot | None = WhyNot.NOT_KNOWN
        if services is not None and address is not None and eligibility is not None:
            closed = _closed(eligibility, address[0])
        shown = shown_internet(
            catalog.of(ProductType.INTERNET),
            closed=closed,
            value=eligibility.value if eligibility is not None else None,
            service=running.id if running is not None else None,
        )
        if shown.notice is WhyNot.CONFIRMING_OPTIONS and eligibility is not None:
            await self.alarms.raise_alarm(VALUE_UNKNOWN, eligibility.account)
        return shown


async def _or_none(reading: Awaitable[T]) -> T | None:
    try:
        return await reading
    except Unavailable:
        return None


def _closed(eligibility: Eligibility, address: Address | None) -> WhyNot | None:
    if address is None:
        return WhyNot.ADDRESS_MISSING
    if eligibility.status is EligibilityStatus.PENDING:
        return WhyNot.CHECK_OPEN
    if eligibility.opens_gate(address):
        return None
    refused = eligibility.status is EligibilityStatus.INELIGIBLE and eligibility.is_for(address)
    return WhyNot.NOT_AVAILABLE if refused else WhyNot.CHECK_NEEDED
