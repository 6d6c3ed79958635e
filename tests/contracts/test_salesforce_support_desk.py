"""What the support desk promises (SUP)."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.faults import ANY
from adapters.fakes.world import World
from core.domain.ids import AccountId, CaseId
from core.domain.support import CaseKind, CaseOrigin, CaseStatus, ContactMessage
from ports.customer_registry import CustomerRegistry, Registered
from ports.errors import Rejected, Unavailable
from ports.support_desk import SupportDesk
from tests.contracts.samples import Samples

MESSAGE = ContactMessage(
    key=Samples.key("lead"),
    email=Samples.mail("visitor"),
    name="Ana García",
    subject="Do you serve Sapporo?",
    message="I am about to move there.",
    phone="+81 9011112222",
)


async def test_a_message_becomes_one_lead(support: SupportDesk, world: World) -> None:
    made = await asyncio.gather(*(support.ensure_lead(MESSAGE) for _ in range(20)))
    assert len(set(made)) == 1
    (lead,) = world.records.find("lead")
    assert (lead["first_name"], lead["last_name"]) == ("Ana", "García")
    assert (lead["company"], lead["email"]) == ("Individual", MESSAGE.email)
    assert lead["lead_source"] == "Portal"
    for words in (MESSAGE.subject, MESSAGE.message):
        assert words in lead["description"]


async def test_the_same_words_under_another_key_are_another_lead(support: SupportDesk, world: World) -> None:
    await support.ensure_lead(MESSAGE)
    await support.ensure_lead(msgspec.structs.replace(MESSAGE, key=Samples.key("lead", "2")))
    assert len(world.records.find("lead")) == 2


async def test_a_duplicate_rule_of_the_operators_refuses_whole(
    world: World, support: SupportDesk, registry: CustomerRegistry
) -> None:
    """DUPLICATES_DETECTED: which rules an org has is its own matter, so the world only switches them on."""
    world.faults.switch("salesforce", ANY, "duplicates")
    before = len(world.ledger.entries)
    for write in (
        registry.ensure_customer(Samples.key("mina"), Samples.customer()),
        support.ensure_lead(MESSAGE),
    ):
        with pytest.raises(Rejected) as rejected:
            await write
        assert rejected.value.code == "DUPLICATES_DETECTED"
    assert len(world.ledger.entries) == before
    world.faults.clear()
    assert await registry.ensure_customer(Samples.key("mina"), Samples.customer())


@pytest.mark.parametrize("kind", [CaseKind.AVAILABILITY, CaseKind.CANCELLATION])
async def test_staffs_own_cases_are_no_customers_whatever_their_origin(
    support: SupportDesk, mina: Registered, kind: CaseKind
) -> None:
    case = await support.ensure_case(
        Samples.case(mina.account, mina.contact, kind=kind, origin=CaseOrigin.PORTAL_WEBSITE)
    )
    assert await support.cases(mina.account) == ()
    assert await support.case(mina.account, case) is None


async def test_a_case_is_closed_once_staff_close_it(support: SupportDesk, mina: Registered, staff: StaffDesk) -> None:
    new = Samples.case(mina.account, mina.contact)
    assert await support.is_closed(new.key) is False
    case = await support.ensure_case(new)
    assert await support.is_closed(new.key) is False
    await staff.close_case(case)
    assert await support.is_closed(new.key) is True


@pytest.mark.parametrize("operation", ["ensure_lead", "ensure_case", "ensure_comment"])
@pytest.mark.parametrize("kind", ["unavailable", "timeout_before", "timeout_after"])
async def test_once_whatever_the_answer(
    support: SupportDesk, mina: Registered, world: World, operation: str, kind: str
) -> None:
    case = await support.ensure_case(Samples.case(mina.account, mina.contact))
    calls = {
        "ensure_lead": (lambda: support.ensure_lead(MESSAGE), "lead", 1),
        "ensure_case": (
            lambda: support.ensure_case(Samples.case(mina.account, mina.contact, key=Samples.key("2"))),
            "case",
            2,
        ),
        "ensure_comment": (lambda: support.ensure_comment(Samples.key("c"), case, "Any news?"), "case_comment", 1),
    }
    call, table, count = calls[operation]
    world.faults.switch("salesforce", operation, kind, times=1)
    with pytest.raises(Unavailable):
        await call()
    await call()
    assert len(world.records.find(table)) == count


async def test_a_case_is_read_by_its_own_account(support: SupportDesk, mina: Registered, staff: StaffDesk) -> None:
    new = Samples.case(mina.account, mina.contact)
    made = await support.ensure_case(new)
    assert await support.ensure_case(new) == made
    case = await support.case(mina.account, made)
    assert case is not None
    assert (case.subject, case.description, case.status) == (new.subject, new.description, CaseStatus.NEW)
    assert len(case.number) == 8
    other = AccountId(await staff.add_account(None, Samples.customer().person, "kenji@example.jp"))
    assert await support.case(other, made) is None
    assert await support.cases(other) == ()
    assert await support.case(mina.account, CaseId("500000000000000AAA")) is None
    assert await support.case(mina.account, CaseId("nothing")) is None


async def test_internal_cases_are_never_shown(support: SupportDesk, mina: Registered) -> None:
    for kind in (CaseKind.AVAILABILITY, CaseKind.CANCELLATION):
        internal = Samples.case(mina.account, mina.contact, key=Samples.key(kind), kind=kind, origin=CaseOrigin.PORTAL)
        made = await support.ensure_case(internal)
        assert await support.case(mina.account, made) is None
    assert await support.cases(mina.account) == ()


async def test_cases_come_newest_first_without_comments(support: SupportDesk, mina: Registered, world: World) -> None:
    first = await support.ensure_case(Samples.case(mina.account, mina.contact))
    second = await support.ensure_case(Samples.case(mina.account, mina.contact, key=Samples.key("2")))
    world.clock.advance(timedelta(minutes=1))
    await support.ensure_comment(Samples.key("c"), second, "Any news?")
    cases = await support.cases(mina.account)
    assert [case.id for case in cases] == [second, first]
    assert cases[0].comments == ()
    assert cases[0].changed_at - cases[1].changed_at >= timedelta(minutes=1)


async def test_remarks_are_shown_as_written_but_not_what_staff_say_among_themselves(
    support: SupportDesk, mina: Registered, staff: StaffDesk
) -> None:
    case = await support.ensure_case(Samples.case(mina.account, mina.contact))
    await asyncio.gather(*(support.ensure_comment(Samples.key("c"), case, "Any news?\n\nMina") for _ in range(20)))
    await staff.add_case_comment(case, "We are looking.")
    await staff.add_case_comment(case, "She called twice.", public=False)
    await staff.work_on_case(case)
    await staff.close_case(case, "Replaced the router.")
    shown = await support.case(mina.account, case)
    assert shown is not None
    assert [(c.text, c.from_customer) for c in shown.comments] == [
        ("Any news?\n\nMina", True),
        ("We are looking.", False),
    ]
    assert shown.status is CaseStatus.CLOSED


async def test_what_salesforce_refuses_is_refused(support: SupportDesk, mina: Registered) -> None:
    with pytest.raises(Rejected, match="STRING_TOO_LONG"):
        await support.ensure_case(Samples.case(mina.account, mina.contact, subject="x" * 256))
    with pytest.raises(Rejected, match="INVALID_CROSS_REFERENCE_KEY"):
        await support.ensure_case(Samples.case(AccountId("001000000000000AAA"), mina.contact))
    with pytest.raises(Rejected, match="NOT_FOUND"):
        await support.ensure_comment(Samples.key("c"), CaseId("500000000000000AAA"), "Hello?")
