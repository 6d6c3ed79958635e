"""What the customer registry promises (ACC)."""

import asyncio
from datetime import date, timedelta

import pytest

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.world import World
from core.domain.account import Person, Phone, PortalStatus
from core.domain.changes import UnreadAccount
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.ids import AccountId, ClientId, CustomerNumber
from ports.customer_registry import ContactDetails, CustomerRegistry, Link, Registered
from ports.errors import Rejected, Unavailable
from tests.contracts.samples import AT, ELSEWHERE, HOME, MINA, PHONE, Samples

KEY = Samples.key("mina")
OTHER_PHONE = Phone("81", "8011112222")


async def test_a_customer_is_one_account_and_one_contact(registry: CustomerRegistry, world: World) -> None:
    made = await registry.ensure_customer(KEY, Samples.customer())
    profile = await registry.profile(made.account)
    assert profile is not None
    assert (profile.account, profile.contact, profile.number) == (made.account, made.contact, made.number)
    assert (profile.email, profile.person, profile.phone, profile.address) == (Samples.mail("mina"), MINA, PHONE, HOME)
    assert (profile.client, profile.status) == (None, None)
    assert [e.deed for e in world.ledger.entries] == ["create account", "create contact"]
    assert {e.key for e in world.ledger.entries} == {KEY}


async def test_the_same_key_finds_what_it_made(registry: CustomerRegistry, world: World) -> None:
    first = await registry.ensure_customer(KEY, Samples.customer())
    again = await registry.ensure_customer(KEY, Samples.customer(email=Samples.mail("other"), address=ELSEWHERE))
    profile = await registry.profile(first.account)
    assert again == first
    assert profile is not None
    assert (profile.email, profile.address) == (Samples.mail("mina"), HOME)
    assert len(world.records.find("account")) == len(world.records.find("contact")) == 1


async def test_twenty_at_once_make_one(registry: CustomerRegistry, world: World) -> None:
    made = await asyncio.gather(*(registry.ensure_customer(KEY, Samples.customer()) for _ in range(20)))
    assert len(set(made)) == 1
    assert len(world.ledger.of("create account")) == len(world.ledger.of("create contact")) == 1


async def test_twenty_customers_at_once_share_no_number(registry: CustomerRegistry, world: World) -> None:
    async def try_one(place: int) -> Registered | Rejected:
        try:
            return await registry.ensure_customer(Samples.key(str(place)), Samples.customer())
        except Rejected as rejected:
            return rejected

    results = await asyncio.gather(*(try_one(place) for place in range(20)))
    refused = [r for r in results if isinstance(r, Rejected)]
    assert len(refused) == 19
    assert {(r.code, r.fields) for r in refused} == {("DUPLICATE_VALUE", ("number",))}
    assert len(world.records.find("account")) == 1


async def test_a_taken_number_leaves_nothing_behind(registry: CustomerRegistry, mina: Registered, world: World) -> None:
    before = world.ledger.entries
    with pytest.raises(Rejected, match="DUPLICATE_VALUE"):
        await registry.ensure_customer(Samples.key("kenji"), Samples.customer(email=Samples.mail("kenji")))
    assert world.ledger.entries == before
    assert await registry.find_by_email(Samples.mail("kenji")) is None


async def test_a_contact_that_is_refused_takes_its_account_along(registry: CustomerRegistry, world: World) -> None:
    with pytest.raises(Rejected, match="INVALID_EMAIL_ADDRESS") as refused:
        await registry.ensure_customer(KEY, Samples.customer(email="nobody"))
    assert refused.value.fields == ("email",)
    assert world.records.find("account") == []
    assert world.ledger.entries == ()


@pytest.mark.parametrize("kind", ["unavailable", "timeout_before", "timeout_after"])
async def test_one_customer_whatever_the_answer(registry: CustomerRegistry, world: World, kind: str) -> None:
    world.faults.switch("salesforce", "ensure_customer", kind, times=1)
    with pytest.raises(Unavailable) as fault:
        await registry.ensure_customer(KEY, Samples.customer())
    assert fault.value.outcome_unknown is (kind != "unavailable")
    assert len(world.records.find("account")) == (kind == "timeout_after")
    await registry.ensure_customer(KEY, Samples.customer())
    assert len(world.records.find("account")) == len(world.records.find("contact")) == 1


async def test_customers_are_found_by_number(registry: CustomerRegistry, mina: Registered) -> None:
    found = await registry.find_by_number(Samples.number(1))
    assert found is not None
    assert found.account == mina.account
    assert await registry.find_by_number(Samples.number(2)) is None


