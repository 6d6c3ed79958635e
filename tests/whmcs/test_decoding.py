"""What WHMCS tells is read right, or found unreadable: never as something else."""

import html
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.whmcs import decoding
from adapters.whmcs.decoding import Unreadable
from adapters.whmcs.faults import Fault, read

ROWS = st.lists(st.fixed_dictionaries({"id": st.integers(1, 10**9)}), max_size=4)
AMOUNTS = st.integers(-(10**9), 10**9)
DAYS = st.dates(date(1970, 1, 2), date(2999, 12, 31))


@given(ROWS, st.data())
def test_a_list_is_read_however_it_is_told(rows: list[dict[str, int]], data: st.DataObject) -> None:
    ways: list[Any] = [{"orders": {"order": rows}}, {"orders": rows}, {"orders": {"order": {**_numbered(rows)}}}]
    if not rows:
        ways += [{"orders": ""}, {"orders": []}, {"orders": {"order": ""}}, {}, {"orders": None}, {"orders": {}}]
    if len(rows) == 1:
        ways += [{"orders": {"order": rows[0]}}, {"orders": rows[0]}]
    told = data.draw(st.sampled_from([way for way in ways if rows or way != {"orders": {"order": {}}}]))
    assert decoding.rows(told, "orders", "order") == rows


def _numbered(rows: list[dict[str, int]]) -> dict[str, dict[str, int]]:
    return {str(index * 2): row for index, row in enumerate(rows)}


@pytest.mark.parametrize("told", ["none", 0, 1, True, ["x"], {"order": ["x"]}, {"order": 7}])
def test_what_is_no_list_is_unreadable(told: Any) -> None:
    with pytest.raises(Unreadable):
        decoding.rows({"orders": told}, "orders", "order")


@given(AMOUNTS)
def test_an_amount_is_whole_yen_as_text_or_number(yen: int) -> None:
    for told in (f"{yen}.00", f"{yen}", yen, Decimal(f"{yen}.00"), f" {yen}.0 "):
        assert decoding.amount({"total": told}, "total") == yen


@pytest.mark.parametrize(
    "told", ["", None, "15.95", "¥1500", "1,500.00", "$2645.80 USD", "1e3", True, Decimal("0.5"), "１５", "--1", {}]
)
def test_what_is_no_whole_amount_is_unreadable(told: Any) -> None:
    with pytest.raises(Unreadable) as unreadable:
        decoding.amount({"total": told}, "total")
    assert str(told) not in str(unreadable.value) or not str(told)


def test_an_amount_never_becomes_a_float() -> None:
    body = read(200, b'{"result":"success","total":123456789012345678.00,"part":0.1}', "GetInvoice")
    assert isinstance(body, dict)
    assert decoding.amount(body, "total") == 123456789012345678
    with pytest.raises(Unreadable):
        decoding.amount(body, "part")


@given(DAYS, st.times())
def test_a_day_is_the_one_that_is_written(day: date, time: Any) -> None:
    for told in (day.isoformat(), f"{day.isoformat()} {time.strftime('%H:%M:%S')}"):
        assert decoding.day({"date": told}, "date") == day


@pytest.mark.parametrize("told", ["0000-00-00", "0000-00-00 00:00:00", "", None])
def test_a_day_of_zeros_is_none(told: Any) -> None:
    assert decoding.day({"date": told}, "date") is None
    with pytest.raises(Unreadable):
        decoding.needed_day({"date": told}, "date")


@pytest.mark.parametrize(
    "told",
    ["2026-02-30", "31/12/2026", "2026-1-5", "2026-01-05T10:00:00", "2026-01-05 25:00:00", 20260105, "0000-01-01"],
)
def test_what_is_no_day_is_unreadable(told: Any) -> None:
    with pytest.raises(Unreadable):
        decoding.day({"date": told}, "date")


@given(st.integers(1, 10**17), st.integers(0, 3))
def test_an_id_is_one_however_it_is_told(id: int, zeros: int) -> None:
    for told in (id, str(id), "0" * zeros + str(id), f" {id} "):
        assert decoding.id_of({"id": told}, "id") == str(id)


@pytest.mark.parametrize("told", ["1,2", "-1", "1.0", "x", True, [], Decimal("1.5")])
def test_what_is_no_id_is_unreadable(told: Any) -> None:
    with pytest.raises(Unreadable):
        decoding.maybe_id({"id": told}, "id")


@pytest.mark.parametrize("told", [0, "0", "", None, "00"])
def test_no_id_is_none(told: Any) -> None:
    assert decoding.maybe_id({"relid": told}, "relid") is None
    assert decoding.maybe_id({"relid": told, "id": 7}, "relid", "id") == "7"


