"""What is done about services and checkouts, wherever the portal dies: once, and all of it (SRV-4, CAN-4, T-1)."""

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.durable.doing import Handler
from adapters.fakes.mailbox import Mailbox
from core.domain.billing import Invoice, InvoiceStatus
from core.domain.cancellation import months_offered
from core.domain.facts import InvoiceChanged, OpportunityChanged, PaymentMethodsChanged, learning
from core.domain.ids import InvoiceId, OrderId, RequestKey, ServiceId
from core.domain.japan import tokyo_date
from core.domain.money import Yen
from core.domain.notice import NoticeType
from core.domain.opportunity import Stage
from core.domain.order import CancelCode, OrderStatus
from core.domain.policy import Policy
from core.domain.session import Session
from core.domain.work import WorkKind
from core.usecases.cancellation.terminate_due import TerminateDue
from core.usecases.checkout.remind_abandoned import RemindAbandoned
from core.usecases.fulfilment.provision import OUT_OF_STEP, Provision
from core.usecases.work.close_intents import CloseIntents
from core.usecases.work.restart_requests import RestartRequests
from ports.durable import DurableWork
from ports.errors import Rejected
from tests.usecases.killing import Reaching, kill_at_every_point
from tests.usecases.service_house import ServiceHouse, kept, reopened
from tests.usecases.shop import INTERNET, SIM, VPN

ENDS_BY_ITSELF = Policy(auto_terminate=True)


@dataclasses.dataclass
class Scene:
    """A house with one customer; `thing` is the service or the order that it is about."""

    house: ServiceHouse
    mina: Session
    thing: str


@dataclasses.dataclass(frozen=True)
class Sweep:
    """What was before, what is done, what must be true in the end, and which steps are swept."""

    prepare: Callable[[ServiceHouse, Session], Awaitable[str]]
    act: Callable[[Scene, DurableWork], Awaitable[Any]]
    check: Callable[[Scene], Awaitable[None]]
    reaching: Reaching
    before: Callable[[ServiceHouse, str], Awaitable[None]] | None = None
    handlers: Callable[[Scene, DurableWork], Mapping[WorkKind, Handler]] = lambda it, work: it.house.handlers(work)


# --- an eSIM that works ----------------------------------------------------------------------------------------------
async def has_an_esim(house: ServiceHouse, mina: Session) -> str:
    return str((await house.active(mina, SIM)).id)


async def reissues(it: Scene, work: DurableWork, megabytes: int | None = None) -> None:
    await RestartRequests(it.house.store, work, it.house.clock)()
    await it.house.change_esim(work)(it.mina, ServiceId(it.thing), megabytes, RequestKey("k"))


async def tops_up(it: Scene, work: DurableWork) -> None:
    await reissues(it, work, 3_000)


async def a_lost_reissue(house: ServiceHouse, _: str) -> None:
    house.fail("esim", "ensure_reissued", "timeout_after", times=1)


async def a_lost_top_up(house: ServiceHouse, _: str) -> None:
    house.fail("esim", "ensure_topped_up", "timeout_after", times=1)


async def reissued_once(it: Scene) -> None:
    assert [row["status"] for row in it.house.rows("esim")] == ["replaced", "active"]
    assert await deeds(it) == ["esim reissued"]
    async with it.house.store.reading() as shelves:
        record = await shelves.things.esim_of_service(it.mina.account, ServiceId(it.thing))
    assert record is not None
    assert record.esim == it.house.rows("esim")[-1]["id"]


async def topped_up_once(it: Scene) -> None:
    assert [row["megabytes"] for row in it.house.rows("esim")] == [3_000]
    assert await deeds(it) == ["esim topped up"]


async def deeds(it: Scene) -> list[str]:
    async with it.house.store.reading() as shelves:
        return [entry.deed for entry in await shelves.audit.of_subject(it.thing, 10)]


# --- a service whose last day has passed -----------------------------------------------------------------------------
async def has_internet_that_ends(house: ServiceHouse, mina: Session) -> str:
    service = (await house.active(mina, INTERNET)).id
    await house.cancel()(mina, service, months_offered(house.clock.now())[0])
    return str(service)


async def its_last_day_passes(house: ServiceHouse, _: str) -> None:
    house.clock.advance(timedelta(days=70))


