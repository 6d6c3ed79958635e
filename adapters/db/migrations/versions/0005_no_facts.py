"""No list of facts that were dealt with: each is learned by work whose key it is, and that is unique."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT: Final = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Take the table away, which nobody asked."""
    op.drop_table("facts")


def downgrade() -> None:
    """Make it again, with nothing in it."""
    op.create_table(
        "facts",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("seen_at", INSTANT, nullable=False, index=True),
    )
