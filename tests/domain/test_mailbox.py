"""A tag behind a plus sign makes no other mailbox."""

import pytest

from core.domain.session import mailbox_of


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("mina@example.com", "mina@example.com"),
        ("mina+1@example.com", "mina@example.com"),
        ("mina+a+b@example.com", "mina@example.com"),
        ("mina+@example.com", "mina@example.com"),
        ("+81@example.com", "+81@example.com"),
        ("mina.k@example.com", "mina.k@example.com"),
        ("mina@a+b.example", "mina@a+b.example"),
        ("nothing", "nothing"),
    ],
)
def test_mail_arrives(address: str, mailbox: str) -> None:
    assert mailbox_of(address) == mailbox
