"""What customers do about their ID, and what they and Salesforce see of it (IDV)."""

from typing import Any, Final

from features.documents import A_CARD, A_SHARPER_CARD, FILES, THE_BACK, File
from features.parameters import choice
from features.sentences import given, then, when
from features.stage import Stage, same
from features.wishes import table
from genkan.backstage import Row

choice("file", {name: name for name in FILES}, "a HEIC photo")
choice(
    "remedy",
    {
        "send it again": "try_again",
        "contact support": "contact_support",
        "もう一度送る": "try_again",
        "問い合わせる": "contact_support",
    },
    "send it again",
)
CONTENTS: Final = "document contents"
"""Under this name the stage keeps what each upload made in Salesforce."""


# --- sending ---------------------------------------------------------------------------------------------------------
@given("{actor} has sent {owner} residence card", "{actor}が在留カードを送った")
def has_sent(stage: Stage, actor: str, owner: str = "") -> None:
    """The front of the card is with staff."""
    stage.customer(actor).upload_id(A_CARD)


@given("{actor} has sent both sides of {owner} residence card")
def has_sent_both(stage: Stage, actor: str, owner: str) -> None:
    """Both sides of the card are with staff."""
    stage.customer(actor).upload_id(A_CARD, THE_BACK)


@when("{actor} sends {owner} residence card", "{actor}が在留カードを送る")
@when("{actor} sends {owner} residence card {times}")
def sends(stage: Stage, actor: str, owner: str = "", times: int = 1) -> None:
    """Sends the front of the card."""
    for _ in range(times):
        _send(stage, actor, A_CARD)


@when("{actor} sends both sides of {owner} residence card")
def sends_both(stage: Stage, actor: str, owner: str) -> None:
    """Sends the front and the back."""
    _send(stage, actor, A_CARD, THE_BACK)


@when("{actor} sends a sharper picture")
def sends_sharper(stage: Stage, actor: str) -> None:
    """Sends another picture of the front."""
    _send(stage, actor, A_SHARPER_CARD)


@when("{actor} sends {file}")
@when("{actor} sends {file} called {words}")
@when("{actor} sends {file} with {file} as its back")
def sends_file(stage: Stage, actor: str, file: str, words: str = "front", file2: str | None = None) -> None:
    """Sends some file as the front, and perhaps one as the back."""
    _send(stage, actor, (words, FILES[file]()), ("back", FILES[file2]()) if file2 else None)


@when("{actor} sends these, each is taken")
def sends_good_ones(stage: Stage, actor: str, datatable: list[list[str]]) -> None:
    """Sends one file after another; none is refused."""
    for row in table(datatable):
        told = stage.customer(actor).upload_id((row["called"], FILES[row["file"]]()))
        same(f"The status after {row['file']}", "submitted", told["status"])


@when("{actor} sends these, each is refused with the reason")
def sends_bad_ones(stage: Stage, actor: str, datatable: list[list[str]]) -> None:
    """Sends one file after another; each is refused for a reason of its own."""
    for row in table(datatable):
        _send(stage, actor, (row["called"], FILES[row["file"]]()))
        same(f"What is said of {row['file']}", [("front", row["reason"])], _reasons(stage))


@then("the back is refused, since {words}")
def back_refused(stage: Stage, words: str) -> None:
    """The reason is told of the back alone."""
    same("What is said of the files", [("back", words)], _reasons(stage))


# --- what the customer sees ------------------------------------------------------------------------------------------
@then("{owner} ID is {status}", "{owner}本人確認は{status}である")
def id_is(stage: Stage, owner: str, status: str) -> None:
    """The status that the customer sees."""
    same("The status of the ID", status, stage.customer(owner).identity()["status"])


@then("{actor} reads of {owner} ID {words}")
def reads_of_id(stage: Stage, actor: str, owner: str, words: str) -> None:
    """What the portal says about the review."""
    same("What is said of the ID", words, stage.customer(actor).identity()["message"])


@then("{actor} sees that {actor} sent {words}")
def sees_file(stage: Stage, actor: str, actor2: str, words: str) -> None:
    """The name of the file that staff look at, and that it was sent just now."""
    told = stage.customer(actor).identity()
    same("The file that was sent", words, told["fileName"])
    assert told["submittedAt"] is not None, "nobody knows when it was sent"


@then("{actor} can send a card")
def can_send(stage: Stage, actor: str) -> None:
    """A card may be sent now."""
    same("Whether a card can be sent", True, stage.customer(actor).identity()["takesUpload"])


