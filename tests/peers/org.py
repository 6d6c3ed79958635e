"""An org at addresses of this machine, and what a client is told of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.fakes.wire.salesforce.people import PORTAL, PORTAL_APP, STAFF_APP, App
from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.wire.salesforce.pubsub.server import PubSubServer, TlsFiles, admitted_by, serving
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace
from adapters.fakes.wire.salesforce.server import served
from adapters.fakes.wire.salesforce.sessions import Sessions
from adapters.system.clock import RealClock
from tests.wire.salesforce.conftest import events, everything, schema
from tests.wire.salesforce.keys import key_and_certificate
from tests.worlds import a_world

PRIVATE, CERTIFICATE = key_and_certificate()
SIGNED_APP = App(key="signed", certificate=CERTIFICATE, approved=(PORTAL,))

PACE = Pace(keepalive=1, unasked=2)
"""A minute each in Salesforce's own."""


@asynccontextmanager
async def offered() -> AsyncIterator[dict[str, object]]:
    """An org of its own while it lasts, as told to the tests of a client."""
    # clients sign by the machine's own clock
    world = a_world(RealClock())
    sessions = Sessions(clock=RealClock(), apps=(PORTAL_APP, STAFF_APP, SIGNED_APP))
    bus = PubSubServer(EventBus(world, events()), admitted_by(sessions), PACE)
    tls = TlsFiles(PRIVATE.encode(), CERTIFICATE.encode())
    try:
        async with served(world, schema(), sessions, staff=everything()) as rest, serving(bus, tls=tls) as pubsub:
            yield {
                "url": rest.base,
                "events": pubsub.address,
                "portal": {"clientId": PORTAL_APP.key, "clientSecret": PORTAL_APP.secret},
                "staff": {"clientId": STAFF_APP.key, "clientSecret": STAFF_APP.secret},
                "signed": {"clientId": SIGNED_APP.key, "username": PORTAL.name, "privateKey": PRIVATE},
            }
    finally:
        bus.bus.close()
        world.close()
