"""Asking for internet, staff's answer, and what follows from it (ELG)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from core.domain import checks
from core.domain.account import Address, Person
from core.domain.eligibility import Eligibility, EligibilityAction, EligibilityStatus
from core.domain.flags import EVERYBODY, Feature
from core.domain.ids import AccountId, CustomerNumber, Sku, UserId
from core.domain.limits import LIMITS
from core.domain.opportunity import Stage
from core.domain.refusals import AddressMissing, AskedTooSoon, Invalid, TooMany
from core.domain.session import Session
from core.domain.support import CasePriority
from core.domain.work import Reply, WorkState
from ports.customer_registry import ContactDetails
from ports.errors import Unavailable
from ports.store import Flag
from tests.usecases.checks_house import COVERED, HERE, THERE, House, a_house, done

S = EligibilityStatus
PLAN = Sku("INT-HOME-1G")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
async def mina(house: House) -> Session:
    return await house.customer()


async def stage(house: House, session: Session) -> Stage:
    [sale] = await house.up.opportunities.of_account(session.account)
    return sale.stage


# --- asking --------------------------------------------------------------------------------------------------------
async def test_asking_opens_one_case_on_one_sale(house: House, mina: Session) -> None:
    done(await house.request(mina, note="second floor"))
    standing = await house.up.eligibility_desk.standing(mina.account)
    assert (standing.status, standing.requested_at is not None) == (S.PENDING, True)
    [case] = house.world.records.find("case")
    [sale] = await house.up.opportunities.of_account(mina.account)
    assert sale.stage is Stage.INTRODUCTION
    assert (case["opportunity"], case["id"], standing.case) == (sale.id, standing.case, case["id"])
    assert (case["subject"], case["origin"]) == ("Internet availability check request (Portal)", "Portal")
    assert HERE.one_line in case["description"]
    assert "second floor" in case["description"]
    assert await house.waiting(checks.WAITING) == [mina.account]
    assert await house.waiting(checks.ASKED) == []


async def test_the_result_of_asking_is_the_pending_eligibility_without_its_case(house: House, mina: Session) -> None:
    reply = done(await house.request(mina))
    assert reply.work.result["status"] == "Pending"
    assert reply.work.result["case"] is None


async def test_an_address_is_needed(house: House) -> None:
    homeless = await house.customer(address=None)
    with pytest.raises(AddressMissing):
        await house.request(homeless)
    assert house.made("case") == 0


async def test_a_new_address_becomes_the_service_address_in_both_systems(house: House) -> None:
    mover = await house.customer(address=None)
    done(await house.request(mover, THERE))
    profile = await house.up.customer_registry.profile(mover.account)
    client = await house.up.client_book.find(mover.client)
    assert profile is not None
    assert profile.address == THERE
    assert client is not None
    assert client.address is not None
    assert client.address.postcode == THERE.postcode


async def test_fields_are_checked_before_anything_is_asked(house: House, mina: Session) -> None:
    broken = Address("1", "Nowhere", "", "x" * 200)
    with pytest.raises(Invalid) as refused:
        await house.request(mina, broken, note="\x00")
    assert {fault.field for fault in refused.value.faults} == {
        "address.postcode", "address.prefecture", "address.city", "address.town", "note",
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await house.request(mina, sku=Sku("no such plan"))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("sku", "unknown_sku")]
    assert house.world.calls["salesforce", "ensure_check"] == 0


@pytest.mark.parametrize(
    "again", [None, HERE, Address("1100001", "Ｔｏｋｙｏ", "Taito-ku", "Yanaka ３-1-2", "HILL HOUSE 201")]
)
async def test_asking_again_while_pending_changes_nothing(house: House, mina: Session, again: Address | None) -> None:
    done(await house.request(mina))
    before = house.world.ledger.last
    standing = await house.request(mina, again)
    assert isinstance(standing, Eligibility)
    assert (standing.status, standing.case) == (S.PENDING, None)
    assert house.world.ledger.last == before


async def test_another_address_while_pending_is_added_to_the_case(house: House, mina: Session) -> None:
    done(await house.request(mina))
    done(await house.request(mina, THERE))
    [case] = house.world.records.find("case")
    assert case["description"].count(THERE.one_line) == 1
    standing = await house.up.eligibility_desk.standing(mina.account)
    assert standing.status is S.PENDING
    assert standing.is_for(THERE)
    assert house.made("opportunity") == 1
    # and back to the first: it stands there already, and is the one the result is for again
    done(await house.request(mina, HERE))
    assert (await house.up.eligibility_desk.standing(mina.account)).is_for(HERE)
    assert isinstance(await house.request(mina, HERE), Eligibility)


async def test_eligible_for_this_address_is_the_answer(house: House, mina: Session) -> None:
    done(await house.request(mina))
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Home 1G")
    standing = await house.request(mina)
    assert isinstance(standing, Eligibility)
    assert standing.status is S.ELIGIBLE
    assert house.made("case") == 1


async def test_a_no_stands_for_90_days_and_another_address_opens_a_new_case(house: House, mina: Session) -> None:
    done(await house.request(mina))
    await house.staff.answer_availability(mina.account, S.INELIGIBLE)
    await house.hear()
    with pytest.raises(AskedTooSoon) as refused:
        await house.request(mina)
    assert refused.value.data == {"until": "2026-04-20"}
    done(await house.request(mina, THERE))
    assert house.made("case") == 2
    assert house.made("opportunity") == 2
    stages = {sale.stage for sale in await house.up.opportunities.of_account(mina.account)}
    assert stages == {Stage.VOID, Stage.INTRODUCTION}


async def test_after_90_days_the_same_address_may_be_asked_again(house: House, mina: Session) -> None:
    done(await house.request(mina))
    await house.staff.answer_availability(mina.account, S.INELIGIBLE)
    await house.hear()
    house.clock.advance(timedelta(days=89))
    with pytest.raises(AskedTooSoon):
        await house.request(mina)
    house.clock.advance(timedelta(days=1))
    done(await house.request(mina))
    assert house.made("case") == 2


async def test_asking_elsewhere_in_between_does_not_shorten_the_90_days(house: House, mina: Session) -> None:
    for address in (HERE, THERE):
        done(await house.request(mina, address))
        await house.staff.answer_availability(mina.account, S.INELIGIBLE)
        await house.hear()
    done(await house.request(mina, COVERED))
    for address in (HERE, THERE):
        with pytest.raises(AskedTooSoon) as refused:
            await house.request(mina, address)
        assert refused.value.data == {"until": "2026-04-20"}
    house.clock.advance(timedelta(days=90))
    done(await house.request(mina, HERE))


async def test_a_lost_answer_does_not_stand_in_the_way_of_the_next_check(house: House, mina: Session) -> None:
    done(await house.request(mina))
    house.world.faults.switch("salesforce", "EligibilityChanged", "lost_event")
    await house.staff.answer_availability(mina.account, S.INELIGIBLE)
    done(await house.request(mina, THERE))
    assert house.made("case") == 2
    assert await house.waiting(checks.WAITING) == [mina.account]


async def test_withdrawn_by_staff_may_be_asked_again(house: House, mina: Session) -> None:
    done(await house.request(mina))
    house.world.records.update("account", mina.account, {"eligibility_status": S.NOT_REQUESTED}, "staff")
    await house.hear()
    assert await house.waiting(checks.WAITING) == []
    done(await house.request(mina))
    assert (await house.up.eligibility_desk.standing(mina.account)).status is S.PENDING
    assert house.made("opportunity") == 1


@pytest.mark.parametrize("again", [HERE, THERE])
async def test_closed_by_staff_without_an_answer_it_may_be_asked_again(
    house: House, mina: Session, again: Address
) -> None:
    done(await house.request(mina))
    await house.staff.close_case(house.world.records.find("case")[0]["id"])
    await house.hear()
    done(await house.request(mina, again))
    standing = await house.up.eligibility_desk.standing(mina.account)
    assert (standing.status, standing.is_for(again)) == (S.PENDING, True)
    assert standing.case is not None
    assert (house.made("case"), house.made("opportunity")) == (2, 1)


async def test_closed_by_staff_without_an_answer_it_is_late_one_day(house: House, mina: Session) -> None:
    done(await house.request(mina))
    await house.staff.close_case(house.world.records.find("case")[0]["id"])
    house.clock.advance(timedelta(days=5))
    for _ in range(2):
        assert len(await house.raise_late()) == 1
    [late] = await house.list_late()
    assert (late.account, late.is_open) == (mina.account, False)
    assert await house.told(mina) == ["check_late"]


async def test_an_answer_nobody_asked_for_is_for_the_address_of_its_day(house: House, mina: Session) -> None:
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Home 1G")
    assert isinstance(await house.request(mina), Eligibility)
    done(await house.request(mina, THERE))  # also before it was learned
    jun = await house.customer(email="jun@example.com", number=2)
    await house.staff.answer_availability(jun.account, S.ELIGIBLE, "Home 1G")
    await house.hear()
    standing = await house.up.eligibility_desk.standing(jun.account)
    assert standing.opens_gate(HERE)
    assert not standing.opens_gate(THERE)


# --- racing --------------------------------------------------------------------------------------------------------
async def test_twenty_at_once_make_one_case_and_one_sale(tmp_path: Path) -> None:
    async with a_house(tmp_path, dict(LIMITS)) as house:
        mina = await house.customer()
        replies = await asyncio.gather(*(house.request(mina) for _ in range(20)))
        await house.settled()
        assert (house.made("case"), house.made("opportunity")) == (1, 1)
        assert len({reply.request for reply in replies if isinstance(reply, Reply)}) == 1


async def test_racing_for_two_addresses_makes_one_case_with_both(house: House, mina: Session) -> None:
    await asyncio.gather(*(house.request(mina, address) for address in (HERE, THERE) * 10))
    await house.settled()
    assert (house.made("case"), house.made("opportunity")) == (1, 1)
    [case] = house.world.records.find("case")
    assert (case["description"].count(HERE.one_line), case["description"].count(THERE.one_line)) == (1, 1)


# --- the limit -----------------------------------------------------------------------------------------------------
async def test_three_changes_an_hour(tmp_path: Path) -> None:
    async with a_house(tmp_path, dict(LIMITS)) as house:
        mina = await house.customer()
        done(await house.request(mina))
        for _ in range(5):
            assert isinstance(await house.request(mina), Eligibility)  # changes nothing, counts nothing
        done(await house.request(mina, THERE))
        done(await house.request(mina, COVERED))
        with pytest.raises(TooMany) as refused:
            await house.request(mina, Address("600-8216", "Kyoto", "Kyoto-shi Shimogyo-ku", "Higashishiokoji 1"))
        assert 0 < refused.value.retry_after <= 3600
        other = await house.customer("ken@example.com", number=2)
        done(await house.request(other))
        house.clock.advance(timedelta(hours=1, seconds=1))
        done(await house.request(mina, Address("600-8216", "Kyoto", "Kyoto-shi Shimogyo-ku", "Higashishiokoji 1")))


# --- Salesforce down -------------------------------------------------------------------------------------------------
async def test_while_it_cant_be_read_nothing_is_accepted(house: House, mina: Session) -> None:
    house.world.faults.switch("salesforce", "standing", "unavailable")
    with pytest.raises(Unavailable):
        await house.request(mina)
    assert await house.waiting(checks.ASKED) == []


async def test_a_write_that_is_not_answered_is_received_and_done_later(house: House, mina: Session) -> None:
    object.__setattr__(house.reception, "wait", 0.05)
    house.world.faults.switch("salesforce", "ensure_check", "unavailable")
    reply = await house.request(mina)
    assert isinstance(reply, Reply)
    assert reply.work.state in (WorkState.RECEIVED, WorkState.IN_PROGRESS)
    same = await house.request(mina)
    assert isinstance(same, Reply)
    assert same.request == reply.request
    house.world.faults.clear()
    await house.settled()
    assert (house.made("case"), house.made("opportunity")) == (1, 1)


@pytest.mark.parametrize("operation", ["ensure_check", "save_details"])
@pytest.mark.parametrize("kind", ["unavailable", "timeout_before", "timeout_after"])
async def test_a_fault_is_ridden_out(house: House, operation: str, kind: str) -> None:
    mover = await house.customer(address=None)
    house.world.faults.switch("*", operation, kind, times=2)
    done(await house.request(mover, THERE))
    assert (house.made("case"), house.made("opportunity")) == (1, 1)


# --- the answer ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "value", "stage_after", "told"),
    [
        (S.ELIGIBLE, "Home 1G", Stage.READY, "eligibility_eligible"),
        (S.INELIGIBLE, None, Stage.VOID, "eligibility_ineligible"),
    ],
)
async def test_an_answer_moves_the_sale_and_tells_the_customer(
    house: House, mina: Session, status: EligibilityStatus, value: str | None, stage_after: Stage, told: str
) -> None:
    done(await house.request(mina))
    await house.staff.answer_availability(mina.account, status, value)
    await house.hear()
    assert await stage(house, mina) is stage_after
    assert await house.told(mina) == [told]
    assert await house.waiting(checks.WAITING) == []


async def test_any_number_of_deliveries_tell_once(house: House, mina: Session) -> None:
    done(await house.request(mina))
    house.world.faults.switch("salesforce", "EligibilityChanged", "duplicate_event")
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Home 1G")
    await house.hear()
    house.position = None
    await house.hear()
    await house.catch_up()
    await house.settled()
    assert await house.told(mina) == ["eligibility_eligible"]


async def test_a_corrected_answer_is_told_anew(house: House, mina: Session) -> None:
    done(await house.request(mina))
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Home 1G")
    await house.hear()
    house.clock.advance(timedelta(minutes=5))
    await house.staff.answer_availability(mina.account, S.INELIGIBLE)
    await house.hear()
    assert await house.told(mina) == ["eligibility_ineligible", "eligibility_eligible"]
    assert await stage(house, mina) is Stage.VOID


async def test_what_salesforce_moved_already_stays(house: House, mina: Session) -> None:
    done(await house.request(mina))
    [sale] = await house.up.opportunities.of_account(mina.account)
    await house.staff.move_opportunity(sale.id, Stage.POST_PROCESSING)
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Home 1G")
    await house.hear()
    assert await stage(house, mina) is Stage.POST_PROCESSING
    assert await house.told(mina) == ["eligibility_eligible"]


async def test_a_value_nobody_knows_is_an_alarm_once(house: House, mina: Session) -> None:
    done(await house.request(mina))
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Castle 5G")
    await house.hear()
    async with house.store.reading() as shelves:
        [entry] = await shelves.audit.of_subject(mina.account, 5)
    assert entry.deed == "alarm: eligibility_value_unknown"


async def test_what_the_portal_asked_is_read_by_nobody_again(house: House, mina: Session) -> None:
    done(await house.request(mina))
    before = house.world.calls["salesforce", "ensure_followed"]
    assert await house.hear() > 0
    assert await house.catch_up() == 0
    assert house.world.calls["salesforce", "ensure_followed"] == before


async def test_after_a_flow_of_the_org_took_a_check_back_the_customer_asks_anew(house: House, mina: Session) -> None:
    """The flow wrote in the portal's own transaction, so it looks like the portal."""
    done(await house.request(mina))
    await house.hear()
    house.clock.advance(timedelta(hours=5))
    taken_back = {"eligibility_status": "Not Requested", "eligibility_case": None, "phone": "+81 9011112222"}
    house.world.records.update("account", mina.account, taken_back, by="portal")
    await house.hear()
    done(await house.request(mina))
    assert house.made("case") == 2


