"""Logging in to the made-up Salesforce, and how sessions end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from adapters.fakes.wire.salesforce.people import ORG_ID, PORTAL, PORTAL_APP, STAFF, App
from adapters.fakes.wire.salesforce.server import SalesforceServer, served
from adapters.fakes.wire.salesforce.sessions import JWT_BEARER, Sessions
from adapters.fakes.world import World
from tests.wire.salesforce.conftest import ROOT, code, schema
from tests.wire.salesforce.keys import key_and_certificate

PRIVATE, CERTIFICATE = key_and_certificate()
SIGNED_APP = App(key="signed", certificate=CERTIFICATE, approved=(PORTAL,))


@pytest.fixture
async def salesforce(world: World) -> AsyncIterator[SalesforceServer]:
    apps = (PORTAL_APP, SIGNED_APP, App(key="nobody", secret="s"))
    async with served(world, schema(), Sessions(clock=world.clock, apps=apps)) as salesforce:
        yield salesforce


@pytest.fixture
async def client(salesforce: SalesforceServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=salesforce.base) as client:
        yield client


def assertion(world: World, key: str = PRIVATE, **changed: Any) -> str:
    exp = int(world.clock.now().timestamp()) + 180
    claims = {"iss": "signed", "sub": PORTAL.name, "aud": "https://login.salesforce.com", "exp": exp}
    return jwt.encode(claims | changed, key, algorithm="RS256")


async def log_in(client: httpx.AsyncClient, assertion: str) -> httpx.Response:
    return await client.post("/services/oauth2/token", data={"grant_type": JWT_BEARER, "assertion": assertion})


async def test_a_signed_assertion_opens_a_session(client: httpx.AsyncClient, world: World) -> None:
    told = (await log_in(client, assertion(world))).json()
    assert told.keys() == {"access_token", "instance_url", "id", "token_type", "scope"}
    assert told["access_token"].split("!")[0] == ORG_ID[:15]
    assert told["instance_url"] == str(client.base_url).rstrip("/")
    assert told["id"] == f"{told['instance_url']}/id/{ORG_ID}/{PORTAL.id}"
    bearer = {"Authorization": f"Bearer {told['access_token']}"}
    who = (await client.get("/services/oauth2/userinfo", headers=bearer)).json()
    assert (who["user_id"], who["organization_id"], who["preferred_username"]) == (PORTAL.id, ORG_ID, PORTAL.name)
    identity = (await client.get(told["id"], params={"format": "json"}, headers=bearer)).json()
    assert (identity["id"], identity["user_id"], identity["username"]) == (told["id"], PORTAL.id, PORTAL.name)
    resources = (await client.get(ROOT, headers=bearer)).json()
    assert (resources["identity"], resources["sobjects"]) == (told["id"], f"{ROOT}/sobjects")


async def test_time_and_audience_come_as_clients_write_them(client: httpx.AsyncClient, world: World) -> None:
    at = world.clock.now().timestamp()
    for changed in (
        {"exp": f"{at + 180:.0f}"},
        {"exp": at + 299},
        {"aud": "https://test.salesforce.com"},
        {"aud": str(client.base_url).rstrip("/")},
    ):
        assert (await log_in(client, assertion(world, **changed))).status_code == 200


@pytest.mark.parametrize(
    ("changed", "error", "description"),
    [
        ({"iss": "stranger"}, "invalid_client_id", "client identifier invalid"),
        ({"iss": PORTAL_APP.key}, "invalid_client_id", "client identifier invalid"),
        ({"aud": "https://genkan.example"}, "invalid_grant", "audience is invalid"),
        ({"sub": STAFF.name}, "invalid_grant", "user hasn't approved this consumer"),
        ({"exp": "soon"}, "invalid_grant", "invalid assertion"),
        ({"exp": True}, "invalid_grant", "invalid assertion"),
        ({"exp": 1}, "invalid_grant", "assertion is expired"),
        ({"exp": 4_000_000_000}, "invalid_grant", "invalid assertion"),
    ],
)
async def test_a_wrong_assertion_is_refused(
    client: httpx.AsyncClient, world: World, changed: dict[str, Any], error: str, description: str
) -> None:
    answer = await log_in(client, assertion(world, **changed))
    assert (answer.status_code, answer.json()) == (400, {"error": error, "error_description": description})


async def test_a_signature_of_another_key_is_refused(client: httpx.AsyncClient, world: World) -> None:
    stranger, _ = key_and_certificate("stranger")
    for forged in (assertion(world, stranger), "no.assertion", assertion(world)[:-8]):
        assert (await log_in(client, forged)).json()["error"] == "invalid_grant"


async def test_credentials_open_a_session_in_either_place(client: httpx.AsyncClient) -> None:
    form = {"grant_type": "client_credentials"}
    key, secret = PORTAL_APP.key, PORTAL_APP.secret or ""
    for answer in (
        await client.post("/services/oauth2/token", data=form | {"client_id": key, "client_secret": secret}),
        await client.post("/services/oauth2/token", data=form, auth=(key, secret)),
    ):
        told = answer.json()
        assert told["id"].endswith(PORTAL.id)
        assert told["issued_at"].isdecimal()
        assert {"signature", "scope", "instance_url", "access_token"} <= told.keys()


@pytest.mark.parametrize(
    ("key", "secret", "error"),
    [
        (PORTAL_APP.key, "wrong", "invalid_client"),
        ("stranger", "s", "invalid_client_id"),
        ("signed", "", "invalid_client"),
        ("nobody", "s", "invalid_grant"),
    ],
)
async def test_wrong_credentials_are_refused(client: httpx.AsyncClient, key: str, secret: str, error: str) -> None:
    answer = await client.post("/services/oauth2/token", data={"grant_type": "client_credentials"}, auth=(key, secret))
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_other_grants_are_not_given(client: httpx.AsyncClient) -> None:
    answer = await client.post("/services/oauth2/token", data={"grant_type": "password"})
    assert answer.json() == {"error": "unsupported_grant_type", "error_description": "grant type not supported"}


async def test_a_dead_token_is_told_and_a_missing_one_too(
    client: httpx.AsyncClient, salesforce: SalesforceServer, world: World
) -> None:
    token = (await log_in(client, assertion(world))).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await client.get(f"{ROOT}/limits", headers=bearer)).status_code == 200
    salesforce.sessions.expire()
    dead = await client.get(f"{ROOT}/limits", headers=bearer)
    assert dead.status_code == 401
    assert dead.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    missing = await client.get(f"{ROOT}/limits")
    assert (missing.status_code, code(missing)) == (401, "INVALID_AUTH_HEADER")


async def test_a_session_ends_by_itself_and_by_being_revoked(client: httpx.AsyncClient, world: World) -> None:
    async def status(token: str) -> int:
        return (await client.get(f"{ROOT}/limits", headers={"Authorization": f"Bearer {token}"})).status_code

    one, other = [(await log_in(client, assertion(world))).json()["access_token"] for _ in range(2)]
    assert one != other
    await client.post("/services/oauth2/revoke", data={"token": other})
    assert (await status(one), await status(other)) == (200, 401)
    for _ in range(3):  # it lives on while it is used
        world.clock.advance(timedelta(minutes=90))
        assert await status(one) == 200
    world.clock.advance(timedelta(minutes=121))
    assert await status(one) == 401


async def test_some_orgs_hand_the_living_token_out_again(
    client: httpx.AsyncClient, salesforce: SalesforceServer, world: World
) -> None:
    salesforce.sessions.same_token = True
    one, other = [(await log_in(client, assertion(world))).json()["access_token"] for _ in range(2)]
    assert one == other
