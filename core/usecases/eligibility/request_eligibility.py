"""Asking whether an address can have internet."""

import asyncio
from dataclasses import dataclass
from datetime import date

import msgspec

from core.domain.account import Address, Profile, address_faults
from core.domain.billing import live_internet
from core.domain.catalog import ItemClass, ProductType
from core.domain.checks import ASKED, LATEST, WAITING, CheckRequest, for_customers, note_faults
from core.domain.eligibility import REVIEWS_READ, Asking, Eligibility, EligibilityStatus, asking
from core.domain.ids import RequestId, RequestKey, Sku, request_key
from core.domain.limits import Limited
from core.domain.opportunity import SOLD, Opportunity, assigned
from core.domain.order import Order
from core.domain.policy import Policy
from core.domain.refusals import AddressMissing, FieldFault, InternetAlready, Invalid, NotFound
from core.domain.session import Session
from core.domain.work import Reply
from ports.billing import ServiceBook
from ports.catalog_shelf import CatalogShelf
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.durable import Reception
from ports.eligibility_desk import EligibilityDesk
from ports.errors import if_available
from ports.ids import Ids
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.secrets import Secrets
from ports.store import Shelves, Store


@dataclass(frozen=True, slots=True)
class RequestEligibility:
    """Ask staff whether an address can have internet (ELG-1, ELG-2, ELG-3, ELG-10).

    A second line is refused (CAT-6), and the address asked for becomes the one on file (ACC-11).
    """

    desk: EligibilityDesk
    registry: CustomerRegistry
    opportunities: Opportunities
    orders: OrderBook
    services: ServiceBook
    shelf: CatalogShelf
    store: Store
    reception: Reception
    secrets: Secrets
    ids: Ids
    clock: Clock
    policy: Policy
    shown: EligibilityDesk
    """What the answer is shown from."""

    async def __call__(
        self,
        session: Session,
        address: Address | None = None,
        sku: Sku | None = None,
        note: str = "",
        *,
        key: RequestKey | None = None,
    ) -> Reply | Eligibility:
        """The request as it stands, or the eligibility where asking changes nothing.

        Without `address` the one on file is meant. What was accepted under `key` is not accepted again. Raises
        Invalid, AddressMissing, AskedTooSoon, InternetAlready, TooMany, and Unavailable while it can't be read how
        things stand (T-10).
        """
        now = self.clock.now()
        await self._check_fields(address, sku, note)
        latest = await self._latest(session)  # before the rest, so that what comes between is noticed
        seen = await self._read(session)
        wanted = address.tidied() if address is not None else seen.profile.address
        if wanted is None:
            raise AddressMissing
        no_on = await self._no_on(session, wanted)
        moves_home = seen.profile.address is None or seen.profile.address.place != wanted.place
        comes_to = asking(seen.standing, wanted, now, self.policy, no_on)
        if comes_to is Asking.CHANGES_NOTHING and not moves_home:
            return for_customers(seen.standing)
        request = CheckRequest(
            key=request_key("internet-check", key or self.ids.new()),
            account=session.account,
            contact=session.contact,
            client=session.client,
            address=wanted,
            moves_home=moves_home,
            sku=sku,
            note=note.strip(),
            asked_at=now,
            seen=seen.standing,
            opportunity=assigned(session.account, (ProductType.INTERNET,), seen.sales)[0],
            after=latest,
            home=seen.profile.address,
        )
        await self._check_internet(request, seen)

        async def asked_already(shelves: Shelves, _request: RequestId) -> RequestId | None:
            return await _asked_already(shelves, request)

        # the same address asked for again while the first request is being done is that request, and not counted
        intent = (ASKED, f"{session.account}:{self.secrets.fingerprint(wanted.place)}")
        limit = (Limited.ELIGIBILITY_CHANGE, session.account)
        job = request.job()
        return await self.reception(
            session.user, "eligibility", job, intent, also=asked_already, limit=limit, asked_under=job.key
        )

    async def _check_fields(self, address: Address | None, sku: Sku | None, note: str) -> None:
        faults = address_faults("address", address) if address is not None else []
        faults += note_faults("note", note)
        if sku is not None and not faults:
            item = (await self.shelf.catalog()).find(sku)
            if item is None or item.product_type is not ProductType.INTERNET:
                faults.append(FieldFault("sku", "unknown_sku", {"sku": sku}))
            elif item.item_class is not ItemClass.PLAN:
                faults.append(FieldFault("sku", "not_a_plan", {"sku": sku}))
        if faults:
            raise Invalid(*faults)

    async def _latest(self, session: Session) -> RequestId | None:
        async with self.store.reading() as shelves:
            return await shelves.intents.holder(LATEST, str(session.account))

    async def _no_on(self, session: Session, wanted: Address) -> date | None:
        async with self.store.reading() as shelves:
            return await shelves.things.no_of(session.account, self.secrets.fingerprint(wanted.place))

    async def _read(self, session: Session) -> "_Seen":
        standing, profile, sales, orders, _ = await asyncio.gather(
            self.desk.standing(session.account),
            self.registry.profile(session.account),
            self.opportunities.of_account(session.account),
            self.orders.of_account(session.account),
            # the answer says by when: read along with the rest it costs no call of its own
            if_available(self.shown.review_times(REVIEWS_READ)),
        )
        if profile is None:
            raise NotFound
        return _Seen(standing.at(profile.address), profile, sales, orders)

    async def _check_internet(self, request: CheckRequest, seen: "_Seen") -> None:
        if any(order.is_open and order.product_type is ProductType.INTERNET for order in seen.orders):
            raise InternetAlready
        # billing is asked only where there may be a line, or where a second home is asked for
        sold = any(sale.product_type is ProductType.INTERNET and sale.stage in SOLD for sale in seen.sales)
        if sold or request.moves_home:
            services = await self.services.services(request.client)
            if live_internet(services) is not None:
                raise InternetAlready


@dataclass(frozen=True, slots=True)
class _Seen:
    """What acceptance read in Salesforce."""

    standing: Eligibility
    profile: Profile
    sales: tuple[Opportunity, ...]
    orders: tuple[Order, ...]


async def _asked_already(shelves: Shelves, request: CheckRequest) -> RequestId | None:
    """The request that asked for the same address after what this one saw: it came between."""
    if request.seen.status is EligibilityStatus.PENDING:
        return None  # what came before was seen
    holder = await shelves.intents.holder(WAITING, str(request.account))
    earlier = await shelves.requests.by_job(RequestKey(holder)) if holder is not None else None
    if earlier is None:
        return None
    asked = msgspec.convert(earlier.job.data, CheckRequest)
    answered_at = request.seen.checked_at
    is_open = answered_at is None or asked.asked_at > answered_at
    return earlier.id if is_open and asked.address.place == request.address.place else None
