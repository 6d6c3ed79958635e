"""Runs revisions inside the transaction it is given (adapters/db/migrate.py)."""

from alembic import context

from adapters.db import work_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=work_tables.work.metadata,  # that of every table: theirs are defined last
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
