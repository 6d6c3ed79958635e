"""The tables of durable work: what was accepted, how it stands, and what each step answered."""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from adapters.db.columns import Instant, Number, Plain
from adapters.db.tables import metadata
from core.domain.work import Job
from ports.sendings import Sent

work: Final = Table(
    "work",
    metadata,
    Column("position", Number, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("job", Plain(Job), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("lane", Text),
    Column("state", String(16), nullable=False),
    Column("due_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("result", Plain()),
    Column("code", String(128)),
    Column("failing", Plain()),
    Column("accepted_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("changed_at", Instant, nullable=False),
    Column("told", Boolean, nullable=False),
    Index("ix_work_state_due_at", "state", "due_at"),
    # one piece of work at a time in a lane, whichever process does it
    Index(
        "ux_work_lane_begun",
        "lane",
        unique=True,
        sqlite_where=text("state = 'in_progress'"),
        postgresql_where=text("state = 'in_progress'"),
    ),
    sqlite_autoincrement=True,
)

work_steps: Final = Table(
    "work_steps",
    metadata,
    Column("work", ForeignKey(work.c.position, ondelete="CASCADE"), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("answer", Plain()),
    Column("at", Instant, nullable=False),
)

executors: Final = Table(
    "executors",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("beats", Number, nullable=False),
)
"""Who does durable work, and a number that grows for as long as they live."""

# what billing was asked to add and was not seen there yet
sent: Final = Table(
    "sent",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("told", Plain(Sent), nullable=False),
)
