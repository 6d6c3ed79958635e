"""What operators do and see: starting the portal, its health, its figures, work that needs them (OPS, FUL-8)."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from click.testing import Result

from features.sentences import given, parameter, then, when
from features.stage import Stage, among, same
from features.steps.id_policy import LOG
from features.steps.staff_shelves import figure
from features.wishes import table
from genkan.running import prepare
from genkan.settings import Wrong, load
from tests.commands import typed
from tests.databases import variables_of

ONE_SETTING: Final = r'[a-z_.]+ "[^"]*"'


def _environment(said: str) -> dict[str, str]:
    found = re.findall(r'([a-z_.]+) "([^"]*)"', said)
    return {f"GENKAN_{name.upper().replace('.', '__')}": value for name, value in found}


parameter("settings", f"(?:{ONE_SETTING})(?:, {ONE_SETTING})*", _environment, 'profile "production"')


def command(folder: Path, *words: str, world: str = "") -> Result:
    """Type a command of the portal's, for the portal whose data lies in the scenario's folder."""
    here = {"GENKAN_DATA": str(folder / "portal"), **variables_of(folder / "portal" / "genkan.db")}
    return typed(*words, env={**here, "GENKAN_WORLD": world})


# --- starting it -----------------------------------------------------------------------------------------------------
@when("an operator starts the portal with no settings")
@when("an operator starts the portal with {settings}")
def starts(stage: Stage, tmp_path: Path, settings: Mapping[str, str] | None = None) -> None:
    """Puts a portal together as those settings say, without serving anybody."""
    stage.notes["why not"] = None
    environment = {"GENKAN_DATA": str(tmp_path / "new"), **(settings or {})}
    try:
        running = prepare(load(environment, tmp_path), lambda *_, **__: None)
    except Wrong as wrong:
        stage.notes["why not"] = str(wrong)
    else:
        assert running.world is not None
        asyncio.run(running.world.close())


@then("the portal starts")
def has_started(stage: Stage) -> None:
    """Nothing was wrong with the settings."""
    same("Why the portal does not start", None, stage.notes["why not"])


@then("the portal does not start, saying {words}")
def has_not_started(stage: Stage, words: str) -> None:
    """Before anything is opened it is told what is wrong."""
    among("Why the portal does not start", words, stage.notes["why not"] or "it starts")


# --- how it is -------------------------------------------------------------------------------------------------------
@then("the portal is alive")
def is_alive(stage: Stage) -> None:
    """The process answers."""
    same("How the portal is", "live", stage.portal.call("GET", "/api/health/live")["status"])


@then("the portal is ready")
def is_ready(stage: Stage) -> None:
    """It can serve, and has asked its database and whoever does its work."""
    told = stage.portal.call("GET", "/api/health/ready")
    same("How the portal is", ("ready", ["database", "work"]), (told["status"], told["checks"]))


@then("the portal says that {system} does not answer")
def says_upstream_is_down(stage: Stage, system: str) -> None:
    """Beside being ready: the other one answers."""
    told = stage.portal.call("GET", "/api/health/ready")["upstreams"]
    same("Which systems answer", {"salesforce": True, "whmcs": True} | {system: False}, told)


@then("the answer carries an id that the log has too")
def correlated(stage: Stage) -> None:
    """Who is asked about an answer finds what was written down about it."""
    assert stage.portal.last is not None
    id = stage.portal.last.headers["x-correlation-id"]
    among("The log", id, "\n".join(stage.notes[LOG]))


@then("neither the log nor the figures hold {owner} name, email, phone, address, tokens or eSIM code")
def names_nobody(stage: Stage, owner: str) -> None:
    """Nothing of a customer lies where operators read."""
    customer, form = stage.customer(owner), stage.form(owner)
    written = "\n".join(stage.notes[LOG]) + stage.portal.http.get("/metrics").text
    assert "orders" in written, "there is nothing to look into"
    private = [form["lastName"], form["email"], form["phone"]["number"], form["address"]["town"], form["password"]]
    private += [customer.tokens["accessToken"], customer.tokens["refreshToken"], stage.notes["code"], "LPA:1$"]
    same("What lies in the log or the figures", [], [each for each in private if each in written])


@then("the figures count {number} reading(s) of an order")
def counts_readings(stage: Stage, number: int) -> None:
    """By what was asked for, without whose."""
    counted = figure(stage, "genkan_http_requests_total", method="GET", route="/api/orders/{id}", status="200")
    same("Readings of an order", number, counted)


@then("the figures count")
def figures_count(stage: Stage, datatable: list[list[str]]) -> None:
    """How far customers came: what, of which product, step or code, and how often."""
    rows = table(datatable)
    got = [
        {**row, "times": f"{figure(stage, 'genkan_funnel_total', what=row['what'], of=row['of']):.0f}"} for row in rows
    ]
    same("How far customers came", rows, got)


@then("the figures count {number} first order(s) within 6 hours of signing up, none of them within 1 hour")
def figures_count_first(stage: Stage, number: int) -> None:
    """How long it took from signing up, without whose it was."""
    name = "genkan_first_order_seconds"
    got = [figure(stage, f"{name}_bucket", le=str(hours * 3600)) for hours in (1, 6)]
    same("First orders within an hour, within six, in all", [0, number, number], [*got, figure(stage, f"{name}_count")])


# --- what needs them -------------------------------------------------------------------------------------------------
@then("operators read of {number} disagreement(s)")
@then("operators read of {number} disagreement(s), showing")
def disagreements(stage: Stage, number: int, datatable: list[list[str]] | None = None) -> None:
    """What last night's look found, with what would be safe to do."""
    rows = table(datatable or [["disagreement", "repair"]])
    for row in rows:
        same(f"Disagreements of {row}", 1, figure(stage, "genkan_disagreements", **row))
    text = stage.portal.http.get("/metrics").text
    counts = [float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith("genkan_disagreements{")]
    same("Disagreements", number, sum(counts))


