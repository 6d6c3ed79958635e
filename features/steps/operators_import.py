"""Customers who come from a former portal, brought along by an operator (OPS-7)."""

from pathlib import Path
from typing import Any, Final

from features.documents import A_CARD
from features.parameters import choice
from features.sentences import given, then, when
from features.stage import Stage, same
from features.steps.operators_repairs import LAST, in_the_systems
from tests.exports import CREATED, user_line, write_export

EXPORT: Final = "export"
USERS: Final = "users of the former portal"
FATES: Final = ("imported", "there")
choice("fate", {name: name for name in FATES}, "imported")


@given("a former portal's export with {actor}, {owner} residence card and {actor}")
def has_export(stage: Stage, actor: str, owner: str, actor2: str, tmp_path: Path) -> None:
    """Both are customers in Salesforce and WHMCS, and no users of this portal."""
    lines = [_known(stage, stage.name(name), f"P000000{place}") for place, name in enumerate((actor, actor2), start=1)]
    stage.notes[USERS] = lines
    card = {"accountId": lines[0]["accountId"], "front": {"file": A_CARD[0]}, "sentAt": CREATED.isoformat()}
    write_export(tmp_path / EXPORT, lines, [card], {A_CARD[0]: A_CARD[1]})
    stage.name(owner)


def _known(stage: Stage, name: str, number: str) -> dict[str, Any]:
    form, backstage = stage.form(name), stage.backstage
    first, last, email = form["firstName"], form["lastName"], form["email"]
    client = backstage.whmcs.add_client(email=email, first_name=first, last_name=last, customer_number=number)
    person = {"first_name": first, "last_name": last}
    account = backstage.salesforce.add_account(number=number, person=person, email=email, client=client)
    (contact,) = backstage.records("contact", account=account)
    return user_line(email, form["password"], account, contact["id"], client, number)


@given("{owner} password in it is kept in another way than argon2id")
def another_hash(stage: Stage, owner: str, tmp_path: Path) -> None:
    """As portals did it once."""
    email = stage.form(owner)["email"]
    lines = stage.notes[USERS]
    next(line for line in lines if line["email"] == email)["passwordHash"] = "$2b$12$" + "a" * 53
    write_export(tmp_path / EXPORT, lines)


@when("an operator looks at what the import would do")
def looks(stage: Stage, tmp_path: Path) -> None:
    """Without saying that it is to be done."""
    in_the_systems(stage, tmp_path, "import", str(tmp_path / EXPORT))


@given("an operator has imported it")
@when("an operator imports it")
def imports(stage: Stage, tmp_path: Path) -> None:
    """Says that it is to be done."""
    in_the_systems(stage, tmp_path, "import", str(tmp_path / EXPORT), "--yes")


@then("the operator reads of {number} user(s) and {number} document(s) that are {fate}")
def reads_fates(stage: Stage, number: int, number2: int, fate: str) -> None:
    """The report at the end."""
    report = stage.notes[LAST]
    same("What became of the lines", (number, number2), (report["users"][fate], report["documents"][fate]))
    same("Refused lines", [], report["refused"])


@then("the operator reads that line {number} of the users is refused for its {words}")
def reads_refused(stage: Stage, number: int, words: str) -> None:
    """The report names line and field, and never what stands there."""
    refused = [each for each in stage.notes[LAST]["refused"] if each["file"] == "users.jsonl"]
    same("Refused lines", [(number, words)], [(each["line"], each["field"]) for each in refused])


@then("the operator reads that it goes on when it is run again")
def reads_not_reached(stage: Stage) -> None:
    """The first line that was not reached ends the run."""
    same("Users who were not reached", 1, stage.notes[LAST]["users"]["not_reached"])


@then("{actor} can't log in")
def cannot_log_in(stage: Stage, actor: str) -> None:
    """Nobody has that address here."""
    form = stage.form(actor)
    with stage.asking():
        stage.told = stage.portal.log_in(form["email"], form["password"])
    same("Why the log-in was refused", "wrong_login", stage.refusal.code)
