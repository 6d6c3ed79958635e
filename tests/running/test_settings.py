"""Each bad value is told by its name with what was expected, all at once; good ones come from file and environment."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from core.domain.limits import LIMITS, Limit, Limited
from genkan.settings import Choice, Profile, Settings, Wrong, load
from tests.architecture.source import ROOT

PRODUCTION = {"GENKAN_PROFILE": "production", "GENKAN_PUBLIC_URL": "https://portal.example"}


def test_nothing_set_is_an_offline_portal_of_this_machine(tmp_path: Path) -> None:
    settings = load({"HOME": "/root", "PORT": "1"}, tmp_path)
    assert settings == Settings()
    assert settings.profile is Profile.OFFLINE
    assert settings.choice("mailer") is Choice.FAKE
    assert settings.all_limits == LIMITS


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "genkan.toml").write_text(
        'port = 8080\nlog_level = "debug"\n'
        '[limits]\nsign_up = {times = 1, period = "PT1H"}\n'
        "[policy]\nundo_until_days = 5\n"
    )
    settings = load({"GENKAN_PORT": "9090", "GENKAN_POLICY__AUTO_TERMINATE": "true"}, tmp_path)
    assert (settings.port, settings.log_level) == (9090, "debug")
    assert (settings.policy.undo_until_days, settings.policy.auto_terminate) == (5, True)
    assert settings.all_limits[Limited.SIGN_UP] == Limit(1, timedelta(hours=1))
    assert settings.all_limits[Limited.LOG_IN] == LIMITS[Limited.LOG_IN]


def test_a_variable_sets_whatever_stands_inside_a_table(tmp_path: Path) -> None:
    environment = {
        "GENKAN_LIMITS__SIGN_UP": '{"times": 9, "period": "PT1M"}',
        "GENKAN_POLICY__CHECK_BUSINESS_DAYS": "[1, 3]",
        "GENKAN_POLICY__NOTICE_LIFE": "P60D",
        "GENKAN_SIGNING_SECRETS__A": '{"a secret": "of any letters"}',
    }
    settings = load(environment, tmp_path)
    assert settings.limits == {Limited.SIGN_UP: Limit(9, timedelta(minutes=1))}
    assert (settings.policy.check_business_days, settings.policy.notice_life) == ((1, 3), timedelta(days=60))
    assert settings.signing_secrets == {"a": '{"a secret": "of any letters"}'}


def test_the_settings_that_the_readme_shows_can_be_used(tmp_path: Path) -> None:
    [shown] = re.findall(r"^```toml\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    (tmp_path / "genkan.toml").write_text(shown, "utf-8")
    settings = load({}, tmp_path)
    assert settings != Settings()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"GENKAN_WEATHER": "fine"}, "weather: there is no such setting"),
        ({"GENKAN_PROFILE": "moon"}, "profile: "),
        ({"GENKAN_PORT": "eighty"}, "port: Expected int"),
        ({"GENKAN_PORT": "65536"}, "port: expected a number from 0 to 65535"),
        ({"GENKAN_HOST": "0.0.0.0"}, "host: offline serves staff deeds"),
        ({"GENKAN_PUBLIC_URL": "portal.example"}, "public_url: expected an address"),
        ({"GENKAN_PUBLIC_URL": "http://portal.example"}, "public_url: http is for this machine only"),
        ({"GENKAN_PROFILE": "production"}, "public_url: production needs https"),
        ({**PRODUCTION, "GENKAN_PORTS__MAILER": "fake"}, "ports.mailer: production refuses anything but the real"),
        ({"GENKAN_PORTS__MAILER": "paper"}, "ports: "),
        ({"GENKAN_SIGNING_SECRETS__A": "short"}, "signing_secrets: a secret needs at least 16 characters"),
        ({f"GENKAN_SIGNING_SECRETS__{k}": "long enough a secret" for k in "ABC"}, "signing_secrets: at most two"),
        ({"GENKAN_LIMITS__SIGN_UP": "5"}, "limits: "),
        ({"GENKAN_POLICY__UNDO_UNTIL_DAYS": "x"}, "policy: Expected int"),
        ({"GENKAN_LOG_LEVEL": "loud"}, "log_level: expected debug, info"),
        ({"GENKAN_LOG_FORMAT": "xml"}, "log_format: expected json or console"),
        ({"GENKAN_WORKERS": "2"}, "workers: "),
        ({"GENKAN_SETTINGS": "/nowhere/genkan.toml"}, "/nowhere/genkan.toml: "),
    ],
)
def test_a_bad_value_is_told(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    with pytest.raises(Wrong) as wrong:
        load(environment, tmp_path)
    assert [fault for fault in wrong.value.faults if fault.startswith(said)], wrong.value.faults


def test_everything_wrong_is_told_at_once_and_no_secret_with_it(tmp_path: Path) -> None:
    with pytest.raises(Wrong) as wrong:
        load({"GENKAN_PORT": "x", "GENKAN_PROFILE": "moon", "GENKAN_SIGNING_SECRETS": "hunter2"}, tmp_path)
    assert sorted(fault.split(":")[0] for fault in wrong.value.faults) == ["port", "profile", "signing_secrets"]
    assert "hunter2" not in str(wrong.value)
