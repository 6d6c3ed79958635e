"""What the identity desk promises (IDV)."""

import asyncio
from datetime import timedelta

import pytest

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.world import World
from core.domain.document import Side
from core.domain.identity import IdStatus
from core.domain.ids import AccountId, DocumentId
from ports.customer_registry import Registered
from ports.errors import Rejected, Unavailable
from ports.identity_desk import IdentityDesk
from tests.contracts.samples import AT, MINA, Samples

KEY = Samples.key("card")


async def test_a_document_lies_on_the_account_and_is_submitted(
    identity: IdentityDesk, mina: Registered, world: World
) -> None:
    document = await identity.ensure_document(KEY, mina.account, Samples.document())
    assert (await identity.standing(mina.account)).status is IdStatus.NOT_SUBMITTED
    standing = await identity.ensure_submitted(mina.account, document, AT)
    assert standing.read_at is not None
    assert (standing.status, standing.submitted_at, standing.file_name) == (IdStatus.SUBMITTED, AT, "在留カード.png")
    (version,) = world.records.find("document_version")
    assert (version["document"], version["number"], version["is_latest"]) == (document, 1, True)
    (link,) = world.records.find("document_link")
    assert (link["document"], link["linked"]) == (document, mina.account)


async def test_what_was_uploaded_is_nowhere_to_be_read(identity: IdentityDesk, mina: Registered, world: World) -> None:
    secret = b"\x89PNG a face and a number"
    document = await identity.ensure_document(KEY, mina.account, Samples.document(secret))
    standing = await identity.ensure_submitted(mina.account, document, AT)
    shown = [standing, world.ledger.entries, world.stream.facts, *map(dict, world.records.find("document_version"))]
    assert b"a face" not in repr(shown).encode()


async def test_the_same_content_is_stored_once(identity: IdentityDesk, mina: Registered, world: World) -> None:
    keys = [Samples.key("card", str(n)) for n in range(20)]
    made = await asyncio.gather(*(identity.ensure_document(k, mina.account, Samples.document()) for k in keys))
    assert len(set(made)) == 1
    assert len(world.records.find("document_version")) == len(world.records.find("document")) == 1


async def test_another_content_is_a_new_version_of_the_same_document(
    identity: IdentityDesk, mina: Registered, world: World
) -> None:
    first = await identity.ensure_document(Samples.key("1"), mina.account, Samples.document())
    second = await identity.ensure_document(Samples.key("2"), mina.account, Samples.document(b"back", "back.png"))
    assert first == second
    versions = world.records.find("document_version", document=first)
    assert [(v["number"], v["is_latest"], v["title"]) for v in versions] == [
        (1, False, "在留カード.png"),
        (2, True, "back.png"),
    ]
    standing = await identity.ensure_submitted(mina.account, second, AT)
    assert standing.file_name == "back.png"
    # a late repetition of the first upload puts nothing on top of the second
    await identity.ensure_document(Samples.key("1"), mina.account, Samples.document())
    assert len(world.records.find("document_version")) == 2


async def test_the_former_card_sent_again_is_the_current_one(
    identity: IdentityDesk, mina: Registered, world: World
) -> None:
    for number, data in enumerate((b"one", b"two", b"one")):
        document = await identity.ensure_document(Samples.key(str(number)), mina.account, Samples.document(data))
    latest = world.records.find("document_version", document=document, is_latest=True)
    assert [version["number"] for version in latest] == [3]


async def test_each_side_is_a_document_of_its_own(identity: IdentityDesk, mina: Registered, world: World) -> None:
    front = await identity.ensure_document(KEY, mina.account, Samples.document(b"front"))
    back = await identity.ensure_document(KEY, mina.account, Samples.document(b"back", "back.png"), Side.BACK)
    assert front != back
    again = await identity.ensure_document(Samples.key("2"), mina.account, Samples.document(b"b2"), Side.BACK)
    assert again == back
    latest = world.records.find("document_version", is_latest=True)
    assert {(v["document"], v["number"]) for v in latest} == {(front, 1), (back, 2)}


async def test_another_account_has_its_own_document(
    identity: IdentityDesk, mina: Registered, staff: StaffDesk, world: World
) -> None:
    other = AccountId(await staff.add_account(None, MINA, "other@example.jp"))
    mine = await identity.ensure_document(KEY, mina.account, Samples.document())
    theirs = await identity.ensure_document(KEY, other, Samples.document())
    assert mine != theirs
    assert len(world.records.find("document")) == 2