async def test_a_lost_answer_is_made_good_by_polling(house: House, mina: Session) -> None:
    done(await house.request(mina))
    await house.hear()
    assert await house.catch_up() == 0
    house.world.faults.switch("*", "*", "lost_event")
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Home 1G")
    assert await house.hear() == 0
    house.world.faults.clear()
    assert await house.catch_up() == 1
    await house.settled()
    assert await house.told(mina) == ["eligibility_eligible"]
    assert await stage(house, mina) is Stage.READY
    await house.hear()  # the portal's own move of the sale
    assert await house.catch_up() == 0


async def test_a_lost_correction_is_made_good_a_minute_later(house: House, mina: Session) -> None:
    done(await house.request(mina))
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Home 1G")
    while await house.hear():
        pass
    await house.catch_up()
    house.clock.advance(timedelta(days=20))
    house.world.faults.switch("*", "*", "lost_event")
    await house.staff.answer_availability(mina.account, S.INELIGIBLE)
    house.clock.advance(timedelta(minutes=1))
    assert await house.catch_up() == 1
    await house.settled()
    assert await house.told(mina) == ["eligibility_ineligible", "eligibility_eligible"]
    assert await stage(house, mina) is Stage.VOID


async def test_a_full_reconcile_finds_what_no_look_did_and_nothing_of_old(house: House, mina: Session) -> None:
    done(await house.request(mina))
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Home 1G")
    while await house.hear():
        pass
    house.world.faults.switch("*", "*", "lost_event")
    await house.staff.answer_availability(mina.account, S.INELIGIBLE)
    house.clock.advance(timedelta(days=9))
    # what staff answered for Ken stood there before he came to the portal
    person, number = Person(first_name="Ken", last_name="Abe"), CustomerNumber("P0000007")
    old = AccountId(await house.staff.add_account(number, person, "ken@example.com"))
    await house.staff.answer_availability(old, S.ELIGIBLE, "Home 1G")
    house.clock.advance(timedelta(days=1))
    async with house.store.begin() as shelves:
        user = await shelves.users.find(mina.user)
        assert user is not None
        ken = replace(user, id=UserId("ken"), canonical="ken", account=old, created_at=house.clock.now())
        assert await shelves.users.add(ken)
    house.world.faults.clear()
    assert await house.catch_up() == 0
    assert await house.reconcile() == 1
    await house.settled()
    assert await house.told(mina) == ["eligibility_ineligible", "eligibility_eligible"]
    await house.hear()
    assert await house.reconcile() == 0


