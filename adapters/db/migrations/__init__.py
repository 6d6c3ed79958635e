"""How the database came to be what it is: one revision after another."""

from typing import Final

HEAD: Final = "0006"
"""The newest revision; known here so that a database that has it is opened without Alembic being loaded."""
