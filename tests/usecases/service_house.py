"""A portal whose customers have services: orders are provisioned, services shown, cancelled and ended."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from uuid import uuid4

from adapters.db.unit_of_work import SqlStore
from adapters.durable.doing import Handler
from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain.billing import Service
from core.domain.cart import CartService, SimChoice, SimType
from core.domain.facts import AnyFact, learning
from core.domain.ids import OrderId, RequestKey, ServiceId, Sku
from core.domain.notice import NoticeType
from core.domain.opportunity import Opportunity
from core.domain.order import Order
from core.domain.policy import Policy
from core.domain.provisioning import provision_job
from core.domain.session import Session
from core.domain.work import Work, WorkKind
from core.usecases.cancellation.complete_cancellation import CompleteCancellation
from core.usecases.cancellation.learn_opportunity import LearnOpportunity
from core.usecases.cancellation.read_cancellation import ReadCancellation
from core.usecases.cancellation.read_ending import ReadEnding
from core.usecases.cancellation.request_cancellation import RequestCancellation
from core.usecases.cancellation.terminate_due import TerminateDue
from core.usecases.cancellation.terminate_service import TerminateService
from core.usecases.cancellation.undo_cancellation import UndoCancellation
from core.usecases.cancellation.write_cancellation import WriteCancellation
from core.usecases.cancellation.write_undo import WriteUndo
from core.usecases.eligibility.learn_eligibility import LearnEligibility
from core.usecases.fulfilment.activate_scheduled import ActivateScheduled
from core.usecases.fulfilment.begin_activation import BeginActivation
from core.usecases.fulfilment.clear_order import ClearOrder
from core.usecases.fulfilment.learn_order import LearnOrder
from core.usecases.fulfilment.preflight import Preflight
from core.usecases.fulfilment.provision import Provision
from core.usecases.fulfilment.start_provisioning import StartProvisioning
from core.usecases.identity.learn_id_review import LearnIdReview
from core.usecases.services.change_esim import ChangeEsim
from core.usecases.services.learn_billing import LearnBilling
from core.usecases.services.learn_service import LearnService
from core.usecases.services.list_services import ListServices
from core.usecases.services.read_service import ReadService
from core.usecases.services.tell_cards_expiring import TellCardsExpiring
from core.usecases.services.tell_invoices_due import TellInvoicesDue
from core.usecases.services.write_esim_change import WriteEsimChange
from core.usecases.work.catch_up import CatchUp
from core.usecases.work.close_intents import CloseIntents
from core.usecases.work.find_changes import FindChanges
from genkan.handlers import LearnFact
from ports.clock import Clock
from ports.durable import DurableWork, Steps
from tests.databases import copied, opened
from tests.usecases.shop import INTERNET, SIM, VPN, Shop, placed
from tests.worlds import a_world

T = TypeVar("T")

CARD: Final = CartService(Sku("SIM-DATA-VOICE-5GB"), sim=SimChoice(SimType.PHYSICAL))
UNKNOWN_DEVICE: Final = CartService(Sku("SIM-DATA-VOICE-5GB"), sim=SimChoice(SimType.ESIM, "8" * 30 + "00"))
PRODUCTS: Final = {"esim": SIM, "card": CARD, "internet": INTERNET, "vpn": VPN}
IMPATIENT: Final = Policy(lasting_after=timedelta(milliseconds=30))


class _Later:
    """Durable work that is bound after the use cases that start some."""

    def __init__(self, house: "ServiceHouse") -> None:
        self._house = house

    def __getattr__(self, name: str) -> Any:
        return getattr(self._house.runner, name)


class _Learners(dict[str, Any]):
    def __call__(self, name: str) -> Any:
        return self.get(name, _learn_nothing)


async def _learn_nothing(_steps: Steps, _fact: AnyFact) -> None:
    return


class ServiceHouse(Shop):
    """A shop that goes on after the order was placed; what upstream tells is heard when the test says so."""

    def __init__(self, store: SqlStore, world: World, policy: Policy | None = None) -> None:
        self.position: str | None = None
        self.heard: list[AnyFact] = []
        super().__init__(store, world, policy)

    def handlers(self, work: DurableWork | None = None) -> dict[WorkKind, Handler]:
        """All durable work of orders and services."""
        up, store, told, readings, clock = self.up, self.store, self.told, self.readings, self.clock
        bell, alarms, policy = self.bell, self.raised, self.policy
        work = work or _Later(self)
        orders, sales, services = up.order_book, up.opportunities, up.service_book
        begin = BeginActivation(work, clock)
        learners = _Learners(
            learn_order=LearnOrder(orders, begin, work, store, told, readings, bell, clock, policy),
            learn_opportunity=LearnOpportunity(sales, orders, begin, work, store, readings, bell, alarms, clock),
            learn_eligibility=LearnEligibility(up.eligibility_desk, store, told, readings, bell, alarms, clock),
            learn_id_review=LearnIdReview(up.identity_desk, store, told, readings, bell, clock),
            learn_service=LearnService(services, sales, work, store, readings, bell),
            learn_billing=LearnBilling(up.payment_book, up.invoice_book, store, told, readings, bell, clock, policy),
        )
        provision = Provision(
            orders=orders,
            opportunities=sales,
            registry=up.customer_registry,
            eligibility=up.eligibility_desk,
            identity=up.identity_desk,
            services=services,
            payments=up.payment_book,
            provisioner=up.provisioner,
            issuer=up.esim_issuer,
            work=work,
            store=store,
            notifier=told,
            caches=readings,
            alarms=alarms,
            clock=clock,
            policy=policy,
        )
        clear = ClearOrder(
            orders, sales, up.customer_registry, services, up.provisioner, up.esim_issuer, work, store, alarms, policy
        )
        esims = WriteEsimChange(up.esim_issuer, store, clock)
        return super().handlers() | {
            WorkKind.LEARN_FACT: LearnFact(learners),
            WorkKind.PROVISION: provision,
            WorkKind.CLEAR_ORDER: clear,
            WorkKind.PREFLIGHT: Preflight(orders, up.payment_book, store, told, clock),
            WorkKind.ACTIVATE_SCHEDULED: ActivateScheduled(orders, begin, clock),
            WorkKind.REQUEST_CANCELLATION: WriteCancellation(sales, up.support_desk, up.catalog_shelf, told, readings),
            WorkKind.UNDO_CANCELLATION: WriteUndo(services, sales, told, readings, clock),
            WorkKind.COMPLETE_CANCELLATION: CompleteCancellation(services, sales, told, readings, clock),
            WorkKind.TERMINATE_SERVICE: TerminateService(services, sales, work, readings, clock),
            WorkKind.REISSUE_ESIM: esims,
            WorkKind.TOP_UP: esims,
        }

    # --- use cases -------------------------------------------------------------------------------------------------
    def start(self, work: DurableWork | None = None) -> StartProvisioning:
        """The signed call, by this house's runner or another."""
        work = work or self.runner
        return StartProvisioning(self.up.order_book, BeginActivation(work, self.clock), work)

    @property
    def endings(self) -> ReadEnding:
        return ReadEnding(self.store, self.up.support_desk, self.clock)

    def cancel(self, work: DurableWork | None = None, wait: float = 2.0) -> RequestCancellation:
        """Asking for the end of a service."""
        up = self.up
        reception, work = self.reception(work, wait), work or self.runner
        return RequestCancellation(
            up.service_book, up.opportunities, self.endings, reception, work, self.store, self.clock,
            up.customer_registry, up.catalog_shelf,
        )  # fmt: skip

    def undo(self, work: DurableWork | None = None, wait: float = 2.0) -> UndoCancellation:
        """Taking it back."""
        up, reception, work = self.up, self.reception(work, wait), work or self.runner
        return UndoCancellation(
            up.service_book, up.opportunities, self.endings, reception, work, self.store, self.clock, self.policy
        )

    @property
    def read_cancellation(self) -> ReadCancellation:
        up = self.up
        return ReadCancellation(
            up.service_book, up.opportunities, self.endings, self.store, self.runner, self.clock, self.policy
        )

    @property
    def list_services(self) -> ListServices:
        return ListServices(self.up.service_book, self.up.opportunities, self.endings)

    @property
    def read_service(self) -> ReadService:
        return ReadService(self.up.service_book, self.up.opportunities, self.endings, self.store)

    def change_esim(self, work: DurableWork | None = None) -> ChangeEsim:
        """Re-issue or top up."""
        work = work or self.runner
        return ChangeEsim(self.up.service_book, self.store, self.reception(work, wait=2.0))

    @property
    def terminate_due(self) -> TerminateDue:
        return TerminateDue(self.up.opportunities, self.runner, self.store, self.clock, self.policy)

    @property
    def tell_invoices_due(self) -> TellInvoicesDue:
        return TellInvoicesDue(self.up.invoice_book, self.store, self.told, self.clock, self.policy)

    @property
    def tell_cards_expiring(self) -> TellCardsExpiring:
        up = self.up
        return TellCardsExpiring(up.payment_book, up.service_book, self.store, self.told, self.clock, self.policy)

    @property
    def catch_up(self) -> CatchUp:
        up = self.up
        changes = FindChanges(up.customer_registry, up.opportunities, up.order_book, self.store, self.clock)
        return CatchUp(changes, up.order_book, up.opportunities, self.runner, self.store, self.clock)

    # --- what happens ----------------------------------------------------------------------------------------------
    async def hear(self, work: DurableWork | None = None) -> list[AnyFact]:
        """Take in what upstream told since the last time; answers with it."""
        batch = await self.up.fact_stream.after(self.position, 0)
        for fact in batch.facts:
            await (work or self.runner).start(learning(fact))
        self.position = batch.position
        self.heard += batch.facts
        return list(batch.facts)

    async def settle(self, work: Any = None) -> None:
        """Hear everything, the portal's own echoes included, and let all work end that can."""
        runner = work or self.runner
        while True:
            facts = await self.hear(runner)
            assert await runner.quiet(10)
            if not facts:
                return

    async def ordered(self, session: Session, wish: CartService, **choices: Any) -> OrderId:
        """An order under review."""
        asked = await self.asked(wish, **choices)
        reply = await self.place()(session, self._key(), asked)
        return placed(reply).orders[0].id

    async def active(self, session: Session, wish: CartService) -> Service:
        """A running service of that kind."""
        order = await self.ordered(session, wish)
        if wish.sim is not None and wish.sim.sim_type is SimType.PHYSICAL:
            await self.staff.ship_sim(order)
        await self.staff.approve_order(order)
        await self.settle()
        plan = (await self.order_of(order)).plan
        assert plan is not None
        assert plan.service is not None
        return await self.service_of(session, plan.service)

    async def pass_time(self, **by: float) -> None:
        """Let what was told be heard, then time pass, and what is due by then happen."""
        await self.come_to(self.clock.now() + timedelta(**by))

    async def come_to(self, instant: datetime) -> None:
        """The same, to an instant."""
        await self.settle()
        self.clock.set(instant)
        await self.runner.release_due(self.clock.now())
        await self.settle()

    def fail(self, system: str, operation: str, kind: str = "unavailable", times: int | None = None) -> None:
        """Switch a fault on."""
        self.world.faults.switch(system, operation, kind, times)

    # --- what became of it -----------------------------------------------------------------------------------------
    async def order_of(self, order: OrderId) -> Order:
        found = await self.up.order_book.find(order)
        assert found is not None
        return found

    async def sale_of(self, order: OrderId) -> Opportunity:
        opportunity = (await self.order_of(order)).opportunity
        assert opportunity is not None
        found = await self.up.opportunities.find(opportunity)
        assert found is not None
        return found

    async def service_of(self, session: Session, service: ServiceId) -> Service:
        found = await self.up.service_book.service(session.client, service)
        assert found is not None
        return found

    async def last_attempt(self, order: OrderId) -> Work | None:
        """The latest attempt at provisioning the order."""
        found, attempt, of = None, 1, await self.order_of(order)
        while (work := await self.runner.outcome(provision_job(of, attempt).key, 0)) is not None:
            found, attempt = work, attempt + 1
        return found

    def told_of(self, kind: NoticeType) -> list[dict[str, str]]:
        """What notices of a kind said."""
        return [notice.values for notice in self.told.notices.values() if notice.type is kind]

    def rows(self, table: str, **equals: Any) -> list[Row]:
        """The records of a table as they are now."""
        return self.world.records.find(table, **equals)

    def _key(self) -> RequestKey:
        return RequestKey(self.ids.new())


