"""Starting: what belongs together, what is in the way, what the settings say, and which profile may do what."""

from pathlib import Path

import pytest

from adapters.fakes.bindings import bind_world
from genkan.container import UPSTREAM, portal
from genkan.running import prepare
from genkan.settings import Choice, Profile, Settings, Wrong, load
from genkan.surface import surface
from tests.journeys.serving import Process
from tests.worlds import a_world


def test_every_wrong_setting_is_told_at_once(tmp_path: Path) -> None:
    refused = Process(tmp_path, {"port": "many", "nonsense": "1", "public_url": "http://portal.example"}).run("serve")
    assert refused.returncode == 2
    for named in ("port", "nonsense", "public_url"):
        assert f"  {named}: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with Process(tmp_path) as first:
        refused = Process(other).run("serve", "--port", first.address.rsplit(":", 1)[1])
        assert refused.returncode == 1
        assert "Genkan can't start" in refused.stderr
        assert first.stop() == 0


@pytest.mark.parametrize("lost", ["world.db", "genkan.db"])
def test_database_and_world_are_both_kept_or_neither(tmp_path: Path, lost: str) -> None:
    with Process(tmp_path) as served:
        served.backstage.salesforce.change_price(sku="VPN-LONDON", price=2600)
        assert served.stop() == 0
    for file in (tmp_path / ".genkan").glob(f"{lost}*"):
        file.unlink()
    refused = served.run("serve", "--port", "0")
    assert refused.returncode == 1
    assert "data: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_offline_and_sandbox_build_with_the_console(tmp_path: Path) -> None:
    for profile in (Profile.OFFLINE, Profile.SANDBOX):
        app = surface(prepare(Settings(profile=profile, data=tmp_path / profile), lambda *_, **__: None))
        assert any(route.path.startswith("/sandbox") for route in app.routes)


def test_production_refuses_fakes_and_the_console(tmp_path: Path) -> None:
    with pytest.raises(Wrong) as refused:
        prepare(
            Settings(profile=Profile.PRODUCTION, public_url="https://portal.example", data=tmp_path),
            lambda *_, **__: None,
        )
    assert len(refused.value.faults) == len(UPSTREAM)
    environment = {"GENKAN_PROFILE": "production", "GENKAN_PUBLIC_URL": "https://p.example"}
    with pytest.raises(Wrong, match=r"ports\.mailer: production refuses"):
        load(environment | {"GENKAN_PORTS__MAILER": "fake"}, tmp_path)


def test_production_builds_once_every_port_has_a_real_binding(tmp_path: Path) -> None:
    settings = Settings(profile=Profile.PRODUCTION, public_url="https://portal.example", data=tmp_path)
    bindings = bind_world(a_world())
    built = portal(settings, {Choice.REAL: bindings}, bindings.clock, b"secret", lambda *_, **__: None)
    assert built.mailer() is bindings.mailer


def test_an_unknown_port_or_binding_is_told(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, ports={"mailer": Choice.REAL, "fax": Choice.FAKE})
    with pytest.raises(Wrong) as refused:
        prepare(settings, lambda *_, **__: None)
    assert [fault.split(":")[0] for fault in refused.value.faults] == ["ports.mailer", "ports.fax"]
