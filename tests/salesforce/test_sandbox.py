"""What the portal's user may do in the sandbox's org: what its permission sets allow, as in the operator's (ADR 41)."""

import httpx

from adapters.fakes.addresses import free_port
from adapters.fakes.wire.salesforce.people import PORTAL_APP, STAFF_APP, App
from genkan.salesforce import Sandbox
from tests.contracts.org import Org
from tests.worlds import a_world


async def token_of(org: httpx.AsyncClient, app: App) -> dict[str, str]:
    form = {"grant_type": "client_credentials", "client_id": app.key, "client_secret": app.secret or ""}
    told = await org.post("/services/oauth2/token", data=form)
    return {"Authorization": f"Bearer {told.json()['access_token']}"}


async def test_the_portals_user_may_what_its_permission_sets_allow_and_staff_all() -> None:
    world = a_world()
    account = f"/services/data/v62.0/sobjects/Account/{Org(world.records).account}"
    sandbox = Sandbox(world, free_port(), free_port())
    async with sandbox.served(), httpx.AsyncClient(base_url=f"http://127.0.0.1:{sandbox.port}") as org:
        portal, staff = [await token_of(org, app) for app in (PORTAL_APP, STAFF_APP)]
        told = await org.delete(account, headers=portal)
        assert told.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
        assert (await org.delete(account, headers=staff)).status_code == 204
