"""The command line: `genkan` with serve, world, migrate, flag, work, announce, demo."""

import asyncio
import gc
import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from core.domain.flags import EVERYBODY, Feature
from genkan.folder import make_folder
from genkan.settings import Settings, Wrong, load

FAILED = 1
MISUSED = 2


@click.group()
@click.version_option(package_name="genkan")
def main() -> None:
    """Genkan, the customer portal of an internet and mobile operator."""


@main.command()
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=int, help="The port; 0 takes a free one.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the portal; the embedded database is made and brought up to date first."""
    settings = _settings(makes=False, host=host, port=port)
    gc.disable()  # what is loaded from here on stays, so that looking for garbage in it only costs time
    from genkan.logging import set_up
    from genkan.running import prepare
    from genkan.serve import PortTaken, run
    from genkan.surface import surface, told

    access = set_up(settings.log_level, settings.log_format)
    try:
        run(
            lambda: surface(prepare(settings, told), access),
            settings.host,
            settings.port,
            on_ready=lambda address: _ready(address, settings),
        )
    except (Wrong, PortTaken) as wrong:
        _give_up(wrong)
    except BaseExceptionGroup as several:
        # what is found wrong while the portal opens comes out of the server's task
        found = several.subgroup(Wrong)
        if found is None:
            raise
        _give_up(_first(found))


def _first(found: BaseExceptionGroup[Wrong]) -> Exception:
    leaf: BaseException = found
    while isinstance(leaf, BaseExceptionGroup):
        leaf = leaf.exceptions[0]
    assert isinstance(leaf, Wrong)
    return leaf


def _ready(address: str, settings: Settings) -> None:
    gc.freeze()
    gc.enable()
    click.echo(f"Genkan serves on {address} ({settings.profile})", err=True)


@main.command()
@click.option("--port", type=int, default=8100, show_default=True, help="The port on 127.0.0.1.")
def world(port: int) -> None:
    """Serve the made-up Salesforce and WHMCS to several portals of this machine; set `world` to its address there."""
    settings = _settings()
    from adapters.fakes.bindings import bind_world
    from adapters.fakes.process import serve_world
    from genkan.running import saved_world

    try:
        bindings = bind_world(saved_world(settings.world_file), settings.policy)
    except Wrong as wrong:
        _give_up(wrong)
    asyncio.run(serve_world(bindings, port, lambda: click.echo(f"The world is at http://127.0.0.1:{port}", err=True)))


@main.command()
def migrate() -> None:
    """Bring the database up to date."""
    settings = _settings()
    from adapters.db.database import Database
    from adapters.db.migrate import migrate as bring_up

    async def go() -> None:
        database = Database(settings.database_url)
        await bring_up(database)
        await database.close()

    asyncio.run(go())
    click.echo("The database is up to date.")


@main.command()
@click.argument("feature", required=False, type=click.Choice([each.value for each in Feature]))
@click.option("--percentage", type=click.IntRange(0, EVERYBODY), help="The share of customers it is on for.")
@click.option("--account", "accounts", multiple=True, help="An account it is on for besides; may be given again.")
@click.option("--no-accounts", is_flag=True, help="Name no account any more.")
def flag(feature: str | None, percentage: int | None, accounts: tuple[str, ...], no_accounts: bool) -> None:
    """Switch a feature, or tell how it stands; running portals follow within seconds. Without a name: all of them."""
    settings = _settings()
    if feature is None and (percentage is not None or accounts or no_accounts):
        raise click.UsageError("Name the feature.")
    from genkan.operators import at_work

    named = accounts if accounts or no_accounts else None

    async def go() -> None:
        async with at_work(settings) as operators:
            for each in [Feature(feature)] if feature is not None else Feature:
                now = await operators.set_flag(each, percentage, named)
                click.echo(f"{now.name}: {now.percentage} %" + "".join(f", {account}" for account in now.accounts))

    asyncio.run(go())


@main.group(invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="List all work that is open, also what needs nobody.")
@click.pass_context
def work(context: click.Context, everything: bool) -> None:
    """List the work that needs a person, with what to do about it; or take a piece of work in hand, by its key."""
    if context.invoked_subcommand is not None:
        return
    settings = _settings()
    from genkan.operators import at_work

    async def go() -> None:
        async with at_work(settings) as operators:
            needs, open_ = await operators.listed(settings.policy)
        for need in needs:
            one = need.work
            where = f"at {one.failing.step!r}" if one.failing is not None else ""
            where += f" with {need.code}" if need.code is not None else ""
            since = need.since.isoformat(timespec="seconds") if need.since is not None else "?"
            click.echo(f"{need.need}: {one.kind} {where.strip()} since {since} ({one.key})\n  {need.advice}")
        for well in open_ if everything else ():
            due = f" due {well.due_at.isoformat(timespec='seconds')}" if well.due_at is not None else ""
            click.echo(f"{well.state}: {well.kind}{due} ({well.key})")
        click.echo(f"{len(needs) or 'No'} piece{'s' * (len(needs) != 1)} of work to look at, {len(open_)} open.")

    asyncio.run(go())


