"""The tries that limits count, for several instances together."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT: Final = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
NUMBER: Final = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tries",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("limit", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False, index=True),
        sa.Index("ix_tries_limit_subject_at", "limit", "subject", "at"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        # a count that a crash of the server loses begins anew, and no caller waits for the disk to be counted
        op.execute("ALTER TABLE tries SET UNLOGGED")


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("tries")
