"""The table of what limits count: one row for each try, `subject` being a fingerprint."""

from typing import Final

from sqlalchemy import Column, Index, String, Table

from adapters.db.columns import Instant, Number
from adapters.db.tables import metadata

tries: Final = Table(
    "tries",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("limit", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant, nullable=False, index=True),
    Index("ix_tries_limit_subject_at", "limit", "subject", "at"),
    sqlite_autoincrement=True,
)
