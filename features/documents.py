"""Files that customers send as their ID: good ones, and every kind that is not taken."""

from typing import Final

from tests.adapters import documents

File = tuple[str, bytes]
A_CARD: Final[File] = ("residence-card.png", documents.png())
