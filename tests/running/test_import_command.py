"""Customers of a former portal are brought along by a command that may be killed anywhere (OPS-7)."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from adapters.fakes.desk_whmcs import BillingDesk
from adapters.fakes.world import World
from tests.adapters import documents
from tests.commands import typed
from tests.databases import embedded_only
from tests.exports import CREATED, hashed, user_line, write_export
from tests.http.account_portal import Portal
from tests.portal import portal_in
from tests.world_served import served_world
from tests.worlds import a_world

PASSWORD = "a quiet morning in Yanaka"
MANY = 30


def known(world: World, place: int, *, numbered: bool = True) -> dict[str, Any]:
    """A customer whom Salesforce and WHMCS know; their line of the export."""
    number, email = f"P{place:07}", f"customer{place}@example.com"
    records = world.records
    billed = asyncio.run(BillingDesk(world).add_client(email, "Mina", "Okafor", number if numbered else None))
    account = records.create("account", {"name": "Mina Okafor", "number": number}, by="staff")
    person = {"account": account, "first_name": "Mina", "last_name": "Okafor", "email": email}
    contact = records.create("contact", person, by="staff")
    return user_line(email, PASSWORD, account, contact, billed, number)


def card_of(line: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"accountId": line["accountId"], "front": {"file": "1.png"}, "sentAt": CREATED.isoformat(), **more}


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served_world(world) as address:
        yield address


class Command:
    """`genkan import` in a folder of its own, beside a world process."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.environment = {"GENKAN_DATA": str(folder / "data"), "GENKAN_WORLD": address, "GENKAN_FIRST_RETRY": "0.01"}

    def __call__(self, *words: str) -> Result:
        return typed("import", str(self.folder / "export"), *words, env=self.environment)

    def report(self, *words: str, exit_code: int = 0) -> Any:
        done = self(*words, "--json")
        assert done.exit_code == exit_code, done.output
        return json.loads(done.stdout)

    def write(self, *given: Any, **files: Any) -> None:
        write_export(self.folder / "export", *given, **files)

    def kept(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "data" / "genkan.db")) as database:
            return database.execute(query).fetchall()


