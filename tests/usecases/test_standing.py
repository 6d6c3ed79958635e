"""One look at where a customer stands, and their story (STA)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.domain.document import SentFile
from core.domain.eligibility import EligibilityStatus
from core.domain.journeys import JourneyKind
from core.domain.session import Session
from core.domain.standing import NextAction
from core.domain.timeline import Event
from ports.errors import Unavailable
from tests.usecases.checks_house import House, a_house, done


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
async def mina(house: House) -> Session:
    return await house.customer()


async def test_every_part_is_read(house: House, mina: Session) -> None:
    await house.up.billing_desk.add_payment_method(mina.client)
    done(await house.request(mina))
    done(await house.upload(mina, SentFile("card.png", b"front")))
    shown = await house.standing(mina)
    standing = shown.standing
    assert standing.eligibility.value is not None
    assert standing.eligibility.value.status is EligibilityStatus.PENDING
    assert standing.eligibility.value.case is None
    assert standing.payment.value is not None
    assert standing.payment.value.present
    parts = (standing.identity, standing.orders, standing.services, standing.invoices, standing.checkout)
    assert all(part.available for part in parts)
    assert standing.unread.value == 0
    assert shown.tasks == (NextAction.WAIT_FOR_CHECK, NextAction.WAIT_FOR_ID_REVIEW)


async def test_a_cold_look_costs_three_readings_of_each_system(house: House, mina: Session) -> None:
    house.world.calls.clear()
    await house.standing(mina)
    by_system = {system: 0 for system, _ in house.world.calls}
    for (system, _), calls in house.world.calls.items():
        by_system[system] += calls
    # Salesforce's three are one composite on the wire
    assert by_system == {"salesforce": 3, "whmcs": 3}


@pytest.mark.parametrize(
    ("system", "operation", "lost"),
    [
        ("salesforce", "*", {"eligibility", "identity", "orders"}),
        ("whmcs", "*", {"payment", "services", "invoices"}),
        ("whmcs", "invoices", {"invoices"}),
        ("*", "*", {"eligibility", "identity", "orders", "payment", "services", "invoices"}),
    ],
)
async def test_what_cant_be_read_is_marked_and_the_rest_is_told(
    house: House, mina: Session, system: str, operation: str, lost: set[str]
) -> None:
    house.world.faults.switch(system, operation, "unavailable")
    standing = (await house.standing(mina)).standing
    names = ("eligibility", "identity", "orders", "payment", "services", "invoices", "checkout", "unread")
    assert {name for name in names if not getattr(standing, name).available} == lost


async def test_the_story_of_a_check(house: House, mina: Session) -> None:
    assert await house.timeline(mina) == ()
    done(await house.request(mina))
    [journey] = await house.timeline(mina)
    assert journey.kind is JourneyKind.INTERNET
    assert [entry.event for entry in journey.entries] == [Event.CHECK_ASKED, Event.CHECK_OPEN]
    assert journey.entries[-1].expected is not None
    await house.staff.answer_availability(mina.account, EligibilityStatus.ELIGIBLE, "Home 1G")
    await house.hear()
    [journey] = await house.timeline(mina)
    assert [entry.event for entry in journey.entries] == [Event.CHECK_ASKED, Event.CHECK_ELIGIBLE]
    assert journey.is_over


async def test_a_story_that_cant_be_read_is_not_made_up(house: House, mina: Session) -> None:
    house.world.faults.switch("salesforce", "of_account", "unavailable")
    with pytest.raises(Unavailable):
        await house.timeline(mina)


async def test_dates_are_told_by_the_rule_while_review_times_cant_be_read(house: House, mina: Session) -> None:
    done(await house.request(mina))
    house.world.faults.switch("salesforce", "review_times", "unavailable")
    [journey] = await house.timeline(mina)
    assert journey.entries[-1].expected is not None
    assert (await house.read(mina)).expected == journey.entries[-1].expected