@pytest.mark.parametrize(
    ("usual", "written"),
    [("", ""), ("mina", " MINA"), ("example.jp", "Example.JP "), ("mina", "ｍｉｎａ"), ("@", "＠")],
)
async def test_an_address_is_compared_in_its_one_spelling(
    registry: CustomerRegistry, mina: Registered, usual: str, written: str
) -> None:
    found = await registry.find_by_email(Samples.mail("mina").replace(usual, written))
    assert found is not None
    assert found.account == mina.account


async def test_of_several_with_an_address_the_numbered_one_counts(registry: CustomerRegistry, staff: StaffDesk) -> None:
    oldest = await staff.add_account(None, MINA, Samples.mail("mina"))
    found = await registry.find_by_email(Samples.mail("mina"))
    assert found is not None
    assert found.account == oldest
    numbered = await staff.add_account(CustomerNumber("P0000007"), MINA, "Mina@example.jp")
    found = await registry.find_by_email(Samples.mail("mina"))
    assert found is not None
    assert found.account == numbered


async def test_nobody_is_nobody(registry: CustomerRegistry) -> None:
    assert await registry.find_by_email(Samples.mail("nobody")) is None
    assert await registry.profile(AccountId("001000000000000AAA")) is None
    assert await registry.profile(AccountId("no id at all")) is None
    assert await registry.highest_number() == 0


async def test_the_highest_number_is_the_orgs(registry: CustomerRegistry, staff: StaffDesk) -> None:
    for number in ("P1000250", "P1000009", "LEGACY-9"):
        await staff.add_account(CustomerNumber(number), MINA, f"{number.lower()}@example.jp")
    assert await registry.highest_number() == 1_000_250


async def test_linking_writes_the_three_fields_once(registry: CustomerRegistry, mina: Registered, world: World) -> None:
    await registry.ensure_link(mina.account, ClientId("17"), "Portal Signup", AT)
    profile = await registry.profile(mina.account)
    assert profile is not None
    assert (profile.client, profile.status) == ("17", PortalStatus.ACTIVE)
    before = world.ledger.entries
    await registry.ensure_link(mina.account, ClientId("17"), "Portal Checkout", AT)
    assert world.ledger.entries == before
    with pytest.raises(Rejected, match="conflict"):
        await registry.ensure_link(mina.account, ClientId("18"), "Portal Signup", AT)


async def test_linking_again_does_not_open_what_staff_closed(
    registry: CustomerRegistry, mina: Registered, staff: StaffDesk
) -> None:
    await registry.ensure_link(mina.account, ClientId("17"), "Portal Signup", AT)
    await staff.bar_account(mina.account)
    await registry.ensure_link(mina.account, ClientId("17"), "Portal Signup", AT)
    profile = await registry.profile(mina.account)
    assert profile is not None
    assert profile.status is PortalStatus.INACTIVE


async def test_a_customer_of_old_is_linked_as_they_are_filled(
    registry: CustomerRegistry, staff: StaffDesk, world: World
) -> None:
    account = AccountId(await staff.add_account(CustomerNumber("P0000007"), MINA, "mina@example.jp"))
    link = Link(ClientId("17"), "Portal Signup")
    for _ in range(2):
        told = await registry.fill_details(account, MINA, PHONE, ELSEWHERE, link)
        assert told is not None
        assert (told.client, told.status, told.phone, told.address) == ("17", PortalStatus.ACTIVE, PHONE, ELSEWHERE)
        assert told == await registry.profile(account)
    with pytest.raises(Rejected, match="conflict"):
        await registry.fill_details(account, MINA, PHONE, ELSEWHERE, Link(ClientId("18"), "Portal Signup"))
    await staff.bar_account(account)
    told = await registry.fill_details(account, MINA, PHONE, ELSEWHERE, link)
    assert told is not None
    assert told.status is PortalStatus.INACTIVE


async def test_a_source_the_org_does_not_know_is_refused(registry: CustomerRegistry, mina: Registered) -> None:
    with pytest.raises(Rejected, match="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"):
        await registry.ensure_link(mina.account, ClientId("17"), "Somewhere", AT)


async def test_the_last_sign_in_never_goes_back(registry: CustomerRegistry, mina: Registered, world: World) -> None:
    for hours in (2, 1, 3):
        await registry.note_sign_in(mina.account, Samples.later(hours=hours))
    row = world.records.get("account", mina.account)
    assert row is not None
    assert row["last_sign_in"] == Samples.later(hours=3)
    assert len(world.ledger.of("update account")) == 2


