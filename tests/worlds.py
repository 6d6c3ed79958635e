"""A world to begin a test with: filling one with the catalog takes longer than most of what is tested."""

from functools import cache

from adapters.fakes.clock import FIRST_MORNING
from adapters.fakes.demo_catalog import stock
from adapters.fakes.tables import Row
from adapters.fakes.whmcs.products import mirror_catalog
from adapters.fakes.world import World
from ports.clock import Clock


def a_world(clock: Clock | None = None) -> World:
    """A world in memory with the demo catalog; its time goes on from a morning in January 2026, by `clock` if given."""
    return _stocked().twin(FIRST_MORNING, clock)


def is_paid_once(service: Row) -> bool:
    """Whether an order charged for it once: active in WHMCS, and nothing that runs."""
    return service["billingcycle"] == "One-Time" and service["crm_order"] is not None


@cache
def _stocked() -> World:
    world = World.new()
    stock(world.records)
    mirror_catalog(world.records)
    return world
