"""What staff do about availability and IDs in Salesforce, and what their two queues show (STF-1, STF-2)."""

import base64
import io
from datetime import date, datetime
from typing import Any

from PIL import Image

from features.documents import A_CARD, A_SHARPER_CARD, THE_BACK
from features.sentences import given, then, when
from features.stage import TOKYO, Stage, same
from features.wishes import table


# --- availability ----------------------------------------------------------------------------------------------------
@when("staff answer that {owner} address is eligible for {words}")
@when("staff answer that {owner} address is eligible for {words}, noting {words}")
def answer_yes(stage: Stage, owner: str, words: str, words2: str | None = None) -> None:
    """Writes NTT's yes with what can be had there, and closes the case."""
    account = stage.account(owner)["id"]
    stage.backstage.salesforce.answer_availability(subject=account, status="Eligible", value=words, notes=words2)


@when("staff answer that {owner} address is not eligible")
@when("staff answer that {owner} address is not eligible, noting {words}")
def answer_no(stage: Stage, owner: str, words: str | None = None) -> None:
    """Writes NTT's no, and closes the case."""
    account = stage.account(owner)["id"]
    stage.backstage.salesforce.answer_availability(subject=account, status="Ineligible", notes=words)


@when("{actor} asks for internet availability, noting {words}")
def asks_with_note(stage: Stage, actor: str, words: str) -> None:
    """Asks, and writes something that staff should know."""
    stage.customer(actor).ask_availability(note=words)


@then("{actor} reads staff's notes {words}")
def reads_notes(stage: Stage, actor: str, words: str) -> None:
    """What staff wrote for the customer beside NTT's answer."""
    same("The notes that the customer reads", words, stage.customer(actor).availability()["notes"])


@then("staff have {number} availability check(s) to do, showing")
def checks_showing(stage: Stage, number: int, datatable: list[list[str]]) -> None:
    """What staff see of the open checks, the oldest first."""
    checks = stage.backstage.salesforce.queues()["availability"]
    same("Open availability checks", number, len(checks))
    for wanted, check in zip(table(datatable), checks, strict=True):
        sale = stage.backstage.record("opportunity", check["opportunity"])
        got = {
            "customer": check["customer"],
            "sale": sale["stage"] if sale else "",
            "priority": check["priority"],
            # both are texts in which more may stand
            "address": _if_within(wanted.get("address"), check["address"]),
            "note": _if_within(wanted.get("note"), check["description"]),
        }
        same("The check in staff's queue", wanted, {name: got[name] for name in wanted})


@then("Salesforce holds when {owner} address was answered, and the case as closed")
def holds_answer(stage: Stage, owner: str) -> None:
    """The time of the answer is on the account, and no check of it is open."""
    account = stage.account(owner)
    assert account["eligibility_checked_at"] is not None, "nobody knows when it was answered"
    open_cases = [row for row in stage.backstage.records("case", account=account["id"]) if not row["is_closed"]]
    same("Open cases", [], [row["subject"] for row in open_cases])


# --- documents -------------------------------------------------------------------------------------------------------
@given("staff have rejected {owner} ID")
@given("staff have rejected {owner} ID, writing {words}", "担当者が{owner}本人確認を{words}と書いて差し戻した")
def have_rejected(stage: Stage, owner: str, words: str = "BLURRY") -> None:
    """A card was sent and looked at, and is not accepted."""
    stage.customer(owner).upload_id(A_CARD)
    reject(stage, owner, words)


@given("staff have verified {owner} ID")
def have_verified(stage: Stage, owner: str) -> None:
    """A card was sent and looked at, and is accepted."""
    stage.customer(owner).upload_id(A_CARD)
    verify(stage, owner)


@when("staff verify {owner} ID", "担当者が{owner}本人確認を承認する")
def verify(stage: Stage, owner: str) -> None:
    """Accepts the card."""
    stage.backstage.salesforce.review_id(account=stage.account(owner)["id"], status="Verified")


