"""Runs revisions inside the transaction it is given (adapters/db/migrate.py)."""

from alembic import context

from adapters.db.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
