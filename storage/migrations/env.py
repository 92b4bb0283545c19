"""What Alembic runs for every command: `storage.schema` hands in the connection, in its transaction."""

from alembic import context

from storage.migrations.autogenerate import METADATA, render_item

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_item=render_item,
    # SQLite cannot change a table in place: a batch builds the new one beside the old and copies.
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