async def test_an_account_that_is_gone_keeps_no_other_from_being_caught_up(house: House, mina: Session) -> None:
    ken = await house.customer(email="ken@example.com", number=2)
    for each in (mina, ken):
        done(await house.request(each))
    await house.hear()
    house.world.faults.switch("*", "*", "lost_event")
    await house.staff.answer_availability(ken.account, S.ELIGIBLE, "Home 1G")
    for case in house.world.records.find("case", account=mina.account):
        house.world.records.delete("case", case["id"])
    gone = house.world.records.get("account", mina.account)
    assert gone is not None
    house.world.records.delete("account", mina.account)
    assert await house.catch_up() == 1
    await house.settled()
    assert await house.told(ken) == ["eligibility_eligible"]


# --- a checker -----------------------------------------------------------------------------------------------------
async def switch_on(house: House) -> None:
    async with house.store.begin() as shelves:
        await shelves.flags.set(Flag(Feature.AUTOMATIC_SERVICEABILITY.value, EVERYBODY))


async def test_a_sure_checker_answers_like_staff(house: House) -> None:
    await switch_on(house)
    yuki = await house.customer(address=COVERED)
    reply = done(await house.request(yuki))
    assert (reply.work.result["status"], reply.work.result["value"]) == ("Eligible", "Home 1G")
    await house.settled()
    assert await stage(house, yuki) is Stage.READY
    assert await house.told(yuki) == ["eligibility_eligible"]
    [case] = house.world.records.find("case")
    assert case["is_closed"]
    assert "ntt-coverage" in house.world.records.find("case_comment", case=case["id"])[0]["body"]
    await house.hear()
    assert await house.told(yuki) == ["eligibility_eligible"]