@then("{actor} can't send a card")
def can_not_send(stage: Stage, actor: str) -> None:
    """No card may be sent now."""
    same("Whether a card can be sent", False, stage.customer(actor).identity()["takesUpload"])


@then("nothing is said to be wrong with {owner} ID")
def nothing_wrong(stage: Stage, owner: str) -> None:
    """There is no reason and no remedy."""
    same("What is wrong with the ID", None, stage.customer(owner).identity()["rejection"])


@then("{actor} reads the reason {words} and the remedy {words} in {language}")
@then("{actor}は理由{words}と対処{words}を{language}で読む")
def reads_reason(stage: Stage, actor: str, words: str, words2: str, language: str) -> None:
    """What is wrong with the card, and what helps."""
    told = stage.customer(actor).call("GET", "/verification/id", headers={"accept-language": language})["rejection"]
    same("The reason and the remedy", (words, words2), (told["reason"], told["remedy"]))


@then("{actor} had better {remedy}", "{actor}は{remedy}とよい")
def had_better(stage: Stage, actor: str, remedy: str) -> None:
    """What kind of rejection it is: one to try again, or one to talk about."""
    same("What the customer had better do", remedy, stage.customer(actor).identity()["rejection"]["kind"])


@then("nothing that {actor} reads says {words}", "{actor}が読むどこにも{words}はない")
def reads_nowhere(stage: Stage, actor: str, words: str) -> None:
    """The words are in nothing that the portal tells the customer."""
    customer = stage.customer(actor)
    told = {
        "identity": customer.identity(),
        "profile": customer.profile(),
        "status": customer.status(),
        "stories": customer.timeline(),
        "notices": customer.notices(),
    }
    same(f"Where {words!r} can be read", [], [name for name, said in told.items() if words in str(said)])


# --- what Salesforce holds -------------------------------------------------------------------------------------------
@given("Salesforce takes no documents")
def takes_no_documents(stage: Stage) -> None:
    """Salesforce answers everything but the sending of files."""
    stage.backstage.fault("salesforce", "ensure_document", "unavailable")


@given("Salesforce fails {times} to note what was submitted")
def fails_to_note(stage: Stage, times: int) -> None:
    """The file is there, and the status can't be written so many times."""
    stage.backstage.fault("salesforce", "ensure_submitted", "unavailable", times=times)


@then("Salesforce holds {owner} ID as {words}")
@then("Salesforce holds {owner} ID as {words}, without a message or a note")
def holds_id(stage: Stage, owner: str, words: str) -> None:
    """The status on the account; while it is submitted, nothing is said of an earlier review."""
    account = stage.account(owner)
    same("The status in Salesforce", words, account["id_status"])
    if words == "Submitted":
        same("Message and note", (None, None), (account["id_message"], account["id_note"]))


@then("Salesforce holds {number} document(s) of {owner}")
def holds_documents(stage: Stage, number: int, owner: str) -> None:
    """How many documents lie on the account."""
    same("Documents in Salesforce", number, len(_documents(stage, owner)))


@then("Salesforce holds {owner} document(s) {words}")
def holds_named_documents(stage: Stage, owner: str, words: str) -> None:
    """What the documents on the account are called."""
    same("Documents in Salesforce", words, ", ".join(str(each["title"]) for each in _documents(stage, owner)))


@then("Salesforce holds {number} version(s) of {owner} document")
def holds_versions(stage: Stage, number: int, owner: str) -> None:
    """One document, replaced so many times but one."""
    (document,) = _documents(stage, owner)
    same("Versions", number, len(stage.backstage.records("document_version", document=document["id"])))


@then("both are the very same document in Salesforce")
def same_document(stage: Stage) -> None:
    """What two uploads made there has the same content, to the byte."""
    first, second = stage.notes[CONTENTS]
    same("The content of the second document", first, second)


# --- inside ----------------------------------------------------------------------------------------------------------
def _send(stage: Stage, said: str, front: File, back: File | None = None) -> None:
    with stage.asking():
        stage.told = stage.customer(said).upload_id(front, back)
        latest = [each["checksum"] for each in stage.backstage.records("document_version", is_latest=True)]
        stage.notes.setdefault(CONTENTS, []).append(latest)


def _reasons(stage: Stage) -> list[tuple[str, str]]:
    same("Why it was refused", "document_not_accepted", stage.refusal.code)
    return [(fault["field"], fault["message"]) for fault in stage.refusal.problem["errors"]]


def _documents(stage: Stage, owner: str) -> list[Row]:
    account = stage.account(owner)["id"]
    links: list[dict[str, Any]] = stage.backstage.records("document_link", linked=account)
    return [row for link in links if (row := stage.backstage.record("document", link["document"])) is not None]