async def ends_what_is_due(it: Scene, work: DurableWork) -> None:
    house = it.house
    await TerminateDue(house.up.opportunities, work, house.store, house.clock, house.policy)()


async def ended_once(it: Scene) -> None:
    assert [row["status"] for row in it.house.rows("service", id=it.thing)] == ["Terminated"]
    [sale] = await it.house.up.opportunities.of_account(it.mina.account)
    assert sale.stage is Stage.CANCELLING  # the kit is not back


# --- an order that does not come to run ------------------------------------------------------------------------------
async def has_ordered(house: ServiceHouse, mina: Session) -> str:
    return str(await house.ordered(mina, SIM))


async def put_on_hold(house: ServiceHouse, order: str) -> None:
    await house.staff.approve_order(order)
    await house.staff.hold_opportunity((await house.sale_of(OrderId(order))).id)


async def taken_up_again(house: ServiceHouse, order: str) -> None:
    # nobody heard of the approval: only the sale's own news is left to go on by
    await put_on_hold(house, order)
    await house.staff.resume_opportunity((await house.sale_of(OrderId(order))).id)


async def learns_of_the_sale(it: Scene, work: DurableWork) -> None:
    sale = await it.house.sale_of(OrderId(it.thing))
    fact = OpportunityChanged(id="f1", at=it.house.clock.now(), opportunity=sale.id, account=it.mina.account)
    await work.start(learning(fact))


async def runs_once(it: Scene) -> None:
    assert (await it.house.order_of(OrderId(it.thing))).status is OrderStatus.COMPLETED
    assert (await it.house.sale_of(OrderId(it.thing))).stage is Stage.ACTIVE
    assert len(it.house.rows("esim")) == len(it.house.rows("billing_order")) == 1


async def approved(house: ServiceHouse, order: str) -> None:
    await house.staff.approve_order(order)


async def is_activated(it: Scene, work: DurableWork) -> None:
    if (await it.house.order_of(OrderId(it.thing))).status is OrderStatus.APPROVED:
        await it.house.start(work)(OrderId(it.thing))


async def staff_are_alarmed(it: Scene) -> None:
    assert it.house.raised.alarms == {(OUT_OF_STEP, it.thing)}
    assert it.house.rows("esim") == it.house.rows("billing_order") == []


@dataclasses.dataclass(frozen=True)
class CancelledMeanwhile:
    """Billing that takes nothing, while staff cancel the order."""

    inner: Any
    house: ServiceHouse

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def ensure_billed(self, _: RequestKey, order: Any, __: Any = None) -> None:
        if (await self.house.order_of(order.mark)).status is OrderStatus.APPROVED:
            await self.house.staff.cancel_order(order.mark, CancelCode.OTHER, "Sorry.")
        raise Rejected("validation", "billing order")


def with_staff_who_cancel(it: Scene, work: DurableWork) -> Mapping[WorkKind, Handler]:
    handlers = it.house.handlers(work)
    provision = handlers[WorkKind.PROVISION]
    assert isinstance(provision, Provision)
    cancelled = CancelledMeanwhile(provision.provisioner, it.house)
    return {**handlers, WorkKind.PROVISION: dataclasses.replace(provision, provisioner=cancelled)}


async def cleared_away(it: Scene) -> None:
    assert [row["status"] for row in it.house.rows("esim")] == ["ended"]
    assert it.house.rows("billing_order") == []
    assert (await it.house.sale_of(OrderId(it.thing))).stage is Stage.VOID
    assert it.house.told_of(NoticeType.ORDER_FAILED) == []


# --- a card, and a checkout that was left ----------------------------------------------------------------------------
async def has_a_card(_: ServiceHouse, mina: Session) -> str:
    return str(mina.client)


async def learns_of_it(it: Scene, work: DurableWork) -> None:
    await work.start(learning(PaymentMethodsChanged(id="f1", at=it.house.clock.now(), client=it.mina.client)))


async def the_card_is_remembered(it: Scene) -> None:
    async with it.house.store.reading() as shelves:
        cards = await shelves.things.cards_ending("2099-12")
    [method] = (await it.house.up.payment_book.payment_methods(it.mina.client)).methods
    assert [(card.user, card.last_four) for card in cards] == [(it.mina.user, method.last_four)]