async def test_racing_with_a_sure_checker_leaves_one_sale_and_nothing_open(house: House) -> None:
    await switch_on(house)
    yuki = await house.customer(address=COVERED)
    homes = [msgspec.structs.replace(COVERED, town=f"Jingumae {number}-1-1") for number in range(1, 5)]
    await asyncio.gather(*(house.request(yuki, home) for home in homes))
    await house.settled()
    assert [case for case in house.world.records.find("case") if not case["is_closed"]] == []
    assert await stage(house, yuki) is Stage.READY


@pytest.mark.parametrize("postcode", ["530-0001", "110-0001", "900-0006"])  # 0.4 sure, not known, no plan's value
async def test_an_unsure_checker_leaves_it_to_staff(house: House, postcode: str) -> None:
    await switch_on(house)
    mina = await house.customer(address=Address(postcode, "Tokyo", "Taito-ku", "Yanaka 3-1-2"))
    assert done(await house.request(mina)).work.result["status"] == "Pending"
    assert house.world.calls["line_checker", "check"] == 1


async def test_a_broken_checker_leaves_it_to_staff(house: House) -> None:
    await switch_on(house)
    house.world.faults.switch("line_checker", "check", "unavailable")
    yuki = await house.customer(address=COVERED)
    assert done(await house.request(yuki)).work.result["status"] == "Pending"


