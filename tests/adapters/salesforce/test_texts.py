"""Text of any kind stays text on its way to the org and back."""

from collections.abc import AsyncIterator
from itertools import count

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.fakes.world import World
from adapters.salesforce.bindings import SalesforcePorts
from core.domain.account import Address, Person
from core.domain.ids import CustomerNumber, RequestKey
from core.domain.support import ContactMessage
from ports.customer_registry import ContactDetails, Registered
from tests.contracts.samples import AT, HOME, Samples
from tests.contracts.wired import Struck, wired
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
    "mail me @{home} or @@{sale.id}",
    "@{",
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


def is_kept(text: str) -> bool:
    """Whether an org keeps it: no blanks at the ends, no signs of control, no lines of its own."""
    return text.isprintable() and text == text.strip() != ""


SIGNS = st.sampled_from(["@", "{", "@{", "}", "sale.id", " ", "'", "\\", "髙", "🏯"]) | st.characters(codec="utf-8")
ANY_TEXT = st.lists(SIGNS, min_size=1, max_size=12).map("".join).filter(is_kept)
NUMBERS = count(2)


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT)
async def test_any_text_reads_back(ports: SalesforcePorts, text: str) -> None:
    number = next(NUMBERS)
    person, home = Person(first_name=text, last_name=text), Address("150-0002", "東京都", text, text, text)
    new = Samples.customer(person=person, address=home, number=Samples.number(number))
    key = RequestKey(f"{number}:{text}")
    made = await ports.customer_registry.ensure_customer(key, new)
    assert await ports.customer_registry.ensure_customer(key, new) == made
    await ports.customer_registry.save_details(made.account, ContactDetails(address=HOME))
    await ports.customer_registry.save_details(made.account, ContactDetails(address=home))
    profile = await ports.customer_registry.profile(made.account)
    assert profile is not None
    assert (profile.person.first_name, profile.person.last_name, profile.address) == (text, text, home)
    sale = Samples.opportunity(made.account, key=RequestKey(f"sale:{key}"))
    assert await ports.opportunities.ensure(sale) == await ports.opportunities.ensure(sale)
    check = Samples.check(made, note=text, key=RequestKey(f"check:{key}"), address=home)
    opened = await ports.eligibility_desk.ensure_check(check, None)
    assert await ports.eligibility_desk.ensure_check(check, None) == opened
    assert (await ports.eligibility_desk.standing(made.account)).address == home.one_line
    document = Samples.document(text.encode(), name=f"{text}.png".replace("/", "_").replace("\\", "_"))
    stored = await ports.identity_desk.ensure_document(key, made.account, document)
    assert await ports.identity_desk.ensure_document(key, made.account, document) == stored
    shown = await ports.identity_desk.ensure_submitted(made.account, stored, AT)
    assert shown.file_name == document.name


class Unfinished(Struck):
    """A way on which nothing comes through but composites and reading."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            raise httpx.ConnectError("refused", request=request)
        return await super().handle_async_request(request)


async def test_what_is_written_stands_though_its_text_can_not_be_made_whole(world: World) -> None:
    async with wired(world, Unfinished()) as (ports, _):
        new = Samples.customer(person=Person(first_name="@{x}", last_name="Kowalska"))
        made = await ports.customer_registry.ensure_customer(Samples.key("mina"), new)
        profile = await ports.customer_registry.profile(made.account)
        assert profile is not None
        assert profile.person.first_name == "@ {x}"


async def test_an_order_under_a_key_like_a_reference_is_one(ports: SalesforcePorts, mina: Registered) -> None:
    draft = Samples.draft(
        mina.account,
        await ports.catalog_shelf.catalog(),
        key=RequestKey("tab:@{x}:1"),
        configuration={"password": "@{sale.id}"},
        address=msgspec.structs.replace(HOME, building="@{order.id}"),
    )
    placed = await ports.order_book.ensure_order(draft)
    assert await ports.order_book.ensure_order(draft) == placed
    found = await ports.order_book.find_by_key(draft.key)
    assert found is not None
    assert (found.id, found.address) == (placed.order, draft.address)


async def test_what_looks_like_a_reference_to_another_part_is_none(
    ports: SalesforcePorts, mina: Registered, world: World
) -> None:
    check = Samples.check(mina, note="see @{sale.id} and @{nothing.id}")
    opened = await ports.eligibility_desk.ensure_check(check, None)
    case = world.records.get("case", opened.case)
    assert case is not None
    assert "see @{sale.id} and @{nothing.id}" in case["description"]
    assert opened.opportunity not in case["description"]