@then("operators see no work that needs them")
def no_work(stage: Stage) -> None:
    """Nothing is parked, and no outcome is unknown for long."""
    same("Work that needs a person", 0, _needing(stage, "unknown") + _needing(stage, "parked"))


@then("operators see {number} piece(s) of work whose outcome is unknown, and what to do")
def unknown_work(stage: Stage, number: int, tmp_path: Path) -> None:
    """Counted in the figures, and listed with advice by a command."""
    same("Work whose outcome is unknown", number, _needing(stage, "unknown"))
    _listed(tmp_path, number, "unknown: provision", "Look in the other system")


@then("operators see {number} piece(s) of work that is parked, and what to do")
def parked_work(stage: Stage, number: int, tmp_path: Path) -> None:
    """Counted in the figures, and listed with advice by a command."""
    same("Work that is parked", number, _needing(stage, "parked"))
    _listed(tmp_path, number, "parked: provision", "retry")


@then("an operator who lists the work reads {words}")
def lists_work(stage: Stage, tmp_path: Path, words: str) -> None:
    """The command says what needs a person, and how much is open."""
    among("The list of work", words, command(tmp_path, "work", "list").stdout)


@when("an operator retries the work {words}")
def retries(stage: Stage, tmp_path: Path, words: str) -> None:
    """Lets the open work of that kind go on; a portal that runs follows."""
    take_in_hand(stage, tmp_path, words, "retry")


@when("an operator parks the work {words}")
def parks(stage: Stage, tmp_path: Path, words: str) -> None:
    """Stops the open work of that kind."""
    take_in_hand(stage, tmp_path, words, "park")


@when("an operator cancels the work {words}")
def cancels(stage: Stage, tmp_path: Path, words: str) -> None:
    """Ends the open work of that kind, having looked at what it did so far."""
    take_in_hand(stage, tmp_path, words, "cancel", "--begun")


@when("an operator runs the work {words}")
def runs(stage: Stage, tmp_path: Path, words: str) -> None:
    """Begins the waiting work of that kind before its time."""
    take_in_hand(stage, tmp_path, words, "run-now")


@then("staff are not alarmed")
def not_alarmed(stage: Stage) -> None:
    """No alarm of any kind was raised."""
    text = stage.portal.http.get("/metrics").text
    same("Alarms", [], [line for line in text.splitlines() if line.startswith("genkan_alarms_total")])


@given("staff have emptied the link of {owner} account to WHMCS")
def emptied_link(stage: Stage, owner: str) -> None:
    """Nobody foresaw that an order's account has no client any more."""
    stage.backstage.salesforce.link_account(account=stage.account(owner)["id"], client="")


@when("staff link {owner} account to {owner} client by mistake")
def mislinked(stage: Stage, owner: str, owner2: str) -> None:
    """One customer's account names another's client."""
    client = stage.account(owner2)["client"]
    stage.backstage.salesforce.link_account(account=stage.account(owner)["id"], client=client)


@given("staff have added a client with the number {words} in WHMCS")
def added_client(stage: Stage, words: str) -> None:
    """A client that carries a customer number nobody has."""
    desk = stage.backstage.whmcs
    desk.add_client(email="nobody@example.com", first_name="No", last_name="Body", customer_number=words)


def take_in_hand(stage: Stage, folder: Path, kind: str, *deed: str) -> None:
    """Do something to the open work of that kind, as an operator does it."""
    found = json.loads(command(folder, "work", "list", "--kind", kind, "--json").stdout)
    assert found, f"no open work of the kind {kind}"
    done = command(folder, "work", *deed, found[-1]["key"])
    same("What the command says", 0, done.exit_code)
    stage.backstage.now()


def _needing(stage: Stage, why: str) -> float:
    text = stage.portal.http.get("/metrics").text
    lines = (line for line in text.splitlines() if line.startswith(f"genkan_work_{why}{{"))
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def _listed(folder: Path, number: int, what: str, advice: str) -> None:
    said = command(folder, "work").stdout
    among("The list of work", what, said)
    among("The list of work", advice, said)
    among("The list of work", f"{number} piece", said)
