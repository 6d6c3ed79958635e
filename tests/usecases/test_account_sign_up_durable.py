"""A sign-up goes on wherever the portal died, and is left to staff when it can't (ACC-3, ACC-4, ACC-5)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from adapters.fakes.bindings import bind_world
from adapters.fakes.desk_whmcs import BillingDesk
from core.domain.account import Address, Person, Phone
from core.domain.facts import AccountChanged
from core.domain.ids import AccountId, CustomerNumber, SignUpId, request_key
from core.domain.japan import tokyo_date
from core.domain.refusals import AlreadyCustomer, TokenSpent
from core.domain.words import Language
from core.domain.work import Job, WorkKind, WorkState
from core.usecases.work.find_drift import FindDrift
from ports.customer_registry import ContactDetails
from ports.durable import DurableWork
from ports.store import SignUp
from tests.usecases.account_house import ADDRESS, House, a_form, a_house, a_quiet_house
from tests.usecases.killing import kill_at_every_point

OLD = "P0000042"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


def legacy(house: House, email: str | None = "mina@example.com", **columns: str) -> AccountId:
    """A customer whom staff entered before there was a portal."""
    records = house.world.records
    account = records.create("account", {"name": "Mina Okafor", "number": OLD, **columns}, by="staff")
    contact = {"account": account, "first_name": "Mina", "last_name": "Okafor", "email": email}
    records.create("contact", {name: value for name, value in contact.items() if value}, by="staff")
    return AccountId(account)


def drift(house: House) -> FindDrift:
    bound = bind_world(house.world)
    return FindDrift(
        house.registry, house.clients, bound.opportunities, bound.order_book, bound.service_book, house.store
    )


# --- dying -------------------------------------------------------------------------------------------------------
@dataclass
class SignedUp:
    """A house where somebody holds a code."""

    house: House
    sign_up: SignUpId
    code: str


def holding_a_code(folder: Path, number: str | None = None) -> AbstractAsyncContextManager[SignedUp]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[SignedUp]:
        async with a_quiet_house(folder) as house:
            if number is not None:
                legacy(house)
            now, id = house.clock.now(), SignUpId("s1")
            form = a_form(number=number)
            sign_up = SignUp(
                id=id,
                email=form.email,
                canonical=form.email,
                password="a hash",
                person=form.person,
                phone=form.phone,
                address=form.address,
                marketing_consent=True,
                terms_version=form.terms_version,
                terms_accepted_at=now,
                language=Language.EN,
                number=CustomerNumber(number) if number else None,
                created_at=now,
                expires_at=now,
            )
            fingerprint = house.secrets.fingerprint
            async with house.store.begin() as shelves:
                await shelves.sign_ups.add(sign_up)
                until = now + timedelta(days=1)
                await shelves.sign_ups.set_code(id, fingerprint(f"{id}:123456"), fingerprint("a token"), until)
            yield SignedUp(house, id, "123456")

    return opened()


async def confirm(signed_up: SignedUp, durable: DurableWork) -> None:
    signed_up.house.use(durable, wait=0.05)  # type: ignore[arg-type]
    await signed_up.house.confirm_sign_up(signed_up.sign_up, signed_up.code, None)


async def is_one_customer(house: House, accounts: int) -> None:
    assert house.made("account") == house.made("contact") == accounts
    assert house.made("client") == 1
    user = await house.user()
    assert user is not None
    [account] = house.world.records.find("account")
    assert (account["id"], account["client"], account["number"]) == (user.account, user.client, user.number)
    client = house.world.records.get("client", user.client)
    assert client is not None
    assert client["customer_number"] == user.number


@pytest.mark.slow
async def test_a_sign_up_makes_one_customer_wherever_the_portal_dies(tmp_path: Path) -> None:
    async def check(signed_up: SignedUp) -> None:
        await is_one_customer(signed_up.house, accounts=1)
        confirmed = await signed_up.house.confirm_sign_up(signed_up.sign_up, signed_up.code, None)
        assert confirmed.admitted is not None, "they are told that they are customers, and let in"

    points = await kill_at_every_point(
        lambda: holding_a_code(tmp_path),
        lambda signed_up, durable: signed_up.house.handlers(durable),
        confirm,
        check,
        clock=lambda signed_up: signed_up.house.clock,
        on_end=lambda signed_up: signed_up.house.closing,
        reaching={WorkKind.SIGN_UP: {"claim", "find", "number 1", "customer 1", "client", "link", "user", "welcome"}},
    )
    assert points > 30


@pytest.mark.slow
async def test_a_link_is_made_once_wherever_the_portal_dies(tmp_path: Path) -> None:
    async def check(signed_up: SignedUp) -> None:
        await is_one_customer(signed_up.house, accounts=0)

    points = await kill_at_every_point(
        lambda: holding_a_code(tmp_path, OLD),
        lambda signed_up, durable: signed_up.house.handlers(durable),
        confirm,
        check,
        clock=lambda signed_up: signed_up.house.clock,
        on_end=lambda signed_up: signed_up.house.closing,
    )
    assert points > 25


@pytest.mark.parametrize("operation", ["ensure_customer", "ensure_link", "ensure_client"])
@pytest.mark.parametrize("kind", ["unavailable", "timeout_before", "timeout_after"])
async def test_a_fault_is_ridden_out(house: House, operation: str, kind: str) -> None:
    system = "whmcs" if operation == "ensure_client" else "salesforce"
    house.world.faults.switch(system, operation, kind, times=2)
    assert (await house.sign_up()).admitted is not None
    await is_one_customer(house, accounts=1)


async def test_what_keeps_failing_for_a_day_is_left_to_staff_and_taken_up_again(house: House) -> None:
    sign_up = await house.start_sign_up(a_form())
    code = await house.code("mina@example.com")
    house.world.faults.switch("whmcs", "ensure_client", "unavailable")
    house.use(house.runner, wait=0.2)
    assert (await house.confirm_sign_up(sign_up, code, None)).reply.work.state is WorkState.IN_PROGRESS
    house.world.clock.advance(timedelta(hours=25))
    await house.settled()
    work = await house.runner.outcome(request_key("sign_up", sign_up), wait=0)
    assert work is not None
    assert (work.state, work.code) == (WorkState.WITH_STAFF, "unavailable")
    assert [m.letter for m in await house.mails("mina@example.com", "sign_up_delayed")] == ["sign_up_delayed"]
    [account] = house.world.records.find("account", number="P1000001")
    yesterday = tokyo_date(house.clock.now()) - timedelta(days=1)
    assert [(o.kind, o.subject, o.since) for o in await drift(house)()] == [
        ("orphan_account", account["id"], yesterday)
    ]

    house.world.faults.clear()
    await house.runner.retry(request_key("sign_up", sign_up))
    await house.settled()
    await is_one_customer(house, accounts=1)
    assert await drift(house)() == ()


async def test_who_never_came_to_the_portal_is_no_orphan(house: House) -> None:
    legacy(house)
    assert await drift(house)() == ()


async def test_a_user_whose_account_or_client_is_gone_is_listed(house: House) -> None:
    mina, ken = await house.customer(), await house.customer("ken@example.com")
    records = house.world.records
    for contact in records.find("contact", account=mina.account):
        records.delete("contact", contact["id"])
    records.delete("account", mina.account)
    records.delete("client", ken.client)
    found = {(each.kind, each.subject, each.account) for each in await drift(house)()}
    assert found == {
        ("account_gone", mina.account, mina.account),
        ("client_gone", ken.client, ken.account),
        ("orphan_client", mina.client, None),
    }


# --- customers the CRM knows -------------------------------------------------------------------------------------
async def test_an_address_the_crm_holds_is_linked_not_made_again(house: House) -> None:
    account = legacy(house)
    confirmed = await house.sign_up("MINA@example.com")
    assert confirmed.admitted is not None
    assert confirmed.admitted.number == OLD
    await is_one_customer(house, accounts=0)
    user = await house.user()
    assert user is not None
    assert user.account == account


async def test_a_client_that_is_set_is_linked_and_none_added(house: House) -> None:
    client = await BillingDesk(house.world).add_client("old@example.com", "Mina", "Okafor", OLD)
    legacy(house, client=client)
    assert (await house.sign_up()).admitted is not None
    user = await house.user()
    assert user is not None
    assert user.client == client
    assert house.made("client") == house.made("account") == 0


BORN = date(1994, 5, 6)
PERSON = Person(first_name="Mina", last_name="Okafor", birth_date=BORN)


async def both_hold(house: House) -> list[tuple[Phone | None, Address | None]]:
    """Phone and address of Mina's, as the CRM and as billing hold them."""
    user = await house.user()
    assert user is not None
    profile, client = await house.registry.profile(user.account), await house.clients.find(user.client)
    assert profile is not None
    assert client is not None
    return [(profile.phone, profile.address), (client.phone, client.address)]


