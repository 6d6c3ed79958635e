"""The first tables."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID: Final = sa.String(64)
INSTANT: Final = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
PLAIN: Final = sa.Text()
# 64 bits, which SQLite's INTEGER has anyway: a page may name any place of eighteen digits
NUMBER: Final = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
# those that others refer to stand first
TABLES: Final = (
    "installation",
    "users",
    "sign_ups",
    "sign_up_claims",
    "sessions",
    "refresh_tokens",
    "resets",
    "checkouts",
    "requests",
    "intents",
    "answers",
    "notices",
    "nonces",
    "audit",
    "sequences",
    "flags",
    "facts",
    "streams",
    "learned",
    "esims",
    "cards",
    "noes",
    "work",
    "work_steps",
)


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("pair", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    op.create_table(
        "users",
        sa.Column("id", ID, primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("canonical", sa.Text, nullable=False, unique=True),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("account", ID, nullable=False, unique=True),
        sa.Column("contact", ID, nullable=False),
        sa.Column("client", ID, nullable=False, index=True),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("marketing_consent", sa.Boolean, nullable=False),
        sa.Column("terms_version", sa.Text, nullable=False),
        sa.Column("terms_accepted_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    op.create_table(
        "sign_ups",
        sa.Column("id", ID, primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("canonical", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("person", PLAIN, nullable=False),
        sa.Column("phone", PLAIN, nullable=False),
        sa.Column("address", PLAIN),
        sa.Column("marketing_consent", sa.Boolean, nullable=False),
        sa.Column("terms_version", sa.Text, nullable=False),
        sa.Column("terms_accepted_at", INSTANT, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("number", sa.String(16)),
        sa.Column("checkout", sa.Text),
        sa.Column("code", sa.Text),
        sa.Column("token", sa.Text, unique=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False, index=True),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("user", ID),
        sa.Index(
            "ix_sign_ups_user_code_open",
            "user",
            sqlite_where=sa.text("token IS NOT NULL"),
            postgresql_where=sa.text("token IS NOT NULL"),
        ),
    )
    op.create_table(
        "sign_up_claims",
        sa.Column("canonical", sa.Text, primary_key=True),
        sa.Column("sign_up", ID, sa.ForeignKey("sign_ups.id", ondelete="CASCADE"), nullable=False, unique=True),
    )
    op.create_table(
        "sessions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("user", ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("access", sa.Text, nullable=False, unique=True),
        sa.Column("access_until", INSTANT, nullable=False),
        sa.Column("refresh_until", INSTANT, nullable=False),
        sa.Column("csrf", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("refresh", sa.Text, primary_key=True),
        sa.Column("session", ID, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("used_key", sa.Text),
    )
    op.create_table(
        "resets",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("user", ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("expires_at", INSTANT, nullable=False),
    )
    op.create_table(
        "checkouts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("user", ID, sa.ForeignKey("users.id", ondelete="CASCADE"), unique=True),
        sa.Column("token", sa.Text, unique=True),
        sa.Column("cart", PLAIN, nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("address", PLAIN),
        sa.Column("choices", PLAIN, nullable=False),
        sa.Column("seen", PLAIN),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False, index=True),
        sa.Column("expires_at", INSTANT, nullable=False, index=True),
        sa.Column("submitted_at", INSTANT),
        sa.Column("request", ID),
        sa.Column("reminded_at", INSTANT),
    )
    op.create_table(
        "requests",
        sa.Column("id", ID, primary_key=True),
        sa.Column("owner", ID),
        sa.Column("about", ID, nullable=False),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("job", PLAIN, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT),
        sa.Index(
            "ix_requests_unstarted",
            "created_at",
            sqlite_where=sa.text("started_at IS NULL"),
            postgresql_where=sa.text("started_at IS NULL"),
        ),
    )
    op.create_table(
        "intents",
        sa.Column("kind", ID, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("request", sa.Text, nullable=False, index=True),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("worked_at", INSTANT),
    )
    op.create_table(
        "answers",
        sa.Column("owner", ID, primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False, index=True),
        sa.Column("status", sa.Integer),
        sa.Column("body", sa.LargeBinary),
        sa.Column("headers", PLAIN),
    )
    op.create_table(
        "notices",
        sa.Column("position", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False, unique=True),
        sa.Column("user", ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("type", ID, nullable=False),
        sa.Column("source_id", sa.String(128), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("values", PLAIN, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False, index=True),
        sa.Column("read_at", INSTANT),
        sa.Column("dismissed_at", INSTANT),
        sa.Column("expired", sa.Boolean, nullable=False),
        sa.UniqueConstraint("user", "type", "source_id", "version"),
        sa.Index("ix_notices_user_position", "user", "position"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "nonces",
        sa.Column("key_id", ID, primary_key=True),
        sa.Column("nonce", sa.String(255), primary_key=True),
        sa.Column("seen_at", INSTANT, nullable=False, index=True),
    )
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("deed", ID, nullable=False),
        sa.Column("subject", sa.Text, nullable=False, index=True),
        sa.Column("correlation", sa.String(128)),
        sa.Column("details", PLAIN, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sequences",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "flags",
        sa.Column("name", ID, primary_key=True),
        sa.Column("percentage", sa.Integer, nullable=False),
        sa.Column("accounts", PLAIN, nullable=False),
    )
    op.create_table(
        "facts",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("seen_at", INSTANT, nullable=False, index=True),
    )
    op.create_table(
        "streams",
        sa.Column("stream", ID, primary_key=True),
        sa.Column("position", sa.Text, nullable=False),
    )
    op.create_table(
        "learned",
        sa.Column("subject", sa.String(128), primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
    )
    op.create_table(
        "esims",
        sa.Column("order", ID, primary_key=True),
        sa.Column("account", ID, nullable=False),
        sa.Column("esim", sa.String(128), nullable=False),
        sa.Column("qr", sa.Text, nullable=False),
        sa.Column("service", ID),
        sa.Index("ix_esims_account_service", "account", "service"),
    )
    op.create_table(
        "cards",
        sa.Column("client", ID, primary_key=True),
        sa.Column("user", ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("last_four", sa.String(4)),
        sa.Column("expires", sa.String(7), index=True),
        sa.Column("read_on", sa.Date, nullable=False, index=True),
    )
    op.create_table(
        "noes",
        sa.Column("account", ID, primary_key=True),
        sa.Column("place", ID, primary_key=True),
        sa.Column("answered_on", sa.Date, nullable=False, index=True),
    )
    op.create_table(
        "work",
        sa.Column("position", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("job", PLAIN, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("result", PLAIN),
        sa.Column("code", sa.String(128)),
        sa.Column("failing", PLAIN),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Index("ix_work_state_due_at", "state", "due_at"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "work_steps",
        sa.Column("work", NUMBER, sa.ForeignKey("work.position", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("answer", PLAIN),
        sa.Column("at", INSTANT, nullable=False),
    )


def downgrade() -> None:
    """Take them away again."""
    for table in reversed(TABLES):
        op.drop_table(table)
