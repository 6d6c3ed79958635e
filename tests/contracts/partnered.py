"""The partners' ports bound over the wire: their adapters, and the made-up partners behind their own contracts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.wire.partners.server import KEYS, PartnerServer, served
from adapters.fakes.wire.salesforce.striking import Faulty, Struck
from adapters.fakes.world import World
from adapters.partners.bindings import PartnerPorts, partner_ports
from adapters.partners.settings import PartnerSettings, Patience

QUICK = Patience(first_wait=0.001, longest_wait=0.002, rest=0.001, failures=1_000)


@asynccontextmanager
async def wired(world: World, patience: Patience = QUICK) -> AsyncIterator[tuple[PartnerPorts, PartnerServer]]:
    """The ports over the wire, and the partners they speak to."""
    async with served(world) as partners:
        settings = PartnerSettings(
            esim_url=partners.esim_url,
            esim_key=KEYS["esim"],
            line_url=partners.line_url,
            line_key=KEYS["line"],
            esim_patience=patience,
            line_patience=patience,
        )
        ports = partner_ports(settings, Struck())
        try:
            yield ports, partners
        finally:
            await ports.close()


@asynccontextmanager
async def partners_of(world: World) -> AsyncIterator[WorldBindings]:
    """The world's roles, those of partners over the wire."""
    async with wired(world) as (ports, _):
        yield replace(
            bind_world(world),
            esim_issuer=Faulty(world, ports.esim_issuer, "esim"),
            line_checker=Faulty(world, ports.line_checker, "line_checker"),
        )