async def test_noting_a_sign_in_tells_whether_staff_let_them_in(
    registry: CustomerRegistry, mina: Registered, staff: StaffDesk
) -> None:
    assert await registry.note_sign_in(mina.account, AT) is None
    await registry.ensure_link(mina.account, ClientId("17"), "Portal Signup", AT)
    assert await registry.note_sign_in(mina.account, Samples.later(hours=1)) is PortalStatus.ACTIVE
    await staff.bar_account(mina.account)
    for hours in (2, 1):
        assert await registry.note_sign_in(mina.account, Samples.later(hours=hours)) is PortalStatus.INACTIVE


async def test_details_are_saved_on_account_and_contact(
    registry: CustomerRegistry, mina: Registered, world: World
) -> None:
    details = ContactDetails(address=ELSEWHERE)
    await registry.save_details(mina.account, details)
    await registry.save_details(mina.account, details)
    profile = await registry.profile(mina.account)
    assert profile is not None
    assert (profile.address, profile.phone) == (ELSEWHERE, PHONE)
    contact = world.records.get("contact", mina.contact)
    assert contact is not None
    assert contact["postcode"] == ELSEWHERE.postcode
    assert len(world.ledger.of("update account")) == len(world.ledger.of("update contact")) == 1


async def test_details_that_are_refused_change_neither(
    registry: CustomerRegistry, mina: Registered, world: World
) -> None:
    too_long = type(ELSEWHERE)("530-0001", "Osaka", "K" * 41, "Umeda")
    with pytest.raises(Rejected, match="STRING_TOO_LONG") as refused:
        await registry.save_details(mina.account, ContactDetails(address=too_long))
    assert refused.value.fields == ("city",)
    profile = await registry.profile(mina.account)
    assert profile is not None
    assert profile.address == HOME
    assert world.ledger.of("update account") == ()


async def test_an_account_without_a_number_gets_one_and_keeps_it(
    registry: CustomerRegistry, mina: Registered, world: World
) -> None:
    prospect = AccountId(world.records.create("account", {"name": "Ken"}, by="staff"))
    with pytest.raises(Rejected, match="DUPLICATE_VALUE") as refused:
        await registry.ensure_number(prospect, mina.number)
    assert refused.value.fields == ("number",)
    for number in ("P1000077", "P1000078"):
        assert await registry.ensure_number(prospect, CustomerNumber(number)) == "P1000077"
    assert await registry.ensure_number(mina.account, CustomerNumber("P1000079")) == mina.number


async def test_a_birth_date_is_written_where_there_is_none(
    registry: CustomerRegistry, mina: Registered, world: World
) -> None:
    world.records.update("contact", mina.contact, {"birth_date": None}, by="staff")
    for _ in range(2):
        await registry.save_details(mina.account, ContactDetails(birth_date=date(1994, 5, 6)))
    with pytest.raises(Rejected, match="conflict") as refused:
        await registry.save_details(mina.account, ContactDetails(birth_date=date(1994, 5, 7), phone=OTHER_PHONE))
    assert refused.value.fields == ("birth_date",)
    profile = await registry.profile(mina.account)
    assert profile is not None
    assert (profile.person.birth_date, profile.phone) == (date(1994, 5, 6), PHONE)


async def test_only_what_is_lacking_is_filled(registry: CustomerRegistry, mina: Registered, world: World) -> None:
    told = Person(first_name="Minako", last_name="O", birth_date=date(1999, 9, 9), nationality="Chile")
    await registry.fill_details(mina.account, told, OTHER_PHONE, ELSEWHERE)
    before = await registry.profile(mina.account)
    assert before is not None
    assert (before.person, before.phone, before.address) == (MINA, PHONE, HOME)
    places = {"street": None, "city": None, "state": None, "postcode": None}
    world.records.update("account", mina.account, {"phone": None, **places}, by="staff")
    nobody = {"first_name": None, "birth_date": None, "nationality": None}
    world.records.update("contact", mina.contact, {"phone": None, **nobody, **places}, by="staff")
    for _ in range(2):
        await registry.fill_details(mina.account, told, OTHER_PHONE, ELSEWHERE)
    after = await registry.profile(mina.account)
    assert after is not None
    assert (after.phone, after.address) == (OTHER_PHONE, ELSEWHERE)
    assert (after.person.first_name, after.person.last_name) == ("Minako", MINA.last_name)
    assert (after.person.birth_date, after.person.nationality) == (date(1999, 9, 9), "Chile")


async def test_what_staff_wrote_in_their_own_way_is_not_filled_over(
    registry: CustomerRegistry, mina: Registered, world: World
) -> None:
    world.records.update("account", mina.account, {"phone": "ask the neighbours"}, by="staff")
    world.records.update("contact", mina.contact, {"phone": None}, by="staff")
    await registry.fill_details(mina.account, MINA, OTHER_PHONE, None)
    account = world.records.get("account", mina.account)
    assert account is not None
    assert account["phone"] == "ask the neighbours"


