"""Forms as PHP reads them."""

from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fakes.wire.whmcs.forms import form_of, is_true, unserialised
from tests.wire.whmcs.conftest import serialised


def raw(content: bytes) -> str:
    return b64encode(content).decode()


@pytest.mark.parametrize(
    ("body", "form"),
    [
        ("pid[0]=1&pid[1]=2", {"pid": {0: "1", 1: "2"}}),
        ("pid%5B0%5D=1", {"pid": {0: "1"}}),
        ("pid=1&pid=2", {"pid": "2"}),
        ("pid[]=a&pid[]=b", {"pid": {0: "a", 1: "b"}}),
        ("pid[3]=a&pid[]=b", {"pid": {3: "a", 4: "b"}}),
        ("pid[0]=a&pid=b", {"pid": "b"}),
        ("pid=b&pid[0]=a", {"pid": {0: "a"}}),
        ("e[invoice]=1&e[a][b]=2", {"e": {"invoice": "1", "a": {"b": "2"}}}),
        ("a[01]=x&a[-1]=y&a[1.5]=z", {"a": {"01": "x", -1: "y", "1.5": "z"}}),
        ("a.b=1&c d=2", {"a_b": "1", "c_d": "2"}),
        ("a[b=1", {"a_b": "1"}),
        ("empty=&=nothing&word", {"empty": "", "word": ""}),
        ("name=%E6%9D%B1%E4%BA%AC+x", {"name": "東京 x"}),
    ],
)
def test_a_form_is_read_as_php_reads_it(body: str, form: dict[str, Any]) -> None:
    assert form_of(body) == form


def test_more_than_a_thousand_values_are_dropped() -> None:
    assert len(form_of(urlencode([(f"n{number}", "1") for number in range(1_200)]))) == 1_000


@given(st.text())
def test_no_body_is_too_odd(body: str) -> None:
    assert isinstance(form_of(body), dict)


@given(st.dictionaries(st.integers(0, 99), st.text(min_size=1), min_size=1))
def test_what_was_serialised_comes_back(array: dict[int, str]) -> None:
    assert unserialised(serialised(array)) == array


@pytest.mark.parametrize(
    ("text", "array"),
    [
        ("YToxOntpOjE7czo2OiJHb29nbGUiO30=", {1: "Google"}),
        ("YToxOntpOjM7czo2OiLmnbHkuqwiO30=", {3: "東京"}),
        ("YToxOntpOjE7aTo5OTk7fQ==", {1: 999}),
        ("YToyOntpOjE7aTo0O2k6MjthOjI6e3M6ODoib3B0aW9uaWQiO2k6NztzOjM6InF0eSI7aTo1O319",
         {1: 4, 2: {"optionid": 7, "qty": 5}}),
        (serialised({"1": "a"}), {1: "a"}),
        ("YToxOntpOjE7czo2OiJHb29nbGUiO30", {}),
        ("YToxOntpOjM7czoyOiLmnbHkuqwiO30=", {}),
        ("eyIxIjoiYSJ9", {}),
        (raw(b"a:1:{a:0:{}i:1;}"), {}),
        (raw(b'a:1:{i:1;s:99999999999999999999:"a";}'), {}),
        (raw(b'a:1:{i:1;s:5:"a\xff\xfe\xfdb";}'), {1: "a\ufffd\ufffd\ufffdb"}),
        (raw(b'a:1:{i:1;s:3:"\xed\xa0\x80";}'), {1: "\ufffd\ufffd\ufffd"}),
        ("", {}),
        (None, {}),
        ({1: "a"}, {}),
    ],
)  # fmt: skip
def test_serialised_arrays_are_read_or_ignored(text: Any, array: dict[Any, Any]) -> None:
    assert unserialised(text) == array


def test_the_text_false_is_true() -> None:
    assert [is_true(text) for text in ("1", "false", "true", "0", "", None)] == [True, True, True, False, False, False]
