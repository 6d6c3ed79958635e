"""Every table of the portal's database. Its constraints are the guards: what may be once is unique here."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adapters.db.columns import Instant, Number, Plain
from core.domain.account import Address, Person, Phone
from core.domain.cart import Cart, Totals
from core.domain.checkout import Choices
from core.domain.work import Job

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

installation: Final = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("pair", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
)

# --- customers ---------------------------------------------------------------------------------------------------
users: Final = Table(
    "users",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("email", Text, nullable=False),
    Column("canonical", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("account", String(64), nullable=False, unique=True),
    Column("contact", String(64), nullable=False),
    Column("client", String(64), nullable=False, index=True),
    Column("number", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("marketing_consent", Boolean, nullable=False),
    Column("terms_version", Text, nullable=False),
    Column("terms_accepted_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", Instant, nullable=False),
)

sign_ups: Final = Table(
    "sign_ups",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("email", Text, nullable=False),
    Column("canonical", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("person", Plain(Person), nullable=False),
    Column("phone", Plain(Phone), nullable=False),
    Column("address", Plain(Address | None)),
    Column("marketing_consent", Boolean, nullable=False),
    Column("terms_version", Text, nullable=False),
    Column("terms_accepted_at", Instant, nullable=False),
    Column("language", String(8), nullable=False),
    Column("number", String(16)),
    Column("checkout", Text),
    Column("code", Text),
    Column("token", Text, unique=True),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("confirmed_at", Instant),
    Column("user", String(64)),
    # looked at with every session: few codes are open at a time
    Index(
        "ix_sign_ups_user_code_open",
        "user",
        sqlite_where=text("token IS NOT NULL"),
        postgresql_where=text("token IS NOT NULL"),
    ),
)

# the address a confirmed sign-up has taken: one at a time, until it is a user or refused
sign_up_claims: Final = Table(
    "sign_up_claims",
    metadata,
    Column("canonical", Text, primary_key=True),
    Column("sign_up", ForeignKey(sign_ups.c.id, ondelete="CASCADE"), nullable=False, unique=True),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("access", Text, nullable=False, unique=True),
    Column("access_until", Instant, nullable=False),
    Column("refresh_until", Instant, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

# used ones stay while their session does, so that a replay is recognised
refresh_tokens: Final = Table(
    "refresh_tokens",
    metadata,
    Column("refresh", Text, primary_key=True),
    Column("session", ForeignKey(sessions.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("until", Instant, nullable=False),
    Column("used_at", Instant),
    Column("used_key", Text),
)

resets: Final = Table(
    "resets",
    metadata,
    Column("token", Text, primary_key=True),
    Column("user", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", Instant, nullable=False),
)

# --- checkouts and requests --------------------------------------------------------------------------------------
checkouts: Final = Table(
    "checkouts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user", ForeignKey(users.c.id, ondelete="CASCADE"), unique=True),
    Column("token", Text, unique=True),
    Column("cart", Plain(Cart), nullable=False),
    Column("step", String(32), nullable=False),
    Column("address", Plain(Address | None)),
    Column("choices", Plain(Choices), nullable=False),
    Column("seen", Plain(Totals | None)),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False, index=True),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("submitted_at", Instant),
    Column("request", String(64)),
    Column("reminded_at", Instant),
)

requests: Final = Table(
    "requests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(64)),
    Column("about", String(64), nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("job", Plain(Job), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Index(
        "ix_requests_unstarted",
        "created_at",
        sqlite_where=text("started_at IS NULL"),
        postgresql_where=text("started_at IS NULL"),
    ),
)

# a row is an open intent; closing it removes the row
intents: Final = Table(
    "intents",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("request", Text, nullable=False, index=True),
    Column("taken_at", Instant, nullable=False),
    Column("worked_at", Instant),
)

answers: Final = Table(
    "answers",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("digest", Text, nullable=False),
    Column("taken_at", Instant, nullable=False, index=True),
    Column("status", Integer),
    Column("body", LargeBinary),
    Column("headers", Plain(dict[str, str])),
    Column("holder", String(255)),
)

# --- what customers are told and what was done -------------------------------------------------------------------
notices: Final = Table(
    "notices",
    metadata,
    Column("position", Number, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("user", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    Column("type", String(64), nullable=False),
    Column("source_id", String(128), nullable=False),
    Column("version", Text, nullable=False),
    Column("values", Plain(dict[str, str]), nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
    Column("read_at", Instant),
    Column("dismissed_at", Instant),
    # an expired notice is emptied and out of sight, but still known: the same fact is not told again
    Column("expired", Boolean, nullable=False),
    UniqueConstraint("user", "type", "source_id", "version"),
    Index("ix_notices_user_position", "user", "position"),
    sqlite_autoincrement=True,
)

nonces: Final = Table(
    "nonces",
    metadata,
    Column("key_id", String(64), primary_key=True),
    Column("nonce", String(255), primary_key=True),
    Column("seen_at", Instant, nullable=False, index=True),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("deed", String(64), nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("correlation", String(128)),
    Column("details", Plain(dict[str, str]), nullable=False),
    sqlite_autoincrement=True,
)

sequences: Final = Table(
    "sequences",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("last", Integer, nullable=False),
)

flags: Final = Table(
    "flags",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("percentage", Integer, nullable=False),
    Column("accounts", Plain(tuple[str, ...]), nullable=False),
)

streams: Final = Table(
    "streams",
    metadata,
    Column("stream", String(64), primary_key=True),
    Column("position", Text, nullable=False),
)

# the version of each record elsewhere that the portal has learned last, and whose an order or a sale is
learned: Final = Table(
    "learned",
    metadata,
    Column("subject", String(128), primary_key=True),
    Column("version", Text, nullable=False),
)

esims: Final = Table(
    "esims",
    metadata,
    Column("order", String(64), primary_key=True),
    Column("account", String(64), nullable=False),
    Column("esim", String(128), nullable=False),
    Column("qr", Text, nullable=False),
    Column("service", String(64)),
    Index("ix_esims_account_service", "account", "service"),
)

cards: Final = Table(
    "cards",
    metadata,
    Column("client", String(64), primary_key=True),
    Column("user", ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("last_four", String(4)),
    Column("expires", String(7), index=True),
    Column("read_on", Date, nullable=False, index=True),
)

noes: Final = Table(
    "noes",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("place", String(64), primary_key=True),
    Column("answered_on", Date, nullable=False, index=True),
)