@pytest.mark.parametrize("kind", ["unavailable", "timeout_before", "timeout_after"])
async def test_one_version_whatever_the_answer(
    identity: IdentityDesk, mina: Registered, world: World, kind: str
) -> None:
    world.faults.switch("salesforce", "ensure_document", kind, times=1)
    with pytest.raises(Unavailable):
        await identity.ensure_document(KEY, mina.account, Samples.document())
    await identity.ensure_document(KEY, mina.account, Samples.document())
    assert len(world.records.find("document_version")) == 1


async def test_submitting_clears_what_staff_wrote_before(
    identity: IdentityDesk, mina: Registered, staff: StaffDesk, world: World
) -> None:
    document = await identity.ensure_document(KEY, mina.account, Samples.document())
    await identity.ensure_submitted(mina.account, document, AT)
    await staff.review_id(mina.account, IdStatus.REJECTED, "BLURRY: the left edge")
    rejected = await identity.standing(mina.account)
    assert (rejected.status, rejected.message) == (IdStatus.REJECTED, "BLURRY: the left edge")
    assert rejected.reviewed_at is not None
    again = await identity.ensure_submitted(mina.account, document, Samples.later(hours=1))
    assert (again.status, again.message) == (IdStatus.SUBMITTED, None)
    row = world.records.get("account", mina.account)
    assert row is not None
    assert row["id_note"] is None


async def test_a_review_after_the_upload_stays(
    identity: IdentityDesk, mina: Registered, staff: StaffDesk, world: World
) -> None:
    document = await identity.ensure_document(KEY, mina.account, Samples.document())
    at = world.clock.now()
    await identity.ensure_submitted(mina.account, document, at)
    world.clock.set(Samples.later(hours=2))
    await staff.review_id(mina.account, IdStatus.REJECTED, "EXPIRED")
    before = world.ledger.entries
    standing = await identity.ensure_submitted(mina.account, document, at)
    assert standing.status is IdStatus.REJECTED
    assert world.ledger.entries == before


async def test_a_verified_account_stays_so(identity: IdentityDesk, mina: Registered, staff: StaffDesk) -> None:
    document = await identity.ensure_document(KEY, mina.account, Samples.document())
    await identity.ensure_submitted(mina.account, document, AT)
    await staff.review_id(mina.account, IdStatus.VERIFIED)
    standing = await identity.ensure_submitted(mina.account, document, Samples.later(days=9))
    assert standing.status is IdStatus.VERIFIED


async def test_an_older_upload_does_not_go_before_a_newer_one(
    identity: IdentityDesk, mina: Registered, world: World
) -> None:
    document = await identity.ensure_document(KEY, mina.account, Samples.document())
    await identity.ensure_submitted(mina.account, document, Samples.later(minutes=5))
    standing = await identity.ensure_submitted(mina.account, document, AT)
    assert standing.submitted_at == Samples.later(minutes=5)


async def test_what_is_not_there_is_refused(identity: IdentityDesk, mina: Registered) -> None:
    with pytest.raises(Rejected, match="NOT_FOUND"):
        await identity.standing(AccountId("001000000000000AAA"))
    with pytest.raises(Rejected, match="NOT_FOUND"):
        await identity.ensure_document(KEY, AccountId("001000000000000AAA"), Samples.document())
    with pytest.raises(Rejected, match="INVALID_CROSS_REFERENCE_KEY"):
        await identity.ensure_submitted(mina.account, DocumentId("069000000000000AAA"), AT)


async def test_review_times_are_staffs_newest_first(
    identity: IdentityDesk, mina: Registered, staff: StaffDesk, world: World
) -> None:
    assert await identity.review_times(5) == ()
    asked_at = world.clock.now()
    document = await identity.ensure_document(KEY, mina.account, Samples.document())
    await identity.ensure_submitted(mina.account, document, asked_at)
    assert await identity.review_times(5) == ()
    world.clock.advance(timedelta(hours=3))
    await staff.review_id(mina.account, IdStatus.VERIFIED)
    [waited] = await identity.review_times(5)
    assert timedelta(hours=3) <= waited < timedelta(hours=3, minutes=1)
    assert await identity.review_times(0) == ()