async def test_without_the_flag_nobody_asks_the_checker(house: House) -> None:
    yuki = await house.customer(address=COVERED)
    assert done(await house.request(yuki)).work.result["status"] == "Pending"
    assert house.world.calls["line_checker", "check"] == 0


# --- reading -------------------------------------------------------------------------------------------------------
async def test_reading_is_kept_30_seconds_while_pending_and_5_minutes_else(house: House, mina: Session) -> None:
    calls = house.world.calls
    await house.read(mina)
    before = calls["salesforce", "standing"]
    house.clock.advance(timedelta(seconds=290))
    await house.read(mina)
    assert calls["salesforce", "standing"] == before
    house.clock.advance(timedelta(seconds=11))
    await house.read(mina)
    assert calls["salesforce", "standing"] == before + 1
    done(await house.request(mina))
    shown = await house.read(mina)
    assert (shown.eligibility.status, shown.action) == (S.PENDING, EligibilityAction.WAIT)
    assert shown.expected is not None
    before = calls["salesforce", "standing"]
    house.clock.advance(timedelta(seconds=25))
    await house.read(mina)
    assert calls["salesforce", "standing"] == before
    house.clock.advance(timedelta(seconds=6))
    await house.read(mina)
    assert calls["salesforce", "standing"] == before + 1


