"""The demo plays on a portal that runs, again and again, and tells when a rule is not kept."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from genkan.demo.server import is_portal, own_portal
from tests.journeys.served import PATIENCE, Served


def played(url: str, *words: str) -> tuple[int, dict[str, Any]]:
    """How the demo ended, and what it found."""
    command = [sys.executable, "-m", "genkan", "demo", "--json", "--url", url, *words]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=5 * PATIENCE)
    assert ended.stdout, ended.stderr[-2000:]
    return ended.returncode, json.loads(ended.stdout)


@pytest.mark.slow
def test_it_is_played_twice_and_tells_what_differs(tmp_path: Path) -> None:
    served = Served(tmp_path)
    served.start()
    url = f"http://127.0.0.1:{served.port}"
    status, told = played(url)
    assert [each for each in told["expectations"] if not each["holds"]] == []
    assert (status, told["kept"]) == (0, True)
    assert set(told["timelines"]) == {"Mina", "Kenji", "Aiko"}
    assert len(told["salesforce"]["order"]) == len(told["whmcs"]["billing_order"]) + 1  # one was withdrawn
    served.stop()

    # an operator who promises answers later than the rules say
    again = Served(tmp_path, {"policy": '{"check_business_days": [3, 5]}'}, port=served.port)
    again.start()
    status, told = played(url, "--only", "internet")
    again.stop()
    assert [each["rule"] for each in told["expectations"] if not each["holds"]] == ["ELG-4"]
    assert (status, told["kept"]) == (1, False)


@pytest.mark.slow
def test_it_is_played_over_the_protocols_of_the_made_up_systems(tmp_path: Path) -> None:
    served = Served(tmp_path, {"profile": "sandbox"})
    served.start()
    status, told = played(f"http://127.0.0.1:{served.port}")
    served.stop()
    assert [each for each in told["expectations"] if not each["holds"]] == []
    assert (status, told["kept"]) == (0, True)


def test_a_portal_of_its_own_goes_as_it_came() -> None:
    with own_portal() as url:
        assert is_portal(url)
        assert httpx.get(f"{url}/api/catalog", trust_env=False).status_code == 200
    assert not is_portal(url)


def test_what_is_no_portal_is_not_played_on() -> None:
    assert not is_portal("http://127.0.0.1:9")
    assert not is_portal("not an address")
