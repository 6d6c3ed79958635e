"""One piece of work at a time in a lane, and who does work, for several instances together."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BEGUN: Final = sa.text("state = 'in_progress'")
NUMBER: Final = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Make the column, its index and the table; work that is there already has no lane."""
    op.add_column("work", sa.Column("lane", sa.Text))
    op.create_index("ux_work_lane_begun", "work", ["lane"], unique=True, sqlite_where=BEGUN, postgresql_where=BEGUN)
    op.create_table(
        "executors",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("beats", NUMBER, nullable=False),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("executors")
    op.drop_index("ux_work_lane_begun", "work")
    op.drop_column("work", "lane")
