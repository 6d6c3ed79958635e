"""Commands that serve, work, prepare and play: serve, worker, migrate, demo."""

import asyncio
import gc
import sys

import click

from genkan.cli.start import FAILED, MISUSED, give_up, main, settings_of
from genkan.settings import Wrong


@main.command()
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=int, help="The port; 0 takes a free one.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the portal; the embedded database is made and brought up to date first."""
    gc.disable()  # what is loaded from here on stays, so that looking for garbage in it only costs time
    settings = settings_of(makes=False, host=host, port=port)
    from genkan.logging import set_up
    from genkan.running import prepare
    from genkan.serve import PortTaken, run
    from genkan.surface import surface, told

    access = set_up(settings.log_level, settings.log_format, for_long=True)
    try:
        run(
            lambda address: surface(prepare(settings, told, served_at=address), access),
            settings.host,
            settings.port,
            on_ready=lambda address: _ready(f"Genkan serves on {address} ({settings.profile})"),
        )
    except (Wrong, PortTaken) as wrong:
        give_up(wrong)
    except BaseExceptionGroup as several:
        # what is found wrong while the portal opens comes out of the server's task
        found = several.subgroup(Wrong)
        if found is None:
            raise
        give_up(_first(found))


@main.command()
def worker() -> None:
    """Do durable work without serving, beside other instances on one PostgreSQL."""
    settings = settings_of(works="true")  # whatever those that serve are told
    from genkan.logging import set_up
    from genkan.running import prepare
    from genkan.surface import told
    from genkan.worker import run

    set_up(settings.log_level, settings.log_format, for_long=True)
    if not settings.is_shared:
        give_up(Wrong(["database: a worker works beside other instances, on a PostgreSQL they share"]), status=MISUSED)
    try:
        run(prepare(settings, told), lambda: _ready(f"Genkan works ({settings.executor_name})"))
    except Wrong as wrong:
        give_up(wrong)


def _first(found: BaseExceptionGroup[Wrong]) -> Exception:
    leaf: BaseException = found
    while isinstance(leaf, BaseExceptionGroup):
        leaf = leaf.exceptions[0]
    assert isinstance(leaf, Wrong)
    return leaf


def _ready(told: str) -> None:
    # what is there by now stays: nobody looks through it for what is lost, again and again
    gc.freeze()
    gc.enable()
    click.echo(told, err=True)


@main.command()
def migrate() -> None:
    """Bring the database up to date."""
    settings = settings_of()
    from adapters.db.database import Database
    from adapters.db.migrate import migrate as bring_up

    async def go() -> None:
        database = Database(settings.database_url)
        await bring_up(database)
        await database.close()

    asyncio.run(go())
    click.echo("The database is up to date.")


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
        give_up(none, "The demo can't play:")
    sys.exit(0 if kept else FAILED)