async def learns_of_an_invoice(it: Scene, work: DurableWork) -> None:
    now, client = it.house.clock.now(), it.mina.client
    today = tokyo_date(now)
    invoice = Invoice(
        id=InvoiceId("7"), client=client, number="7", status=InvoiceStatus.UNPAID, total=Yen(5_500),
        issued=today - timedelta(days=11), due=today + timedelta(days=3),
    )  # fmt: skip
    await work.start(learning(InvoiceChanged(id="f1", at=now, client=client, invoice=invoice.id, seen=invoice)))


async def its_day_is_told(it: Scene) -> None:
    assert [told["invoice"] for told in it.house.told_of(NoticeType.INVOICE_DUE)] == ["7"]


async def left_a_checkout(house: ServiceHouse, mina: Session) -> str:
    await house.saved(mina, VPN)
    return str((await house.read(mina, None)).checkout.id)


async def two_days_pass(house: ServiceHouse, _: str) -> None:
    house.clock.advance(timedelta(days=2))
    house.fail("mail", "send", "timeout_after", times=1)


async def reminds(it: Scene, work: DurableWork) -> None:
    await RemindAbandoned(it.house.store, work, it.house.clock, it.house.policy)()


async def one_mail_went_out(it: Scene) -> None:
    assert len(await Mailbox(it.house.world).mails(letter="checkout_reminder")) == 1


SWEEPS = {
    "an eSIM is issued again": Sweep(
        has_an_esim, reissues, reissued_once, {WorkKind.REISSUE_ESIM: {"now", "reissue", "record"}}, a_lost_reissue
    ),
    "data is added": Sweep(
        has_an_esim, tops_up, topped_up_once, {WorkKind.TOP_UP: {"now", "top up", "record"}}, a_lost_top_up
    ),
    "a service is ended": Sweep(
        has_internet_that_ends, ends_what_is_due, ended_once, {WorkKind.TERMINATE_SERVICE: {"terminate", "complete"}},
        its_last_day_passes,
    ),
    "a sale is on hold": Sweep(
        has_ordered, is_activated, staff_are_alarmed, {WorkKind.PROVISION: {"alarm"}}, put_on_hold
    ),
    "a sale goes on": Sweep(
        has_ordered, learns_of_the_sale, runs_once,
        {OpportunityChanged: {"sale", "forget", "last seen", "report", "go on", "ring", "learned"}}, taken_up_again,
    ),
    "a failed order is cancelled meanwhile": Sweep(
        has_ordered, is_activated, cleared_away,
        {WorkKind.PROVISION: {"clear failed"}, WorkKind.CLEAR_ORDER: {"work", "void", "esim", "billing"}},
        approved, with_staff_who_cancel,
    ),
    "a card changed": Sweep(
        has_a_card, learns_of_it, the_card_is_remembered, {PaymentMethodsChanged: {"forget", "ring", "card"}}
    ),
    "an invoice came": Sweep(
        has_a_card, learns_of_an_invoice, its_day_is_told, {InvoiceChanged: {"forget", "ring", "due"}}
    ),
    "a checkout was left": Sweep(
        left_a_checkout, reminds, one_mail_went_out, {WorkKind.REMIND_CHECKOUT: {"mark", "send"}}, two_days_pass
    ),
}  # fmt: skip


@pytest.mark.parametrize("sweep", SWEEPS.values(), ids=SWEEPS)
async def test_it_ends_the_same_wherever_the_portal_dies(migrated_file: Path, tmp_path: Path, sweep: Sweep) -> None:
    async def prepare(house: ServiceHouse) -> tuple[Session, str]:
        mina = await house.customer()
        return mina, await sweep.prepare(house, mina)

    house_kept, (mina, thing) = await kept(migrated_file, tmp_path, prepare)

    @asynccontextmanager
    async def fresh() -> AsyncIterator[Scene]:
        async with reopened(house_kept, tmp_path, ENDS_BY_ITSELF) as house:
            if sweep.before is not None:
                await sweep.before(house, thing)
            yield Scene(house, mina, thing)

    points = await kill_at_every_point(
        fresh, sweep.handlers, sweep.act, sweep.check,
        clock=lambda it: it.house.clock,
        on_end=lambda it: CloseIntents(it.house.store, it.house.clock),
        reaching=sweep.reaching,
    )  # fmt: skip
    assert points >= 12
