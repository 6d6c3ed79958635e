"""Sending in a residence card, staff's review, and what follows from it (IDV)."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from core.domain import uploads
from core.domain.catalog import ProductType
from core.domain.document import CleanDocument, DocumentRefusal, DocumentRefused, SentFile
from core.domain.id_methods import IdMethod, MethodRule
from core.domain.identity import IdStatus, RejectionCode
from core.domain.importing import Fate, FormerDocument, FormerFile
from core.domain.limits import LIMITS
from core.domain.refusals import AlreadyVerified, DocumentNotAccepted, SwitchedOff, TooMany
from core.domain.session import Session
from core.domain.work import WorkState
from core.usecases.identity.import_document import ImportDocument
from core.usecases.identity.upload_document import UploadDocument
from ports.errors import Unavailable
from tests.databases import embedded_only
from tests.usecases.checks_house import House, Sure, a_house, done

FRONT, BACK = SentFile("front.png", b"the front"), SentFile("back.png", b"the back")
ANOTHER = SentFile("better front.png", b"a better front")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
async def mina(house: House) -> Session:
    return await house.customer()


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def versions(house: House) -> list[tuple[str, bool]]:
    return [(v["title"], v["is_latest"]) for v in house.world.records.find("document_version")]


async def test_a_card_is_put_on_the_account_and_submitted(house: House, mina: Session) -> None:
    assert done(await house.upload(mina, FRONT)).about == "verification"
    shown = await house.read_identity(mina)
    assert (shown.identity.status, shown.identity.file_name) == (IdStatus.SUBMITTED, "front.png")
    assert shown.identity.submitted_at is not None
    assert shown.expected is not None
    [link] = house.world.records.find("document_link")
    assert link["linked"] == mina.account
    assert await house.waiting(uploads.WAITING) == [mina.account]


async def test_each_side_is_a_document_of_its_own(house: House, mina: Session) -> None:
    done(await house.upload(mina, FRONT, BACK))
    assert versions(house) == [("front.png", True), ("back.png", True)]
    assert len(house.world.records.find("document")) == 2
    assert (await house.read_identity(mina)).identity.file_name == "front.png"


async def test_a_replacement_adds_a_version_to_the_same_document(house: House, mina: Session) -> None:
    done(await house.upload(mina, FRONT, BACK))
    done(await house.upload(mina, ANOTHER))
    assert versions(house) == [("front.png", False), ("back.png", True), ("better front.png", True)]
    assert len(house.world.records.find("document")) == 2
    assert (await house.read_identity(mina)).identity.file_name == "better front.png"


async def test_the_same_card_sent_again_is_stored_once(house: House, mina: Session) -> None:
    done(await house.upload(mina, FRONT))
    done(await house.upload(mina, FRONT))
    assert versions(house) == [("front.png", True)]


async def test_an_earlier_card_sent_after_another_is_the_current_one_again(house: House, mina: Session) -> None:
    for sent in (FRONT, ANOTHER, FRONT):
        done(await house.upload(mina, sent))
    assert versions(house) == [("front.png", False), ("better front.png", False), ("front.png", True)]


@pytest.mark.parametrize("kind", ["unavailable", "timeout_before", "timeout_after"])
async def test_with_salesforce_down_nothing_is_kept(house: House, mina: Session, kind: str) -> None:
    house.world.faults.switch("salesforce", "ensure_document", kind)
    with pytest.raises(Unavailable):
        await house.upload(mina, FRONT)
    assert await house.runner.unsettled() == ()
    house.world.faults.clear()
    assert (await house.read_identity(mina)).identity.status is IdStatus.NOT_SUBMITTED
    # sent again, it is there once, also where only the answer was lost
    done(await house.upload(mina, FRONT))
    assert versions(house) == [("front.png", True)]


async def test_what_follows_is_done_later_where_salesforce_goes_down_in_between(house: House, mina: Session) -> None:
    object.__setattr__(house.reception, "wait", 0.05)
    house.world.faults.switch("salesforce", "ensure_submitted", "timeout_after")
    reply = await house.upload(mina, FRONT)
    assert reply.work.state in (WorkState.RECEIVED, WorkState.IN_PROGRESS)
    house.world.faults.clear()
    await house.settled()
    assert (await house.up.identity_desk.standing(mina.account)).status is IdStatus.SUBMITTED


class Choosy(Sure):
    """Refuses what is called so."""

    async def clean(self, filename: str, data: bytes) -> CleanDocument:
        if filename == "bad.pdf":
            raise DocumentRefused(DocumentRefusal.ACTIVE_CONTENT)
        return await super().clean(filename, data)


@pytest.mark.parametrize(
    ("front", "back", "field"),
    [(SentFile("bad.pdf", b"x"), None, "front"), (FRONT, SentFile("bad.pdf", b"x"), "back")],
)
async def test_a_refused_file_names_its_field_and_changes_nothing(
    house: House, mina: Session, front: SentFile, back: SentFile | None, field: str
) -> None:
    it = house.upload
    upload = UploadDocument(it.desk, Choosy(), it.reception, it.limits, it.ids, it.clock, it.policy, it.shown)
    with pytest.raises(DocumentNotAccepted) as refused:
        await upload(mina, front, back)
    assert refused.value.data == {"reason": "active_content", "field": field}
    assert versions(house) == []
    assert (await house.read_identity(mina)).identity.status is IdStatus.NOT_SUBMITTED


async def test_a_verified_customer_sends_no_more(house: House, mina: Session) -> None:
    done(await house.upload(mina, FRONT))
    await house.staff.review_id(mina.account, IdStatus.VERIFIED)
    with pytest.raises(AlreadyVerified):
        await house.upload(mina, ANOTHER)
    assert versions(house) == [("front.png", True)]


async def test_uploads_are_limited(tmp_path: Path) -> None:
    async with a_house(tmp_path, dict(LIMITS)) as house:
        mina = await house.customer()
        for _ in range(10):
            done(await house.upload(mina, FRONT))
        with pytest.raises(TooMany):
            await house.upload(mina, FRONT)


async def test_a_method_the_law_no_longer_allows_is_closed(house: House, mina: Session) -> None:
    it = house.upload
    until = MethodRule(ProductType.SIM, IdMethod.DOCUMENT_IMAGE, ends=date(2026, 1, 19))
    policy = msgspec.structs.replace(it.policy, id_methods=(until,))
    with pytest.raises(SwitchedOff):
        await UploadDocument(it.desk, Sure(), it.reception, it.limits, it.ids, it.clock, policy, it.shown)(mina, FRONT)


@embedded_only
async def test_no_byte_of_it_is_kept_here(house: House, mina: Session, tmp_path: Path) -> None:
    canary = b"CANARY-0123456789-RESIDENCE-CARD"
    done(await house.upload(mina, SentFile("front.png", canary), SentFile("back.png", canary + b"2")))
    await house.settled()
    kept = everything_in(tmp_path)
    assert canary not in kept
    assert b"front.png" in kept or mina.account.encode() in kept  # the file looked into is the portal's


# --- the review ----------------------------------------------------------------------------------------------------
async def test_verified_is_told_once(house: House, mina: Session) -> None:
    done(await house.upload(mina, FRONT))
    house.world.faults.switch("salesforce", "IdentityChanged", "duplicate_event")
    await house.staff.review_id(mina.account, IdStatus.VERIFIED)
    await house.hear()
    house.position = None
    await house.hear()
    assert await house.told(mina) == ["verification_verified"]
    assert await house.waiting(uploads.WAITING) == []


async def test_a_rejection_tells_what_was_wrong_and_what_helps(house: House, mina: Session) -> None:
    done(await house.upload(mina, FRONT))
    await house.staff.review_id(mina.account, IdStatus.REJECTED, "EXPIRED: until 2024-03")
    await house.hear()
    [notice] = await house.notices(mina)
    assert notice.values["text_en"] == "The card's date has passed. until 2024-03"
    assert notice.values["remedy_ja"] == "更新後のカードをお送りください。"
    shown = await house.read_identity(mina)
    assert shown.rejection is not None
    assert shown.rejection.code is RejectionCode.EXPIRED


async def test_after_a_rejection_the_customer_sends_again(house: House, mina: Session) -> None:
    done(await house.upload(mina, FRONT))
    await house.staff.review_id(mina.account, IdStatus.REJECTED, "BLURRY")
    await house.hear()
    house.clock.advance(timedelta(minutes=1))
    done(await house.upload(mina, ANOTHER))
    account = house.world.records.get("account", mina.account)
    assert account is not None
    assert (account["id_status"], account["id_message"], account["id_note"]) == (IdStatus.SUBMITTED, None, None)
    house.clock.advance(timedelta(minutes=1))
    await house.staff.review_id(mina.account, IdStatus.REJECTED, "BLURRY")
    await house.hear()
    # the same word of staff's about another card is another fact
    assert await house.told(mina) == ["verification_rejected", "verification_rejected"]


async def test_staff_may_take_a_verification_back(house: House, mina: Session) -> None:
    done(await house.upload(mina, FRONT))
    await house.staff.review_id(mina.account, IdStatus.VERIFIED)
    await house.hear()
    house.clock.advance(timedelta(minutes=1))
    await house.staff.correct_id(mina.account, IdStatus.REJECTED, "NAME_MISMATCH")
    await house.hear()
    assert await house.told(mina) == ["verification_rejected", "verification_verified"]
    assert (await house.read_identity(mina)).identity.takes_upload


async def test_staffs_own_note_is_never_shown(house: House, mina: Session) -> None:
    done(await house.upload(mina, FRONT))
    await house.staff.review_id(mina.account, IdStatus.REJECTED, "OTHER")
    await house.hear()
    account = house.world.records.get("account", mina.account)
    assert account is not None
    assert account["id_note"]
    assert account["id_note"] not in repr(await house.read_identity(mina))
    assert account["id_note"] not in repr(await house.notices(mina))


async def test_what_the_portal_sent_is_read_by_nobody_again(house: House, mina: Session) -> None:
    done(await house.upload(mina, FRONT))
    before = house.world.calls["salesforce", "standing"]
    assert await house.hear() > 0
    assert await house.catch_up() == 0
    assert house.world.calls["salesforce", "standing"] == before


async def test_a_review_that_came_before_the_portal_was_done_is_made_good_too(house: House, mina: Session) -> None:
    house.world.faults.switch("salesforce", "ensure_submitted", "timeout_after")
    await house.upload(mina, FRONT)
    house.world.faults.switch("*", "*", "lost_event")
    house.clock.advance(timedelta(minutes=1))
    await house.staff.review_id(mina.account, IdStatus.VERIFIED)
    house.world.faults.clear()
    await house.settled()
    assert await house.catch_up() == 1
    await house.settled()
    assert await house.told(mina) == ["verification_verified"]


async def test_a_review_of_a_document_that_was_imported_is_made_good_too(house: House, mina: Session) -> None:
    """Sent in long before the customer came to the portal, and reviewed by somebody who gave no date."""
    sent_at = house.clock.now() - timedelta(days=300)
    file = FormerFile(FRONT, "f" * 64)
    former = FormerDocument(account=mina.account, sent_at=sent_at, front=file)
    bring = ImportDocument(house.up.identity_desk, Sure(), house.store, house.clock, house.upload.policy)
    assert (await bring(former, for_good=True)).fate is Fate.IMPORTED
    await house.hear()
    house.world.faults.switch("*", "*", "lost_event")
    house.clock.advance(timedelta(minutes=1))
    house.world.records.update("account", mina.account, {"id_status": "Verified"}, by="staff")
    house.world.faults.clear()
    assert await house.catch_up() == 1
    await house.settled()
    assert await house.told(mina) == ["verification_verified"]


async def test_a_lost_review_is_made_good_by_polling(house: House, mina: Session) -> None:
    done(await house.upload(mina, FRONT))
    await house.hear()
    house.world.faults.switch("*", "*", "lost_event")
    await house.staff.review_id(mina.account, IdStatus.VERIFIED)
    assert await house.hear() == 0
    assert await house.catch_up() == 1
    await house.settled()
    assert await house.told(mina) == ["verification_verified"]
    assert await house.catch_up() == 0
    house.clock.advance(timedelta(days=9))
    await house.staff.review_id(mina.account, IdStatus.REJECTED, "OTHER")
    house.clock.advance(timedelta(minutes=1))
    assert await house.catch_up() == 1
    await house.settled()
    assert await house.told(mina) == ["verification_rejected", "verification_verified"]
