"""Operators see what needs them: figures, and alerts over figures that exist (OPS-2, OPS-5, OPS-6, ELG-11)."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from litestar import Litestar
from litestar.testing import TestClient

from adapters.fakes.desk_whmcs import BillingDesk
from adapters.fakes.world import World
from genkan.running import Running
from tests.architecture.source import ROOT
from tests.portal import portal_in
from tests.worlds import a_world

ALERTS: Final = ROOT / "deploy" / "prometheus" / "alerts.yml"
ADDED: Final = re.compile(r"_(total|bucket|count|sum|created)$")


class Seen:
    """A whole portal, its world, and its figures."""

    def __init__(self, http: TestClient[Litestar], running: Running, world: World) -> None:
        self.http, self.running, self.world = http, running, world

    def do(self, call: Callable[..., Any], *given: Any) -> Any:
        assert self.http.blocking_portal is not None
        return self.http.blocking_portal.call(call, *given)

    def settle(self, **by: float) -> None:
        self.world.clock.advance(timedelta(**by))
        self.do(self.running.settle, 2.0)

    def figures(self, name: str) -> dict[str, float]:
        """The samples of one figure, by their labels."""
        text = self.http.get("/metrics").text
        lines = (re.fullmatch(rf"{name}(\{{.*\}})? (\S+)", line) for line in text.splitlines())
        return {line[1] or "": float(line[2]) for line in lines if line}

    def sign_up(self) -> None:
        """Somebody signs up, which nothing but the mail service keeps waiting."""
        form = {
            "email": "mina@example.com",
            "password": "a quiet morning in Yanaka",
            "firstName": "Mina",
            "lastName": "Okafor",
            "phone": {"countryCode": "81", "number": "9012345678"},
            "termsVersion": "2026-01",
        }
        assert self.http.post("/api/auth/signup", json=form).status_code == 202


@pytest.fixture
def seen(tmp_path: Path, migrated_file: Path) -> Iterator[Seen]:
    world = a_world()
    with portal_in(tmp_path, migrated_file, world) as (http, running):
        yield Seen(http, running, world)


def test_an_outcome_that_stays_unknown_is_counted_after_five_minutes(seen: Seen) -> None:
    seen.world.faults.switch("mail", "send", "unavailable")
    seen.sign_up()
    seen.settle()
    assert seen.figures("genkan_work_open") == {'{kind="start_sign_up",state="in_progress"}': 1}
    assert seen.figures("genkan_work_unknown") == {}
    seen.settle(minutes=6)
    assert seen.figures("genkan_work_unknown") == {'{kind="start_sign_up",step="mail"}': 1}
    seen.world.faults.clear()
    seen.settle()
    assert seen.figures("genkan_work_open") == seen.figures("genkan_work_unknown") == {}


def test_work_that_was_parked_is_counted_with_its_code(seen: Seen) -> None:
    seen.world.faults.switch("mail", "send", "unavailable")
    seen.sign_up()
    seen.settle()
    seen.settle(hours=25)
    assert seen.figures("genkan_work_parked") == {'{code="unavailable",kind="start_sign_up"}': 1}
    assert seen.figures("genkan_work_unknown") == {}


def test_what_the_night_found_is_counted_and_alarmed(seen: Seen) -> None:
    seen.settle()
    assert seen.figures("genkan_disagreements") == {}
    seen.do(BillingDesk(seen.world).add_client, "old@example.com", "Mina", "Okafor", "P1999999")
    seen.settle(days=1)
    assert seen.figures("genkan_disagreements") == {'{disagreement="orphan_client",repair="by_hand"}': 1}
    assert seen.figures("genkan_alarms_total") == {'{alarm="find_drift"}': 1}


def test_late_checks_are_counted_and_left_out_while_salesforce_is_down(seen: Seen) -> None:
    assert seen.figures("genkan_checks_late") == {"": 0}
    seen.world.faults.switch("salesforce", "open_checks", "unavailable")
    seen.world.clock.advance(timedelta(minutes=2))
    assert seen.figures("genkan_checks_late") == {}


def test_the_stage_settles_while_the_stream_is_down(seen: Seen) -> None:
    seen.world.faults.switch("stream", "after", "unavailable")
    seen.sign_up()
    assert seen.do(seen.running.settle, 5.0)
    assert seen.world.records.find("mail")


# --- alerts ------------------------------------------------------------------------------------------------------
def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_watches_figures_that_exist_and_says_what_to_do(seen: Seen, rule: dict[str, Any]) -> None:
    declared = set(re.findall(r"^# TYPE (\w+) ", seen.http.get("/metrics").text, re.MULTILINE))
    known = declared | {ADDED.sub("", name) for name in declared}
    named = set(re.findall(r"\bgenkan_\w+", rule["expr"]))
    assert named, rule["expr"]
    assert {name for name in named if ADDED.sub("", name) not in known} == set()
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"].keys() == {"summary", "do"}


def test_a_collector_is_told_the_charset_once(seen: Seen) -> None:
    told = seen.http.get("/metrics").headers["content-type"]
    assert told.startswith("text/plain; version=")
    assert told.count("charset=utf-8") == 1