async def test_check_now_reads_again_once_in_10_seconds(house: House, mina: Session) -> None:
    await house.read(mina)
    before = house.world.calls["salesforce", "standing"]
    await asyncio.gather(*(house.read(mina, fresh=True) for _ in range(20)))
    assert house.world.calls["salesforce", "standing"] == before + 1
    first = (await house.read(mina)).eligibility.read_at
    house.clock.advance(timedelta(seconds=10, milliseconds=1))
    second = (await house.read(mina, fresh=True)).eligibility.read_at
    assert first is not None
    assert second is not None
    assert second - first >= timedelta(seconds=10)


async def test_an_event_drops_what_was_read(house: House, mina: Session) -> None:
    done(await house.request(mina))
    await house.read(mina)
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Home 1G", "Line is in the building")
    assert (await house.read(mina)).eligibility.status is S.PENDING
    await house.hear()
    shown = await house.read(mina)
    assert (shown.eligibility.status, shown.eligibility.notes) == (S.ELIGIBLE, "Line is in the building")
    assert shown.eligibility.case is None


async def test_the_last_known_state_is_told_while_salesforce_is_down(house: House, mina: Session) -> None:
    known = await house.read(mina)
    house.world.faults.switch("salesforce", "*", "unavailable")
    house.clock.advance(timedelta(hours=2))
    shown = await house.read(mina, fresh=True)
    assert shown.eligibility == known.eligibility
    stranger = Session(session=mina.session, user=mina.user, account=mina.contact, contact=mina.contact,  # type: ignore[arg-type]
                       client=mina.client, csrf="")  # fmt: skip
    with pytest.raises(Unavailable):
        await house.read(stranger)


