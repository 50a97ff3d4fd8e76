"""Alembic's entry: runs the versions on the connection that ``migrate`` hands over."""

from __future__ import annotations

from alembic import context

from hall_server.database import metadata


def run() -> None:
    """Migrate on the given connection, in its transaction."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata)
    context.run_migrations()


run()
