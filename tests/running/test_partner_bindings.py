"""What stands behind the partners' ports and the mailer in each profile, and what is told of wrong settings (OPS-1)."""

from pathlib import Path
from typing import Any

import pytest

from adapters.fakes.bindings import bind_world
from adapters.fakes.mailbox import FakeMailer
from adapters.fakes.partners import FakeEsimIssuer, FakeLineChecker
from adapters.mail.settings import MailSettings
from adapters.mail.smtp import SmtpMailer
from adapters.partners.esim_issuer import HttpEsimIssuer
from adapters.partners.line_checker import HttpLineChecker, NoLineChecker
from adapters.partners.settings import PartnerSettings
from adapters.system.clock import RealClock
from core.domain.ids import OrderId, request_key
from core.domain.provisioning import EsimOrder
from genkan.partners import beside, partners_of
from genkan.running import Running, prepare
from genkan.settings import Choice, Profile, Settings, Wrong, load
from tests.portal import prepared, settings_for
from tests.worlds import a_world

ESIM = PartnerSettings(esim_url="https://esim.example/v1", esim_key="canary-esim")
BOTH = PartnerSettings(
    esim_url="https://esim.example/v1", esim_key="k", line_url="https://line.example/v1", line_key="k"
)
MAIL = MailSettings(host="smtp.example", sender="portal@mail.example")
ORDER = EsimOrder(key=request_key("o"), order=OrderId("801"), plan="SIM", eid=None)


def ports(running: Running) -> list[Any]:
    it = running.container
    return [it.esim_issuer(), it.line_checker(), it.mailer()]


def production(**changes: Any) -> Settings:
    return Settings(profile=Profile.PRODUCTION, public_url="https://portal.example", **changes)


def test_offline_asks_nobody(tmp_path: Path) -> None:
    running = prepare(settings_for(tmp_path), print, bind_world(a_world()))
    assert [type(port) for port in ports(running)] == [FakeEsimIssuer, FakeLineChecker, FakeMailer]


async def test_the_sandbox_asks_its_own_partners_and_keeps_its_mails(tmp_path: Path, migrated_file: Path) -> None:
    world = a_world()
    running = prepared(tmp_path, migrated_file, world, profile=Profile.SANDBOX)
    issuer, _, mailer = ports(running)
    assert isinstance(mailer, FakeMailer)
    async with running.reach():
        made = await issuer.ensure_profile(ORDER)
    assert [row["id"] for row in world.records.find("esim")] == [made.id]
    assert world.calls["esim", "ensure_profile"] == 1


def test_a_sandbox_may_ask_those_that_are_named(tmp_path: Path) -> None:
    running = prepare(settings_for(tmp_path, profile=Profile.SANDBOX, partners=BOTH), print, bind_world(a_world()))
    assert [type(port) for port in ports(running)[:2]] == [HttpEsimIssuer, HttpLineChecker]


@pytest.mark.parametrize(("partners", "checker"), [(ESIM, NoLineChecker), (BOTH, HttpLineChecker)])
def test_production_asks_those_that_are_named(partners: PartnerSettings, checker: type) -> None:
    found = beside({}, partners_of(production(partners=partners, mail=MAIL), None, RealClock()))[Choice.REAL]
    assert [type(getattr(found, name)) for name in ("esim_issuer", "line_checker", "mailer")] == [
        HttpEsimIssuer,
        checker,
        SmtpMailer,
    ]
    assert not hasattr(found, "order_book")


async def test_an_operator_without_a_checker_leaves_all_to_staff() -> None:
    assert await NoLineChecker().check(None) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        (production(partners=PartnerSettings(esim_url="https://esim.example")), "partners.esim_key is not set"),
        (production(partners=PartnerSettings(line_key="k")), "partners.esim_url is not set"),
        (production(partners=ESIM, mail=MailSettings(host="smtp.example")), "mail.sender is not set"),
        (Settings(profile=Profile.SANDBOX, partners=PartnerSettings(esim_key="k")), "partners.esim_url is not set"),
        (Settings(profile=Profile.SANDBOX, world="http://127.0.0.1:1"), "partners: the world is another process's"),
    ],
)
def test_what_can_not_work_is_told_at_start(settings: Settings, fault: str) -> None:
    with pytest.raises(Wrong, match=fault):
        partners_of(settings, None, RealClock())


def test_offline_with_a_real_mail_service(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, ports={"mailer": Choice.REAL}, mail=MAIL)
    running = prepare(settings, print, bind_world(a_world()))
    assert [type(port) for port in ports(running)] == [FakeEsimIssuer, FakeLineChecker, SmtpMailer]


def test_they_are_set_by_the_environment(tmp_path: Path) -> None:
    told = {
        "GENKAN_PARTNERS__ESIM_URL": "https://esim.example/v1",
        "GENKAN_PARTNERS__ESIM_KEY": "canary-esim",
        "GENKAN_MAIL__HOST": "smtp.example",
        "GENKAN_MAIL__PORT": "2525",
        "GENKAN_MAIL__SENDER": "portal@mail.example",
        "GENKAN_MAIL__SECURITY": "tls",
        "GENKAN_MAIL__USERNAME": "portal",
        "GENKAN_MAIL__PASSWORD": "canary-password",
    }
    settings = load(told, tmp_path)
    assert settings.partners == ESIM
    assert (settings.mail.at_port, settings.mail.security, settings.mail.password) == (2525, "tls", "canary-password")
    assert "canary" not in repr(settings)
    with pytest.raises(Wrong) as wrong:
        load(told | {"GENKAN_MAIL__SECURITY": "any", "GENKAN_PARTNERS__COLOUR": "canary"}, tmp_path)
    assert {fault.partition(":")[0] for fault in wrong.value.faults} == {"mail", "partners"}
    assert "canary" not in str(wrong.value)
