"""Operators compare the systems and take up orphans from the command line, beside a portal that runs (OPS-5, ACC-4)."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from adapters.fakes.desk_whmcs import BillingDesk
from tests.commands import typed
from tests.databases import variables_of
from tests.http.account_portal import Portal
from tests.portal import portal_in
from tests.world_served import served_world
from tests.worlds import a_world

Command = Callable[..., Result]


@pytest.fixture
def portal(tmp_path: Path, migrated_file: Path) -> Iterator[Portal]:
    world = a_world()
    with portal_in(tmp_path, migrated_file, world) as (http, running):
        yield Portal(http, running, world)


@pytest.fixture
def genkan(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    monkeypatch.chdir(tmp_path)
    with served_world(portal.world, portal.now) as address:
        here = {"GENKAN_DATA": str(tmp_path), **variables_of(tmp_path / "genkan.db")}
        environment = {**here, "GENKAN_WORLD": address}
        yield lambda *words: typed(*words, env=environment)


def lost_link(portal: Portal) -> str:
    """A customer whose Account leads to no client any more."""
    portal.customer()
    [account] = portal.world.records.find("account")
    portal.world.records.update("account", account["id"], {"client": None}, "staff")
    return str(account["id"])


def test_differences_are_told_as_a_table_and_repaired_only_when_asked(genkan: Command, portal: Portal) -> None:
    account = lost_link(portal)
    told = genkan("drift")
    assert told.exit_code == 0, told.output
    assert "link_missing" in told.stdout
    assert "Write the portal user's client on the Account." in told.stdout
    assert "1 difference, 1 that --repair puts right." in told.stdout
    assert "1 difference, 1 repaired." in genkan("drift", "--repair").stdout
    assert "No differences" in genkan("drift").stdout
    row = portal.world.records.get("account", account)
    assert row is not None
    assert row["client"] is not None


def test_a_repair_that_is_refused_is_told_and_fails_the_command(genkan: Command, portal: Portal) -> None:
    lost_link(portal)
    portal.world.faults.switch("salesforce", "ensure_link", "refused")
    done = genkan("drift", "--repair", "--json")
    assert done.exit_code == 1
    [found] = json.loads(done.stdout)
    assert (found["kind"], found["safe"], found["outcome"]) == ("link_missing", True, "refused")


def test_a_system_that_does_not_answer_fails_the_command(genkan: Command, portal: Portal) -> None:
    portal.world.faults.switch("whmcs", "all_clients", "unavailable")
    for words in (("drift",), ("orphans", "list"), ("orphans", "adopt", "1")):
        away = genkan(*words)
        assert (away.exit_code, "does not answer" in away.output) == (1, True), words


def test_an_orphan_is_adopted_by_the_portal_that_runs(genkan: Command, portal: Portal) -> None:
    client = portal.now(BillingDesk(portal.world).add_client, "old@example.com", "Mina", "Okafor", "P0000042")
    unknown = genkan("orphans", "adopt", "no such record")
    assert (unknown.exit_code, "There is no such orphan" in unknown.output) == (1, True)
    by_hand = genkan("orphans", "adopt", client, "--yes")
    assert (by_hand.exit_code, "Only a person can put this right" in by_hand.output) == (1, True)
    assert "1 orphan." in genkan("orphans").stdout
    records = portal.world.records
    account = records.create("account", {"name": "Mina Okafor", "number": "P0000042"}, "staff")
    person = {"account": account, "first_name": "Mina", "last_name": "Okafor", "email": "old@example.com"}
    records.create("contact", person, "staff")
    assert "Nothing was done" in genkan("orphans", "adopt", client).stdout
    assert genkan("orphans", "adopt", client, "--yes").stdout == f"orphan_client {client}: repaired\n"
    taken = json.loads(genkan("orphans", "adopt", account, "--yes", "--json").stdout)
    assert taken["work"]["state"] == "received"
    portal.now(portal.running.settle, 2.0)
    assert [mail.letter for mail in portal.mails("old@example.com")] == ["password_reset"]
    assert json.loads(genkan("orphans", "list", "--json").stdout) == []


def test_the_saved_world_is_used_while_no_portal_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    alone = {"GENKAN_DATA": str(tmp_path / "alone")}
    # a command that makes the database alone is no portal that has lost its world
    assert typed("flags", env=alone).exit_code == 0
    assert "No differences" in typed("drift", env=alone).output
    nobody = {"GENKAN_DATA": str(tmp_path / "other"), "GENKAN_WORLD": "http://127.0.0.1:9"}
    away = typed("drift", env=nobody)
    assert (away.exit_code, "genkan world" in away.output) == (1, True)
