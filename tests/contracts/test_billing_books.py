"""What billing shows and ends: payment methods, services, invoices, and the door to its pages (SRV, CAN-4)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from adapters.fakes.bindings import WorldBindings
from adapters.fakes.whmcs.client_actions import BILLING_SITE
from adapters.fakes.wire.whmcs.server import Served
from adapters.fakes.world import World
from core.domain.billing import InvoiceStatus, Page, PaymentMethod, ServiceStatus, has_active_sim, live_internet
from core.domain.catalog import BillingCycle, ProductType
from core.domain.facts import InvoiceChanged, PaymentMethodsChanged, ServiceChanged
from core.domain.ids import InvoiceId, ServiceId
from core.domain.japan import tokyo_date
from core.domain.money import Yen
from core.domain.provisioning import BillingLine
from ports.errors import Rejected
from tests.contracts.billing_fixtures import INSTALLATION, NOBODY, OTHER_MARK, PLAN, ROUTER, added, running

SIM = BillingLine("201", BillingCycle.MONTHLY, Yen(1_480))
HOME_PHONE = BillingLine("116", BillingCycle.MONTHLY, Yen(550))
SIM_FEE = BillingLine("219", BillingCycle.ONE_TIME, Yen(1_500))


def japan(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 3, tzinfo=UTC)


# --- payment methods -------------------------------------------------------------------------------------------------
async def test_a_card_shows_its_last_four_digits_and_its_month(bound: WorldBindings) -> None:
    client = await added(bound)
    assert not (await bound.payment_book.payment_methods(client)).present
    method = await bound.billing_desk.add_payment_method(client, "1881", "2027-03")
    methods = await bound.payment_book.payment_methods(client)
    assert methods.methods == (
        PaymentMethod(kind="RemoteCreditCard", label="Visa 1881", last_four="1881", expires="2027-03"),
    )
    await bound.billing_desk.remove_payment_method(client, method)
    assert not (await bound.payment_book.payment_methods(client)).present


async def test_the_card_added_first_is_listed_first(bound: WorldBindings) -> None:
    client = await added(bound)
    await bound.billing_desk.add_payment_method(client, "1111")
    await bound.billing_desk.add_payment_method(client, "2222")
    methods = (await bound.payment_book.payment_methods(client)).methods
    assert [method.last_four for method in methods] == ["1111", "2222"]


async def test_payment_methods_of_nobody_are_refused(bound: WorldBindings) -> None:
    with pytest.raises(Rejected) as refused:
        await bound.payment_book.payment_methods(NOBODY)
    assert refused.value.code == "not_found"


@pytest.mark.parametrize(("digits", "month"), [("4242424242424242", "2030-12"), ("42a2", "2030-12"), ("4242", "12/30")])
async def test_a_whole_card_number_is_never_taken(bound: WorldBindings, world: World, digits: str, month: str) -> None:
    client = await added(bound)
    with pytest.raises(Rejected):
        await bound.billing_desk.add_payment_method(client, digits, month)
    assert world.records.find("payment_method") == []


async def test_somebody_elses_card_cannot_be_removed(bound: WorldBindings) -> None:
    mina, ken = await added(bound), await added(bound, "ken@example.com", "P1000002")
    method = await bound.billing_desk.add_payment_method(ken)
    with pytest.raises(Rejected):
        await bound.billing_desk.remove_payment_method(mina, method)


# --- services ----------------------------------------------------------------------------------------------------
async def test_services_are_listed_newest_first_with_what_they_are(bound: WorldBindings) -> None:
    client = await added(bound)
    await running(bound, client, PLAN, INSTALLATION)
    await running(bound, client, SIM, SIM_FEE, mark=OTHER_MARK)
    services = await bound.service_book.services(client)
    assert [s.billing_product for s in services] == ["219", "201", "113", "101"]
    types = [s.product_type for s in services]
    # a fee is no service of its product line: it would keep it looking taken for ever
    assert types == [None, ProductType.SIM, None, ProductType.INTERNET]
    assert [s.cycle for s in services][:2] == [BillingCycle.ONE_TIME, BillingCycle.MONTHLY]
    assert [s.price for s in services] == [1_500, 1_480, 22_800, 5_500]
    plan, today = services[3], tokyo_date(bound.clock.now())
    assert (plan.next_due, plan.started) == (today, today)
    assert services[0].next_due is None


async def test_a_service_of_another_client_is_none(bound: WorldBindings) -> None:
    mina, ken = await added(bound), await added(bound, "ken@example.com", "P1000002")
    billed = await running(bound, ken)
    assert await bound.service_book.service(mina, billed.services[0]) is None
    assert await bound.service_book.service(ken, billed.services[0]) is not None
    assert await bound.service_book.services(mina) == ()
    with pytest.raises(Rejected) as refused:
        await bound.service_book.ensure_terminated(mina, billed.services[0])
    assert refused.value.code == "not_found"


async def test_ending_a_plan_ends_what_was_ordered_along(bound: WorldBindings) -> None:
    client = await added(bound)
    billed = await running(bound, client, PLAN, INSTALLATION, ROUTER)
    for _ in range(2):
        await bound.service_book.ensure_terminated(client, billed.services[0])
    status = {s.billing_product: s.status for s in await bound.service_book.services(client)}
    over = ServiceStatus.TERMINATED
    assert status == {"101": over, "113": ServiceStatus.COMPLETED, "117": over}
    assert live_internet(await bound.service_book.services(client)) is None


async def test_ending_an_option_leaves_the_plan_and_the_other_option(bound: WorldBindings) -> None:
    client = await added(bound)
    billed = await running(bound, client, PLAN, ROUTER, HOME_PHONE)
    await bound.service_book.ensure_terminated(client, billed.services[1])
    status = {s.billing_product: s.status for s in await bound.service_book.services(client)}
    running_still, over = ServiceStatus.ACTIVE, ServiceStatus.TERMINATED
    assert status == {"101": running_still, "117": over, "116": running_still}


async def test_a_sim_that_has_ended_opens_no_family_plan(bound: WorldBindings) -> None:
    client = await added(bound)
    billed = await running(bound, client, SIM, SIM_FEE)
    assert has_active_sim(await bound.service_book.services(client))
    await bound.service_book.ensure_terminated(client, billed.services[0])
    assert not has_active_sim(await bound.service_book.services(client))


async def test_a_service_set_up_by_hand_counts_by_its_words(bound: WorldBindings) -> None:
    client = await added(bound)
    service = await bound.billing_desk.add_service(client, "Line 204", "SonixNet via NTT Optical Fiber", 6_000)
    found = live_internet(await bound.service_book.services(client))
    assert found is not None and (found.id, found.mark, found.billing_order) == (service, None, None)


async def test_staff_suspend_resume_and_end_a_service(bound: WorldBindings) -> None:
    client = await added(bound)
    plan = (await running(bound, client)).services[0]
    seen = []
    for deed in (
        bound.billing_desk.suspend_service(plan),
        bound.billing_desk.unsuspend_service(plan),
        bound.billing_desk.terminate_service(plan),
    ):
        await deed
        service = await bound.service_book.service(client, plan)
        seen.append(service.status if service else None)
    assert seen == [ServiceStatus.SUSPENDED, ServiceStatus.ACTIVE, ServiceStatus.TERMINATED]


async def test_a_product_without_module_ends_by_its_record(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    product = world.records.one("billing_product", pid=ROUTER.billing_product)
    assert product is not None
    world.records.update("billing_product", product["id"], {"module": None}, by="staff")
    billed = await running(bound, client, ROUTER)
    await bound.service_book.ensure_terminated(client, billed.services[0])
    service = await bound.service_book.service(client, billed.services[0])
    assert service is not None and service.status is ServiceStatus.TERMINATED


# --- invoices ------------------------------------------------------------------------------------------------------
async def test_an_order_is_invoiced_at_once_line_by_line(bound: WorldBindings) -> None:
    client = await added(bound)
    billed = await running(bound, client)
    (listed,) = await bound.invoice_book.invoices(client)
    assert (listed.total, listed.status, listed.lines, listed.balance) == (28_300, InvoiceStatus.UNPAID, (), None)
    today = tokyo_date(bound.clock.now())
    assert (listed.issued, listed.due) == (today, today)
    whole = await bound.invoice_book.invoice(client, listed.id)
    assert whole is not None and whole.balance == 28_300
    assert [(line.amount, line.service) for line in whole.lines] == list(
        zip([5_500, 22_800], billed.services, strict=True)
    )
    assert whole.lines[0].description


async def test_an_invoice_says_what_it_is_for_and_is_known_by_its_number(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    await running(bound, client)
    (listed,) = await bound.invoice_book.invoices(client)
    whole = await bound.invoice_book.invoice(client, listed.id)
    assert whole is not None and listed.number == listed.id in {row["id"] for row in world.records.find("invoice")}
    assert whole.lines[0].description == "Internet Home 1G Silver (2026-01-20 - 2026-02-19)"
    assert str(listed.issued) == "2026-01-20"


async def test_each_month_is_invoiced_two_weeks_before_it_begins(bound: WorldBindings) -> None:
    client = await added(bound)
    await running(bound, client, PLAN, ROUTER)
    await bound.control.move_clock(japan(2026, 2, 5))
    assert len(await bound.invoice_book.invoices(client)) == 1
    await bound.control.move_clock(japan(2026, 2, 6))
    newest = (await bound.invoice_book.invoices(client))[0]
    assert (newest.issued, newest.due, newest.total) == (date(2026, 2, 6), date(2026, 2, 20), 5_830)
    await bound.control.move_clock(japan(2026, 5, 10))
    invoices = await bound.invoice_book.invoices(client)
    assert [str(i.due) for i in invoices] == ["2026-05-20", "2026-04-20", "2026-03-20", "2026-02-20", "2026-01-20"]
    assert str(invoices[0].issued) == "2026-05-06"


async def test_the_months_invoice_is_there_however_the_clock_came_there(bound: WorldBindings, world: World) -> None:
    mina, ken = await added(bound), await added(bound, "ken@example.com", "P1000002")
    await running(bound, mina, PLAN)
    await running(bound, ken, PLAN, mark=OTHER_MARK)
    world.clock.set(japan(2026, 2, 20))
    due = await bound.invoice_book.due_by(date(2026, 2, 20))
    assert [str(invoice.due) for invoice in due] == ["2026-01-20", "2026-01-20", "2026-02-20", "2026-02-20"]
    assert {invoice.client for invoice in due[2:]} == {mina, ken}


async def test_a_month_that_is_too_short_does_not_move_the_day(bound: WorldBindings) -> None:
    client = await added(bound)
    await bound.control.move_clock(japan(2026, 1, 31))
    await running(bound, client, PLAN)
    await bound.control.move_clock(japan(2026, 4, 1))
    dues = [str(invoice.due) for invoice in await bound.invoice_book.invoices(client)]
    assert dues == ["2026-03-31", "2026-02-28", "2026-01-31"]


async def test_what_has_ended_is_invoiced_no_more(bound: WorldBindings) -> None:
    client = await added(bound)
    billed = await running(bound, client, PLAN)
    await bound.service_book.ensure_terminated(client, billed.services[0])
    await bound.control.advance(timedelta(days=100))
    assert len(await bound.invoice_book.invoices(client)) == 1


async def test_paying_settles_an_invoice_and_moves_the_next_due_date(bound: WorldBindings) -> None:
    client = await added(bound)
    billed = await running(bound, client)
    (invoice,) = await bound.invoice_book.invoices(client)
    await bound.billing_desk.pay_invoice(invoice.id)
    paid = await bound.invoice_book.invoice(client, invoice.id)
    assert paid is not None
    assert (paid.status, paid.balance, paid.total) == (InvoiceStatus.PAID, 0, 28_300)
    assert paid.paid_on == date(2026, 1, 20)
    plan = await bound.service_book.service(client, billed.services[0])
    assert plan is not None and plan.next_due == date(2026, 2, 20)
    with pytest.raises(Rejected) as refused:
        await bound.billing_desk.pay_invoice(invoice.id)
    assert refused.value.code == "wrong_state"


async def test_drafts_and_other_peoples_invoices_are_not_shown(bound: WorldBindings) -> None:
    mina, ken = await added(bound), await added(bound, "ken@example.com", "P1000002")
    day = date(2026, 2, 1)
    draft = await bound.billing_desk.make_invoice(mina, "Not ready", 100, day, draft=True)
    hers = await bound.billing_desk.make_invoice(mina, "A visit", 3_300, day)
    assert [invoice.id for invoice in await bound.invoice_book.invoices(mina)] == [hers]
    assert await bound.invoice_book.invoices(ken) == ()
    assert await bound.invoice_book.invoice(mina, draft) is None
    assert await bound.invoice_book.invoice(ken, hers) is None
    assert await bound.invoice_book.invoice(mina, InvoiceId("999999999")) is None


async def test_what_is_due_is_found_for_all_clients(bound: WorldBindings) -> None:
    mina, ken = await added(bound), await added(bound, "ken@example.com", "P1000002")
    late = await bound.billing_desk.make_invoice(mina, "A", 100, date(2026, 2, 10))
    soon = await bound.billing_desk.make_invoice(ken, "B", 200, date(2026, 2, 1))
    await bound.billing_desk.make_invoice(ken, "C", 300, date(2026, 2, 11))
    paid = await bound.billing_desk.make_invoice(ken, "D", 400, date(2026, 2, 1))
    await bound.billing_desk.pay_invoice(paid)
    due = await bound.invoice_book.due_by(date(2026, 2, 10))
    assert [(invoice.id, invoice.client) for invoice in due] == [(soon, ken), (late, mina)]


# --- the door ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", [page for page in Page if page is not Page.INVOICE])
async def test_the_door_opens_for_a_minute_and_never_twice_alike(
    bound: WorldBindings, world: World, page: Page
) -> None:
    client = await added(bound)
    first = await bound.billing_door.link(client, page)
    await bound.control.advance(timedelta(seconds=1))
    second = await bound.billing_door.link(client, page)
    wire = world.wires.get("whmcs")
    site = wire.url if isinstance(wire, Served) else f"{BILLING_SITE}/"
    assert first.url.startswith(f"{site}oauth/singlesignon.php?access_token=")
    assert first.url != second.url
    assert timedelta(0) < second.until - bound.clock.now() <= timedelta(seconds=60)


@pytest.mark.parametrize("seconds", [0, 61])
async def test_a_link_opens_its_page_once_and_within_a_minute(bound: WorldBindings, seconds: int) -> None:
    link = await bound.billing_door.link(await added(bound), Page.SERVICES)
    await bound.control.advance(timedelta(seconds=seconds))
    if not seconds:
        assert await bound.billing_desk.open_link(link.url) == "clientarea:services"
    with pytest.raises(Rejected) as refused:
        await bound.billing_desk.open_link(link.url)
    assert refused.value.code == "wrong_state"


async def test_the_door_leads_to_ones_own_invoice_only(bound: WorldBindings) -> None:
    mina, ken = await added(bound), await added(bound, "ken@example.com", "P1000002")
    invoice = await bound.billing_desk.make_invoice(mina, "A", 100, date(2026, 2, 10))
    assert (await bound.billing_door.link(mina, Page.INVOICE, invoice)).url
    for client, wanted in ((ken, invoice), (mina, None), (mina, InvoiceId("999999999"))):
        with pytest.raises(Rejected) as refused:
            await bound.billing_door.link(client, Page.INVOICE, wanted)
        assert refused.value.code == "not_found"


async def test_the_door_is_shut_where_single_sign_on_is_off(bound: WorldBindings) -> None:
    client = await added(bound)
    await bound.billing_desk.switch_sso(client, on=False)
    with pytest.raises(Rejected) as refused:
        await bound.billing_door.link(client, Page.SERVICES)
    assert refused.value.code == "wrong_state"
    await bound.billing_desk.switch_sso(client, on=True)
    assert (await bound.billing_door.link(client, Page.SERVICES)).url


@pytest.mark.parametrize("page", [page for page in Page if page is not Page.INVOICE])
async def test_the_door_leads_to_each_page(bound: WorldBindings, page: Page) -> None:
    client = await added(bound)
    first, second = [await bound.billing_door.link(client, page) for _ in range(2)]
    assert first.url.startswith(("http://", "https://")) and first.url != second.url


async def test_the_door_leads_to_ones_invoice(bound: WorldBindings) -> None:
    mina, ken = await added(bound), await added(bound, "ken@example.com", "P1000002")
    await running(bound, mina)
    (invoice,) = await bound.invoice_book.invoices(mina)
    assert (await bound.billing_door.link(mina, Page.INVOICE, invoice.id)).url
    with pytest.raises(Rejected, match="not_found"):
        await bound.billing_door.link(ken, Page.INVOICE, invoice.id)
    assert await bound.invoice_book.invoice(ken, invoice.id) is None


async def test_no_link_stands_in_the_ledger(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    entries = len(world.ledger.entries)
    await bound.billing_door.link(client, Page.SERVICES)
    assert len(world.ledger.entries) == entries


# --- what billing tells --------------------------------------------------------------------------------------------
async def test_changes_in_billing_are_told(bound: WorldBindings) -> None:
    client = await added(bound)
    plan = (await running(bound, client, PLAN)).services[0]
    before = (await bound.fact_stream.after(None, 0)).position
    await bound.billing_desk.add_payment_method(client)
    (invoice,) = await bound.invoice_book.invoices(client)
    await bound.billing_desk.suspend_service(plan)
    await bound.billing_desk.pay_invoice(invoice.id)
    facts = (await bound.fact_stream.after(before, 0)).facts
    assert [type(fact) for fact in facts[:2]] == [PaymentMethodsChanged, ServiceChanged]
    assert {type(fact) for fact in facts[2:]} == {InvoiceChanged, ServiceChanged}
    assert [fact.client for fact in facts if not isinstance(fact, tuple)] == [client] * len(facts)
    assert not any(fact.own for fact in facts)


async def test_the_invoices_of_a_month_are_told(bound: WorldBindings) -> None:
    client = await added(bound)
    await running(bound, client, PLAN)
    before = (await bound.fact_stream.after(None, 0)).position
    await bound.control.move_clock(japan(2026, 2, 6))
    facts = (await bound.fact_stream.after(before, 0)).facts
    assert [fact.invoice for fact in facts if isinstance(fact, InvoiceChanged)] == ["2"]


async def test_what_the_portal_did_itself_is_marked(bound: WorldBindings) -> None:
    client = await added(bound)
    plan = (await running(bound, client, PLAN)).services[0]
    facts = (await bound.fact_stream.after(None, 0)).facts
    assert {fact.own for fact in facts} == {True}
    assert {fact.service for fact in facts if isinstance(fact, ServiceChanged)} == {ServiceId(plan)}