@work.command()
@click.argument("key")
def show(key: str) -> None:
    """Show a piece of work as JSON; of a night's look, with what it found."""
    settings = _settings()
    from genkan.operators import at_work

    async def go() -> Any:
        async with at_work(settings) as operators:
            return await operators.shown(key)

    shown = asyncio.run(go())
    if shown is None:
        _give_up(LookupError(key), "There is no such work:")
    click.echo(json.dumps(shown, indent=2))


def _taken_in_hand(deed: str, says: str) -> None:
    def do(key: str, begun: bool = False) -> None:
        settings = _settings()
        from genkan.operators import Deed, NotPossible, at_work

        async def go() -> Any:
            async with at_work(settings) as operators:
                return await operators.do(Deed(deed), key, begun=begun)

        try:
            stands = asyncio.run(go())
        except NotPossible as wrong:
            _give_up(wrong, f"This work can't be taken in hand like that ({deed}):")
        if stands is None:
            _give_up(LookupError(key), "There is no such work:")
        click.echo(f"{stands.key}: {stands.state}")

    named = click.argument("key")(do)
    if deed == "cancel":
        says_so = "Also work that has begun and stopped: what it did so far stays, and is yours to put right."
        named = click.option("--begun", is_flag=True, help=says_so)(named)
    work.command(deed, help=says)(named)


_taken_in_hand("retry", "Let parked or refused work go on where it stopped.")
_taken_in_hand("cancel", "End work that has not begun; what was wanted may be wanted again.")
_taken_in_hand("park", "Stop work that is not over; it goes on when it is retried.")
_taken_in_hand("run", "Begin delayed or parked work now.")


@main.command()
@click.argument("id")
@click.option("--title-en", required=True)
@click.option("--title-ja", required=True)
@click.option("--message-en", required=True)
@click.option("--message-ja", required=True)
def announce(id: str, title_en: str, title_ja: str, message_en: str, message_ja: str) -> None:
    """Tell every customer something, in both languages; the same ID tells nobody twice."""
    settings = _settings()
    from core.domain.announcement import Announcement
    from genkan.operators import at_work

    announcement = Announcement(
        id=id, title_en=title_en, title_ja=title_ja, message_en=message_en, message_ja=message_ja
    )

    async def go() -> None:
        async with at_work(settings) as operators:
            click.echo(f"{(await operators.announce(announcement)).key}: received")

    asyncio.run(go())


@main.command()
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The portal to play on.")
@click.option("--only", type=click.Choice(["internet", "sim", "vpn"]), help="Play this journey alone.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON; progress goes to standard error.")
def demo(url: str, only: str | None, as_json: bool) -> None:
    """Play customers' journeys over HTTP, on the portal at --url or one of its own; status 1 if a rule breaks."""
    from genkan.demo.run import run
    from genkan.demo.server import NoPortal

    try:
        kept = run(url, only=only, as_json=as_json)
    except NoPortal as none:
        _give_up(none, "The demo can't play:")
    sys.exit(0 if kept else FAILED)


def _settings(*, makes: bool = True, **given: object) -> Settings:
    """What is set; the folder is there then, unless whoever asks may find first that it is not wanted."""
    environment = dict(os.environ)
    environment |= {f"GENKAN_{name.upper()}": str(value) for name, value in given.items() if value is not None}
    if given.get("port") and "GENKAN_PUBLIC_URL" not in environment:
        environment["GENKAN_PUBLIC_URL"] = f"http://127.0.0.1:{given['port']}"
    try:
        settings = load(environment, Path.cwd())
        if makes:
            make_folder(settings)
    except Wrong as wrong:
        _give_up(wrong, status=MISUSED)
    return settings


def _give_up(wrong: Exception, what: str = "Genkan can't start:", status: int = FAILED) -> NoReturn:
    click.echo(what, err=True)
    for line in str(wrong).splitlines():
        click.echo(f"  {line}", err=True)
    sys.exit(status)
