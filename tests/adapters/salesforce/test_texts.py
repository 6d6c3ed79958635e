"""Text of any kind stays text on its way to the org and back."""

from collections.abc import AsyncIterator

import pytest

from adapters.fakes.world import World
from adapters.salesforce.bindings import SalesforcePorts
from core.domain.account import Address, Person
from core.domain.ids import CustomerNumber
from core.domain.support import ContactMessage
from ports.customer_registry import Registered
from tests.contracts.samples import Samples
from tests.contracts.wired import wired
from tests.worlds import a_world

TEXTS = (
    "ルーターが点滅しています",
    "𠮷野家 と 髙島屋 は 🏯 の 隣",
    'O\'Brien said "no"',
    "ends in a backslash \\",
    "' OR Name LIKE '%",
    "100 % sure_thing",
    "a\\' b \\\\' c",
    "a + b & c = d; e # f ? g / h",
    "<b>bold</b> &amp; é",
)


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
async def ports(world: World) -> AsyncIterator[SalesforcePorts]:
    async with wired(world) as (ports, _):
        yield ports


@pytest.fixture
async def mina(ports: SalesforcePorts) -> Registered:
    return await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())


@pytest.mark.parametrize("text", TEXTS)
async def test_what_a_customer_writes_reads_back(ports: SalesforcePorts, mina: Registered, text: str) -> None:
    new = Samples.case(mina.account, mina.contact, subject=text, description=f"{text}\n{text}")
    case = await ports.support_desk.ensure_case(new)
    await ports.support_desk.ensure_comment(Samples.key(text), case, text)
    await ports.support_desk.ensure_comment(Samples.key(text), case, text)
    shown = await ports.support_desk.case(mina.account, case)
    assert shown is not None
    assert (shown.subject, shown.description) == (text, f"{text}\n{text}")
    assert [comment.text for comment in shown.comments] == [text]


@pytest.mark.parametrize("text", TEXTS)
async def test_a_name_and_an_address_read_back(ports: SalesforcePorts, text: str) -> None:
    person, home = Person(first_name=text, last_name=text), Address("150-0002", "東京都", text, text, text)
    customer = Samples.customer(number=CustomerNumber("P1000009"), person=person, address=home)
    made = await ports.customer_registry.ensure_customer(Samples.key(text), customer)
    assert await ports.customer_registry.ensure_customer(Samples.key(text), customer) == made
    profile = await ports.customer_registry.profile(made.account)
    assert profile is not None
    assert (profile.person, profile.address) == (person, home)


@pytest.mark.parametrize("text", TEXTS)
async def test_nobodys_text_finds_somebody_elses_record(
    ports: SalesforcePorts, mina: Registered, world: World, text: str
) -> None:
    assert await ports.customer_registry.find_by_email(text) is None
    assert await ports.customer_registry.find_by_number(CustomerNumber(text)) is None
    assert await ports.order_book.find_by_key(Samples.key(text)) is None
    message = ContactMessage(
        key=Samples.key(text), email="ana@example.jp", name=text, subject=text, message=f"{text} {text}"
    )
    assert await ports.support_desk.ensure_lead(message) == await ports.support_desk.ensure_lead(message)
    assert len(world.records.find("lead")) == 1
    assert mina.account


async def test_what_looks_like_a_reference_to_another_part_is_none(
    ports: SalesforcePorts, mina: Registered, world: World
) -> None:
    check = Samples.check(mina, note="see @{sale.id} and @{nothing.id}")
    opened = await ports.eligibility_desk.ensure_check(check, None)
    case = world.records.get("case", opened.case)
    assert case is not None
    assert "{sale.id}" in case["description"]
    assert opened.opportunity not in case["description"]