@when("{words} of staff verifies {owner} ID")
def verify_by(stage: Stage, words: str, owner: str) -> None:
    """Accepts the card, and signs."""
    stage.backstage.salesforce.review_id(account=stage.account(owner)["id"], status="Verified", by=words)


@when("staff reject {owner} ID, writing {words}", "担当者が{owner}本人確認を{words}と書いて差し戻す")
def reject(stage: Stage, owner: str, words: str) -> None:
    """Does not accept the card, and writes why."""
    stage.backstage.salesforce.review_id(account=stage.account(owner)["id"], status="Rejected", message=words)


@then("staff have {number} document(s) to review")
def documents_to_review(stage: Stage, number: int) -> None:
    """Accounts whose card was submitted and not looked at."""
    same("Documents in staff's queue", number, len(_documents(stage)))


@then("staff have {number} document(s) to review, showing")
def documents_showing(stage: Stage, number: int, datatable: list[list[str]]) -> None:
    """What staff see of each card beside what it must agree with, the oldest first."""
    queue = _documents(stage)
    same("Documents in staff's queue", number, len(queue))
    for wanted, document in zip(table(datatable), queue, strict=True):
        got = {
            "customer": document["customer"],
            "born": document["birth_date"],
            "file": document["file_name"],
            "other files": ", ".join(document["other_files"]),
        }
        same("The document in staff's queue", wanted, {name: got[name] for name in wanted})


@then("it is the version that was sent last")
def is_latest_version(stage: Stage) -> None:
    """Staff look at the latest version of the document."""
    (document,) = _documents(stage)
    (latest,) = stage.backstage.records("document_version", is_latest=True)
    same("The version that staff look at", (latest["id"], latest["size"]), (document["version"], document["size"]))


@then("staff can open {owner} files {words}")
def can_open(stage: Stage, owner: str, words: str) -> None:
    """The first as what was sent last, the others by their titles; each shows what was sent under its name."""
    account = stage.account(owner)["id"]
    sent = dict((A_CARD, A_SHARPER_CARD, THE_BACK))
    opened = [stage.backstage.salesforce.latest_document(account=account)]
    opened += [stage.backstage.salesforce.latest_document(account=account, title=t) for t in words.split(", ")[1:]]
    same("The files that staff opened", words, ", ".join(file["title"] for file in opened))
    for file in opened:
        same("What it shows", _pixels(sent[file["title"]]), _pixels(base64.b64decode(file["data"])))


@then("Salesforce holds {owner} ID as {words}, with the time and the note {words}")
def holds_note(stage: Stage, owner: str, words: str, words2: str) -> None:
    """What staff write down for themselves."""
    account = stage.account(owner)
    same("The ID in Salesforce", (words, words2), (account["id_status"], account["id_note"]))
    same("When it was reviewed", stage.today(), _day(account["id_reviewed_at"]))


@then("Salesforce holds {owner} ID as {words}, with the time and the message {words}")
def holds_message(stage: Stage, owner: str, words: str, words2: str) -> None:
    """What staff write for the customer."""
    account = stage.account(owner)
    same("The ID in Salesforce", (words, words2), (account["id_status"], account["id_message"]))
    same("When it was reviewed", stage.today(), _day(account["id_reviewed_at"]))


# --- inside ----------------------------------------------------------------------------------------------------------
def _documents(stage: Stage) -> list[dict[str, Any]]:
    return list(stage.backstage.salesforce.queues()["documents"])


def _pixels(picture: bytes) -> bytes:
    with Image.open(io.BytesIO(picture)) as image:
        return image.tobytes()


def _day(instant: str) -> date:
    return datetime.fromisoformat(instant).astimezone(TOKYO).date()


def _if_within(part: str | None, whole: str | None) -> str | None:
    return part if part is not None and part in (whole or "") else whole