async def test_what_a_customer_of_old_typed_is_held_by_both(house: House) -> None:
    account = legacy(house)
    assert (await house.sign_up(person=PERSON)).admitted is not None
    assert await both_hold(house) == [(Phone("81", "9012345678"), ADDRESS)] * 2
    profile = await house.registry.profile(account)
    assert profile is not None
    assert profile.person.birth_date == BORN


async def test_what_either_system_holds_of_a_customer_of_old_comes_before_what_was_typed(house: House) -> None:
    client = await BillingDesk(house.world).add_client("old@example.com", "Mina", "Okafor", OLD)
    await house.clients.save_details(client, Phone("81", "312345678"), None, marketing_consent=False)
    there = Address("530-0001", "大阪府", "大阪市北区", "梅田1-3-1")
    account = legacy(house, client=client)
    await house.registry.save_details(account, ContactDetails(address=there))
    [contact] = house.world.records.find("contact", account=account)
    house.world.records.update("contact", contact["id"], {"birth_date": date(1990, 1, 1)}, by="staff")
    assert (await house.sign_up(person=PERSON, marketing_consent=True)).admitted is not None
    assert await both_hold(house) == [(Phone("81", "312345678"), there)] * 2
    profile, record = await house.registry.profile(account), await house.clients.find(client)
    assert profile is not None
    assert profile.person.birth_date == date(1990, 1, 1)
    assert record is not None
    assert record.marketing_consent


