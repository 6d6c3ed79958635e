"""What operators compare, put right and take up from the command line (OPS-5, ACC-4)."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from adapters.db.tables import audit
from features.sentences import given, then, when
from features.stage import Stage, among, same
from features.steps.operators import command, take_in_hand
from features.wishes import table
from tests.databases import opened

LAST: Final = "what the command said"


def in_the_systems(stage: Stage, folder: Path, *words: str) -> Any:
    """Type a command that reaches the systems beside the open portal; what it prints as JSON, or says of itself."""
    assert stage.world_at is not None
    stage.backstage.now()
    done = command(folder, *words, "--json", world=stage.world_at())
    stage.backstage.now()
    stage.notes[LAST] = json.loads(done.stdout) if done.stdout.startswith(("[", "{")) else done.output
    return stage.notes[LAST]


@when("an operator compares the systems")
def compares(stage: Stage, tmp_path: Path) -> None:
    """Looks, and changes nothing."""
    in_the_systems(stage, tmp_path, "drift")


@when("an operator has the systems repaired")
def repairs(stage: Stage, tmp_path: Path) -> None:
    """Has done what is safe."""
    in_the_systems(stage, tmp_path, "drift", "--repair")


@then("the operator reads of {number} difference(s)")
@then("the operator reads of {number} difference(s), showing")
def reads_differences(stage: Stage, number: int, datatable: list[list[str]] | None = None) -> None:
    """What the systems disagree on, what would be safe, and what became of it."""
    found = stage.notes[LAST]
    same("Differences", number, len(found))
    for row, got in zip(table(datatable or [["kind"]]), found, strict=False):
        same("A difference", row, {name: got[name] or "-" for name in row})


@then("the operator reads why {words}")
def reads_why(stage: Stage, words: str) -> None:
    """What a person is to do, and why nothing was done."""
    among("What is advised", words, stage.notes[LAST][0]["advice"])


@then("{owner} account leads to {owner} client again")
def leads_again(stage: Stage, owner: str, owner2: str) -> None:
    """The Account names the client that carries its number."""
    client = stage.backstage.records("client", customer_number=stage.customer(owner).number)[0]["id"]
    same("The client of the account", client, stage.account(owner2)["client"])


@then("the audit trail holds that it was repaired")
def audited(stage: Stage, tmp_path: Path) -> None:
    """That it was wanted, and what became of it."""
    repairs = asyncio.run(_repairs_of(tmp_path / "portal" / "genkan.db"))
    same("What was written down", ["wanted", "repaired"], [details["outcome"] for details in repairs])


async def _repairs_of(kept: Path) -> list[Any]:
    database = opened(kept)
    async with database.reading() as reading:
        rows = await reading.rows(select(audit.c.details).where(audit.c.deed.like("repair %")).order_by(audit.c.at))
    await database.close()
    return [row.details for row in rows]


# --- orphans ---------------------------------------------------------------------------------------------------------
@given("WHMCS does not add clients")
def adds_no_clients(stage: Stage) -> None:
    """WHMCS answers everything else, and does not answer this."""
    stage.backstage.fault("whmcs", "ensure_client", "unavailable")


@when("{actor} signs up and {owner} sign-up is ended by an operator")
def sign_up_ended(stage: Stage, actor: str, owner: str, tmp_path: Path) -> None:
    """The Account was made, and nothing goes on."""
    form = stage.form(actor)
    started = stage.portal.start_sign_up(**form)
    code = stage.backstage.mailed_code(form["email"])
    stage.portal.complete_sign_up(form["password"], form["email"], {**started, "code": code})
    take_in_hand(stage, tmp_path, "sign_up", "park")
    take_in_hand(stage, tmp_path, "sign_up", "cancel", "--begun")


@given("staff have added {owner} client with the number {words} in WHMCS")
def added_own_client(stage: Stage, owner: str, words: str) -> None:
    """A client with the customer's own address and number, which no Account names."""
    form = stage.form(owner)
    stage.backstage.whmcs.add_client(
        email=form["email"], first_name=form["firstName"], last_name=form["lastName"], customer_number=words
    )


@then("an operator who lists the orphans reads of {number} orphan_account")
def one_account(stage: Stage, number: int, tmp_path: Path) -> None:
    """Accounts that belong to no portal user."""
    _reads_of(stage, tmp_path, ["orphan_account"] * number)


@then("an operator who lists the orphans reads of {number} orphan_client")
def one_client(stage: Stage, number: int, tmp_path: Path) -> None:
    """Clients that no Account names."""
    _reads_of(stage, tmp_path, ["orphan_client"] * number)


@then("an operator who lists the orphans reads of none")
def no_orphans(stage: Stage, tmp_path: Path) -> None:
    """Somebody leads to every record."""
    _reads_of(stage, tmp_path, [])


@when("an operator looks at what adopting it would do")
def looks_at_adopting(stage: Stage, tmp_path: Path) -> None:
    """Without saying that it is to be done."""
    in_the_systems(stage, tmp_path, "orphans", "adopt", _orphan(stage, tmp_path))


@when("an operator adopts it")
def adopts(stage: Stage, tmp_path: Path) -> None:
    """Takes up the one orphan there is."""
    in_the_systems(stage, tmp_path, "orphans", "adopt", _orphan(stage, tmp_path), "--yes")


@then("the operator is told {words}")
def is_told(stage: Stage, words: str) -> None:
    """The command says what it can't do, and why."""
    among("What the command says", words, stage.notes[LAST])


def _orphan(stage: Stage, folder: Path) -> str:
    (found,) = in_the_systems(stage, folder, "orphans", "list")
    return str(found["subject"])


def _reads_of(stage: Stage, folder: Path, kinds: list[str]) -> None:
    same("Orphans", kinds, [each["kind"] for each in in_the_systems(stage, folder, "orphans", "list")])