# --- late ----------------------------------------------------------------------------------------------------------
async def test_a_late_check_is_raised_and_told_once(house: House, mina: Session) -> None:
    done(await house.request(mina))  # on Tuesday the 20th, so by Thursday the 22nd
    house.clock.set(house.clock.now().replace(day=22, hour=14, minute=59, second=58))
    assert await house.raise_late() == ()
    assert not (await house.read(mina)).late
    house.clock.advance(timedelta(seconds=3))
    assert len(await house.raise_late()) == 1
    house.clock.advance(timedelta(hours=1))
    assert len(await house.raise_late()) == 1
    [late] = await house.list_late()
    assert (late.account, late.priority) == (mina.account, CasePriority.HIGH)
    assert await house.told(mina) == ["check_late"]
    raised = [e for e in house.world.ledger.of("update case") if "priority" in e.fields]
    assert len(raised) == 1
    assert (await house.read(mina)).late
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Home 1G")
    assert await house.list_late() == ()


async def test_what_staff_lowered_again_stays(house: House, mina: Session) -> None:
    done(await house.request(mina))
    house.clock.advance(timedelta(days=5))
    assert len(await house.raise_late()) == 1
    [case] = house.world.records.find("case")
    assert case["priority"] == "High"
    house.world.records.update("case", case["id"], {"priority": "Medium"}, "staff")
    house.clock.advance(timedelta(days=1))
    assert len(await house.raise_late()) == 1
    assert house.world.records.find("case")[0]["priority"] == "Medium"


# --- moving home ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("system", ["salesforce", "whmcs"])
async def test_a_refusal_by_one_restores_the_other_and_nothing_is_asked(
    house: House, mina: Session, system: str
) -> None:
    house.world.faults.switch(system, "save_details", "refused", times=1)
    reply = await house.request(mina, THERE)
    assert isinstance(reply, Reply)
    assert (reply.work.state, reply.work.code) == (WorkState.REFUSED, "save_refused")
    profile = await house.up.customer_registry.profile(mina.account)
    client = await house.up.client_book.find(mina.client)
    assert profile is not None
    assert client is not None
    assert client.address is not None
    assert (profile.address, client.address.town) == (HERE, HERE.town)
    assert house.made("case") == 0
    assert await house.waiting(checks.WAITING) == []
    done(await house.request(mina, THERE))


async def test_asking_for_the_address_of_the_answer_moves_back_to_it(house: House, mina: Session) -> None:
    done(await house.request(mina))
    await house.staff.answer_availability(mina.account, S.ELIGIBLE, "Home 1G")
    await house.hear()
    await house.up.customer_registry.save_details(mina.account, ContactDetails(address=THERE))
    assert done(await house.request(mina, HERE)).work.result["status"] == "Eligible"
    profile = await house.up.customer_registry.profile(mina.account)
    assert profile is not None
    assert profile.address == HERE
    assert house.made("case") == 1
    assert await house.waiting(checks.WAITING) == []