async def test_a_number_is_linked_by_a_code_sent_to_the_address_on_file(house: House) -> None:
    legacy(house, "mina.at.home@example.com")
    sign_up = await house.start_sign_up(a_form(number=OLD))
    assert {m.letter for m in await house.mails("mina@example.com")} == {"link_impossible"}
    confirmed = await house.confirm_sign_up(sign_up, await house.code("mina.at.home@example.com"), None)
    assert confirmed.admitted is not None
    assert confirmed.admitted.number == OLD
    assert await house.user() is None, "nobody proved the address that was typed"
    assert await house.user("mina.at.home@example.com") is not None
    assert house.made("account") == 0


async def test_a_number_whose_address_staff_changed_meanwhile_is_not_linked(house: House) -> None:
    account = legacy(house)
    sign_up = await house.start_sign_up(a_form(number=OLD))
    code = await house.code("mina@example.com")
    [contact] = house.world.records.find("contact", account=account)
    house.world.records.update("contact", contact["id"], {"email": "mina.at.home@example.com"}, by="staff")
    confirmed = await house.confirm_sign_up(sign_up, code, None)
    assert (confirmed.reply.work.state, confirmed.reply.work.code) == (WorkState.REFUSED, "link_impossible")
    assert await house.user() is None


@pytest.mark.parametrize("case", ["unknown", "linked", "no address", "barred"])
async def test_numbers_that_cannot_be_linked_are_answered_alike(house: House, case: str) -> None:
    if case == "linked":
        legacy(house, "first@example.com")
        first = await house.start_sign_up(a_form("first@example.com", number=OLD))
        await house.confirm_sign_up(first, await house.code("first@example.com"), None)
    elif case == "no address":
        legacy(house, None)
    elif case == "barred":
        legacy(house, "first@example.com", portal_status="Inactive")
    sign_up = await house.start_sign_up(a_form(number=OLD))
    [mail] = await house.mails("mina@example.com")
    assert (mail.letter, mail.values) == ("link_impossible", {"number": OLD})
    for code in ("000000", "999999"):
        with pytest.raises(TokenSpent):
            await house.confirm_sign_up(sign_up, code, None)


async def test_two_addresses_of_one_account_make_one_user(house: House) -> None:
    account = legacy(house)
    second = {"account": account, "first_name": "Mina", "last_name": "Okafor", "email": "second@example.com"}
    house.world.records.create("contact", second, by="staff")
    tries = []
    for email in ("mina@example.com", "second@example.com"):
        sign_up = await house.start_sign_up(a_form(email))
        tries.append((sign_up, await house.code(email)))
    answers = await asyncio.gather(*(house.confirm_sign_up(sign_up, code, None) for sign_up, code in tries))
    await house.settled()
    assert sorted(a.reply.work.state for a in answers) == [WorkState.DONE, WorkState.REFUSED]
    assert [a.reply.work.code for a in answers if a.reply.work.state is WorkState.REFUSED] == [AlreadyCustomer.code]
    assert house.made("client") == 1


@pytest.mark.parametrize("lost", [False, True])
async def test_an_account_without_a_number_gets_the_next_one(house: House, lost: bool) -> None:
    records = house.world.records
    records.create("account", {"name": "By hand", "number": "P1000041"}, by="staff")
    account = records.create("account", {"name": "Mina Okafor"}, by="staff")
    records.create("contact", {"account": account, "last_name": "Okafor", "email": "mina@example.com"}, by="staff")
    records.create("account", {"name": "By hand", "number": "P1000042"}, by="staff")
    async with house.store.begin() as shelves:
        await shelves.numbers.begin_above(1_000_041)  # the sequence began before staff gave the next one away
    if lost:
        house.world.faults.switch("salesforce", "ensure_number", "timeout_after", times=1)
    confirmed = await house.sign_up()
    assert confirmed.admitted is not None
    assert confirmed.admitted.number == "P1000043"
    row = records.get("account", account)
    assert row is not None
    assert row["number"] == "P1000043"
    assert house.made("account") == house.made("contact") == 0
    assert house.made("client") == 1


# --- staff let in and out ----------------------------------------------------------------------------------------
async def test_staff_bar_and_admit(house: House) -> None:
    session = await house.customer()
    admitted = await house.logs_in()
    assert admitted is not None
    for number, (status, state) in enumerate((("Inactive", "barred"), ("Active", "active"))):
        house.world.records.update("account", session.account, {"portal_status": status}, by="staff")
        fact = AccountChanged(id=f"f{number}", at=house.clock.now(), account=session.account)
        await house.runner.start(Job(key=request_key(fact.id), kind=WorkKind.LEARN_FACT, data=fact))
        await house.settled()
        user = await house.user()
        assert user is not None
        assert user.state == state
    async with house.store.reading() as shelves:
        assert [e.deed for e in await shelves.audit.of_subject(session.user, 10)] == ["active", "barred"]
