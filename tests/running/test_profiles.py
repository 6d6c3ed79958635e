"""Every profile is built; only offline and sandbox have /sandbox, and production takes no fake (OPS-1)."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from litestar.testing import TestClient

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.system.clock import RealClock
from genkan.container import UPSTREAM, handlers, portal
from genkan.running import Running, prepare
from genkan.settings import Choice, Profile, Settings, Wrong
from genkan.surface import surface
from tests.portal import settings_for
from tests.worlds import a_world

SHOP = "https://portal.example"


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
    assert [fault.split(":")[0] for fault in wrong.value.faults] == [f"ports.{port}" for port in UPSTREAM]
    assert not (tmp_path / "world.db").exists()


@pytest.mark.parametrize("given", [{"mailer": Choice.REAL}, {"postman": Choice.FAKE}])
def test_a_port_without_such_a_binding_is_refused_at_start(tmp_path: Path, given: dict[str, Choice]) -> None:
    with pytest.raises(Wrong, match=f"ports.{next(iter(given))}: "):
        prepare(settings_for(tmp_path, ports=given), print, bind_world(a_world()))
