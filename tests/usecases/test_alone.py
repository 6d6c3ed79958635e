"""What a use case decides by reading first waits for whoever is alone with the same, and goes on from what is left.

On PostgreSQL, where units of work run side by side (ADR 33). In each test somebody is alone with it and stays so; the
use case comes meanwhile; only then the first one ends. Without its lock the use case reads what is about to be over.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeVar

import msgspec
import pytest
from msgspec.structs import replace

from adapters.db.database import Database
from adapters.db.unit_of_work import SqlStore
from adapters.durable.doing import Handler
from adapters.durable.runner import Runner
from adapters.fakes.bindings import bind_world
from adapters.fakes.journal import MemoryJournal
from adapters.fakes.world import World
from adapters.system.ids import RandomIds
from core.domain.changes import OrderState
from core.domain.checkout import Checkout
from core.domain.checks import LATEST, CheckRequest
from core.domain.eligibility import Eligibility, OpenedCheck
from core.domain.esim import EsimChange
from core.domain.facts import OrderChanged
from core.domain.ids import (
    BillingOrderId,
    CaseId,
    ClientId,
    EsimId,
    OpportunityId,
    OrderId,
    RequestId,
    RequestKey,
    ServiceId,
    SessionId,
)
from core.domain.journeys import APPROVAL_SEEN
from core.domain.order import OrderStatus
from core.domain.policy import Policy
from core.domain.profile import ProfileChange
from core.domain.provisioning import Billed, EsimOrder, ProvisionData, ProvisionTarget
from core.domain.refusals import CheckoutChanged, TokenSpent
from core.domain.session import PortalUser, Session
from core.domain.sign_up import OneSignUp
from core.domain.words import Language
from core.domain.work import Job, WorkKind
from core.usecases.account.complete_sign_up import CompleteSignUp
from core.usecases.eligibility.open_check import OpenCheck
from core.usecases.fulfilment.learn_order import LearnOrder
from core.usecases.fulfilment.provision import Provision
from core.usecases.services.write_esim_change import WriteEsimChange
from core.usecases.work.accept_request import AcceptRequest
from genkan.alarms import DEED, LoggedAlarms
from genkan.figures import AlarmCount
from ports.clock import Clock
from ports.customer_registry import Registered
from ports.durable import Steps
from ports.store import CHECKOUT, AuditEntry, EsimRecord, Intent, Request, Shelves, SignUp
from tests.contracts.meeting import until_it_waits
from tests.contracts.people import DAY, NOW, sign_up, user
from tests.contracts.samples import HOME, Samples
from tests.usecases.account_house import House, NoCaches
from tests.usecases.shop import QUICK, VPN, Shop
from tests.worlds import a_world

T = TypeVar("T")

MINA: Final = user()
S1: Final = sign_up().id
ORDER, SERVICE, KEY = OrderId("801A"), ServiceId("7"), RequestKey("k")


@pytest.fixture
def store(postgresql: Database) -> SqlStore:
    return SqlStore(postgresql)


@pytest.fixture
def world() -> World:
    return a_world()


async def meanwhile(
    store: SqlStore, what: tuple[str, ...], first: Callable[[Shelves], Awaitable[Any]], second: Awaitable[Any]
) -> Any:
    """What the second answered, which came while the first was alone with `what` and had done its deed."""
    async with store.begin() as shelves:
        await shelves.alone(*what)
        await first(shelves)
        coming = asyncio.ensure_future(second)
        waited = await until_it_waits(store.database, coming)
    answered = await asyncio.wait_for(coming, 5)
    assert waited, "it came through"
    return answered


def only(use_case: type[T], **ports: Any) -> T:
    """The use case with those ports that are asked by the steps it has still to do."""
    return use_case(**(dict.fromkeys(use_case.__dataclass_fields__) | ports))


async def taken_up(handler: Handler, clock: Clock, data: Any, /, **answered: Any) -> dict[str, Any]:
    """Do work of which these steps have answered, as after a crash; what all of its steps answered."""
    journal, job = MemoryJournal(), Job(key=KEY, kind=WorkKind.DAILY, data=msgspec.to_builtins(data))
    await journal.accept(job, clock.now())
    await journal.begin(KEY, clock.now())
    for step, answer in answered.items():
        await journal.remember(KEY, step.replace("_", " "), msgspec.to_builtins(answer), clock.now())
    runner = Runner(journal, clock, {WorkKind.DAILY: handler}, QUICK)
    await runner.open()
    try:
        assert await runner.quiet(5)
    finally:
        await runner.stop(0)
    return dict(await journal.answers(KEY))


# --- accounts ----------------------------------------------------------------------------------------------------
@pytest.fixture
async def house(store: SqlStore) -> AsyncIterator[House]:
    """A house in which a code was mailed to somebody who is no customer yet."""
    house = House(store, World.new())
    async with store.begin() as shelves:
        await shelves.sign_ups.add(sign_up(expires_at=house.clock.now() + DAY))
        await code_is_mailed(house, shelves, "111111")
    yield house
    await house.runner.stop(0)


async def code_is_mailed(house: House, shelves: Shelves, code: str) -> None:
    marks = house.secrets.fingerprint(f"{S1}:{code}"), house.secrets.fingerprint(f"token {code}")
    await shelves.sign_ups.set_code(S1, *marks, house.clock.now() + DAY)


async def kept(store: SqlStore) -> SignUp:
    async with store.reading() as shelves:
        found = await shelves.sign_ups.find(S1)
    assert found is not None
    return found


async def test_a_code_that_is_replaced_meanwhile_proves_nothing(store: SqlStore, house: House) -> None:
    with pytest.raises(TokenSpent):
        await meanwhile(
            store,
            ("sign_up", S1),
            lambda shelves: code_is_mailed(house, shelves, "222222"),
            house.confirm_sign_up(S1, "111111", None),
        )
    assert (await kept(store)).code == house.secrets.fingerprint(f"{S1}:222222")


async def test_an_address_is_proved_before_its_code_is_replaced_or_after(store: SqlStore, house: House) -> None:
    left = {
        "find": None,
        "number_1": "P1000001",
        "customer_1": Registered(MINA.account, MINA.contact, MINA.number),
        "client": "1",
        "link": None,
        "user": MINA.id,
        "welcome": None,
    }
    claims = taken_up(only(CompleteSignUp, store=store, clock=house.clock), house.clock, OneSignUp(S1), **left)
    await meanwhile(store, ("sign_up", S1), lambda shelves: shelves.sign_ups.find(S1), claims)
    assert (await kept(store)).confirmed_at is not None


async def test_who_becomes_a_customer_meanwhile_is_kept_no_other_code_for(store: SqlStore, house: House) -> None:
    async def becomes_a_customer(shelves: Shelves) -> None:
        await shelves.users.add(MINA)
        await shelves.sign_ups.settle(S1, MINA.id)
        await shelves.sign_ups.spend(MINA.id)

    send = house.handlers(house.runner)[WorkKind.START_SIGN_UP]
    chosen = {"choose": {"letter": "sign_up_code"}, "room": True}
    mails = taken_up(send, house.clock, OneSignUp(S1), **chosen)
    await meanwhile(store, ("sign_up", S1), becomes_a_customer, mails)
    assert (await kept(store)).code is None


async def test_two_changes_of_a_profile_both_stay(store: SqlStore, house: House) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(MINA)
    await meanwhile(
        store,
        ("profile", MINA.id),
        lambda shelves: shelves.users.set_preferences(MINA.id, Language.JA, False),
        house.save_profile(session_of(MINA), ProfileChange(language=Language.EN), KEY),
    )
    async with store.reading() as shelves:
        saved = await shelves.users.find(MINA.id)
    assert saved is not None
    assert (saved.language, saved.marketing_consent) == (Language.EN, False)


# --- requests and checks -----------------------------------------------------------------------------------------
async def test_a_key_that_is_accepted_meanwhile_is_that_request(store: SqlStore, world: World) -> None:
    async def nothing(steps: Steps, data: None) -> None:
        return

    first = RequestId("first")
    job = Job(key=KEY, kind=WorkKind.DAILY, data=None, owner=MINA.id, request=first)
    runner = Runner(MemoryJournal(), world.clock, {WorkKind.DAILY: nothing})
    accept = AcceptRequest(store, runner, world.clock, RandomIds(), wait=1)
    reply = await meanwhile(
        store,
        ("request", KEY),
        lambda shelves: shelves.requests.add(
            Request(id=first, owner=MINA.id, about="me", job=job, created_at=world.clock.now())
        ),
        accept(MINA.id, "me", Job(key=KEY, kind=WorkKind.DAILY, data=None)),
    )
    assert reply.request == first
    await runner.stop(0)


async def test_a_check_that_comes_meanwhile_is_looked_for(store: SqlStore, world: World) -> None:
    asked = CheckRequest(
        key=KEY,
        account=MINA.account,
        contact=MINA.contact,
        client=MINA.client,
        address=HOME,
        moves_home=False,
        sku=None,
        note="",
        asked_at=NOW,
        seen=Eligibility(account=MINA.account),
        opportunity=None,
    )
    left = {
        "look": Eligibility(account=MINA.account),
        "find_the_sale": None,
        "open": OpenedCheck(CaseId("500A"), OpportunityId("006A")),
        "ask_the_checker": None,
        "forget": None,
    }
    other = Intent(kind=LATEST, subject=str(MINA.account), request=RequestId("other"))
    opens = taken_up(only(OpenCheck, store=store, clock=world.clock, policy=Policy()), world.clock, asked, **left)
    answers = await meanwhile(
        store, ("eligibility", str(MINA.account)), lambda shelves: shelves.intents.take(other, NOW), opens
    )
    assert (answers["open as it was seen"], answers["wait for the answer"]) == (None, False)


# --- checkouts ---------------------------------------------------------------------------------------------------
@pytest.fixture
async def shop(store: SqlStore, world: World) -> AsyncIterator[Shop]:
    shop = Shop(store, world)
    yield shop
    await shop.runner.stop(0)


async def changed(shop: Shop, shelves: Shelves, session: Session) -> None:
    kept: Checkout | None = await shelves.checkouts.of_user(session.user, shop.clock.now())
    assert kept is not None
    assert await shelves.checkouts.save(replace(kept, version=kept.version + 1), None)


async def test_a_checkout_that_is_changed_meanwhile_is_not_submitted(store: SqlStore, shop: Shop) -> None:
    session = await shop.customer()
    await shop.saved(session, VPN)
    with pytest.raises(CheckoutChanged):
        await meanwhile(
            store,
            (CHECKOUT, session.user),
            lambda shelves: changed(shop, shelves, session),
            shop.place()(session, KEY, None),
        )


async def test_a_checkout_is_saved_behind_the_one_before(store: SqlStore, shop: Shop) -> None:
    session = await shop.customer(ready=False)
    await shop.saved(session, VPN)
    await meanwhile(
        store, (CHECKOUT, session.user), lambda shelves: changed(shop, shelves, session), shop.saved(session, VPN, VPN)
    )
    async with store.reading() as shelves:
        saved = await shelves.checkouts.of_user(session.user, shop.clock.now())
    assert saved is not None
    assert saved.version == 3


# --- eSIMs -------------------------------------------------------------------------------------------------------
async def esim_of(store: SqlStore, order: OrderId) -> EsimRecord:
    async with store.reading() as shelves:
        found = await shelves.things.esim_of_order(order)
    assert found is not None
    return found


async def test_an_esim_that_is_linked_meanwhile_is_issued_anew_for_its_service(store: SqlStore, world: World) -> None:
    issuer = bind_world(world).esim_issuer
    made = await issuer.ensure_profile(EsimOrder(key=KEY, order=ORDER, plan="SIM", eid=None))
    record = EsimRecord(order=ORDER, account=MINA.account, esim=made.id, qr=made.qr)
    async with store.begin() as shelves:
        await shelves.things.keep_esim(record)
    change = EsimChange(key=RequestKey("again"), account=MINA.account, order=ORDER, service=SERVICE, esim=made.id)
    use_case = only(WriteEsimChange, issuer=issuer, store=store, clock=world.clock)
    await meanwhile(
        store,
        ("esim", ORDER),
        lambda shelves: shelves.things.keep_esim(replace(record, service=SERVICE)),
        taken_up(use_case, world.clock, change, now=NOW, record=None),
    )
    linked = await esim_of(store, ORDER)
    assert linked.service == SERVICE
    assert linked.qr != made.qr


async def test_an_esim_that_is_issued_anew_meanwhile_is_the_one_that_is_linked(store: SqlStore, world: World) -> None:
    up = bind_world(world)
    who = await up.customer_registry.ensure_customer(KEY, Samples.customer())
    order = (await up.order_book.ensure_order(Samples.draft(who.account, await up.catalog_shelf.catalog()))).order
    for line in world.records.find("order_line", order=order):
        world.records.update("order_line", line["id"], {"service": SERVICE}, "staff")
    esim = {"sim_type": "eSIM", "eid": "8" * 32, "status": OrderStatus.COMPLETED}
    world.records.update("order", order, esim, "staff")
    record = EsimRecord(order=order, account=who.account, esim=EsimId("e1"), qr="first")
    async with store.begin() as shelves:
        await shelves.things.keep_esim(record)
    target = ProvisionTarget(account=who.account, client=ClientId("1"), esim=False)
    left = {
        "check_billing": None,
        "activating": None,
        "bill": Billed(BillingOrderId("1"), (SERVICE,), accepted=True),
    }
    use_case = only(Provision, orders=up.order_book, store=store, caches=NoCaches(), policy=Policy())
    await meanwhile(
        store,
        ("esim", order),
        lambda shelves: shelves.things.keep_esim(replace(record, esim=EsimId("e2"), qr="second")),
        taken_up(use_case, world.clock, ProvisionData(order), check_standing=target, **left),
    )
    assert await esim_of(store, order) == replace(record, esim=EsimId("e2"), qr="second", service=SERVICE)


# --- what is written down once -----------------------------------------------------------------------------------
async def lines_about(store: SqlStore, subject: str) -> int:
    async with store.reading() as shelves:
        return len(await shelves.audit.of_subject(subject, 10))


async def test_a_change_of_an_esim_is_written_down_once(store: SqlStore, world: World) -> None:
    change = EsimChange(key=KEY, account=MINA.account, order=ORDER, service=SERVICE, esim=EsimId("e1"))
    line = AuditEntry(at=NOW, actor="customer", deed="esim reissued", subject=SERVICE, details={"key": KEY})
    use_case = only(WriteEsimChange, store=store, clock=world.clock)
    await meanwhile(
        store,
        ("audit", SERVICE),
        lambda shelves: shelves.audit.write(line),
        taken_up(use_case, world.clock, change, now=NOW, reissue=None),
    )
    assert await lines_about(store, SERVICE) == 1


async def test_the_same_alarm_is_raised_once(store: SqlStore, world: World) -> None:
    line = AuditEntry(at=NOW, actor="portal", deed=DEED.format(code="drift"), subject="s")
    alarms = LoggedAlarms(store, world.clock, AlarmCount())
    await meanwhile(store, ("audit", "s"), lambda shelves: shelves.audit.write(line), alarms.raise_alarm("drift", "s"))
    assert await lines_about(store, "s") == 1


async def test_an_approval_is_noted_once(store: SqlStore, world: World) -> None:
    fact = OrderChanged(id="f1", at=NOW, order=ORDER, account=MINA.account)
    seen = OrderState(order=ORDER, account=MINA.account, status=OrderStatus.APPROVED, changed_at=NOW)
    left = dict.fromkeys(("forget", "tell_approved", "go_on", "ring", "learned"))
    line = AuditEntry(at=NOW, actor="salesforce", deed=APPROVAL_SEEN, subject=ORDER)
    use_case = only(LearnOrder, store=store, clock=world.clock)
    await meanwhile(
        store,
        ("audit", ORDER),
        lambda shelves: shelves.audit.write(line),
        taken_up(use_case, world.clock, fact, order=seen, **left),
    )
    assert await lines_about(store, ORDER) == 1


def session_of(user: PortalUser) -> Session:
    return Session(
        session=SessionId("s"), user=user.id, account=user.account, contact=user.contact, client=user.client, csrf="c"
    )
