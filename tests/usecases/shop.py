"""A portal's shop over a real database, a made-up world with a catalog, and the runner of durable work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec

from adapters.db.journal import SqlJournal
from adapters.db.unit_of_work import SqlStore
from adapters.durable.doing import Handler
from adapters.durable.runner import Runner
from adapters.durable.settings import RunnerSettings
from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.tables import Row
from adapters.fakes.world import World
from adapters.system.bell import InProcessBell
from adapters.system.cached_desks import DroppedReadings
from adapters.system.flags import ShelvedFlags
from adapters.system.ids import RandomIds
from adapters.system.kept_cards import CardKeepingBook
from adapters.system.secrets import RandomSecrets
from core.domain.account import Address, Person, Phone
from core.domain.cart import Cart, CartService, SimChoice, SimType, Totals, price
from core.domain.checkout import CheckoutStep, Choices, Wish
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.ids import CustomerNumber, RequestId, RequestKey, SessionId, Sku, UserId, request_key
from core.domain.notice import NewNotice
from core.domain.placing import Asked, OrdersPlaced
from core.domain.policy import Policy
from core.domain.refusals import GateFailure, GatesClosed
from core.domain.session import PortalUser, Session, canonical_email
from core.domain.words import Language
from core.domain.work import Reply, WorkKind, WorkState
from core.usecases.checkout.read_checkout import ReadCheckout
from core.usecases.checkout.remind_checkout import RemindCheckout
from core.usecases.checkout.save_checkout import SaveCheckout
from core.usecases.orders.cancel_withdrawn import CancelWithdrawn
from core.usecases.orders.place_orders import PlaceOrders
from core.usecases.orders.read_gates import ReadGates
from core.usecases.orders.withdraw_order import WithdrawOrder
from core.usecases.orders.write_placed_orders import WritePlacedOrders
from core.usecases.work.accept_request import AcceptRequest
from core.usecases.work.close_intents import CloseIntents
from ports.billing import NewClient
from ports.customer_registry import NewCustomer
from ports.durable import DurableWork
from ports.store import Flag
from tests.databases import copied, opened
from tests.worlds import a_world

SITE: Final = "https://my.sonixnet.example"
HOME: Final = Address("106-0044", "Tokyo", "Minato-ku", "Higashiazabu 1-8-1", "Heights 201")
ELSEWHERE: Final = Address("530-0001", "Osaka", "Kita-ku", "Umeda 3-1-1")
INTERNET: Final = CartService(Sku("INTERNET-HOME-1G-SILVER"), (Sku("INTERNET-INSTALL-SINGLE"),))
SIM: Final = CartService(Sku("SIM-DATA-VOICE-5GB"), sim=SimChoice(SimType.ESIM, "8" * 32))
FAMILY: Final = CartService(Sku("SIM-DATA-VOICE-5GB-FAMILY"), sim=SimChoice(SimType.PHYSICAL))
VPN: Final = CartService(Sku("VPN-LONDON"))
CONFIRMED: Final = Choices(address_confirmed=True)
QUICK: Final = RunnerSettings(first_wait=timedelta(milliseconds=2), longest_wait=timedelta(milliseconds=20), poll=0.05)


@dataclass
class Told:
    """A notifier that keeps what was told, each fact once, as the real one does."""

    notices: dict[tuple[str, str, str, str], NewNotice] = field(default_factory=dict)

    async def __call__(self, notice: NewNotice) -> None:
        self.notices.setdefault((notice.user, notice.type, notice.source_id, notice.version), notice)


@dataclass
class Raised:
    """Alarms that can be looked at."""

    alarms: set[tuple[str, str]] = field(default_factory=set)

    async def raise_alarm(self, code: str, subject: str) -> None:
        self.alarms.add((code, subject))


class Shop:
    """Everything that checkout and orders need, bound to one world."""

    def __init__(self, store: SqlStore, world: World, policy: Policy | None = None) -> None:
        self.store, self.world, self.policy = store, world, policy or Policy()
        self.clock, self.ids, self.secrets = world.clock, RandomIds(), RandomSecrets(b"k" * 32)
        bound = bind_world(world, self.policy)
        kept = CardKeepingBook(bound.payment_book, store, world.clock)
        self.up: WorldBindings = replace(bound, payment_book=kept)
        self.staff, self.billing = StaffDesk(world), self.up.billing_desk
        self.readings, self.told, self.raised = DroppedReadings(), Told(), Raised()
        self.bell = InProcessBell()
        self.flags = ShelvedFlags(store, self.clock, timedelta())
        self.runner = Runner(
            SqlJournal(store.database), self.clock, self.handlers(), QUICK, on_end=CloseIntents(store, self.clock)
        )
        self.numbers = 0

    def handlers(self) -> dict[WorkKind, Handler]:
        """The durable work of checkout and orders."""
        up = self.up
        return {
            WorkKind.PLACE_ORDERS: WritePlacedOrders(
                up.order_book, up.opportunities, self.store, self.readings, self.clock
            ),
            WorkKind.WITHDRAW_ORDER: CancelWithdrawn(up.order_book, self.store, self.told, self.readings, self.clock),
            WorkKind.REMIND_CHECKOUT: RemindCheckout(self.store, up.mailer, self.clock, SITE),
        }

    # --- use cases -------------------------------------------------------------------------------------------------
    def reception(self, work: DurableWork | None = None, wait: float = 5.0) -> AcceptRequest:
        """Where requests are accepted, by this shop's runner or another."""
        return AcceptRequest(self.store, work or self.runner, self.clock, self.ids, wait)

    @property
    def gates(self) -> ReadGates:
        up = self.up
        return ReadGates(
            up.catalog_shelf,
            up.catalog_shelf,
            up.customer_registry,
            up.eligibility_desk,
            up.identity_desk,
            up.order_book,
            up.opportunities,
            up.service_book,
            up.payment_book,
            self.policy,
        )

    def place(self, work: DurableWork | None = None, wait: float = 5.0) -> PlaceOrders:
        """Submitting, by this shop's runner or another."""
        work = work or self.runner
        reception = self.reception(work, wait)
        return PlaceOrders(
            self.gates,
            self.store,
            reception,
            work,
            self.flags,
            self.readings,
            self.bell,
            self.secrets,
            self.clock,
            self.policy,
        )

    def withdraw(self, work: DurableWork | None = None, wait: float = 5.0) -> WithdrawOrder:
        """Withdrawing, by this shop's runner or another."""
        return WithdrawOrder(self.up.order_book, self.reception(work, wait))

    @property
    def save(self) -> SaveCheckout:
        up = self.up
        return SaveCheckout(
            self.store,
            up.catalog_shelf,
            up.customer_registry,
            self.flags,
            self.bell,
            self.clock,
            self.ids,
            self.secrets,
            self.policy,
        )

    @property
    def read(self) -> ReadCheckout:
        up = self.up
        return ReadCheckout(
            self.store,
            up.catalog_shelf,
            up.customer_registry,
            up.eligibility_desk,
            up.identity_desk,
            up.payment_book,
            up.service_book,
            self.flags,
            self.clock,
            self.secrets,
            self.policy,
        )

    # --- people ----------------------------------------------------------------------------------------------------
    async def customer(self, *, ready: bool = True, name: str = "mina", **changes: Any) -> Session:
        """A customer who is logged in; `ready` to order anything, or with nothing done yet."""
        self.numbers += 1
        number = CustomerNumber(f"P{1_000_000 + self.numbers}")
        email = f"{name}@example.com"
        person = changes.pop("person", Person(first_name="Mina", last_name="Park", birth_date=date(1994, 5, 6)))
        address = changes.pop("address", HOME)
        phone = Phone("81", "9012345678")
        key = request_key("made", number)
        made = await self.up.customer_registry.ensure_customer(
            key, NewCustomer(number=number, email=email, person=person, phone=phone, address=address)
        )
        client = await self.up.client_book.ensure_client(
            key,
            NewClient(
                number=number,
                email=email,
                person=person,
                phone=phone,
                address=address,
                language=Language.EN,
                marketing_consent=True,
            ),
        )
        now = self.clock.now()
        await self.up.customer_registry.ensure_link(made.account, client, "Portal Signup", now)
        user = PortalUser(
            id=UserId(self.ids.new()),
            email=email,
            canonical=canonical_email(email),
            password="-",
            account=made.account,
            contact=made.contact,
            client=client,
            number=number,
            language=Language.EN,
            marketing_consent=True,
            terms_version=self.policy.terms_version,
            terms_accepted_at=now,
            created_at=now,
        )
        async with self.store.begin() as shelves:
            await shelves.users.add(msgspec.structs.replace(user, **changes))
        session = Session(
            session=SessionId("s"), user=user.id, account=made.account, contact=made.contact, client=client, csrf="c"
        )
        if ready:
            await self.eligible(session)
            await self.verified(session)
            await self.billing.add_payment_method(client)
        return session

    async def eligible(
        self,
        session: Session,
        value: str = "Home 1G",
        status: EligibilityStatus = EligibilityStatus.ELIGIBLE,
        address: Address = HOME,
    ) -> None:
        """Staff answered the check of that address."""
        self.world.records.update("account", session.account, {"eligibility_address": address.one_line}, "staff")
        await self.staff.answer_availability(session.account, status, value)

    async def verified(self, session: Session, status: IdStatus = IdStatus.VERIFIED) -> None:
        """The customer's document was sent, and looked at by staff."""
        self.world.records.update("account", session.account, {"id_status": IdStatus.SUBMITTED}, "staff")
        if status is not IdStatus.SUBMITTED:
            await self.staff.review_id(session.account, status)

    async def switch(self, feature: str, percentage: int) -> None:
        """Set a feature flag."""
        async with self.store.begin() as shelves:
            await shelves.flags.set(Flag(feature, percentage))

    # --- shopping --------------------------------------------------------------------------------------------------
    async def totals(self, *services: CartService) -> Totals:
        """What a cart costs now."""
        return price(Cart(services), await self.up.catalog_shelf.catalog()).totals

    async def asked(self, *services: CartService, **changes: Any) -> Asked:
        """An order without a saved checkout, by a customer who saw today's price."""
        asked = Asked(cart=Cart(services), seen=await self.totals(*services), choices=CONFIRMED)
        return msgspec.structs.replace(asked, **changes)

    async def saved(self, session: Session, *services: CartService, **changes: Any) -> None:
        """Save a checkout of these services that is ready to be submitted."""
        wish = Wish(cart=Cart(services), step=CheckoutStep.CHECK, address=None, choices=CONFIRMED, version=None)
        await self.save(session, None, msgspec.structs.replace(wish, **changes))

    async def order(self, session: Session, *services: CartService, key: str = "k") -> OrdersPlaced:
        """Place orders without a saved checkout; they must be placed."""
        return placed(await self.place()(session, RequestKey(key), await self.asked(*services)))

    async def closed(self, session: Session, wanted: Asked | None, key: str = "k") -> list[tuple[str, int | None]]:
        """The gates that refuse the order, each with the service it is about; nothing if it was placed."""
        try:
            await self.place()(session, RequestKey(key), wanted)
        except GatesClosed as refused:
            failures: tuple[GateFailure, ...] = refused.failures
            return [(failure.code, failure.service) for failure in failures]
        return []

    # --- what became of it -----------------------------------------------------------------------------------------
    def made(self, table: str) -> list[Row]:
        """The records of a table that the portal ever made, by the ledger."""
        entries = (e for e in self.world.ledger.of(f"create {table.replace('_', ' ')}") if e.by == "portal")
        rows = (self.world.records.get(table, entry.id) for entry in entries)
        return [row for row in rows if row is not None]

    async def held(self, kind: str, subject: str) -> RequestId | None:
        """The request that holds an intent."""
        async with self.store.reading() as shelves:
            return await shelves.intents.holder(kind, subject)


def placed(reply: Reply) -> OrdersPlaced:
    """The orders that a reply tells of; it must be done."""
    assert reply.work.state is WorkState.DONE, (reply.work.state, reply.work.code, reply.work.result)
    return msgspec.convert(reply.work.result, OrdersPlaced)


async def at_once(*deeds: Awaitable[Any]) -> list[Any]:
    """Do all of these together; refusals come as values."""
    return list(await asyncio.gather(*deeds, return_exceptions=True))


@asynccontextmanager
async def a_shop(migrated_file: Path, folder: Path, policy: Policy | None = None) -> AsyncIterator[Shop]:
    """A shop of its own, its database a copy in that folder."""
    database = opened(copied(migrated_file, folder / f"{uuid4().hex}.db"))
    shop = Shop(SqlStore(database), a_world(), policy)
    await shop.runner.open()
    try:
        yield shop
    finally:
        await shop.runner.stop(0)
        await database.close()
