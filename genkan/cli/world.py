"""The command that serves the made-up systems as a process of their own: world."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genkan.cli.pem import APP, CERTIFICATE, KEY, PEM, app_of, tls_of
from genkan.cli.start import give_up, main, settings_of
from genkan.settings import Wrong

if TYPE_CHECKING:
    from adapters.fakes.wire.salesforce.people import App
    from adapters.fakes.wire.salesforce.pubsub.server import TlsFiles
    from adapters.fakes.world import World

HERE = "http://127.0.0.1"


@main.command()
@click.option("--port", type=int, default=8100, show_default=True, help="The port on 127.0.0.1.")
@click.option(
    "--salesforce-port",
    type=int,
    help="Where Salesforce's own protocol is spoken, too; events are at the port behind it.",
)
@click.option("--whmcs-port", type=int, help="Where WHMCS's own protocol is spoken, too.")
@click.option("--partners-port", type=int, help="Where the eSIM issuer and the line checker are spoken to, too.")
@click.option(CERTIFICATE, type=PEM, help="Salesforce's events come by TLS with this certificate, a PEM file.")
@click.option(KEY, type=PEM, help="The private key of that certificate.")
@click.option(APP, type=PEM, help="Of an app that logs in to Salesforce by JWT bearer; or its public key.")
def world(
    port: int,
    salesforce_port: int | None,
    whmcs_port: int | None,
    partners_port: int | None,
    events_certificate: Path | None,
    events_key: Path | None,
    app_certificate: Path | None,
) -> None:
    """Serve the made-up Salesforce and WHMCS to several portals of this machine; set `world` to its address there."""
    tls, apps = tls_of(events_certificate, events_key), app_of(app_certificate)
    if salesforce_port is None and (tls or apps):
        raise click.UsageError(f"{CERTIFICATE if tls else APP} needs --salesforce-port.")
    settings = settings_of()
    from adapters.fakes.bindings import bind_world
    from adapters.fakes.process import serve_world
    from genkan.running import saved_world

    try:
        bindings = bind_world(saved_world(settings.world_file), settings.policy)
    except Wrong as wrong:
        give_up(wrong)
    assert bindings.here is not None
    here = bindings.here

    async def serve_all() -> None:
        async with AsyncExitStack() as stack:
            if salesforce_port is not None:
                await _salesforce(stack, here, salesforce_port, apps, tls)
            if partners_port is not None:
                await _partners(stack, here, partners_port)
            if whmcs_port is not None:
                await _whmcs(stack, here, whmcs_port)
            await serve_world(bindings, port, lambda: _tell(f"The world is at {HERE}:{port}"))

    try:
        asyncio.run(serve_all())
    except Wrong as wrong:
        give_up(wrong)


async def _salesforce(
    stack: AsyncExitStack, here: "World", port: int, apps: "tuple[App, ...]", tls: "TlsFiles | None"
) -> None:
    from genkan.salesforce import Sandbox

    events = port + 1
    await stack.enter_async_context(Sandbox(here, port, events).served(*apps, tls=tls))
    _tell(f"Its Salesforce is at {HERE}:{port}, its events at port {events}{' by TLS' if tls else ''}")
    for app in apps:
        names = " or ".join(user.name for user in app.approved)
        _tell(f"There {app.key} logs in by JWT bearer, as {names}")


async def _partners(stack: AsyncExitStack, here: "World", port: int) -> None:
    from genkan.partners import Sandbox

    await stack.enter_async_context(Sandbox(here, port).served())
    _tell(f"Its partners are at {HERE}:{port}")


async def _whmcs(stack: AsyncExitStack, here: "World", port: int) -> None:
    from genkan.whmcs import Sandbox

    await stack.enter_async_context(Sandbox(here, port).served())
    _tell(f"Its WHMCS is at {HERE}:{port}/")


def _tell(what: str) -> None:
    click.echo(what, err=True)
