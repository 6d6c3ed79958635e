"""A whole portal inside the test: the real wiring, a world in memory, a fresh database, asked over HTTP."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from adapters.fakes.bindings import bind_world
from adapters.fakes.world import World
from adapters.partners import settings as partners
from adapters.partners.settings import PartnerSettings
from adapters.salesforce.events.settings import EventSettings, Pace
from adapters.salesforce.settings import Patience, SalesforceSettings
from adapters.system.documents.cleaner import ProcessDocumentCleaner
from adapters.system.passwords import Argon2Passwords
from adapters.whmcs.settings import Patience as WhmcsPatience
from adapters.whmcs.settings import Polling, WhmcsSettings
from core.domain.limits import Limit, Limited
from core.domain.policy import Policy
from genkan.running import Running, prepare
from genkan.settings import SALESFORCE, WHMCS, Choice, Durable, Profile, Settings
from tests.databases import copied, settings_of
from tests.surfaces import surface_of
from tests.worlds import a_world

SECRET = "genkan-test-secret-0123456789abcdef"
UVLOOP = {"use_uvloop": True}
"""The loop that the server runs on."""
QUICK = Patience(first_wait=0.001, longest_wait=0.002, rest=0.001, settle=0.0, failures=1_000)
"""Waits for an org that is on this machine."""
AT_ONCE = partners.Patience(first_wait=0.001, longest_wait=0.002, rest=0.001, failures=1_000)
"""And for partners that are."""
SOON = WhmcsPatience(first_wait=0.001, longest_wait=0.002, rest=0.001, settle=0.01, failures=1_000)
"""Waits for a WHMCS that is on this machine."""
HASTE = Pace(first_wait=0.01, longest_wait=0.05, long_wait=0.1, grace=1.0, gather=0.001)
"""And for its events."""
OPEN_DOORS = {limited: Limit(100_000, timedelta(minutes=1)) for limited in Limited}
"""No limit is met by a test of something else."""


def settings_for(folder: Path, **changes: Any) -> Settings:
    """Settings of a portal in `folder`: quick retries and, unless told otherwise, no limits."""
    values: dict[str, Any] = {
        "data": folder,
        "public_url": "http://127.0.0.1:8000",
        "limits": OPEN_DOORS,
        "signing_secrets": {"test": SECRET},
        "durable": Durable.JOURNAL,
        "first_retry": 0.005,
        "longest_retry": 0.05,
        "policy": Policy(),
    }
    return Settings(**(values | changes))


def over_the_wire() -> dict[str, Any]:
    """What has a portal speak the protocols of Salesforce and WHMCS, where GENKAN_TEST_… of either is "wire".

    With GENKAN_TEST_ACCOUNTS=person the org's customers are person accounts.
    """
    spoken = {name for name in ("SALESFORCE", "WHMCS") if os.environ.get(f"GENKAN_TEST_{name}", "fake") != "fake"}
    if not spoken:
        return {}
    from genkan import salesforce as link  # noqa: PLC0415 - most tests need none of it

    link.KEEPALIVE = 0.01
    others = (SALESFORCE if "SALESFORCE" not in spoken else frozenset()) | (
        WHMCS if "WHMCS" not in spoken else frozenset()
    )
    return {
        "profile": Profile.SANDBOX,
        "ports": dict.fromkeys(others, Choice.FAKE),
        "salesforce": SalesforceSettings(
            patience=QUICK,
            events=EventSettings(pace=HASTE),
            person_accounts=os.environ.get("GENKAN_TEST_ACCOUNTS") == "person",
        ),
        "partners": PartnerSettings(esim_patience=AT_ONCE, line_patience=AT_ONCE),
        "whmcs": WhmcsSettings(patience=SOON, polling=Polling(every=0.1, least=0.0)),
    }


class WarmCleaner(ProcessDocumentCleaner):
    """The real cleaner, kept warm for one portal after another; its processes end with this one."""

    async def close(self) -> None:
        pass


@cache
def warm_cleaner() -> WarmCleaner:
    """The one of this test process."""
    return WarmCleaner()


class QuickPasswords(Argon2Passwords):
    """The real hashing with the least it can be told to cost: a portal for each scenario hashes all the time."""

    def __init__(self) -> None:
        super().__init__(memory=8, passes=1)


def prepared(
    folder: Path,
    migrated: Path,
    world: World | None = None,
    warm: WarmCleaner | None = None,
    told: Callable[..., None] = lambda *_, **__: None,
    **changes: Any,
) -> Running:
    """A portal in that folder, not open yet; `migrated` is an empty database to start from, where it has none.

    One that is given a `warm` cleaner is in a hurry, and hashes quickly too. `told` hears what durable work does.
    """
    settings = settings_for(folder, **(settings_of(folder / "genkan.db") | over_the_wire() | changes))
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "genkan.db").exists():
        copied(migrated, folder / "genkan.db")
    running = prepare(settings, told, bind_world(world or a_world(), settings.policy))
    if warm is not None:
        running.container.document_cleaner.override(warm)
        running.container.passwords.override(QuickPasswords())
    return running


@contextmanager
def portal_in(
    folder: Path, migrated: Path, world: World | None = None, warm: WarmCleaner | None = None, **changes: Any
) -> Iterator[tuple[TestClient[Litestar], Running]]:
    """An open portal, prepared like that, and a client of it."""
    running = prepared(folder, migrated, world, warm, **changes)
    with (
        surface_of(running, asked_from_here) as app,
        TestClient(app, base_url="http://127.0.0.1:8000", backend_options=UVLOOP) as client,
    ):
        yield client, running


def first_morning(folder: Path, migrated: Path) -> Path:
    """A database to start from, on which a portal did once what each day begins with; else each one would do it."""
    with portal_in(folder, migrated) as (client, running):
        assert client.blocking_portal is not None
        assert client.blocking_portal.call(running.settle, 10.0)
    return folder / "genkan.db"


def asked_from_here(app: Litestar) -> None:
    """Whoever asks that surface sits at this machine."""
    door = app.asgi_handler

    async def from_this_machine(scope: Any, receive: Any, send: Any) -> None:
        await door({**scope, "client": ("127.0.0.1", 50000)} if "client" in scope else scope, receive, send)

    app.asgi_handler = from_this_machine
