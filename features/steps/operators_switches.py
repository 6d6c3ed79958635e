"""Switching parts of the portal from the command line (OPS-3)."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from features.parameters import choice
from features.sentences import given, then
from features.stage import Stage, among, same
from features.steps.operators import command

FEATURES: Final = {
    "the public catalog": "public_catalog",
    "the unified checkout": "unified_checkout",
    "registration": "registration",
    "public support": "public_support",
    "the automatic checker": "automatic_serviceability",
}
A_MOMENT: Final = timedelta(seconds=6)
"""A running portal follows within seconds."""

choice("switch", FEATURES, "the public catalog")


@given("{switch} is switched off")
def off(stage: Stage, tmp_path: Path, switch: str) -> None:
    """For everybody."""
    _switch(stage, tmp_path, switch, "--percentage", "0")


@given("{switch} is switched on")
def on(stage: Stage, tmp_path: Path, switch: str) -> None:
    """For everybody."""
    _switch(stage, tmp_path, switch, "--percentage", "100")


@given("{switch} is switched on for {actor} alone")
def on_for_one(stage: Stage, tmp_path: Path, switch: str, actor: str) -> None:
    """For one account, by name."""
    _switch(stage, tmp_path, switch, "--percentage", "0", "--account", stage.account(actor)["id"])


@given("{actor} lives in {place}")
def lives_in(stage: Stage, actor: str, place: Any) -> None:
    """Gives that address when signing up."""
    stage.form(actor)["address"] = dict(place)


@given("the line checker knows {words} of the building where {actor} lives")
def found_before(stage: Stage, words: str, actor: str) -> None:
    """Somebody found it out on the spot, for another home."""
    home = stage.form(actor)["address"]
    stage.backstage.world.note_line(
        postcode=home["postcode"], town=home["town"], building=f"{home['building']} 9901", value=words
    )


@then("they are asked to log in")
def asked_to_log_in(stage: Stage) -> None:
    """What they wanted is for customers."""
    same("Why it was refused", "not_logged_in", stage.refusal.code)


@then("they find nothing")
def they_find_nothing(stage: Stage) -> None:
    """As if there were no such thing."""
    same("Why it was refused", 404, stage.refusal.status)


def _switch(stage: Stage, folder: Path, *words: str) -> None:
    stage.portal.call("GET", "/api/health/live")
    done = command(folder, "flags", "set", *words)
    among("What the command says", words[0], done.output)
    stage.backstage.advance(A_MOMENT)
