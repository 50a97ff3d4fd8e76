"""Bring a database to this release's tables, forward only: a backup is the way back.

A new database gets all versions in turn, so that old and new halls have the same tables by the
same road. Each version is a file in ``versions/``, which begins with its number; tests open real
databases of earlier releases.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

VERSIONS = Path(__file__).resolve().parent / "versions"


class NewerDatabaseError(Exception):
    """The data were written by a newer release; this one would damage them."""


def migrate(engine: Engine) -> None:
    """Run what is missing, in one transaction."""
    known = known_versions()
    with engine.begin() as connection:
        present = _present(connection)
        if present == known[-1]:
            return
        if present and present not in known:
            raise NewerDatabaseError(
                f"数据来自更新的版本（{present}），请更新程序 / the data are of a newer release"
            )
        from hall_server.migrations.alembic_road import upgrade  # noqa: PLC0415 - see there

        upgrade(connection)


def known_versions() -> list[str]:
    """Their numbers, oldest first."""
    return sorted(path.name[1:5] for path in VERSIONS.glob("v*.py"))


def _present(connection: Connection) -> str:
    """Number of the database's version; empty for a new database."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
