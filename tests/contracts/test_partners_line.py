"""The line checker answers for what it covers and for what was found in a building before, and else not (ELG-8)."""

import pytest

from adapters.fakes import lines
from adapters.fakes.bindings import WorldBindings
from adapters.fakes.world import World
from core.domain.account import Address
from core.domain.eligibility import EligibilityStatus
from core.domain.premises import premises_of


def at(postcode: str, town: str = "神宮前1-2-3", building: str = "") -> Address:
    return Address(postcode, "東京都", "渋谷区", town, building)


async def test_a_covered_address_is_answered_at_once(bound: WorldBindings) -> None:
    answer = await bound.line_checker.check(at("1500001"))
    assert answer is not None
    assert (answer.status, answer.value, answer.source) == (EligibilityStatus.ELIGIBLE, "Home 1G", "ntt-coverage")
    assert answer.confidence > 0.9


async def test_an_address_no_line_reaches_is_answered_too(bound: WorldBindings) -> None:
    answer = await bound.line_checker.check(at("907-1801"))
    assert answer is not None and (answer.status, answer.value) == (EligibilityStatus.INELIGIBLE, None)


async def test_a_doubtful_answer_says_so(bound: WorldBindings) -> None:
    answer = await bound.line_checker.check(at("530-0001"))
    assert answer is not None and answer.confidence < 0.5


async def test_an_address_off_the_table_is_for_staff(bound: WorldBindings) -> None:
    assert await bound.line_checker.check(at("981-3133")) is None


@pytest.mark.parametrize("kind", ["unavailable", "timeout_before", "timeout_after", "refused"])
async def test_an_error_is_no_answer(bound: WorldBindings, world: World, kind: str) -> None:
    world.faults.switch("line_checker", "check", kind)
    assert await bound.line_checker.check(at("1500001")) is None


async def test_a_part_of_a_quarter_has_its_own_answer(bound: WorldBindings) -> None:
    near = await bound.line_checker.check(at("231-0023", "山下町１丁目２－３"))
    far = await bound.line_checker.check(at("231-0023", "山下町12-3"))
    assert near is not None and far is not None
    assert (near.value, far.value) == ("Home 10G", "Home 1G")
    assert far.confidence < near.confidence


HOME = at("981-3133", "泉中央一丁目2番3号", "コーポ泉 101号室")


@pytest.mark.parametrize("building", ["コーポ泉", "コーポ泉２０５", "コーポ泉 3F 301"])
async def test_what_was_found_in_a_building_is_known_for_all_of_it(
    bound: WorldBindings, world: World, building: str
) -> None:
    lines.note(world.records, premises_of(HOME), "available", "Mansion 1G")
    answer = await bound.line_checker.check(at("9813133", "泉中央1-2-3", building))
    assert answer is not None
    assert (answer.status, answer.value, answer.source) == (EligibilityStatus.ELIGIBLE, "Mansion 1G", "earlier-result")
    assert answer.confidence > 0.9


@pytest.mark.parametrize(
    "other",
    [
        at("981-3133", "泉中央1-2-4", "コーポ泉 101"),
        at("981-3133", "泉中央1-2-3", "コーポ南 101"),
        at("981-3133", "泉中央1-2-3"),
        at("981-3134", "泉中央1-2-3", "コーポ泉 101"),
    ],
)
async def test_another_building_is_for_staff(bound: WorldBindings, world: World, other: Address) -> None:
    lines.note(world.records, premises_of(HOME), "available", "Mansion 1G")
    assert await bound.line_checker.check(other) is None


async def test_the_latest_result_counts_and_weighs_more_than_the_table(bound: WorldBindings, world: World) -> None:
    covered = at("150-0001")
    lines.note(world.records, premises_of(covered), "available", "Home 10G")
    lines.note(world.records, premises_of(covered), "unavailable")
    answer = await bound.line_checker.check(covered)
    assert answer is not None
    assert (answer.status, answer.value) == (EligibilityStatus.INELIGIBLE, None)


async def test_an_address_that_nobody_can_read_is_for_staff(bound: WorldBindings) -> None:
    assert await bound.line_checker.check(at("12", "")) is None
