"""Operators look at work, take it in hand, and tell customers something, from the command line (FUL-8)."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from adapters.fakes.desk_whmcs import BillingDesk
from adapters.fakes.world import World
from core.domain.work import WorkKind
from genkan.days import key_of, tonight
from genkan.running import Running
from tests.commands import typed
from tests.databases import variables_of
from tests.http.account_portal import DETAILS, Portal
from tests.portal import portal_in
from tests.worlds import a_world


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENKAN_DATA", str(tmp_path))
    for name, value in variables_of(tmp_path / "genkan.db").items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def world() -> World:
    return a_world()


def genkan(*words: str) -> Result:
    return typed(*words)


def stands(key: str) -> Any:
    """A piece of work as the command shows it."""
    shown = genkan("work", "show", key, "--json")
    assert shown.exit_code == 0, shown.output
    return json.loads(shown.output)


def settle(portal: Portal) -> None:
    portal.now(portal.running.settle, 2.0)


def opened(http: Any, running: Running, world: World) -> Portal:
    return Portal(http, running, world)


def test_work_is_parked_and_goes_on_when_it_is_retried(folder: Path, migrated_file: Path, world: World) -> None:
    world.faults.switch("mail", "send", "unavailable")
    with portal_in(folder, migrated_file, world) as (http, running):
        portal = opened(http, running, world)
        started = portal.post("/auth/signup", DETAILS).json()
        settle(portal)
        key = f"sign_up_mail:{started['signupId']}"
        assert (stands(key)["state"], stands(key)["failing"]["step"]) == ("in_progress", "mail")
        assert genkan("work", "park", key).output == f"{key}: with_staff\n"
        settle(portal)  # a try that was under way when the work was parked is over
        world.faults.clear()
        settle(portal)
        assert world.records.find("mail") == []
        assert "parked: start_sign_up at 'mail' with parked" in genkan("work").output
    assert genkan("work", "retry", key).output == f"{key}: in_progress\n"
    again = World.new()  # the mails of a world whose portal was closed can't be read any more
    with portal_in(folder, migrated_file, again) as (http, running):
        settle(opened(http, running, again))
        assert [mail["letter"] for mail in again.records.find("mail")] == ["sign_up_code"]
    assert stands(key)["state"] == "done"


def test_what_is_no_work_is_told(folder: Path) -> None:
    for verb in ("show", "retry", "cancel", "park", "run-now"):
        refused = genkan("work", verb, "no:such:work")
        assert (refused.exit_code, "There is no such work" in refused.output) == (1, True), verb


def test_work_that_has_begun_is_cancelled_only_when_it_is_said_so(
    folder: Path, migrated_file: Path, world: World
) -> None:
    world.faults.switch("mail", "send", "unavailable")
    with portal_in(folder, migrated_file, world) as (http, running):
        portal = opened(http, running, world)
        key = f"sign_up_mail:{portal.post('/auth/signup', DETAILS).json()['signupId']}"
        settle(portal)
        [listed] = json.loads(
            genkan("work", "list", "--kind", "start_sign_up", "--state", "in_progress", "--json").output
        )
        assert (listed["key"], listed["state"]) == (key, "in_progress")
        assert key in genkan("work", "list", "--all").output
        assert json.loads(genkan("work", "list", "--kind", "sign_up", "--json").output) == []
        assert genkan("work", "park", key).exit_code == 0
        for verb in ("park", "cancel"):
            refused = genkan("work", verb, key)
            assert (refused.exit_code, f"{key} is with_staff and has begun" in refused.output) == (1, True), verb
        assert stands(key)["state"] == "with_staff"
        assert genkan("work", "cancel", "--begun", key).output == f"{key}: cancelled\n"
        refused = genkan("work", "retry", key)
        assert (refused.exit_code, f"{key} is cancelled" in refused.output) == (1, True)


def test_a_nights_look_is_shown_with_what_it_found_and_a_customers_work_without(
    folder: Path, migrated_file: Path, world: World
) -> None:
    with portal_in(folder, migrated_file, world) as (http, running):
        portal = opened(http, running, world)
        portal.customer()
        portal.now(BillingDesk(world).add_client, "old@example.com", "Mina", "Okafor", "P1999999")
        world.clock.advance(timedelta(days=1))
        settle(portal)
        night = stands(key_of(WorkKind.NIGHTLY, tonight(world.clock.now()), "find_drift"))
        assert [each["kind"] for each in night["result"]] == ["orphan_client"]
        [mail] = world.records.find("mail", letter="sign_up_code")
        sign_up = mail["key"].split(":")[1]
        assert "result" not in stands(f"sign_up:{sign_up}")


def test_an_announcement_reaches_every_customer_once(folder: Path, migrated_file: Path, world: World) -> None:
    words = ["announce", "works-1", "--title-en", "Works", "--title-ja", "工事"]
    words += ["--message-en", "Slow tonight.", "--message-ja", "今夜は遅くなります。"]
    with portal_in(folder, migrated_file, world) as (http, running):
        portal = opened(http, running, world)
        mina = portal.customer()
        for _ in range(2):
            assert genkan(*words).exit_code == 0
            settle(portal)
        told = mina.get("/notifications").json()["items"]
        assert [(each["type"], each["title"]) for each in told] == [("system_announcement", "Works")]


def test_what_was_done_is_in_the_audit_trail(folder: Path, migrated_file: Path, world: World) -> None:
    world.faults.switch("mail", "send", "unavailable")
    with portal_in(folder, migrated_file, world) as (http, running):
        portal = opened(http, running, world)
        key = f"sign_up_mail:{portal.post('/auth/signup', DETAILS).json()['signupId']}"
        settle(portal)
        assert genkan("work", "park", key).exit_code == 0

        async def deeds() -> list[tuple[str, str]]:
            async with running.container.store().reading() as shelves:
                return [(line.actor, line.deed) for line in await shelves.audit.of_subject(key, 10)]

        assert portal.now(deeds) == [("operator", "work park")]
