"""What is sent is read by PHP as it was meant."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.whmcs.encoding import NO, form, serialized
from tests.whmcs.php import posted, unserialize

NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SCALARS = st.one_of(TEXTS, st.integers(-(10**12), 10**12), st.booleans(), st.none())
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=4), st.dictionaries(NAMES, SCALARS, max_size=4))


def as_php_reads(value: Any, *, holds_place: bool = False) -> Any:
    """What must arrive; None says that nothing does."""
    if value is None or value is False:
        return "" if holds_place else None
    if value is True:
        return "1"
    if isinstance(value, list):
        return {index: as_php_reads(one, holds_place=True) for index, one in enumerate(value)} or None
    if isinstance(value, dict):
        read = {name: as_php_reads(one) for name, one in value.items()}
        return {name: one for name, one in read.items() if one is not None} or None
    return str(value)


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=6))
def test_what_is_sent_is_read_back(params: dict[str, Any]) -> None:
    meant = {name: as_php_reads(value) for name, value in params.items()}
    assert posted(form({"action": "X", **params})) == {"action": "X"} | {
        name: value for name, value in meant.items() if value is not None
    }


@given(st.dictionaries(st.integers(1, 10**9), st.one_of(TEXTS, st.integers(0, 10**9)), max_size=5))
def test_custom_fields_are_read_back(fields: dict[int, Any]) -> None:
    assert unserialize(serialized(fields)) == fields


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({1: "Google"}, "YToxOntpOjE7czo2OiJHb29nbGUiO30="),
        ({3: "東京"}, "YToxOntpOjM7czo2OiLmnbHkuqwiO30="),
        ({1: 999}, "YToxOntpOjE7aTo5OTk7fQ=="),
        (
            {1: 4, 2: {"optionid": 7, "qty": 5}},
            "YToyOntpOjE7aTo0O2k6MjthOjI6e3M6ODoib3B0aW9uaWQiO2k6NztzOjM6InF0eSI7aTo1O319",
        ),
    ],
)
def test_arrays_are_serialised_as_php_does(fields: dict[int, Any], text: str) -> None:
    assert serialized(fields) == text


def test_lists_of_one_call_line_up() -> None:
    sent = form({"pid": ["101", "113"], "domain": ["", "x"], "priceoverride": [5_500, None], "a": Decimal("1.50")})
    assert sent == b"pid[0]=101&pid[1]=113&domain[0]=&domain[1]=x&priceoverride[0]=5500&priceoverride[1]=&a=1.50"


def test_no_is_said_only_where_it_must_be() -> None:
    assert posted(form({"noemail": True, "useauto": False, "note": None, "marketingoptin": NO})) == {
        "noemail": "1",
        "marketingoptin": "0",
    }


def test_what_can_not_be_sent_is_not_sent() -> None:
    with pytest.raises(TypeError, match="price can't be sent: float"):
        form({"price": 1.5})
