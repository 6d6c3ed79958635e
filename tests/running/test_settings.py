"""Each bad value is told by its name with what was expected, all at once; good ones come from file and environment."""

import re
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from msgspec.structs import fields

from core.domain.limits import LIMITS, Limit, Limited
from core.domain.policy import Policy
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
        ({"GENKAN_PUBLIC_URL": "https://x.example:99999"}, "public_url: expected an address"),
        ({"GENKAN_PUBLIC_URL": "https://["}, "public_url: expected an address"),
        ({"GENKAN_PUBLIC_URL": "https://x.example#top"}, "public_url: expected an address"),
        ({"GENKAN_WORLD": "nonsense"}, "world: expected an address"),
        ({"GENKAN_WORLD": "http://127.0.0.1:99999"}, "world: expected an address"),
        ({"GENKAN_TRUSTED_PROXIES": "abc"}, "trusted_proxies: expected addresses or networks"),
        ({"GENKAN_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.1/8"}, "trusted_proxies: expected addresses or networks"),
        ({"GENKAN_DATABASE": "nonsense"}, "database: expected sqlite+aiosqlite:///"),
        ({"GENKAN_DATABASE": "postgresql+psycopg://x/y"}, "database: expected sqlite+aiosqlite:///"),
        ({"GENKAN_DATABASE": "postgresql://x"}, "database: expected sqlite+aiosqlite:///"),
        ({"GENKAN_DATABASE": "postgresql://[/y"}, "database: expected sqlite+aiosqlite:///"),
        ({"GENKAN_DATABASE": "sqlite:///x.db"}, "database: expected sqlite+aiosqlite:///"),
        ({"GENKAN_DATABASE": "sqlite+aiosqlite://"}, "database: expected sqlite+aiosqlite:///"),
        ({"GENKAN_DATABASE": "sqlite+aiosqlite:///x.db?a=b"}, "database: expected sqlite+aiosqlite:///"),
        ({"GENKAN_DATABASE": "postgresql://x/y"}, "secret: instances on one PostgreSQL need the same"),
        ({"GENKAN_SECRET": "short"}, "secret: expected 32 characters or more"),
        ({"GENKAN_FIRST_RETRY": "nan"}, "first_retry: expected seconds"),
        ({"GENKAN_FIRST_RETRY": "inf"}, "first_retry: expected seconds"),
        ({"GENKAN_FIRST_RETRY": "-1"}, "first_retry: expected seconds"),
        ({"GENKAN_FIRST_RETRY": "0"}, "first_retry: expected seconds"),
        ({"GENKAN_LONGEST_RETRY": "nan"}, "longest_retry: expected seconds"),
        ({"GENKAN_LONGEST_RETRY": "inf"}, "longest_retry: expected seconds"),
        ({"GENKAN_LONGEST_RETRY": "0"}, "longest_retry: expected seconds"),
        ({"GENKAN_LONGEST_RETRY": "0.1"}, "longest_retry: expected at least first_retry"),
        ({"GENKAN_LIMITS__SIGN_UP": '{"times": -1, "period": "PT1M"}'}, "limits.sign_up: expected zero times or more"),
        ({"GENKAN_LIMITS__SIGN_UP": '{"times": 1, "period": "-PT1M"}'}, "limits.sign_up: expected a period"),
        ({"GENKAN_LIMITS__SIGN_UP": '{"times": 1, "period": "PT0S"}'}, "limits.sign_up: expected a period"),
        ({"GENKAN_LIMITS__SIGN_UP": '{"times": 1, "period": "P999999999D"}'}, "limits.sign_up: expected a period"),
        ({"GENKAN_LIMITS__SIGN_UP": '{"times": 1, "period": "PT1M", "per": 1}'}, "limits: Object contains unknown"),
        ({"GENKAN_POLICY__NOTICE_LIVE": "P1D"}, "policy: Object contains unknown field notice_live"),
        ({"GENKAN_POLICY__CHECK_BUSINESS_DAYS": "[-1, 2]"}, "policy.check_business_days: expected business days"),
        ({"GENKAN_POLICY__REVIEW_BUSINESS_DAYS": "[2, 1]"}, "policy.review_business_days: expected business days"),
        ({"GENKAN_POLICY__CHECK_BUSINESS_DAYS": "[1, 99999]"}, "policy.check_business_days: expected business days"),
    ],
)
def test_a_bad_value_is_told(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    with pytest.raises(Wrong) as wrong:
        load(environment, tmp_path)
    assert [fault for fault in wrong.value.faults if fault.startswith(said)], wrong.value.faults


def test_a_limit_of_none_at_all_closes_the_door(tmp_path: Path) -> None:
    settings = load({"GENKAN_LIMITS__SIGN_UP": '{"times": 0, "period": "PT1M"}'}, tmp_path)
    assert settings.limits == {Limited.SIGN_UP: Limit(0, timedelta(minutes=1))}


COUNTS = [field.name for field in fields(Policy) if field.type is int]
PERIODS = [field.name for field in fields(Policy) if field.type is timedelta]


@pytest.mark.parametrize(
    ("name", "value"),
    [*product(COUNTS, ["-3", "-1", "99999999999"]), *product(PERIODS, ["-P1D", "-PT1S", "P999999999D"])],
)
def test_no_count_or_period_of_the_policy_is_below_zero_or_past_reckoning(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(Wrong, match=f"^policy.{name}: expected "):
        load({f"GENKAN_POLICY__{name.upper()}": value}, tmp_path)


@pytest.mark.parametrize("name", COUNTS + PERIODS)
def test_zero_is_taken_where_it_means_something(tmp_path: Path, name: str) -> None:
    environment = {f"GENKAN_POLICY__{name.upper()}": "0" if name in COUNTS else "PT0S"}
    if name in MEANS_SOMETHING_AT_ZERO:
        assert not getattr(load(environment, tmp_path).policy, name)
    else:
        with pytest.raises(Wrong, match=f"^policy.{name}: expected .* above zero"):
            load(environment, tmp_path)


MEANS_SOMETHING_AT_ZERO = {
    *("ask_again_after", "refresh_again_for", "same_intent_for", "sign_up_life"),
    *("parked_after", "lasting_after", "unknown_visible_after", "preflight_before"),
    *("undo_until_days", "invoice_due_days", "card_expiring_days"),
}


def test_an_embedded_database_and_networks_of_both_kinds_can_be_used(tmp_path: Path) -> None:
    database = f"sqlite+aiosqlite:///{tmp_path / 'genkan.db'}"
    proxies = "127.0.0.1, 10.0.0.0/8, ::1, fd00::/8"
    settings = load({"GENKAN_DATABASE": database, "GENKAN_TRUSTED_PROXIES": proxies}, tmp_path)
    assert (settings.database_url, len(settings.trusted_proxies)) == (database, 4)


@pytest.mark.parametrize(
    "database", ["postgresql://u:p@x/y", "postgresql+asyncpg://x:5433/y", "postgresql:///y?host=/s"]
)
def test_a_server_and_the_key_that_its_instances_share_can_be_used(tmp_path: Path, database: str) -> None:
    settings = load(
        {"GENKAN_DATABASE": database, "GENKAN_SECRET": "x" * 32, "GENKAN_TEST_DATABASE": "sqlite"}, tmp_path
    )
    assert (settings.database_url, settings.is_shared) == (database, True)
    assert not Settings().is_shared


def test_everything_wrong_is_told_at_once_and_no_secret_with_it(tmp_path: Path) -> None:
    with pytest.raises(Wrong) as wrong:
        load({"GENKAN_PORT": "x", "GENKAN_PROFILE": "moon", "GENKAN_SIGNING_SECRETS": "hunter2"}, tmp_path)
    assert sorted(fault.split(":")[0] for fault in wrong.value.faults) == ["port", "profile", "signing_secrets"]
    assert "hunter2" not in str(wrong.value)
