"""Which facts the portal makes of Salesforce's events (T-5, FUL-1, ELG-6)."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.wire.salesforce.pubsub.faults import EventFault
from adapters.salesforce.events.topics import topics_of as topics_of_org
from adapters.salesforce.field_map import DEFAULT
from core.domain.eligibility import EligibilityStatus
from core.domain.facts import (
    AccountChanged,
    CatalogChanged,
    EligibilityChanged,
    IdentityChanged,
    OpportunityChanged,
    OrderChanged,
)
from core.domain.identity import IdStatus
from core.domain.opportunity import Stage
from core.domain.order import OrderStatus
from tests.salesforce.events_house import Ear, EventsHouse, events_house
from tests.wire.salesforce.pubsub_house import (
    ACCOUNTS,
    ORDERS,
    one_loop,  # noqa: F401 - fixture
    topics_of,
)

UPDATE = "/event/Account_Internet_Eligibility_Update__e"
ALL = "/data/ChangeEvents"


@pytest.fixture
async def house() -> AsyncIterator[EventsHouse]:
    async with events_house((ALL,)) as house:
        yield house


def kinds(facts: list[Any]) -> list[type]:
    return [type(fact) for fact in facts]


def header(bus: EventBus, object: str, kind: str, ids: list[str], **more: Any) -> dict[str, Any]:
    """An event with a header alone, to be told as it stands."""
    commit = bus.commit("staff", bus.world.clock.now())
    record = bus.captured[object].bare(kind, ids, commit, 1)
    record["ChangeEventHeader"] |= more
    return record


async def test_a_change_of_an_account_becomes_what_changed_of_it(house: EventsHouse, ear: Ear) -> None:
    account = house.pubsub.account()
    assert kinds(await ear.hear()) == [AccountChanged]
    house.pubsub.change(account, eligibility_status="Eligible", eligibility_value="Home 1G")
    (fact,) = await ear.hear()
    assert fact == EligibilityChanged(id=fact.id, at=house.pubsub.last_commit, account=account)
    house.pubsub.change(account, id_status="Verified")
    house.pubsub.change(account, city="Kobe")
    house.pubsub.change(account, eligibility_value=None, id_note="seen", phone="1")
    assert kinds(await ear.hear()) == [
        IdentityChanged,
        AccountChanged,
        EligibilityChanged,
        IdentityChanged,
        AccountChanged,
    ]


async def test_an_echo_of_the_portals_own_is_known_as_such(house: EventsHouse, ear: Ear) -> None:
    account = house.pubsub.account()
    house.pubsub.change(account, by="portal", phone="1")
    assert [fact.own for fact in await ear.hear()] == [False, True]


async def test_an_echo_says_what_the_portal_wrote(house: EventsHouse, ear: Ear) -> None:
    records, account = house.world.records, house.pubsub.account()
    await ear.hear()
    order = house.an_order(account, "portal")
    (placed,) = await ear.hear()
    assert (placed.own, placed.status, placed.only_details) == (True, OrderStatus.PENDING_REVIEW, False)
    assert placed.changed_at == records.get("order", order)["changed_at"]
    records.update("order", order, {"activation": "Activating"}, "portal")
    (noted,) = await ear.hear()
    assert (noted.own, noted.status, noted.only_details) == (True, None, True)
    assert noted.changed_at == records.get("order", order)["changed_at"] > placed.changed_at
    sale = {"account": account, "name": "Sale", "stage": "Introduction", "close_date": date(2026, 2, 1)}
    opportunity = records.create("opportunity", sale, "portal")
    records.update("opportunity", opportunity, {"stage": "Ready", "name": "Other"}, "portal")
    moved_at = records.get("opportunity", opportunity)["changed_at"]
    records.update("opportunity", opportunity, {"name": "Another"}, "portal")
    facts = await ear.hear_all(least=3)
    told = [(fact.stage, fact.only_details) for fact in facts]
    assert told == [(Stage.INTRODUCTION, False), (Stage.READY, False), (None, True)]
    assert facts[1].changed_at == moved_at


async def test_an_echo_says_to_what_an_account_came(house: EventsHouse, ear: Ear) -> None:
    account = house.pubsub.account()
    await ear.hear()
    house.pubsub.change(account, by="portal", eligibility_status="Pending", id_status="Submitted")
    house.pubsub.change(account, by="portal", eligibility_address="Kobe", id_submitted_at=house.world.clock.now())
    told = [(fact.status, fact.only_details) for fact in await ear.hear_all(least=4)]
    assert told == [(EligibilityStatus.PENDING, False), (IdStatus.SUBMITTED, False), (None, True), (None, True)]


async def test_of_what_others_wrote_nothing_is_taken_from_the_event(house: EventsHouse, ear: Ear) -> None:
    account = house.pubsub.account()
    await ear.hear()
    order = house.an_order(account)
    house.world.records.update("order", order, {"cancel_message": "Sorry"}, "staff")
    house.pubsub.change(account, eligibility_status="Pending")
    house.pubsub.change(account, id_note="seen")
    facts = await ear.hear_all(least=4)
    assert not any(fact.own or fact.status or fact.only_details for fact in facts)


async def test_each_echo_of_one_transaction_is_told(house: EventsHouse, ear: Ear) -> None:
    """What the first says is not what the second says, so neither stands for both."""
    records, account = house.world.records, house.pubsub.account()
    await ear.hear()
    order = house.an_order(account, "portal")
    await ear.hear()
    header_ = {"transactionKey": "0000-1", "changeOrigin": "com/salesforce/api/rest/64.0;client=genkan"}
    names = house.pubsub.bus.captured["Order"].shape.names
    for field, said in (("Status", "Approved"), ("Status", "Cancelled")):
        record = header(house.pubsub.bus, "Order", "UPDATE", [order], **header_) | {field: said}
        record["ChangeEventHeader"]["changedFields"] = [f"0x{1 << names.index(field):X}"]
        house.pubsub.bus.tell("Order", record, house.world.clock.now())
    facts = await ear.hear_all(least=2)
    assert [fact.status for fact in facts] == [OrderStatus.APPROVED, OrderStatus.CANCELLED]
    assert records.get("order", order)["status"] == "Pending Review"


async def test_an_echo_at_a_word_that_the_portal_does_not_know_says_nothing(house: EventsHouse, ear: Ear) -> None:
    order = house.an_order(house.pubsub.account(), "portal")
    await ear.hear_all(least=2)
    origin = {"changeOrigin": "com/salesforce/api/rest/64.0;client=genkan"}
    record = header(house.pubsub.bus, "Order", "UPDATE", [order], **origin) | {"Status": "On its way"}
    place = house.pubsub.bus.captured["Order"].shape.names.index("Status")
    record["ChangeEventHeader"]["changedFields"] = [f"0x{1 << place:X}"]
    house.pubsub.bus.tell("Order", record, house.world.clock.now())
    (fact,) = await ear.hear()
    assert (fact.own, fact.status, fact.only_details) == (True, None, False)


async def test_an_echo_whose_bitmap_means_nothing_says_nothing(house: EventsHouse, ear: Ear) -> None:
    order = house.an_order(house.pubsub.account(), "portal")
    await ear.hear_all(least=2)
    origin = {"changeOrigin": "com/salesforce/api/rest/64.0;client=genkan"}
    record = header(house.pubsub.bus, "Order", "UPDATE", [order], **origin)
    record["ChangeEventHeader"]["changedFields"] = ["zz"]
    house.pubsub.bus.tell("Order", record, house.world.clock.now())
    (fact,) = await ear.hear()
    assert (type(fact), fact.own, fact.status, fact.only_details) == (OrderChanged, True, None, False)
    assert not ear.stream.reader.parked


async def test_another_clients_change_is_no_echo() -> None:
    async with events_house((ALL,), client="genkan-2") as house:
        account = house.pubsub.account()
        house.pubsub.change(account, by="portal", phone="1")
        assert not any(fact.own for fact in await house.ear().hear())


async def test_a_log_in_is_no_news_and_is_passed(house: EventsHouse, ear: Ear) -> None:
    account = house.pubsub.account()
    await ear.hear()
    house.pubsub.change(account, by="portal", last_sign_in=house.world.clock.now())
    assert await ear.hear() == []
    house.pubsub.change(account, phone="1")
    assert len(await ear.hear()) == 1


async def test_whose_an_order_is_comes_from_its_beginning_or_is_asked_once(house: EventsHouse, ear: Ear) -> None:
    account = house.pubsub.account()
    known = house.an_order(account)
    await ear.hear()
    house.world.records.update("order", known, {"status": "Approved"}, "staff")
    (fact,) = await ear.hear()
    assert (type(fact), fact.order, fact.account) == (OrderChanged, known, account)
    assert ear.asked == []
    house.world.records.update("order", known, {"status": "Cancelled"}, "staff")
    later = house.ear(ear.last)  # a process that saw nothing of the beginning
    for status in ("Approved", "Cancelled"):
        (fact,) = await later.hear()
        assert (fact.order, fact.account) == (known, account)
        house.world.records.update("order", known, {"status": status}, "staff")
    assert later.asked == [("order", (known,))]


async def test_a_sale_and_a_contact_belong_to_their_account(house: EventsHouse, ear: Ear) -> None:
    account = house.pubsub.account()
    sale = {"account": account, "name": "Sale", "stage": "Introduction", "close_date": date(2026, 2, 1)}
    opportunity = house.world.records.create("opportunity", sale, "staff")
    contact = house.world.records.create("contact", {"account": account, "last_name": "Mori"}, "staff")
    alone = house.world.records.create("contact", {"last_name": "Nobody's"}, "staff")
    _, sold, person = await ear.hear()
    assert (type(sold), sold.opportunity, sold.account) == (OpportunityChanged, opportunity, account)
    assert (type(person), person.account) == (AccountChanged, account)
    house.world.records.update("contact", contact, {"phone": "1"}, "staff")
    house.world.records.update("contact", alone, {"phone": "1"}, "staff")
    (person,) = await ear.hear()
    assert person.account == account


async def test_what_is_sold_is_read_again_once_a_transaction(house: EventsHouse, ear: Ear) -> None:
    records = house.world.records
    products = records.find("product")[:2]
    with records.all_or_none():
        for product in products:
            records.update("product", product["id"], {"description": "Other words"}, "staff")
            records.update(
                "price_entry", records.find("price_entry", product=product["id"])[0]["id"], {"unit_price": 7}, "staff"
            )
    records.update("product", products[0]["id"], {"description": "And others"}, "staff")
    facts = await ear.hear()
    assert kinds(facts) == [CatalogChanged, CatalogChanged]
    assert facts[0].id != facts[1].id


async def test_one_event_can_be_of_several_records(house: EventsHouse, ear: Ear) -> None:
    accounts = [house.pubsub.account(), house.pubsub.account()]
    await ear.hear()
    record = header(house.pubsub.bus, "Account", "UPDATE", accounts) | {"Phone": "1"}
    place = house.pubsub.bus.captured["Account"].shape.names.index("Phone")
    record["ChangeEventHeader"]["changedFields"] = [f"0x{1 << place:X}"]
    house.pubsub.bus.tell("Account", record, house.world.clock.now())
    facts = await ear.hear()
    assert [(type(fact), fact.account) for fact in facts] == [(AccountChanged, account) for account in accounts]
    assert len({fact.id for fact in facts}) == 2


@pytest.mark.parametrize("kind", ["GAP_CREATE", "GAP_UPDATE", "GAP_UNDELETE", "UNDELETE"])
async def test_after_a_gap_everything_of_the_account_is_read(house: EventsHouse, ear: Ear, kind: str) -> None:
    account = house.pubsub.account()
    await ear.hear()
    house.pubsub.bus.tell("Account", header(house.pubsub.bus, "Account", kind, [account]), house.world.clock.now())
    assert kinds(await ear.hear()) == [EligibilityChanged, IdentityChanged, AccountChanged]


async def test_after_a_gap_the_order_is_read_and_found_whose_it_is(house: EventsHouse) -> None:
    order = house.an_order(account := house.pubsub.account())
    ear = house.ear()
    await ear.hear()
    house.pubsub.server.faults.events.append(EventFault.GAP)
    house.world.records.update("order", order, {"status": "Approved"}, "portal")
    (fact,) = await ear.hear()
    # nobody knows which of the changes it stands for were the portal's own
    assert (type(fact), fact.order, fact.account, fact.own) == (OrderChanged, order, account, False)


async def test_two_gaps_of_one_transaction_are_two_facts(house: EventsHouse, ear: Ear) -> None:
    order = house.an_order(house.pubsub.account())
    await ear.hear()
    gap = header(house.pubsub.bus, "Order", "GAP_UPDATE", [order])
    for _ in range(2):
        house.pubsub.bus.tell("Order", gap, house.world.clock.now())
    assert len({fact.id for fact in await ear.hear()}) == 2


async def test_a_detail_does_not_stand_for_what_else_changed_in_its_transaction(house: EventsHouse, ear: Ear) -> None:
    records, account = house.world.records, house.pubsub.account()
    contact = records.create("contact", {"account": account, "last_name": "Mori"}, "staff")
    await ear.hear_all(least=2)
    with records.all_or_none():
        records.update("contact", contact, {"city": "Kobe"}, "staff")
        house.pubsub.change(account, portal_status="Inactive")
        records.update("contact", contact, {"city": "Osaka"}, "staff")
    facts = await ear.hear_all()
    assert {fact.only_details for fact in facts if isinstance(fact, AccountChanged)} == {True, False}
    assert len({fact.id for fact in facts}) == len(facts) == 2


async def test_what_is_gone_is_told(house: EventsHouse, ear: Ear) -> None:
    account = house.pubsub.account(eligibility_status="Pending")
    await ear.hear()
    house.world.records.delete("account", account, "staff")
    assert kinds(await ear.hear()) == [AccountChanged]


async def test_an_object_that_is_none_of_ours_is_passed(house: EventsHouse, ear: Ear) -> None:
    account = house.pubsub.account()
    await ear.hear()
    record = header(house.pubsub.bus, "Account", "UPDATE", [account], entityName="Invoice__c")
    house.pubsub.bus.tell("Account", record, house.world.clock.now())
    assert await ear.hear() == []
    assert not ear.stream.reader.parked
    house.pubsub.change(account, phone="1")
    assert len(await ear.hear()) == 1


async def test_the_same_event_on_two_topics_is_one_fact() -> None:
    async with events_house((ALL, ACCOUNTS)) as house:
        house.pubsub.account()
        assert len(await house.ear().hear()) == 1


async def test_names_are_those_of_the_org(house: EventsHouse) -> None:
    ear = house.ear(names=DEFAULT.renamed({"account.phone": "Id_Verification_Status__c", "account.id_status": "Phone"}))
    account = house.pubsub.account()
    await ear.hear()
    house.pubsub.change(account, phone="1")
    assert kinds(await ear.hear()) == [IdentityChanged]


async def test_fields_are_named_by_the_events_own_schema(house: EventsHouse, ear: Ear) -> None:
    account = house.pubsub.account()
    await ear.hear()
    house.pubsub.change(account, id_status="Submitted")
    house.pubsub.bus.drift("Account", "Loyalty__c")
    house.pubsub.change(account, id_status="Verified", city="Kobe")
    assert kinds(await ear.hear()) == [IdentityChanged, IdentityChanged, AccountChanged]
    house.pubsub.change(account, id_status="Rejected")
    assert kinds(await ear.hear()) == [IdentityChanged]
    assert house.pubsub.server.asked_schemas == 2


async def test_an_answer_comes_as_a_platform_event_too() -> None:
    async with events_house((UPDATE,)) as house:
        ear = house.ear()
        account = house.pubsub.account()
        house.pubsub.change(account, eligibility_status="Eligible")
        (fact,) = await ear.hear()
        assert (type(fact), fact.account, fact.at) == (EligibilityChanged, account, house.pubsub.last_commit)
        assert (fact.own, fact.status) == (False, EligibilityStatus.ELIGIBLE)
        house.pubsub.change(account, id_status="Verified")
        facts = await ear.hear()
        assert kinds(facts) == [EligibilityChanged, IdentityChanged]
        assert [fact.status for fact in facts] == [EligibilityStatus.ELIGIBLE, IdStatus.VERIFIED]


async def test_a_platform_event_is_read_by_the_names_of_the_org() -> None:
    renamed = DEFAULT.renamed(
        {"account_update.eligibility_status": "Id_Verification_Status__c", "account_update.id_status": "Answer__c"}
    )
    async with events_house((UPDATE,)) as house:
        ear = house.ear(names=renamed)
        account = house.pubsub.account()
        house.pubsub.change(account, id_status="Verified")
        assert kinds(await ear.hear()) == [EligibilityChanged]


def test_topics_are_those_of_the_org() -> None:
    assert topics_of_org(DEFAULT) == (
        *topics_of("Account", "Order", "Opportunity", "Product2", "PricebookEntry"),
        UPDATE,
    )
    renamed = topics_of_org(DEFAULT.renamed({"order": "Purchase__c", "account_update": "Answer__e"}))
    assert renamed[1] == "/data/Purchase__ChangeEvent"
    assert renamed[-1] == "/event/Answer__e"


async def test_what_happened_at_once_on_several_topics_comes_in_its_order() -> None:
    async with events_house((ORDERS, ACCOUNTS, *topics_of("Opportunity"))) as house:
        with house.world.records.all_or_none():
            account = house.pubsub.account()
            order = house.an_order(account)
        house.world.records.update("order", order, {"status": "Approved"}, "staff")
        house.pubsub.change(account, phone="1")
        facts = await house.ear().hear()
        assert kinds(facts) == [AccountChanged, OrderChanged, OrderChanged, AccountChanged]
