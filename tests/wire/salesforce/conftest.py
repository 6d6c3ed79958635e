"""The made-up Salesforce at an address, and who calls it."""

from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import httpx
import msgspec
import pytest

from adapters.fakes.wire.salesforce.describe import Schema
from adapters.fakes.wire.salesforce.org import CUSTOMERS, PACKAGES, PERSONS, PORTAL, read_org
from adapters.fakes.wire.salesforce.people import PORTAL_APP, STAFF_APP, App
from adapters.fakes.wire.salesforce.persons import with_persons
from adapters.fakes.wire.salesforce.pubsub.deployed import Deployed, read_events
from adapters.fakes.wire.salesforce.server import SalesforceServer, served
from adapters.fakes.world import World
from tests.contracts.org import Org
from tests.worlds import a_world

ROOT = "/services/data/v62.0"


FOLDER = Path(__file__).parents[3] / "deploy" / "salesforce"


@cache
def schema() -> Schema:
    """The org as the portal's user sees it."""
    return read_org(FOLDER, (PORTAL, CUSTOMERS))


@cache
def everything() -> Schema:
    """The org as its administrators see it, who may delete as well."""
    return read_org(FOLDER)


@cache
def of_persons() -> Schema:
    """The org as its administrators see it where customers are person accounts."""
    return with_persons(read_org(FOLDER, packages=PERSONS))


@cache
def events(packages: tuple[str, ...] = PACKAGES) -> Deployed:
    """The events of the org, where somebody selected contacts in Setup as well."""
    deployed = read_events(FOLDER, packages)
    return msgspec.structs.replace(deployed, captured=(*deployed.captured, "Contact"))


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    yield world
    world.close()


@pytest.fixture
def org(world: World) -> Org:
    return Org(world.records)


@pytest.fixture
async def salesforce(world: World) -> AsyncIterator[SalesforceServer]:
    async with served(world, schema(), staff=everything()) as salesforce:
        yield salesforce


@pytest.fixture
async def portal(salesforce: SalesforceServer) -> AsyncIterator[httpx.AsyncClient]:
    async with logged_in(salesforce, PORTAL_APP) as client:
        yield client


@pytest.fixture
async def staff(salesforce: SalesforceServer) -> AsyncIterator[httpx.AsyncClient]:
    async with logged_in(salesforce, STAFF_APP) as client:
        yield client


def logged_in(salesforce: SalesforceServer, app: App) -> httpx.AsyncClient:
    """A client with a token, whose paths begin behind the version."""
    form = {"grant_type": "client_credentials", "client_id": app.key, "client_secret": app.secret or ""}
    told = salesforce.sessions.log_in(form, None, salesforce.base)
    bearer = {"Authorization": f"Bearer {told['access_token']}"}
    return httpx.AsyncClient(base_url=salesforce.base + ROOT, headers=bearer, timeout=10, verify=False)


def code(answer: httpx.Response) -> str:
    """The one error that is told."""
    (error,) = answer.json()
    return str(error["errorCode"])
