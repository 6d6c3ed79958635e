"""What billing was asked to add, kept before it is asked."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; of what was sent before nothing is known."""
    op.create_table(
        "sent", sa.Column("mark", sa.String(64), primary_key=True), sa.Column("told", sa.Text, nullable=False)
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("sent")