@pytest.fixture
def run(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(tmp_path, address)


def faults(report: Any) -> list[tuple[int, str, str]]:
    return [(each["line"], each["field"], each["code"]) for each in report["refused"]]


def test_a_dry_run_writes_nothing(run: Command, world: World) -> None:
    line = known(world, 1)
    run.write([line], [card_of(line)], files={"1.png": documents.png()})
    before = len(world.ledger.entries)
    report = run.report()
    assert (report["forGood"], report["users"]["imported"], report["documents"]["imported"]) == (False, 1, 1)
    assert len(world.ledger.entries) == before
    assert run.kept("SELECT * FROM users") == run.kept("SELECT * FROM audit") == []
    assert "Nothing was written; --yes does it." in run().output


def test_what_comes_is_linked_stored_and_written_down_once(run: Command, world: World) -> None:
    line = known(world, 1)
    back = {"file": "2.png", "name": "back of it.png"}
    files = {"1.png": documents.png_with_everything(), "2.png": documents.png()}
    run.write([line], [card_of(line, back=back)], files=files)
    assert run.report("--yes")["users"]["imported"] == 1
    again = run.report("--yes")
    assert (again["users"]["there"], again["documents"]["there"]) == (1, 1)
    account = world.records.get("account", line["accountId"])
    assert account is not None
    assert (account["client"], account["portal_status"], account["id_status"]) == (
        line["clientId"], "Active", "Submitted",
    )  # fmt: skip
    stored = world.records.find("document_version")
    assert len(stored) == 2
    assert not any(documents.CANARY in version["data"] for version in stored)
    assert run.kept("SELECT deed FROM audit ORDER BY deed") == [("import document",), ("import user",)]
    assert documents.CANARY not in (run.folder / "data" / "genkan.db").read_bytes()


@embedded_only
def test_imported_customers_log_in_and_their_hash_is_renewed(
    run: Command, world: World, tmp_path: Path, migrated_file: Path
) -> None:
    costly = hashed(PASSWORD, memory=64 * 1024, passes=3, lanes=4)
    line = {**known(world, 1), "email": "Customer1@Example.com ", "passwordHash": costly}
    run.write([line])
    assert run.report("--yes")["users"]["imported"] == 1
    with portal_in(tmp_path / "data", migrated_file, world) as (http, running):
        portal = Portal(http, running, world)
        wrong = portal.post("/auth/login", {"email": "customer1@example.com", "password": "another one entirely"})
        assert wrong.status_code == 401
        admitted = portal.post("/auth/login", {"email": "customer1@example.com", "password": PASSWORD})
        assert admitted.status_code == 200, admitted.text
        headers = {"Authorization": f"Bearer {admitted.json()['accessToken']}"}
        profile = http.get("/api/me", headers=headers)
        assert (profile.status_code, profile.json()["customerNumber"]) == (200, "P0000001")
    [[renewed]] = run.kept("SELECT password FROM users")
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@embedded_only
def test_a_barred_account_stays_barred(run: Command, world: World, tmp_path: Path, migrated_file: Path) -> None:
    line = known(world, 1)
    world.records.update("account", line["accountId"], {"portal_status": "Inactive"}, "staff")
    run.write([line])
    assert run.report("--yes")["users"]["imported"] == 1
    account = world.records.get("account", line["accountId"])
    assert account is not None
    assert account["portal_status"] == "Inactive"
    with portal_in(tmp_path / "data", migrated_file, world) as (http, running):
        login = {"email": line["email"], "password": PASSWORD}
        assert Portal(http, running, world).post("/auth/login", login).status_code == 401


def test_lines_that_disagree_are_refused_by_field_and_the_rest_comes(run: Command, world: World) -> None:
    one, two, three = (known(world, place) for place in (1, 2, 3))
    stranger = known(world, 4, numbered=False)
    lines = [
        one,
        {**two, "email": "CUSTOMER1@example.com"},
        {**two, "passwordHash": "$2b$12$" + "a" * 53},
        {**two, "clientId": three["clientId"]},
        {**two, "emailVerified": False},
        {**two, "accountId": two["accountId"][:15]},
        {**two, "contactId": three["contactId"]},
        {**two, "email": "someone.else@example.com"},
        stranger,
        "no json",
        three,
    ]
    run.write(lines)
    report = run.report("--yes", exit_code=1)
    assert report["users"]["imported"] == 2
    assert faults(report) == [
        (2, "email", "twice"),
        (3, "passwordHash", "not_argon2id"),
        (4, "clientId", "of_another_customer"),
        (5, "emailVerified", "not_verified"),
        (6, "accountId", "not_an_id_of_18_characters"),
        (7, "contactId", "differs_in_salesforce"),
        (8, "email", "differs_in_salesforce"),
        (9, "clientId", "of_another_customer"),
        (10, "line", "not_json"),
    ]
    said = run("--yes").output
    assert "users.jsonl:3" in said
    assert not any(secret in said for secret in ("$argon2", "$2b$", "example.com"))
    # once more from another line of the same address: the portal has it already
    run.write([{**two, "email": one["email"], "accountId": two["accountId"]}])
    assert faults(run.report("--yes", exit_code=1)) == [(1, "email", "taken")]


def test_cards_that_are_none_or_nobodys_are_refused(run: Command, world: World) -> None:
    one, two = known(world, 1), known(world, 2)
    files = {"1.png": documents.png(), "2.png": b"MZ" + bytes(200)}
    run.write([one], [card_of(two), card_of(one, front={"file": "2.png"}), card_of(one)], files=files)
    report = run.report("--yes", exit_code=1)
    assert report["documents"]["imported"] == 1
    assert faults(report) == [(1, "accountId", "no_user"), (2, "front", "not_a_document")]


def test_a_card_that_is_older_than_what_was_sent_since_is_left_out(run: Command, world: World) -> None:
    line = known(world, 1)
    run.write([line])
    run.report("--yes")
    later = {"id_status": "Rejected", "id_submitted_at": world.clock.now()}
    world.records.update("account", line["accountId"], later, "staff")
    run.write([line], [card_of(line)], files={"1.png": documents.png()})
    assert faults(run.report("--yes", exit_code=1)) == [(1, "sentAt", "newer_in_salesforce")]
    assert world.records.find("document_version") == []


def test_what_salesforce_refuses_is_told_with_its_code_and_the_rest_comes(run: Command, world: World) -> None:
    run.write([known(world, 1), known(world, 2)])
    world.faults.switch("salesforce", "ensure_link", "refused", times=1)
    report = run.report("--yes", exit_code=1)
    [refused] = report["refused"]
    assert (refused["line"], refused["code"]) == (1, "refused_by_salesforce")
    assert refused["answer"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert report["users"]["imported"] == 1
    world.faults.switch("salesforce", "ensure_link", "refused", times=1)
    assert "(answer FIELD_CUSTOM_VALIDATION_EXCEPTION)" in run("--yes").output


@pytest.mark.parametrize("operation", ["ensure_link", "ensure_document", "ensure_submitted", "profile"])
@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after"])
def test_an_answer_that_was_lost_doubles_nothing(run: Command, world: World, operation: str, kind: str) -> None:
    line = known(world, 1)
    run.write([line], [card_of(line)], files={"1.png": documents.png()})
    world.faults.switch("salesforce", operation, kind, times=1)
    report = run.report("--yes")
    assert (report["users"]["imported"], report["documents"]["imported"]) == (1, 1)
    assert len(world.records.find("document_version")) == 1


def test_no_answer_for_long_ends_the_run_and_the_next_goes_on(run: Command, world: World) -> None:
    run.write([known(world, 1), known(world, 2)])
    world.faults.switch("whmcs", "find", "unavailable")
    report = run.report("--yes", exit_code=1)
    assert report["users"] == {"imported": 0, "there": 0, "refused": 0, "not_reached": 1}
    assert "run it again" in run("--yes").output
    world.faults.clear()
    assert run.report("--yes")["users"]["imported"] == 2


def test_a_run_that_was_killed_goes_on_where_it_stopped(run: Command, world: World) -> None:
    lines = [known(world, place) for place in range(1, MANY + 1)]
    run.write(lines, [card_of(line) for line in lines[:3]], files={"1.png": documents.png()})
    command = [sys.executable, "-m", "genkan", "import", str(run.folder / "export"), "--yes"]
    for least in (MANY // 3, 2 * MANY // 3):
        process = subprocess.Popen(command, env=os.environ | run.environment, stdout=subprocess.DEVNULL)
        while process.poll() is None and _imported(run) < least:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
    killed_at = _imported(run)
    report = run.report("--yes")
    assert report["users"] == {"imported": MANY - killed_at, "there": killed_at, "refused": 0, "not_reached": 0}
    assert len(run.kept("SELECT DISTINCT account FROM users")) == MANY
    assert len(run.kept("SELECT * FROM audit WHERE deed = 'import user'")) == MANY
    accounts = [world.records.get("account", line["accountId"]) for line in lines]
    assert all(account is not None and account["client"] for account in accounts)
    assert len(world.records.find("document_version")) == 3


def _imported(run: Command) -> int:
    try:
        return len(run.kept("SELECT id FROM users"))
    except sqlite3.OperationalError:
        return 0


def test_what_is_no_export_is_misuse(run: Command, tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    none = run("--yes")
    assert (none.exit_code, "no export" in none.output) == (2, True)
    assert run("--yes", "--dry-run").exit_code == 2
