"""Clients: added once, told apart by address and customer number, kept up to date (ACC-1, ACC-4, ACC-10)."""

import asyncio

import pytest

from adapters.fakes.bindings import WorldBindings
from adapters.fakes.world import World
from core.domain.account import Address, Phone
from core.domain.ids import CustomerNumber, request_key
from ports.errors import Rejected, Unavailable
from tests.contracts.billing_fixtures import NOBODY, PHONE, SHIBUYA, a_client, added

KEY = request_key("sign_up", "1", "client")


async def test_a_client_is_found_as_it_was_added(bound: WorldBindings) -> None:
    client = await bound.client_book.ensure_client(KEY, a_client())
    record = await bound.client_book.find(client)
    assert record is not None
    assert (record.id, record.email, record.number) == (client, "mina@example.com", "P1000001")
    assert (record.person.first_name, record.person.last_name, record.person.company) == ("Mina", "Sato", "Kobo")
    assert (record.phone, record.address, record.closed) == (PHONE, SHIBUYA, False)
    assert await bound.client_book.find_by_email("MINA@example.com") == record


async def test_a_list_says_when_a_client_was_added(bound: WorldBindings, world: World) -> None:
    client = await bound.client_book.ensure_client(KEY, a_client())
    record = await bound.client_book.find(client)
    assert record is not None
    (listed,) = await bound.client_book.all_clients(None, 10)
    assert str(listed.added_on) == "2026-01-20"
    # over its own protocol WHMCS says it in its lists alone
    assert record.added_on == (None if "whmcs" in world.wires else listed.added_on)


async def test_who_is_not_there_is_none(bound: WorldBindings) -> None:
    assert await bound.client_book.find(NOBODY) is None
    assert await bound.client_book.find_by_email("nobody@example.com") is None


async def test_the_same_number_and_address_find_the_client(bound: WorldBindings, world: World) -> None:
    first = await bound.client_book.ensure_client(KEY, a_client())
    again = await bound.client_book.ensure_client(request_key("another", "key"), a_client(email="Mina@Example.com"))
    assert first == again
    assert len(world.records.find("client")) == 1


async def test_an_address_of_somebody_else_is_a_conflict(bound: WorldBindings) -> None:
    client = await bound.client_book.ensure_client(KEY, a_client())
    with pytest.raises(Rejected) as refused:
        await bound.client_book.ensure_client(KEY, a_client(number="P1000002"))
    assert refused.value.code == "conflict"
    record = await bound.client_book.find_by_email("mina@example.com")
    assert record is not None and (record.id, record.number) == (client, "P1000001")


async def test_an_address_in_japanese_comes_back_as_it_is(bound: WorldBindings) -> None:
    client = await added(bound)
    moved = Address("530-0001", "大阪府", "大阪市北区", "梅田1-2-3", 'グランド & 北館 "A"')
    await bound.client_book.save_details(client, None, moved)
    record = await bound.client_book.find(client)
    assert record is not None and record.address == moved


async def test_an_address_that_staff_gave_out_without_a_number_is_a_conflict(bound: WorldBindings) -> None:
    await bound.billing_desk.add_client("mina@example.com", "Mina", "Sato")
    with pytest.raises(Rejected) as refused:
        await bound.client_book.ensure_client(KEY, a_client())
    assert refused.value.code == "conflict"


async def test_a_client_that_staff_added_with_the_number_is_adopted(bound: WorldBindings) -> None:
    client = await bound.billing_desk.add_client("mina@example.com", "Mina", "Sato", "P1000001")
    assert await bound.client_book.ensure_client(KEY, a_client()) == client


async def test_a_closed_client_is_not_taken_up_again(bound: WorldBindings) -> None:
    client = await added(bound)
    await bound.billing_desk.close_client(client)
    record = await bound.client_book.find(client)
    assert record is not None and record.closed
    with pytest.raises(Rejected) as refused:
        await added(bound)
    assert refused.value.code == "conflict"


async def test_a_login_users_address_stays_taken_when_the_client_changes_its_own(
    bound: WorldBindings, world: World
) -> None:
    client = await added(bound)
    world.records.update("client", client, {"email": "new@example.com"}, by="staff")
    with pytest.raises(Rejected) as refused:
        await bound.client_book.ensure_client(KEY, a_client(number="P1000002"))
    assert refused.value.code == "conflict"


