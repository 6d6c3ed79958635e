"""Features are on for a stable share of subjects, and for those named (OPS-3)."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.flags import DEFAULTS, Feature, is_on, place

FEATURE = Feature.UNIFIED_CHECKOUT


def test_every_feature_has_a_default() -> None:
    assert set(DEFAULTS) == set(Feature)


@given(st.text(), st.integers(0, 100), st.integers(0, 100))
def test_who_is_in_stays_in_when_the_share_grows(subject: str, small: int, large: int) -> None:
    small, large = sorted((small, large))
    assert not is_on(FEATURE, subject, small) or is_on(FEATURE, subject, large)


@given(st.text())
def test_none_and_all_are_exact(subject: str) -> None:
    assert not is_on(FEATURE, subject, 0)
    assert is_on(FEATURE, subject, 100)


def test_a_share_is_about_that_many_and_features_are_dealt_independently() -> None:
    subjects = [f"001000000{n:06d}AAA" for n in range(2000)]
    for feature in Feature:
        assert 500 < sum(is_on(feature, subject, 30) for subject in subjects) < 700
    both = sum(place(FEATURE, s) < 30 and place(Feature.REGISTRATION, s) < 30 for s in subjects)
    assert 120 < both < 240


def test_named_subjects_are_in_and_nobody_in_particular_needs_the_whole() -> None:
    assert is_on(FEATURE, "a", 0, ("a",))
    assert not is_on(FEATURE, "b", 0, ("a",))
    assert not is_on(FEATURE, None, 99, ("a",))
    assert is_on(FEATURE, None, 100)
