"""What people write to support becomes a Lead or a case, once (SUP-1, SUP-2)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.domain.ids import CaseId, request_key
from core.domain.refusals import Invalid, NotFound, SwitchedOff, TooMany
from core.domain.support import CaseKind, CaseOrigin, ContactForm, NewCase
from core.domain.work import WorkState
from core.usecases.support.comment_on_case import CommentOnCase
from core.usecases.support.list_cases import ListCases
from core.usecases.support.open_support_case import OpenSupportCase
from core.usecases.support.read_case import ReadCase
from core.usecases.support.send_contact import SendContact
from ports.store import Flag
from tests.usecases.account_house import House, a_house

FORM = ContactForm(
    email="kai@example.com", name="Kai Tanaka", subject="Moving", message="Hello!\r\nCan I keep my number?"
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


def sending(house: House) -> SendContact:
    return SendContact(house.reception, house.flags, house.ids)


def opening(house: House) -> OpenSupportCase:
    return OpenSupportCase(house.reception)


def commenting(house: House) -> CommentOnCase:
    return CommentOnCase(house.desk, house.reception)


@pytest.mark.parametrize("fault", [None, "timeout_after", "timeout_before", "unavailable"])
async def test_a_message_becomes_one_lead(house: House, fault: str | None) -> None:
    if fault is not None:
        house.world.faults.switch("salesforce", "ensure_lead", fault, times=2)
    reply = await sending(house)(FORM, house.key())
    await house.settled()
    assert reply.work.state in (WorkState.DONE, WorkState.IN_PROGRESS)
    [lead] = house.world.records.find("lead")
    assert (lead["first_name"], lead["last_name"]) == ("Kai", "Tanaka")
    assert (lead["email"], lead["lead_source"]) == ("kai@example.com", "Portal")
    assert "Moving\n\nHello!\nCan I keep my number?" in lead["description"]


async def test_a_form_only_a_program_fills_in_goes_nowhere_and_looks_the_same(house: House) -> None:
    form = ContactForm(**{f: getattr(FORM, f) for f in FORM.__struct_fields__} | {"website": "https://spam.example"})
    spam, real = await sending(house)(form, house.key()), await sending(house)(FORM, house.key())
    assert (spam.about, spam.work.state, len(spam.request)) == (real.about, real.work.state, len(real.request))
    assert house.made("lead") == 1


async def test_a_short_message_is_refused_by_field(house: House) -> None:
    with pytest.raises(Invalid) as refused:
        await sending(house)(
            ContactForm(email="kai@example.com", name="Kai", subject="Hi", message=" too short "[:9]), house.key()
        )
    assert [(f.field, f.code) for f in refused.value.faults] == [("message", "too_short")]
    assert house.made("lead") == 0


async def test_a_line_feed_in_a_subject_splits_nothing(house: House) -> None:
    form = ContactForm(email="kai@example.com", name="Kai\nTanaka", subject="a\nBcc: all@example.com", message="x" * 10)
    await sending(house)(form, house.key())
    [lead] = house.world.records.find("lead")
    assert (lead["first_name"], lead["last_name"]) == ("Kai", "Tanaka")
    assert lead["description"].startswith("a Bcc: all@example.com\n\n")


async def test_the_form_can_be_hidden(house: House) -> None:
    async with house.store.begin() as shelves:
        await shelves.flags.set(Flag("public_support", 0))
    with pytest.raises(SwitchedOff):
        await sending(house)(FORM, house.key())


async def test_a_question_is_a_case_that_both_sides_comment_on(house: House) -> None:
    session = await house.customer()
    reply = await opening(house)(session, "Slow line", "The line is slow since Monday.", house.key())
    case = reply.work.result["case"]
    assert reply.work.state is WorkState.DONE
    await commenting(house)(session, case, "It is fine again.\r\nThank you!", house.key())
    shown = await ReadCase(house.desk)(session, case)
    assert (shown.subject, shown.description, shown.status) == ("Slow line", "The line is slow since Monday.", "New")
    assert [(c.text, c.from_customer) for c in shown.comments] == [("It is fine again.\nThank you!", True)]
    assert [c.id for c in await ListCases(house.desk)(session)] == [case]
    row = house.world.records.get("case", case)
    assert row is not None
    assert (row["origin"], row["contact"]) == ("Portal Website", session.contact)


async def test_the_same_key_opens_one_case(house: House) -> None:
    session, key = await house.customer(), house.key()
    first, second = [await opening(house)(session, "Slow line", "Slow since Monday.", key) for _ in range(2)]
    assert first.work.result == second.work.result
    assert house.made("case") == 1


async def test_staffs_own_cases_and_those_of_others_are_not_there(house: House) -> None:
    mina, kai = await house.customer(), await house.customer("kai@example.com")
    theirs = (await opening(house)(kai, "Mine", "Nobody else's business.", house.key())).work.result["case"]
    internal = await house.desk.ensure_case(
        NewCase(
            key=request_key("check"),
            kind=CaseKind.AVAILABILITY,
            origin=CaseOrigin.PORTAL,
            account=mina.account,
            contact=mina.contact,
            subject="Internet availability check request (Portal)",
            description="-",
        )
    )
    assert await ListCases(house.desk)(mina) == ()
    for case in (theirs, internal, CaseId("500000000000000AAA"), "nonsense", ""):
        with pytest.raises(NotFound):
            await ReadCase(house.desk)(mina, case)
        with pytest.raises(NotFound):
            await commenting(house)(mina, case, "May I?", house.key())
    assert await ReadCase(house.desk)(kai, theirs[:15]), "the short spelling of one's own id is the same case"


async def test_a_repeat_is_not_counted(house: House) -> None:
    session, key = await house.customer(), house.key()
    replies = [await opening(house)(session, "Slow line", "It is slow since Monday.", key) for _ in range(5)]
    case = replies[0].work.result["case"]
    remark = house.key()
    for _ in range(5):
        await commenting(house)(session, case, "It is fine again.", remark)
    assert len({reply.request for reply in replies}) == 1
    for number in range(18):
        await opening(house)(session, f"Question {number}", "Please answer this one.", house.key())
    with pytest.raises(TooMany):
        await commenting(house)(session, case, "One more.", house.key())


async def test_cases_are_limited_per_account(house: House) -> None:
    session, other = await house.customer(), await house.customer("kai@example.com")
    for number in range(20):
        await opening(house)(session, f"Question {number}", "Please answer this one.", house.key())
    with pytest.raises(TooMany) as refused:
        await opening(house)(session, "One more", "Please answer this one.", house.key())
    assert refused.value.data["limit"] == "case"
    assert (await opening(house)(other, "First", "Please answer this one.", house.key())).work.state is WorkState.DONE
