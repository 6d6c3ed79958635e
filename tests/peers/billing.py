"""A WHMCS at an address of this machine, and what a client is told of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.fakes.wire.whmcs.people import PORTAL, STAFF
from adapters.fakes.wire.whmcs.server import served
from tests.worlds import a_world


@asynccontextmanager
async def offered() -> AsyncIterator[dict[str, object]]:
    """An installation of its own while it lasts, as told to the tests of a client."""
    world = a_world()
    try:
        async with served(world) as whmcs:
            yield {
                "url": f"{whmcs.url}includes/api.php",
                "accessKey": whmcs.access_key,
                "customerNumber": whmcs.fields.customer_number,
                "portal": {"username": PORTAL.identifier, "password": PORTAL.secret},
                "staff": {"username": STAFF.identifier, "password": STAFF.secret},
                "admin": {"username": STAFF.username, "clear": STAFF.password},
            }
    finally:
        world.close()
