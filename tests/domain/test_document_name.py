"""Names of uploaded documents (IDV-2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.document import document_name

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("card.png", "card.pdf"),
        ("card", "card.pdf"),
        ("card.jpeg.exe", "card.jpeg.pdf"),
        ("在留カード.PDF", "在留カード.pdf"),
        ("カ\u3099ート\u3099.pdf", "ガード.pdf"),  # as macOS writes it, in two parts
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\system.ini", "system.pdf"),
        ("/", "document.pdf"),
        ("..", "document.pdf"),
        (".png", "png.pdf"),
        ("", "document.pdf"),
        ("card\0.png", "card.pdf"),
        ("card.png\0.exe", "card.png.pdf"),
        ("card\r\nSet-Cookie: x=1.png", "cardSet-Cookie x=1.pdf"),
        ("card\u202egnp.exe", "cardgnp.pdf"),  # shown backward, it would read "cardexe.png"
        ("ca\u200brd\ufeff.png", "card.pdf"),
        ("ca\ud800rd.png", "card.pdf"),
        ("  my   card \u3000 .png", "my card.pdf"),
        ('<b>"card"|?*.png', "bcard.pdf"),
        ("x" * 300 + ".png", "x" * 76 + ".pdf"),
        ("x" * 75 + ". .y", "x" * 75 + ".pdf"),
    ],
)
def test_names_are_made_safe(filename: str, name: str) -> None:
    assert document_name(filename, PDF) == name


@given(st.text(max_size=200), st.sampled_from([PDF, PNG, JPEG]))
def test_every_name_is_short_shown_and_ends_as_its_type(filename: str, media_type: str) -> None:
    name = document_name(filename, media_type)
    assert 5 <= len(name) <= 80
    assert name.isprintable()
    assert not set(name) & set('/\\<>:"|?*')
    assert name.endswith({PDF: ".pdf", PNG: ".png", JPEG: ".jpg"}[media_type])
    assert not name.startswith(".")
    assert document_name(name, media_type) == name
