"""How Alembic reaches the store: on the connection it is handed, in one transaction."""

from alembic import context

from feedsvc.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