@dataclass(frozen=True)
class Kept:
    """A house as it was left, to be opened again any number of times."""

    database: Path
    world: World
    at: datetime
    position: str | None


@asynccontextmanager
async def a_house(migrated_file: Path, folder: Path, policy: Policy | None = None) -> AsyncIterator[ServiceHouse]:
    """A house of its own, its database a copy in that folder."""
    async with _opened(_copied(migrated_file, folder), a_world(), policy) as house:
        yield house


async def kept(migrated_file: Path, folder: Path, prepare: Callable[[ServiceHouse], Awaitable[T]]) -> tuple[Kept, T]:
    """A house that was prepared and closed, with what preparing it answered."""
    world, database = a_world(), _copied(migrated_file, folder)
    async with _opened(database, world, None) as house:
        answer = await prepare(house)
        await house.settle()
        position = house.position
    return Kept(database, world, world.clock.now(), position), answer


@asynccontextmanager
async def reopened(kept: Kept, folder: Path, policy: Policy | None = None) -> AsyncIterator[ServiceHouse]:
    """A copy of that house."""
    async with _opened(_copied(kept.database, folder), kept.world.twin(kept.at), policy) as house:
        house.position, house.numbers = kept.position, len(house.rows("account"))
        yield house


def _copied(file: Path, folder: Path) -> Path:
    return copied(file, folder / f"{uuid4().hex}{file.suffix}")


@asynccontextmanager
async def _opened(file: Path, world: World, policy: Policy | None) -> AsyncIterator[ServiceHouse]:
    database = opened(file)
    house = ServiceHouse(SqlStore(database), world, policy)
    await house.runner.open()
    try:
        yield house
    finally:
        await house.runner.stop(0)
        await database.close()


class Scene(Protocol):
    """What plays in a house, for one run of a test that kills the process everywhere."""

    house: ServiceHouse


def handlers(scene: Scene, work: DurableWork) -> Mapping[WorkKind, Handler]:
    """What does each kind of work there."""
    return scene.house.handlers(work)


def on_end(scene: Scene) -> CloseIntents:
    """What is done at the end of each piece of work there."""
    return CloseIntents(scene.house.store, scene.house.clock)


def clock(scene: Scene) -> Clock:
    """The clock there."""
    return scene.house.clock
