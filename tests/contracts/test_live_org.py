"""What the contract suite makes in a live org, it takes away again."""

import re
from contextlib import AsyncExitStack

import pytest

from adapters.fakes.wire.salesforce.people import STAFF_APP, App
from adapters.fakes.wire.salesforce.server import served
from adapters.fakes.world import World
from adapters.salesforce.settings import Flow, SalesforceSettings
from adapters.system.clock import RealClock
from tests.contracts.live import live, ran
from tests.contracts.samples import Samples
from tests.contracts.wired import QUICK, everything
from tests.worlds import a_world

pytestmark = pytest.mark.slow


def as_app(base: str, app: App) -> SalesforceSettings:
    return SalesforceSettings(
        login_url=base,
        flow=Flow.CLIENT_CREDENTIALS,
        client_id=app.key,
        client_secret=app.secret or "",
        price_book="Portal",
        patience=QUICK,
    )


def counts(world: World) -> dict[str, int]:
    return {name: len(world.records.find(name)) for name in world.records.tables}


async def test_nothing_stays_behind() -> None:
    world = a_world()
    before = counts(world)
    async with served(world, everything()) as org, live(as_app(org.base, STAFF_APP)) as ports:
        mina = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
        await ports.opportunities.ensure(Samples.opportunity(mina.account))
        await ports.identity_desk.ensure_document(Samples.key("card"), mina.account, Samples.document())
        assert len(world.records.find("account")) == len(world.records.find("document_version")) == 1
    assert counts(world) == before


async def test_what_can_not_be_removed_is_named() -> None:
    async with AsyncExitStack() as org_ends:
        org = await org_ends.enter_async_context(served(a_world(), everything()))
        with pytest.raises(AssertionError, match=r"left behind in the org: .*'Account'"):
            async with live(as_app(org.base, STAFF_APP)) as ports:
                await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
                await org_ends.aclose()


async def test_the_whole_suite_passes() -> None:
    world = a_world()
    world.clock.set(RealClock().now())
    before = counts(world)
    async with served(world, everything()) as org:
        named = {
            "GENKAN_SALESFORCE__LOGIN_URL": org.base,
            "GENKAN_SALESFORCE__FLOW": Flow.CLIENT_CREDENTIALS.value,
            "GENKAN_SALESFORCE__CLIENT_ID": STAFF_APP.key,
            "GENKAN_SALESFORCE__CLIENT_SECRET": STAFF_APP.secret or "",
            "GENKAN_SALESFORCE__PRICE_BOOK": "Portal",
        }
        status, said = await ran("tests.contracts.live", named)
    passed = re.search(r"(\d+) passed", said)
    assert status == 0 and passed is not None and int(passed[1]) >= 25, said[:200_000]
    assert counts(world) == before


async def test_without_an_org_it_says_what_is_missing() -> None:
    status, said = await ran("tests.contracts.live", {})
    assert status == 0 and said.startswith("Skipped, no live salesforce: ")
