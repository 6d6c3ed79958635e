"""How partners are set, and what is told of settings that can't work."""

from typing import Any

import pytest

from adapters.partners.settings import PartnerSettings

RIGHT: dict[str, Any] = {"esim_url": "https://esim.example/v1", "esim_key": "canary-esim-key"}
LINE: dict[str, Any] = {"line_url": "http://127.0.0.1:8200/line/v1", "line_key": "canary-line-key"}


def test_a_line_checker_is_not_needed() -> None:
    assert PartnerSettings(**RIGHT).faults() == []
    assert PartnerSettings(**RIGHT, **LINE).faults() == []
    assert not PartnerSettings().is_told


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"esim_url": ""}, ["partners.esim_url is not set"]),
        ({"esim_key": ""}, ["partners.esim_key is not set"]),
        ({"esim_key": "two words"}, ["partners.esim_key is made of letters, digits and signs, without blanks"]),
        ({"esim_key": "a\r\nX: y"}, ["partners.esim_key is made of letters, digits and signs, without blanks"]),
        ({"line_key": "k"}, ["partners.line_url is not set"]),
        ({"line_url": "https://line.example"}, ["partners.line_key is not set"]),
    ],
)
def test_what_is_lacking_is_told(changes: dict[str, Any], faults: list[str]) -> None:
    settings = PartnerSettings(**(RIGHT | changes))
    assert settings.is_told
    assert settings.faults() == faults


@pytest.mark.parametrize(
    "url",
    [
        "http://esim.example/v1", "esim.example", "ftp://esim.example", "https://", "https://a:b@esim.example",
        "https://esim.example/v1?key=1", "https://esim.example/#x", "https://esim.example:0", "https://[::1",
    ],
)  # fmt: skip
def test_an_address_that_tells_the_key_to_others_or_is_none_is_told(url: str) -> None:
    (told,) = PartnerSettings(**(RIGHT | {"esim_url": url})).faults()
    assert "partners.esim_url" in told


def test_keys_do_not_show() -> None:
    assert "canary" not in repr(PartnerSettings(**RIGHT, **LINE))
