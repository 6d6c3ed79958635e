"""What the eligibility desk promises (ELG)."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.world import World
from core.domain.catalog import ProductType
from core.domain.eligibility import AvailabilityAnswer, EligibilityStatus
from core.domain.following import SALE_MOVES
from core.domain.ids import AccountId, CaseId, OpportunityId
from core.domain.opportunity import Stage
from core.domain.support import CHECK_SUBJECT, CasePriority
from ports.customer_registry import CustomerRegistry, Registered
from ports.eligibility_desk import HOME as HOME_REFUSED
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Rejected, Unavailable
from ports.opportunities import Opportunities
from tests.contracts.samples import AT, ELSEWHERE, HOME, Samples

ANSWER = AvailabilityAnswer(
    status=EligibilityStatus.ELIGIBLE,
    value="Home 1G",
    notes="A line is there.",
    checked_at=Samples.later(minutes=1),
    source="NTT checker",
)


async def test_before_anybody_asked_nothing_is_requested(eligibility: EligibilityDesk, mina: Registered) -> None:
    standing = await eligibility.standing(mina.account)
    assert standing.status is EligibilityStatus.NOT_REQUESTED
    assert standing.read_at is not None


async def test_a_check_is_a_case_an_opportunity_and_a_pending_status(
    eligibility: EligibilityDesk, opportunities: Opportunities, mina: Registered, world: World
) -> None:
    opened = await eligibility.ensure_check(Samples.check(mina), None)
    standing = await eligibility.standing(mina.account)
    assert (standing.status, standing.requested_at, standing.case) == (EligibilityStatus.PENDING, AT, opened.case)
    assert standing.is_for(HOME)
    assert not standing.is_for(ELSEWHERE)
    sale = await opportunities.find(opened.opportunity)
    assert sale is not None
    assert (sale.stage, sale.product_type, sale.account) == (Stage.INTRODUCTION, "internet", mina.account)
    case = world.records.get("case", opened.case)
    assert case is not None
    assert (case["subject"], case["origin"], case["opportunity"]) == (CHECK_SUBJECT, "Portal", opened.opportunity)
    for words in (HOME.one_line, "INTERNET-HOME-1G-GOLD", "please call before"):
        assert words in case["description"]


async def test_the_open_opportunity_is_used_again(
    eligibility: EligibilityDesk, opportunities: Opportunities, mina: Registered, world: World
) -> None:
    sale = await opportunities.ensure(Samples.opportunity(mina.account))
    opened = await eligibility.ensure_check(Samples.check(mina), sale)
    assert opened.opportunity == sale
    assert len(world.records.find("opportunity")) == 1


async def test_the_same_key_opens_one_check_and_sets_nothing_back(
    eligibility: EligibilityDesk, mina: Registered, staff: StaffDesk, world: World
) -> None:
    opened = await eligibility.ensure_check(Samples.check(mina), None)
    await staff.answer_availability(opened.case, EligibilityStatus.ELIGIBLE, "Home 1G", "Yes")
    before = world.ledger.entries
    assert await eligibility.ensure_check(Samples.check(mina), None) == opened
    assert world.ledger.entries == before
    assert (await eligibility.standing(mina.account)).status is EligibilityStatus.ELIGIBLE


async def test_twenty_at_once_open_one(eligibility: EligibilityDesk, mina: Registered, world: World) -> None:
    opened = await asyncio.gather(*(eligibility.ensure_check(Samples.check(mina), None) for _ in range(20)))
    assert len({(o.case, o.opportunity) for o in opened}) == 1
    assert len(world.ledger.of("create case")) == len(world.ledger.of("create opportunity")) == 1


@pytest.mark.parametrize("kind", ["unavailable", "timeout_before", "timeout_after"])
async def test_one_check_whatever_the_answer(
    eligibility: EligibilityDesk, mina: Registered, world: World, kind: str
) -> None:
    world.faults.switch("salesforce", "ensure_check", kind, times=2)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await eligibility.ensure_check(Samples.check(mina), None)
    await eligibility.ensure_check(Samples.check(mina), None)
    assert len(world.records.find("case")) == len(world.records.find("opportunity")) == 1


async def test_all_of_a_check_or_none(eligibility: EligibilityDesk, mina: Registered, world: World) -> None:
    before = world.ledger.entries
    with pytest.raises(Rejected, match="STRING_TOO_LONG"):
        await eligibility.ensure_check(Samples.check(mina, note="x" * 32_001), None)
    assert world.ledger.entries == before
    assert world.records.find("opportunity") == world.records.find("case") == []
    assert (await eligibility.standing(mina.account)).status is EligibilityStatus.NOT_REQUESTED


async def test_a_check_for_another_home_saves_it_in_the_same_write(
    eligibility: EligibilityDesk, registry: CustomerRegistry, mina: Registered, world: World
) -> None:
    check = Samples.check(mina, address=ELSEWHERE)
    opened = await eligibility.ensure_check(check, None, ELSEWHERE)
    profile = await registry.profile(mina.account)
    assert profile is not None
    assert profile.address == ELSEWHERE
    [contact] = world.records.find("contact", account=mina.account)
    assert contact["city"] == ELSEWHERE.city
    assert (await eligibility.standing(mina.account)).is_for(ELSEWHERE)
    before = world.ledger.entries
    assert await eligibility.ensure_check(check, None, ELSEWHERE) == opened
    assert world.ledger.entries == before


async def test_a_home_that_is_refused_is_named_and_nothing_is_opened(
    eligibility: EligibilityDesk, mina: Registered, world: World
) -> None:
    before = world.ledger.entries
    nowhere = msgspec.structs.replace(ELSEWHERE, postcode="5" * 60)
    with pytest.raises(Rejected, match="STRING_TOO_LONG") as refused:
        await eligibility.ensure_check(Samples.check(mina, address=nowhere), None, nowhere)
    assert refused.value.what == HOME_REFUSED
    with pytest.raises(Rejected, match="STRING_TOO_LONG") as refused:
        await eligibility.ensure_check(Samples.check(mina, note="x" * 32_001), None, ELSEWHERE)
    assert refused.value.what != HOME_REFUSED
    assert world.ledger.entries == before


async def test_another_address_is_added_once_and_the_result_is_for_it(
    eligibility: EligibilityDesk, mina: Registered, world: World
) -> None:
    opened = await eligibility.ensure_check(Samples.check(mina), None)
    for address in (ELSEWHERE, ELSEWHERE):
        await eligibility.ensure_address(opened.case, address)
        assert (await eligibility.standing(mina.account)).is_for(ELSEWHERE)
    await eligibility.ensure_address(opened.case, HOME)
    assert (await eligibility.standing(mina.account)).is_for(HOME)
    case = world.records.get("case", opened.case)
    assert case is not None
    assert case["description"].count(ELSEWHERE.one_line) == case["description"].count(HOME.one_line) == 1
    assert len(world.ledger.of("update case")) == 1


async def test_neither_a_longer_line_nor_the_note_stands_for_another_address(
    eligibility: EligibilityDesk, mina: Registered, world: World
) -> None:
    note = f"I may move\nAnother address: {ELSEWHERE.one_line}"
    opened = await eligibility.ensure_check(Samples.check(mina, note=note), None)
    shorter = msgspec.structs.replace(HOME, building="")
    for address in (ELSEWHERE, shorter):
        await eligibility.ensure_address(opened.case, address)
        assert (await eligibility.standing(mina.account)).is_for(address)
    case = world.records.get("case", opened.case)
    assert case is not None
    added = [line for line in case["description"].splitlines() if line.startswith("Another address: ")]
    assert added == [f"Another address: {address.one_line}" for address in (ELSEWHERE, shorter)]


@pytest.mark.parametrize("close", [True, False])
async def test_an_answered_check_takes_no_address(
    eligibility: EligibilityDesk, mina: Registered, staff: StaffDesk, world: World, close: bool
) -> None:
    opened = await eligibility.ensure_check(Samples.check(mina), None)
    await staff.answer_availability(opened.case, EligibilityStatus.ELIGIBLE, "Home 1G", close=close)
    before = world.ledger.entries
    await eligibility.ensure_address(opened.case, ELSEWHERE)
    assert world.ledger.entries == before
    assert (await eligibility.standing(mina.account)).is_for(HOME)


async def test_a_checkers_answer_is_written_like_staffs(
    eligibility: EligibilityDesk, mina: Registered, world: World
) -> None:
    opened = await eligibility.ensure_check(Samples.check(mina), None)
    await eligibility.ensure_answer(mina.account, opened.case, ANSWER)
    before = world.ledger.entries
    await eligibility.ensure_answer(mina.account, opened.case, ANSWER)
    assert world.ledger.entries == before
    standing = await eligibility.standing(mina.account)
    assert (standing.status, standing.value, standing.notes) == (ANSWER.status, ANSWER.value, ANSWER.notes)
    assert standing.checked_at == ANSWER.checked_at
    case = world.records.get("case", opened.case)
    assert case is not None
    assert case["status"] == "Closed"
    (comment,) = world.records.find("case_comment", case=opened.case)
    assert "NTT checker" in comment["body"]
    assert not comment["is_published"]


async def test_staffs_answer_stays_when_a_checker_comes_late(
    eligibility: EligibilityDesk, mina: Registered, staff: StaffDesk
) -> None:
    opened = await eligibility.ensure_check(Samples.check(mina), None)
    await staff.answer_availability(mina.account, EligibilityStatus.INELIGIBLE, None, "No line", close=False)
    await eligibility.ensure_answer(mina.account, opened.case, ANSWER)
    assert (await eligibility.standing(mina.account)).status is EligibilityStatus.INELIGIBLE


@pytest.mark.parametrize("answered", [True, False])
async def test_an_answer_that_comes_after_another_check_closes_its_own_case_alone(
    eligibility: EligibilityDesk, mina: Registered, staff: StaffDesk, world: World, answered: bool
) -> None:
    first = await eligibility.ensure_check(Samples.check(mina), None)
    await staff.answer_availability(mina.account, EligibilityStatus.INELIGIBLE, close=False)
    again = Samples.check(mina, key=Samples.key("check", "2"), address=ELSEWHERE)
    second = await eligibility.ensure_check(again, first.opportunity)
    if answered:
        await staff.answer_availability(second.case, EligibilityStatus.ELIGIBLE, "Home 10G", "Staff's", close=False)
    before = await eligibility.standing(mina.account)
    for _ in range(2):
        await eligibility.ensure_answer(mina.account, first.case, ANSWER)
    after = await eligibility.standing(mina.account)
    assert msgspec.structs.replace(after, read_at=before.read_at) == before
    open_cases = [each["id"] for each in world.records.find("case") if each["status"] != "Closed"]
    assert open_cases == [second.case]
    assert len(world.records.find("case_comment", case=first.case)) == 1


async def test_an_answer_without_an_address_is_for_the_one_of_now(
    eligibility: EligibilityDesk, mina: Registered, staff: StaffDesk, world: World
) -> None:
    await eligibility.ensure_belongs(mina.account)
    assert (await eligibility.standing(mina.account)).address is None
    await staff.answer_availability(mina.account, EligibilityStatus.ELIGIBLE, "Home 1G")
    for _ in range(2):
        await eligibility.ensure_belongs(mina.account)
        standing = await eligibility.standing(mina.account)
        assert standing.is_for(HOME)
        assert not standing.is_for(ELSEWHERE)
    assert len([entry for entry in world.ledger.of("update account") if "eligibility_address" in entry.fields]) == 1


async def test_priority_is_raised_once(eligibility: EligibilityDesk, mina: Registered, world: World) -> None:
    opened = await eligibility.ensure_check(Samples.check(mina), None)
    await eligibility.raise_priority(opened.case)
    await eligibility.raise_priority(opened.case)
    assert len(world.ledger.of("update case")) == 1
    (check,) = await eligibility.open_checks(Samples.later(days=1))
    assert (check.case, check.account, check.asked_at) == (opened.case, mina.account, AT)
    assert check.priority is CasePriority.HIGH


async def test_open_checks_are_those_asked_before_and_not_answered(
    eligibility: EligibilityDesk, mina: Registered, staff: StaffDesk
) -> None:
    await eligibility.ensure_check(Samples.check(mina), None)
    assert await eligibility.open_checks(AT) == ()
    assert len(await eligibility.open_checks(Samples.later(seconds=1))) == 1
    # answered on the account, the case still open: nothing is waited for any more
    await staff.answer_availability(mina.account, EligibilityStatus.ELIGIBLE, "Home 1G", close=False)
    assert await eligibility.open_checks(Samples.later(days=1)) == ()


async def test_closed_without_an_answer_it_is_waited_for_with_nothing_open(
    eligibility: EligibilityDesk, mina: Registered, staff: StaffDesk
) -> None:
    opened = await eligibility.ensure_check(Samples.check(mina), None)
    await staff.close_case(opened.case)
    standing = await eligibility.standing(mina.account)
    assert (standing.status, standing.case) == (EligibilityStatus.PENDING, None)
    (check,) = await eligibility.open_checks(Samples.later(days=1))
    assert (check.case, check.account, check.asked_at, check.is_open) == (opened.case, mina.account, AT, False)


async def test_review_times_are_staffs_newest_first(
    eligibility: EligibilityDesk, mina: Registered, staff: StaffDesk, world: World
) -> None:
    for number, hours in enumerate((5, 2, 7)):
        check = Samples.check(mina, key=Samples.key("check", str(number)))
        opened = await eligibility.ensure_check(check, None)
        world.clock.advance(timedelta(hours=hours))
        await staff.answer_availability(opened.case, EligibilityStatus.INELIGIBLE)
    checked = await eligibility.ensure_check(Samples.check(mina, key=Samples.key("check", "3")), None)
    await eligibility.ensure_answer(mina.account, checked.case, ANSWER)
    times = await eligibility.review_times(2)
    assert [round(time / timedelta(hours=1)) for time in times] == [7, 2]


async def test_what_is_not_there_is_refused(eligibility: EligibilityDesk, mina: Registered) -> None:
    with pytest.raises(Rejected, match="NOT_FOUND"):
        await eligibility.standing(AccountId("001000000000000AAA"))
    with pytest.raises(Rejected, match="MALFORMED_ID"):
        await eligibility.raise_priority(CaseId("1"))
    with pytest.raises(Rejected, match="INVALID_CROSS_REFERENCE_KEY"):
        await eligibility.ensure_check(Samples.check(mina, account=AccountId("001000000000000AAA")), None)


# --- the sale that waits for the answer ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "stage"), [(EligibilityStatus.ELIGIBLE, Stage.READY), (EligibilityStatus.INELIGIBLE, Stage.VOID)]
)
async def test_the_open_sale_goes_by_the_answer_once(
    eligibility: EligibilityDesk,
    opportunities: Opportunities,
    mina: Registered,
    staff: StaffDesk,
    world: World,
    status: EligibilityStatus,
    stage: Stage,
) -> None:
    opened = await eligibility.ensure_check(Samples.check(mina), None)
    waiting = await eligibility.ensure_followed(mina.account, SALE_MOVES)
    assert (waiting.moved, waiting.standing.status) == (None, EligibilityStatus.PENDING)
    await staff.answer_availability(opened.case, status, "Home 1G")
    followed = await eligibility.ensure_followed(mina.account, SALE_MOVES)
    assert followed.moved == opened.opportunity
    again = await eligibility.ensure_followed(mina.account, SALE_MOVES)
    standing = await eligibility.standing(mina.account)
    for each in (followed.standing, again.standing):
        assert msgspec.structs.replace(each, read_at=standing.read_at) == standing
    sale = await opportunities.find(opened.opportunity)
    assert sale is not None
    assert (sale.stage, again.moved) == (stage, None)
    assert len([e for e in world.ledger.of("update opportunity") if e.by == "portal"]) == 1


async def test_only_an_open_internet_sale_of_the_account_goes_by_its_answer(
    eligibility: EligibilityDesk,
    opportunities: Opportunities,
    mina: Registered,
    staff: StaffDesk,
    world: World,
) -> None:
    await staff.answer_availability(mina.account, EligibilityStatus.ELIGIBLE, "Home 1G")
    other = await opportunities.ensure(
        Samples.opportunity(mina.account, key=Samples.key("sim"), product_type=ProductType.SIM)
    )
    ordered = await opportunities.ensure(Samples.opportunity(mina.account, key=Samples.key("ordered")))
    world.records.create("order", _order(world, mina, ordered), by="staff")
    assert (await eligibility.ensure_followed(mina.account, SALE_MOVES)).moved is None
    for sale in (other, ordered):
        found = await opportunities.find(sale)
        assert found is not None
        assert found.stage is Stage.INTRODUCTION
    older = await opportunities.ensure(Samples.opportunity(mina.account, key=Samples.key("older")))
    newer = await opportunities.ensure(Samples.opportunity(mina.account, key=Samples.key("newer")))
    assert (await eligibility.ensure_followed(mina.account, SALE_MOVES)).moved == newer
    found = await opportunities.find(older)
    assert found is not None
    assert found.stage is Stage.INTRODUCTION


async def test_nobody_is_followed_on_an_account_that_is_not_there(eligibility: EligibilityDesk) -> None:
    with pytest.raises(Rejected, match="NOT_FOUND"):
        await eligibility.ensure_followed(AccountId("001000000000000AAA"), SALE_MOVES)


def _order(world: World, who: Registered, sale: OpportunityId) -> dict[str, object]:
    return {"account": who.account, "opportunity": sale, "effective_date": AT.date(), "status": "Pending Review"}