@given(st.lists(st.integers(1, 10**9), max_size=4))
def test_ids_in_a_text_are_told_apart(ids: list[int]) -> None:
    told = ",".join(map(str, ids))
    assert decoding.ids_in({"serviceids": told}, "serviceids") == tuple(map(str, ids))
    if len(ids) == 1:
        assert decoding.ids_in({"serviceids": ids[0]}, "serviceids") == (str(ids[0]),)


@pytest.mark.parametrize(("told", "meant"), [
    (True, True), (1, True), ("1", True), ("true", True), ("on", True),
    (False, False), (0, False), ("0", False), ("false", False), ("", False), (None, False),
])  # fmt: skip
def test_yes_and_no_in_every_way(told: Any, *, meant: bool) -> None:
    assert decoding.flag({"x": told}, "x") is meant


def test_neither_yes_nor_no_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        decoding.flag({"x": "maybe"}, "x")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_text_for_people_is_unescaped_once(text: str) -> None:
    told = html.escape(text, quote=True).replace("&#x27;", "&#039;")
    assert decoding.shown({"name": told}, "name") == text
    assert decoding.raw({"name": told}, "name") == told


@pytest.mark.parametrize(
    "told",
    ["Plan A&copy 1G &reg", "a&copy=1", "&notit;", "R&D; Home", "&", "&;", "&#;", "&#x;", "&amp", "&#39 x", "&#1;"],
)
def test_what_is_no_entity_stays_as_it_is(told: str) -> None:
    assert decoding.shown({"name": told}, "name") == told
    assert decoding.shown({"name": html.escape(told)}, "name") == told


@pytest.mark.parametrize(
    ("told", "meant"), [("&yen;5 &eacute;", "¥5 é"), ("&#26481;&#x4EAC;&#X4eac;", "東京京"), ("&amp;&amp;lt;", "&&lt;")]
)
def test_an_entity_is_what_it_stands_for(told: str, meant: str) -> None:
    assert decoding.shown({"name": told}, "name") == meant


def test_what_was_escaped_by_somebody_is_not_unescaped_for_good() -> None:
    assert decoding.shown({"name": "&amp;lt;b&amp;gt;"}, "name") == "&lt;b&gt;"


@pytest.mark.parametrize(("told", "meant"), [
    ("4242", "4242"), (42, "0042"), (0, "0000"), ("0001", "0001"), ("", None), (None, None),
    # a text has lost nothing: too few digits are not filled up
    ("42", None), ("1", None), ("0", None), (-1, None), (42424, None),
])  # fmt: skip
def test_four_digits_of_a_card_and_no_more(told: Any, meant: str | None) -> None:
    assert decoding.last_four({"card_last_four": told}, "card_last_four") == meant
    assert decoding.last_four({"card_last_four": "4242424242424242"}, "card_last_four") is None


def test_a_cards_month() -> None:
    assert decoding.month_of_card({"e": "03/27"}, "e") == "2027-03"
    assert decoding.month_of_card({"e": ""}, "e") is None
    for told in ("13/27", "0327", "2027-03"):
        with pytest.raises(Unreadable):
            decoding.month_of_card({"e": told}, "e")


@pytest.mark.parametrize("told", ["One-Time", "onetime", "One Time", "ONETIME"])
def test_words_are_compared_by_their_letters(told: str) -> None:
    assert decoding.word(told) == "onetime"


LONG = "9" * 5_000
READ_AS = [decoding.whole, decoding.amount, decoding.id_of, decoding.ids_in, decoding.needed_day, decoding.flag]


@pytest.mark.parametrize("told", [LONG, f"-{LONG}", f"{LONG}.00", Decimal("1e400")], ids=["long", "minus", "yen", "e"])
@pytest.mark.parametrize("read_as", READ_AS)
def test_a_number_of_any_length_is_unreadable_and_never_a_crash(read_as: Any, told: Any) -> None:
    with pytest.raises(Unreadable):
        read_as({"x": told}, "x")


def test_a_card_of_any_length_is_no_crash() -> None:
    with pytest.raises(Unreadable):
        decoding.month_of_card({"x": LONG}, "x")
    assert decoding.last_four({"x": LONG}, "x") is None


@pytest.mark.parametrize("digits", [400, 4_300, 4_301])
def test_a_long_number_of_json_is_no_crash(digits: int) -> None:
    body = read(200, b'{"result":"success","x":' + b"9" * digits + b"}", "GetInvoices")
    if isinstance(body, Fault):
        assert digits > 4_300 and body.told == "unreadable answer"
        return
    for read_as in (decoding.whole, decoding.id_of):
        with pytest.raises(Unreadable):
            read_as(body, "x")


@given(st.integers(0, 10**16))
def test_a_whole_number_is_one_as_number_or_text(number: int) -> None:
    for told in (number, str(number), f" {number} ", f"0{number}"):
        assert decoding.whole({"x": told}, "x") == number
    if number:
        # a list of fewer than none would end behind its first page
        with pytest.raises(Unreadable):
            decoding.whole({"x": -number}, "x")
