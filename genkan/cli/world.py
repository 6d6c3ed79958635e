"""The command that serves the made-up systems as a process of their own: world."""

import asyncio
from contextlib import AsyncExitStack, ExitStack
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
    from genkan.salesforce import Sandbox

ADDRESS = "127.0.0.1"
HERE = f"http://{ADDRESS}"
PORT = click.IntRange(1, 65_534)
"""One has another behind it."""


@main.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=8100, show_default=True, help="The port on 127.0.0.1.")
@click.option(
    "--salesforce-port",
    type=PORT,
    help="Where Salesforce's own protocol is spoken, too; events are at the port behind it.",
)
@click.option("--whmcs-port", type=PORT, help="Where WHMCS's own protocol is spoken, too.")
@click.option("--partners-port", type=PORT, help="Where the eSIM issuer and the line checker are spoken to, too.")
@click.option("--person-accounts", is_flag=True, help="The customers of that Salesforce are person accounts.")
@click.option(CERTIFICATE, type=PEM, help="Salesforce's events come by TLS with this certificate, a PEM file.")
@click.option(KEY, type=PEM, help="The private key of that certificate.")
@click.option(APP, type=PEM, help="Of an app that logs in to Salesforce by JWT bearer; or its public key.")
def world(
    port: int,
    salesforce_port: int | None,
    whmcs_port: int | None,
    partners_port: int | None,
    person_accounts: bool,
    events_certificate: Path | None,
    events_key: Path | None,
    app_certificate: Path | None,
) -> None:
    """Serve the made-up Salesforce and WHMCS to several portals of this machine; set `world` to its address there."""
    tls, apps = tls_of(events_certificate, events_key), app_of(app_certificate)
    if salesforce_port is None and (tls or apps or person_accounts):
        option = CERTIFICATE if tls else APP if apps else "--person-accounts"
        raise click.UsageError(f"{option} needs --salesforce-port.")
    events_port = None if salesforce_port is None else salesforce_port + 1
    _look_whether_free(port, salesforce_port, events_port, whmcs_port, partners_port)
    settings = settings_of()
    from adapters.fakes.bindings import bind_world
    from adapters.fakes.process import serve_world
    from genkan.running import saved_world
    from genkan.salesforce import Sandbox

    try:
        bindings = bind_world(saved_world(settings.world_file), settings.policy)
    except Wrong as wrong:
        give_up(wrong)
    assert bindings.here is not None
    here = bindings.here

    async def serve_all() -> None:
        async with AsyncExitStack() as stack:
            if salesforce_port is not None:
                org = Sandbox(here, salesforce_port, salesforce_port + 1, person_accounts)
                await _salesforce(stack, org, apps, tls)
            if partners_port is not None:
                await _partners(stack, here, partners_port)
            if whmcs_port is not None:
                await _whmcs(stack, here, whmcs_port)
            await serve_world(bindings, port, lambda: _tell(f"The world is at {HERE}:{port}"))

    try:
        asyncio.run(serve_all())
    except Wrong as wrong:
        give_up(wrong)


def _look_whether_free(*ports: int | None) -> None:
    from genkan.serve import PortTaken, listening_on

    with ExitStack() as held:
        for port in ports:
            if port is not None:
                try:
                    held.enter_context(listening_on(ADDRESS, port))
                except PortTaken as taken:
                    give_up(taken)


async def _salesforce(stack: AsyncExitStack, org: "Sandbox", apps: "tuple[App, ...]", tls: "TlsFiles | None") -> None:
    await stack.enter_async_context(org.served(*apps, tls=tls))
    _tell(f"Its Salesforce is at {HERE}:{org.port}, its events at port {org.event_port}{' by TLS' if tls else ''}")
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
