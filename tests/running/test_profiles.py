"""Every profile is built; only offline and sandbox have /sandbox, and production takes no fake (OPS-1)."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.mail.settings import MailSettings
from adapters.partners.settings import PartnerSettings
from adapters.salesforce.settings import Flow, SalesforceSettings
from adapters.system.clock import RealClock
from adapters.whmcs.settings import WhmcsSettings
from genkan.agreeing import SHORTEST_SECRET
from genkan.container import UPSTREAM, handlers, portal
from genkan.linking import Together
from genkan.running import Running, prepare
from genkan.settings import Choice, Profile, Settings, Wrong
from genkan.surface import surface
from tests.portal import settings_for
from tests.worlds import a_world

SHOP = "https://portal.example"
HERE = "http://127.0.0.1:8000"


def built(settings: Settings, upstream: WorldBindings) -> Running:
    """A portal whose every port has one binding, said to be the real one."""
    real = SimpleNamespace(**{port: getattr(upstream, port) for port in UPSTREAM})
    it = portal(settings, {Choice.REAL: real}, RealClock(), b"k" * 32, print)
    return Running(settings, it, None)


@pytest.mark.parametrize("profile", [Profile.OFFLINE, Profile.SANDBOX])
def test_it_is_built_with_everything_in_it(tmp_path: Path, profile: Profile) -> None:
    running = prepare(settings_for(tmp_path, profile=profile), print, bind_world(a_world()))
    for provider in running.container.providers.values():
        assert provider() is not None
    assert all(handlers(running.container).values())
    with TestClient(surface(running), base_url="http://127.0.0.1:8000") as http:
        assert http.get("/api/catalog").status_code == 200
        assert "/sandbox" in http.get("/schema/openapi.json").json()["paths"]


def test_production_is_built_without_the_sandbox(tmp_path: Path) -> None:
    world = bind_world(a_world())
    running = built(settings_for(tmp_path, profile=Profile.PRODUCTION, public_url=SHOP), world)
    for provider in running.container.providers.values():
        assert provider() is not None
    with TestClient(surface(running), base_url=SHOP) as http:
        assert http.get("/api/catalog").status_code == 200
        assert http.get("/sandbox").status_code == 404
        assert http.post("/sandbox/world/now", json={"arguments": {}}).status_code == 404
        assert not [path for path in http.get("/schema/openapi.json").json()["paths"] if path.startswith("/sandbox")]


def test_production_has_no_fake_to_fall_back_on(tmp_path: Path) -> None:
    with pytest.raises(Wrong) as wrong:
        prepare(settings_for(tmp_path, profile=Profile.PRODUCTION, public_url=SHOP), print)
    assert [fault for fault in wrong.value.faults if not fault.endswith(" is not set")] == []
    assert {fault.split(".")[0] for fault in wrong.value.faults} == {"salesforce", "whmcs", "partners", "mail"}
    assert not (tmp_path / "world.db").exists()


ORG = SalesforceSettings(
    flow=Flow.CLIENT_CREDENTIALS, login_url="https://org.example", client_id="c", client_secret="d"
)
BILLING = WhmcsSettings(url="https://billing.example/", identifier="a", secret="b", number_field=1, gateway="stripe")
NAMED: Mapping[str, Any] = {
    "salesforce": ORG,
    "whmcs": BILLING,
    "partners": PartnerSettings(esim_url="https://esim.example/v1", esim_key="k"),
    "mail": MailSettings(host="smtp.example", sender="portal@mail.example"),
}
"""All that production needs besides."""


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, []),
        ({"salesforce": replace(ORG, client_secret="")}, ["salesforce.client_secret is not set"]),
        (
            {"salesforce": replace(ORG, names={"account.colour": "Colour__c"})},
            ["salesforce.names: the portal knows no account.colour in Salesforce"],
        ),
        ({"whmcs": replace(BILLING, number_field=0)}, ["whmcs.number_field is not set"]),
        (
            {"whmcs": replace(BILLING, gateway=""), "mail": MailSettings(host="smtp.example")},
            ["whmcs.gateway is not set", "mail.sender is not set"],
        ),
        ({"partners": PartnerSettings(esim_url="https://esim.example/v1")}, ["partners.esim_key is not set"]),
    ],
)
async def test_production_tells_by_name_what_is_wrong_with_its_systems_and_nothing_else(
    tmp_path: Path, changes: Mapping[str, Any], faults: list[str]
) -> None:
    found = []
    try:
        prepare(settings_for(tmp_path, profile=Profile.PRODUCTION, public_url=SHOP, **{**NAMED, **changes}), print)
    except Wrong as wrong:
        found = wrong.faults
    assert found == faults


@pytest.mark.parametrize("secrets", [{}, {"whmcs": "a secret of the two", "salesforce": "another secret"}])
def test_a_sandbox_that_is_served_has_hooks_signed_with_a_secret_of_its_own(
    tmp_path: Path, secrets: dict[str, str]
) -> None:
    of_runs = []
    for _ in range(2):
        settings = settings_for(tmp_path, profile=Profile.SANDBOX, signing_secrets=secrets)
        running = prepare(settings, print, bind_world(a_world()), served_at=HERE)
        [hooks] = [link.billing.server.hooks for link in running.links if isinstance(link, Together) and link.billing]
        secret = next(iter(running.settings.signing_secrets.values()))
        assert (hooks.url, hooks.secret) == (HERE, secret)
        assert len(secret) >= SHORTEST_SECRET
        assert secret not in repr(hooks)
        of_runs.append(running.settings.signing_secrets)
    assert (of_runs == [secrets, secrets]) == bool(secrets)
    assert (of_runs[0] == of_runs[1]) == bool(secrets), "one that is made is of that run alone"


@pytest.mark.parametrize(
    ("served_at", "changes"),
    [
        ("", {"profile": Profile.SANDBOX}),
        (HERE, {"profile": Profile.OFFLINE}),
        (HERE, {"profile": Profile.SANDBOX, "whmcs": BILLING}),
        (HERE, {"profile": Profile.PRODUCTION, "public_url": SHOP, **NAMED}),
    ],
)
def test_whoever_has_no_made_up_billing_to_be_told_by_makes_no_secret(
    tmp_path: Path, served_at: str, changes: Mapping[str, Any]
) -> None:
    settings = settings_for(tmp_path, signing_secrets={}, **changes)
    world = None if settings.profile is Profile.PRODUCTION else bind_world(a_world())
    running = prepare(settings, print, world, served_at=served_at)
    assert running.settings.signing_secrets == {}
    links = [link.billing for link in running.links if isinstance(link, Together) and link.billing]
    assert not [link.server.hooks for link in links if link.server and link.server.hooks]


@pytest.mark.parametrize("given", [{"mailer": Choice.SANDBOX}, {"postman": Choice.FAKE}])
def test_a_port_without_such_a_binding_is_refused_at_start(tmp_path: Path, given: dict[str, Choice]) -> None:
    with pytest.raises(Wrong, match=f"ports.{next(iter(given))}: "):
        prepare(settings_for(tmp_path, ports=given), print, bind_world(a_world()))
