"""Which passwords may be chosen (ACC-7)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.common_passwords import COMMON
from core.domain.password import PasswordRefusal, normalised, refusal_of


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("kettle on tuesday", None),
        ("玄関の鍵は猫が持っているよね", None),
        ("nocapitalsnodigits", None),
        ("  twelve... ", None),  # spaces count, at the ends too
        ("eleven char", PasswordRefusal.TOO_SHORT),
        ("", PasswordRefusal.TOO_SHORT),
        ("twelve chars", None),
        ("x7!" + "ü" * 125, None),
        ("x7!" + "ü" * 126, PasswordRefusal.TOO_LONG),
        # counted after normalisation: a ligature is three letters, a letter and its accent are one
        ("oﬃce 4711!", None),
        ("oﬃce 4711", PasswordRefusal.TOO_SHORT),
        ("e\u0301ae\u0301be\u0301ce\u0301de\u0301e", PasswordRefusal.TOO_SHORT),
        ("ﷺ" * 8, PasswordRefusal.TOO_LONG),
        ("kettle\0on tuesday", PasswordRefusal.NOT_TEXT),
        ("kettle\ud800on tuesday", PasswordRefusal.NOT_TEXT),
        ("\udfff", PasswordRefusal.NOT_TEXT),
    ],
)
def test_what_may_be_chosen(password: str, refusal: PasswordRefusal | None) -> None:
    assert refusal_of(password) is refusal


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "PassWord1234",
        "ｐａｓｓｗｏｒｄ１２３４",
        "qwertyuiop123",
        "passwordpassword",
        "sonixnet2026",
        "correcthorsebatterystaple",
        "aaaaaaaaaaaa",
        "AaAaAaAaAaAa",
        "111111111111",
        "abcabcabcabcab",
        "20262026202620",
        "123456789012",
        "098765432109",
        "abcdefghijkl",
        "qwertyuiop[]",
        "lkjhgfdsapoi",
        "1qaz2wsx3edc",
        "xsw23edcvfr4",
    ],
)
def test_what_guessing_starts_with_is_refused(password: str) -> None:
    assert refusal_of(password) is PasswordRefusal.COMMON


def test_everything_listed_is_refused_in_any_case_and_width() -> None:
    for password in COMMON:
        wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in password)
        assert normalised(wide) == password
        assert [refusal_of(each) for each in (password, password.upper(), wide)] == [PasswordRefusal.COMMON] * 3


def test_the_list_holds_what_can_be_met_only() -> None:
    assert len(COMMON) > 500
    assert all(len(each) >= 12 and each == normalised(each).casefold() for each in COMMON)


def test_a_common_word_inside_a_longer_password_is_no_reason() -> None:
    assert refusal_of("password of the lighthouse") is None


@given(st.text(max_size=160))
def test_two_ways_to_write_the_same_password_get_the_same_answer(password: str) -> None:
    assert refusal_of(password) is refusal_of(unicodedata.normalize("NFD", normalised(password)))


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=12, max_size=128))
def test_length_alone_decides_for_what_is_not_common(password: str) -> None:
    assert refusal_of(password) in (None, PasswordRefusal.COMMON)
    assert refusal_of(password[:11]) is PasswordRefusal.TOO_SHORT
    assert refusal_of(password.ljust(129, password[0])) is PasswordRefusal.TOO_LONG
