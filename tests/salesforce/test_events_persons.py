"""Which facts the portal makes of the events of person accounts: each once, though two records tell of it (T-5)."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from adapters.fakes.faults import FaultKind
from adapters.salesforce.events.schemas import Schema
from core.domain.facts import AccountChanged, EligibilityChanged, IdentityChanged
from tests.salesforce.events_house import Ear, EventsHouse, events_house
from tests.wire.salesforce.conftest import PERSONS, events
from tests.wire.salesforce.pubsub_house import (
    one_loop,  # noqa: F401 - fixture
    topics_of,
)

ALL = "/data/ChangeEvents"
CONTACTS = topics_of("Contact")


@pytest.fixture(params=[(ALL,), topics_of("Account", "Contact"), topics_of("Account")])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[EventsHouse]:
    """The last one is of an org that tells of accounts alone."""
    org = events(PERSONS)
    if request.param == topics_of("Account"):
        org = msgspec.structs.replace(org, captured=tuple(each for each in org.captured if each != "Contact"))
    async with events_house(request.param, org=org) as house:
        yield house


@pytest.fixture
async def mina(house: EventsHouse, ear: Ear) -> tuple[str, str]:
    """A person account that was heard of."""
    account, contact = house.pubsub.person(email="mina@example.jp")
    assert [(type(fact), fact.account) for fact in await ear.hear_all()] == [(AccountChanged, account)]  # type: ignore[union-attr]
    return account, contact


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"eligibility_status": "Eligible", "eligibility_value": "Home 1G"}, EligibilityChanged),
        ({"id_status": "Verified"}, IdentityChanged),
        ({"portal_status": "Inactive"}, AccountChanged),
    ],
)
async def test_what_changed_of_the_account_is_that_and_nothing_else(
    house: EventsHouse, ear: Ear, mina: tuple[str, str], values: dict[str, Any], kind: type
) -> None:
    account, _ = mina
    house.pubsub.change(account, **values)
    (fact,) = await ear.hear_all()
    assert fact == kind(id=fact.id, at=house.pubsub.last_commit, account=account)
    assert not ear.stream.reader.parked


@pytest.mark.parametrize(
    "values", [{"email": "new@example.jp"}, {"last_name": "Sato"}, {"nationality": "JP"}, {"city": "Kobe"}]
)
async def test_what_changed_of_the_person_is_a_change_of_the_account(
    house: EventsHouse, ear: Ear, mina: tuple[str, str], values: dict[str, Any]
) -> None:
    account, contact = mina
    house.world.records.update("contact", contact, values, "staff")
    (fact,) = await ear.hear_all()
    assert isinstance(fact, AccountChanged)
    assert (fact.account, fact.only_details) == (account, True)
    assert not ear.stream.reader.parked


async def test_a_log_in_of_a_person_is_no_news(house: EventsHouse, ear: Ear, mina: tuple[str, str]) -> None:
    account, contact = mina
    house.pubsub.change(account, by="portal", last_sign_in=house.world.clock.now())
    assert await ear.hear() == []
    house.world.records.update("contact", contact, {"email": None}, "staff")
    assert len(await ear.hear_all()) == 1


async def test_what_is_lost_of_a_person_is_lost_of_both(house: EventsHouse, ear: Ear, mina: tuple[str, str]) -> None:
    _, contact = mina
    house.world.faults.switch("salesforce", "AccountChanged", FaultKind.LOST_EVENT, 1)
    house.world.records.update("contact", contact, {"email": "lost@example.jp"}, "staff")
    assert await ear.hear() == []
    house.world.records.update("contact", contact, {"email": "new@example.jp"}, "staff")
    assert len(await ear.hear_all()) == 1


async def test_a_person_who_is_gone_is_told(house: EventsHouse, ear: Ear, mina: tuple[str, str]) -> None:
    account, contact = mina
    with house.world.records.all_or_none():
        house.world.records.delete("contact", contact, "staff")
        house.world.records.delete("account", account, "staff")
    (fact,) = await ear.hear_all()
    assert (type(fact), fact.account) == (AccountChanged, account)  # type: ignore[union-attr]


async def test_a_contact_that_was_merely_dated_is_not_asked_after() -> None:
    async with events_house(CONTACTS, org=events(PERSONS)) as house:
        account, contact = house.pubsub.person()
        ear = house.ear()
        await ear.hear_all()
        later = house.ear(ear.last)  # a process that does not know whose the contact is
        house.pubsub.change(account, eligibility_status="Eligible")
        assert await later.hear() == []
        assert later.asked == []
        house.world.records.update("contact", contact, {"phone": "1"}, "staff")
        (fact,) = await later.hear_all()
        assert (type(fact), fact.account) == (AccountChanged, account)  # type: ignore[union-attr]


@pytest.mark.parametrize("named", ["Address", "com.sforce.eventbus.Address"])
def test_a_part_is_found_whatever_the_union_and_by_the_name_of_its_record(named: str) -> None:
    schema = Schema(
        """{"type": "record", "name": "AccountChangeEvent", "namespace": "com.sforce.eventbus", "fields": [
            {"name": "Name", "type": ["null", "string", {"type": "record", "name": "Switchable_PersonName", "fields": [
                {"name": "FirstName", "type": ["null", "string"]}, {"name": "LastName", "type": ["null", "string"]}]}]},
            {"name": "BillingAddress", "type": ["null", {"type": "record", "name": "Address", "fields": [
                {"name": "Street", "type": ["null", "string"]}, {"name": "City", "type": ["null", "string"]}]}]},
            {"name": "PersonMailingAddress", "type": ["null", "NAMED"]},
            {"name": "Phone", "type": ["null", "string"]}]}""".replace("NAMED", named)
    )
    assert [schema.part(0, 1), schema.part(1, 0), schema.part(2, 1)] == [
        "Name.LastName",
        "BillingAddress.Street",
        "PersonMailingAddress.City",
    ]
    assert [schema.part(2, 2), schema.part(3, 0)] == ["PersonMailingAddress.#2", "Phone.#0"]
