"""A process that has everything loaded and begins a portal by forking: a life then starts in a fraction of the time.

It is forked itself before its parent begins any thread, and has none when it forks.
"""

import gc
import os
import signal
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from litestar.testing import TestClient

import adapters.db.sqlite  # noqa: F401 - loaded before its statements are shared
from adapters.durable import dbos_engine
from adapters.fakes.bindings import bind_world
from adapters.fakes.remote import link_remote
from adapters.fakes.world import World
from core.domain.ids import ClientId, OrderId
from genkan.client import Portal
from genkan.demo.people import PASSWORD, PEOPLE, TERMS
from genkan.logging import set_up
from genkan.running import Running, prepare
from genkan.settings import Durable
from tests.crash_sweep import victim
from tests.crash_sweep.victim import Life
from tests.crash_sweep.views import LISTS, VIEWS
from tests.engines import share_compiled_statements
from tests.portal import UVLOOP, settings_for
from tests.surfaces import surface_of
from tests.worlds import a_world

_MOST = 1 << 20


class Zygote:
    """The parent's hold on it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            ours.close()
            with suppress(KeyboardInterrupt):
                _serve(theirs)
            os._exit(0)
        theirs.close()
        self._socket = ours

    def begin(self, life: Life) -> int:
        """Begin a life; answers its process."""
        return self._asked(msgspec.msgpack.encode(life, enc_hook=str))

    def ended(self, pid: int) -> int:
        """Wait for the end of a life; answers how it ended, a signal as a negative number."""
        return self._asked(str(pid).encode())

    def close(self) -> None:
        """End it."""
        self._socket.close()
        os.waitpid(self.pid, 0)

    def _asked(self, what: bytes) -> int:
        self._socket.send(what)
        return int(self._socket.recv(_MOST))


def _serve(asked: socket.socket) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up("error", "json")
    _warm()
    while what := asked.recv(_MOST):
        if what.isdigit():
            answer = os.waitstatus_to_exitcode(os.waitpid(int(what), 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                asked.close()
                _live(msgspec.msgpack.decode(what, type=Life, dec_hook=lambda kind, said: kind(said)))
        asked.send(str(answer).encode())


def _live(life: Life) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    status = 1
    try:
        victim.live(life)
        status = 0
    finally:
        os._exit(status)


def _warm() -> None:
    """Let a portal live once here: what a first one loads and finds out is known to all that are begun afterwards."""
    share_compiled_statements()
    dbos_engine._file = _sharing(dbos_engine._file)
    link_remote("http://127.0.0.1:1")
    world = a_world()
    with tempfile.TemporaryDirectory(prefix="genkan-sweep-") as folder:
        settings = settings_for(Path(folder), durable=Durable.DBOS)
        running = prepare(settings, lambda *_, **__: None, bind_world(world))
        with (
            surface_of(running, victim.known_by_name) as app,
            TestClient(app, base_url=settings.public_url, backend_options=UVLOOP) as client,
        ):
            _play(client, running, world)
    assert threading.enumerate() == [threading.main_thread()], "whoever forks has no threads"
    gc.collect()
    gc.freeze()


def _play(client: Any, running: Running, world: World) -> None:
    """What journeys have in common: a customer, an order, and all that is read."""
    call, portal, email = client.blocking_portal.call, Portal(client), "warm@example.com"
    bindings = running.world
    assert bindings is not None
    begun = portal.start_sign_up(**PEOPLE["Aiko"], email=email, password=PASSWORD, termsVersion=TERMS)
    assert call(running.settle, 10.0)
    (mail, *_) = call(bindings.mailbox.mails, email)
    customer = portal.complete_sign_up(PASSWORD, email, {**begun, "code": mail.values["code"]})
    assert customer is not None
    call(bindings.billing_desk.add_payment_method, ClientId(world.records.find("client")[0]["id"]))
    (order,) = customer.order([{"plan": "VPN-LONDON"}], key="warm")["orders"]
    call(bindings.staff_desk.approve_order, OrderId(order["id"]))
    assert call(running.settle, 10.0)
    for path in (*VIEWS.values(), *LISTS.values()):
        client.get(f"/api{path}", headers=customer.bearer)


def _sharing(make: Any) -> Any:
    """`make`, whose engines have one dialect and one store of compiled statements (tests/engines.py)."""
    shared: dict[str, Any] = {}

    def made(url: str) -> Any:
        engine = make(url)
        for name in ("dialect", "_compiled_cache"):
            setattr(engine, name, shared.setdefault(name, getattr(engine, name)))
        return engine

    return made
