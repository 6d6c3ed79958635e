"""Which process is answering a request under an idempotency key, so that others know when it is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; of keys that are there already nobody is known to be at it."""
    op.add_column("answers", sa.Column("holder", sa.String(255)))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("answers", "holder")