async def test_what_the_caller_has_just_seen_is_the_look(bound: WorldBindings) -> None:
    client = await bound.client_book.ensure_client(KEY, a_client(), ())
    record = await bound.client_book.find_by_email("mina@example.com")
    assert record is not None and record.id == client
    assert await bound.client_book.ensure_client(KEY, a_client(), (record,)) == client
    with pytest.raises(Rejected, match="conflict"):
        await bound.client_book.ensure_client(KEY, a_client(number="P1000002"), (record,))


async def test_who_was_added_since_the_look_is_found_all_the_same(bound: WorldBindings) -> None:
    client = await bound.client_book.ensure_client(KEY, a_client())
    assert await bound.client_book.ensure_client(KEY, a_client(), ()) == client
    with pytest.raises(Rejected, match="conflict"):
        await bound.client_book.ensure_client(KEY, a_client(number="P1000002"), ())


async def test_twenty_at_once_make_one_client(bound: WorldBindings, world: World) -> None:
    world.faults.switch("whmcs", "ensure_client", "slow", times=10, milliseconds=5)
    made = await asyncio.gather(*(bound.client_book.ensure_client(KEY, a_client()) for _ in range(20)))
    assert len(set(made)) == 1
    assert len(world.ledger.of("create client")) == 1


async def test_a_lost_answer_is_no_second_client(bound: WorldBindings, world: World) -> None:
    world.faults.switch("whmcs", "ensure_client", "timeout_after", times=1)
    with pytest.raises(Unavailable) as lost:
        await bound.client_book.ensure_client(KEY, a_client())
    assert lost.value.outcome_unknown
    client = await bound.client_book.ensure_client(KEY, a_client())
    assert [row["id"] for row in world.records.find("client")] == [client]


async def test_without_an_address_a_client_has_none_until_it_is_saved(bound: WorldBindings) -> None:
    client = await bound.client_book.ensure_client(KEY, a_client(address=None))
    record = await bound.client_book.find(client)
    assert record is not None and record.address is None
    await bound.client_book.save_details(client, None, SHIBUYA)
    record = await bound.client_book.find(client)
    assert record is not None and (record.address, record.phone) == (SHIBUYA, PHONE)


async def test_details_change_one_by_one(bound: WorldBindings) -> None:
    client = await added(bound)
    moved = Address("530-0001", "Osaka", "Osaka-shi Kita-ku", "Umeda 1-2-3")
    for _ in range(2):
        await bound.client_book.save_details(client, Phone("44", "2079460000"), None)
    record = await bound.client_book.find(client)
    assert record is not None and (record.phone, record.address) == (Phone("44", "2079460000"), SHIBUYA)
    await bound.client_book.save_details(client, None, moved)
    record = await bound.client_book.find(client)
    assert record is not None and (record.phone, record.address) == (Phone("44", "2079460000"), moved)


async def test_consent_and_what_is_taken_away(bound: WorldBindings) -> None:
    client = await added(bound)
    for consent in (True, False):
        await bound.client_book.save_details(client, None, None, marketing_consent=consent)
        record = await bound.client_book.find(client)
        assert record is not None and (record.marketing_consent, record.phone) == (consent, PHONE)
    for _ in range(2):
        await bound.client_book.clear_details(client, phone=False, address=True)
    record = await bound.client_book.find(client)
    assert record is not None and (record.phone, record.address) == (PHONE, None)
    await bound.client_book.clear_details(client, phone=True, address=False)
    record = await bound.client_book.find(client)
    assert record is not None and record.phone is None
    with pytest.raises(Rejected, match="not_found"):
        await bound.client_book.clear_details(NOBODY, phone=True, address=True)


async def test_details_of_nobody_are_refused(bound: WorldBindings) -> None:
    with pytest.raises(Rejected) as refused:
        await bound.client_book.save_details(NOBODY, PHONE, SHIBUYA)
    assert refused.value.code == "not_found"


async def test_all_clients_come_in_pages_by_their_ids(bound: WorldBindings, world: World) -> None:
    made = [await added(bound, f"c{n}@example.com", f"P10000{n:02d}") for n in range(30)]
    first = await bound.client_book.all_clients(None, 20)
    rest = await bound.client_book.all_clients(first[-1].id, 20)
    assert [record.id for record in (*first, *rest)] == made == [row["id"] for row in world.records.find("client")]
    assert rest[-1].number == CustomerNumber("P1000029")
    assert await bound.client_book.all_clients(made[-1], 20) == ()


async def test_an_installation_that_is_down_is_unavailable(bound: WorldBindings, world: World) -> None:
    world.faults.switch("whmcs", "*", "unavailable")
    with pytest.raises(Unavailable) as down:
        await bound.client_book.ensure_client(KEY, a_client())
    assert not down.value.outcome_unknown
    assert world.records.find("client") == []
