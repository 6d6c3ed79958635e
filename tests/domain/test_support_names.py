"""First and last names of people who write without an account (SUP-1)."""

import pytest

from core.domain.ids import RequestKey
from core.domain.support import ContactMessage


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Kai Tanaka", "Kai", "Tanaka"),
        ("Ana María García", "Ana María", "García"),
        ("田中 海", "海", "田中"),
        ("田中　海", "海", "田中"),
        ("Kai", None, "Kai"),
        (f"{'x' * 41} y", None, f"{'x' * 41} y"),
    ],
)
def test_a_name_is_split_as_its_language_writes_it(name: str, first: str | None, last: str) -> None:
    message = ContactMessage(key=RequestKey("k"), email="kai@example.com", name=name, subject="Hi", message="Hi there")
    assert message.names == (first, last)