async def test_saving_for_nobody_is_refused(registry: CustomerRegistry) -> None:
    with pytest.raises(Rejected, match="NOT_FOUND"):
        await registry.save_details(AccountId("001000000000000AAA"), ContactDetails(phone=PHONE))
    with pytest.raises(Rejected, match="MALFORMED_ID"):
        await registry.save_details(AccountId("42"), ContactDetails(phone=PHONE))


async def test_a_phone_as_staff_write_it_is_read(registry: CustomerRegistry, mina: Registered, world: World) -> None:
    world.records.update("contact", mina.contact, {"phone": "090-1111-2222"}, by="staff")
    profile = await registry.profile(mina.account)
    assert profile is not None
    assert profile.phone is not None
    assert (profile.phone.country_code, profile.phone.number) == ("81", "9011112222")


async def test_all_accounts_are_paged_in_the_order_of_their_ids(registry: CustomerRegistry, staff: StaffDesk) -> None:
    made = [await staff.add_account(CustomerNumber(f"P10000{n:02d}"), MINA, f"m{n}@example.jp") for n in range(7)]
    await staff.add_account(None, MINA, "unnumbered@example.jp")
    seen: list[AccountId] = []
    while page := await registry.all_accounts(seen[-1] if seen else None, 3):
        assert len(page) <= 3
        seen += [profile.account for profile in page]
    assert seen == sorted(made)


async def test_what_changed_is_listed_page_by_page(registry: CustomerRegistry, staff: StaffDesk, world: World) -> None:
    made = [await staff.add_account(CustomerNumber(f"P10000{n:02d}"), MINA, f"m{n}@example.jp") for n in range(4)]
    await staff.add_account(None, MINA, "unnumbered@example.jp")
    world.clock.advance(timedelta(hours=1))
    later = world.clock.now()
    await staff.answer_availability(made[2], EligibilityStatus.ELIGIBLE, "Home 1G")
    world.records.update("account", made[0], {"id_status": IdStatus.SUBMITTED}, "staff")
    await staff.bar_account(made[0])
    assert [each.account for each in await registry.changed(Samples.later(days=-1), None, 9)] == sorted(made)
    page = await registry.changed(Samples.later(days=-1), None, 3)
    assert [each.account for each in page] == sorted(made)[:3]
    assert [each.account for each in await registry.changed(Samples.later(days=-1), page[-1].account, 3)] == sorted(
        made
    )[3:]
    found = {each.account: each for each in await registry.changed(later, None, 9)}
    assert found.keys() == {made[0], made[2]}
    eligible, barred = found[AccountId(made[2])], found[AccountId(made[0])]
    assert (eligible.eligibility, eligible.portal, eligible.identity) == (
        EligibilityStatus.ELIGIBLE, None, IdStatus.NOT_SUBMITTED,
    )  # fmt: skip
    assert eligible.eligibility_at is not None
    assert (barred.portal, barred.identity) == (PortalStatus.INACTIVE, IdStatus.SUBMITTED)
    assert await registry.changed(world.clock.now() + timedelta(hours=1), None, 9) == ()


def at_an_odd_word(world: World, account: AccountId, field: str) -> None:
    """An administrator added a word to the list of that field, and staff chose it."""
    row = world.records.get("account", account)
    assert row is not None
    world.records.restore("account", account, {**row, field: "Under Survey"})


@pytest.mark.parametrize("field", ["portal_status", "eligibility_status", "id_status"])
async def test_an_account_at_an_unknown_word_keeps_nobody_from_the_others(
    registry: CustomerRegistry, staff: StaffDesk, world: World, field: str
) -> None:
    made = sorted(
        [await staff.add_account(CustomerNumber(f"P10000{n:02d}"), MINA, f"m{n}@example.jp") for n in range(3)]
    )
    at_an_odd_word(world, made[1], field)
    found = await registry.changed(Samples.later(days=-1), None, 9)
    assert [each.account for each in found] == made
    assert [each.field for each in found if isinstance(each, UnreadAccount)] == [field]
    assert [each.account for each in await registry.changed(Samples.later(days=-1), made[0], 1)] == [made[1]]
    listed = [profile.account for profile in await registry.all_accounts(None, 9)]
    assert listed == [account for account in made if account != made[1] or field != "portal_status"]
    if field == "portal_status":
        with pytest.raises(Rejected, match="unknown_word"):
            await registry.profile(made[1])
