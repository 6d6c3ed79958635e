"""Which two spellings are one address, and which are two (ELG-2, ELG-10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.account import Address, place_of

NUMBERS = st.lists(st.integers(1, 199), min_size=1, max_size=5)


def at(town: str, building: str = "", postcode: str = "150-0001") -> Address:
    return Address(postcode, "Tokyo", "Shibuya-ku", town, building)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (at("Jingumae 1-11-1"), at("Jingumae １－１１－１")),
        (at("Jingumae 1-11-1"), at("JINGUMAE 1 − 11ー1")),
        (at("神宮前1-11-1"), at("神宮前 1丁目11番1号")),
        (at("神宮前1-11-1"), at("神宮前1丁目 11番地の1")),
        (at("神宮前1-11-1", "ヒルズ 201"), at("神宮前1丁目11番1号", "ヒルズ201号室")),
        (at("Jingumae 1-11-1", "201"), at("Jingumae 1-11-1-201")),
        (at("Jingumae 1-11-1", "Hill House 201"), at("Jingumae 1-11-1", "HillHouse201")),
        (at("Jingumae 1-11-1"), at("Jingumae 1-11-1", postcode="1500001")),
        (at("Jingumae 1-11-1"), at("Jingumae 1-11-1", postcode="〒150 0001")),
    ],
)
def test_one_place_however_it_is_written(one: Address, other: Address) -> None:
    assert one.place == other.place


@pytest.mark.parametrize("town", ["Jingumae 11-1-1", "Jingumae 1-1-11", "Jingumae 1111", "Jingumae 1-111"])
def test_another_house_is_another_place(town: str) -> None:
    assert at(town).place != at("Jingumae 1-11-1").place


def test_rooms_and_wards_are_told_apart() -> None:
    assert at("Jingumae 1-1", "2 101").place != at("Jingumae 1-1", "21 01").place
    assert place_of("目黒区1-1") != place_of("黒区1-1")


def test_a_postcode_does_not_run_into_the_address() -> None:
    assert place_of("150-0001 1-2 Jingumae") == place_of("〒1500001 1-2 Jingumae") != place_of("150-00011 2 Jingumae")


@given(one=NUMBERS, other=NUMBERS)
def test_numbers_are_the_place_and_their_marks_are_not(one: list[int], other: list[int]) -> None:
    def with_dashes(numbers: list[int]) -> str:
        return at("Jingumae " + "-".join(map(str, numbers)), "Hill House").place

    in_kanji = at("Jingumae " + "番".join(map(str, one)) + "号", "Hill House").place
    assert in_kanji == with_dashes(one)
    assert (with_dashes(one) == with_dashes(other)) == (one == other)
