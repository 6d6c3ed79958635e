"""A building is told by postcode, doorplate and name, however its address is written (ELG-8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.account import Address
from core.domain.premises import Premises, premises_of


def at(town: str, building: str = "", postcode: str = "150-0001") -> Premises:
    return premises_of(Address(postcode, "東京都", "渋谷区", town, building))


HOME = Premises("1500001", "神宮前1-2-3")
COURT = Premises("1500001", "神宮前1-2-3", "コーポ青山")
TOWER = Premises("1500001", "神宮前1-2-3", "tower")


@pytest.mark.parametrize(
    "town",
    [
        "神宮前1-2-3",
        "神宮前１−２−３",
        "神宮前1丁目2番3号",
        "神宮前一丁目2番3号",
        "神宮前 1-2-3",
        "神宮前1丁目 2番3号",
        "神宮前1丁目2番地3",
        "神宮前１丁目２ー３",
        "神宮前1-2-3-101",
        "神宮前1丁目2-3-405",
        "神宮前1-2-3 101",
        "神宮前1-2-3 405号室",
    ],
)
def test_a_doorplate_is_read_however_it_is_written(town: str) -> None:
    assert at(town) == HOME
    assert at(town, postcode="〒１５０－０００１") == HOME
    assert at(town, postcode="1500001") == HOME


@pytest.mark.parametrize(
    ("kanji", "number"),
    [("一", 1), ("九", 9), ("十", 10), ("十一", 11), ("二十", 20), ("三十五", 35)],
)
def test_a_quarter_is_counted_in_either_script(kanji: str, number: int) -> None:
    assert at(f"北二十条{kanji}丁目4-5").town == f"北二十条{number}-4-5"


@pytest.mark.parametrize(
    ("town", "building"),
    [
        ("神宮前1-2-3", "コーポ青山"),
        ("神宮前1-2-3", "コーポ青山101"),
        ("神宮前1-2-3", "コーポ青山 101"),
        ("神宮前1-2-3", "コーポ青山１０１号室"),
        ("神宮前1-2-3", "コーポ青山 3階 301"),
        ("神宮前1-2-3", "コーポ青山3F"),
        ("神宮前1-2-3", "コーポ青山 #1204"),
        ("神宮前1-2-3", "コーポ青山-101"),
        ("神宮前1-2-3 コーポ青山", "101"),
        ("神宮前1-2-3 コーポ青山 5号室", ""),
        ("神宮前1丁目2番3号 コーポ青山", "２０５号"),
    ],
)
def test_homes_of_one_building_are_one(town: str, building: str) -> None:
    assert at(town, building) == COURT


@pytest.mark.parametrize("building", ["Tower", "ＴＯＷＥＲ 1204", "Tower Room 101", "tower 12F 1204"])
def test_a_name_in_latin_letters_too(building: str) -> None:
    assert at("神宮前1-2-3", building) == TOWER


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("神宮前1-2-3", ""), ("神宮前1-23", "")),
        (("神宮前11-2-3", ""), ("神宮前1-12-3", "")),
        (("神宮前1-2-3", ""), ("神宮前1-2", "")),
        (("神宮前1-2-3", "コーポ青山"), ("神宮前1-2-4", "コーポ青山")),
        (("神宮前1-2-3", "ハイツ1 101"), ("神宮前1-2-3", "ハイツ2 101")),
        (("神宮前1-2-3", "ハイツ 1 101"), ("神宮前1-2-3", "ハイツ 2 101")),
        (("神宮前1-2-3", "ハイツ 1"), ("神宮前1-2-3", "ハイツ 2")),
        (("神宮前1-2-3", "コーポ A-101"), ("神宮前1-2-3", "コーポ B-101")),
        (("神宮前1-2-3", "コーポA101"), ("神宮前1-2-3", "コーポB101")),
        (("神宮前1-2-3", "コーポ青山"), ("神宮前1-2-3", "コーポ赤坂")),
        (("一番町1-2", ""), ("1番町1-2", "")),
    ],
)
def test_other_buildings_are_others(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert at(*one) != at(*other)


def test_another_postcode_is_another_place() -> None:
    assert at("本町1-2-3") != at("本町1-2-3", postcode="541-0053")


@pytest.mark.parametrize(
    ("town", "is_there"),
    [
        ("", True),
        ("神宮前", True),
        ("神宮前1", True),
        ("神宮前1-2-3", True),
        ("神宮前1-2", True),
        ("神宮前1-2-3-4", False),
        ("神宮前2", False),
        ("代々木", False),
    ],
)
def test_a_part_of_a_postcode_holds_what_begins_with_it(town: str, is_there: bool) -> None:
    assert HOME.is_within(town) is is_there


def test_a_number_is_not_the_beginning_of_a_longer_one() -> None:
    assert not at("神宮前12-3").is_within("神宮前1")
    assert at("神宮前12-3").is_within("神宮前12")


@given(
    room=st.integers(100, 9999),
    name=st.sampled_from(["コーポ青山", "Tower", "第2ハイツ", "北棟", "メゾンB"]),
)
def test_no_room_is_told(room: int, name: str) -> None:
    for written in (f"{name} {room}", f"{name}{room}号室", f"{name} {room}号室"):
        assert at("神宮前1-2-3", written) == at("神宮前1-2-3", name)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_some_building_and_always_the_same(town: str, building: str) -> None:
    assert at(town, building) == at(town, building)
    assert at(f"  {town}", f"{building}  ") == at(town, building)
