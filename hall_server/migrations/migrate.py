"""Bring a database to this release's tables, forward only: a backup is the way back.

A new database gets all versions in turn, so that old and new halls have the same tables by the
same road. Each version is a file in ``versions/``; tests open real databases of earlier releases.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

HERE = Path(__file__).resolve().parent


class NewerDatabaseError(Exception):
    """The data were written by a newer release; this one would damage them."""


def configuration() -> Config:
    """Alembic's settings, without a file."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config


def migrate(engine: Engine) -> None:
    """Run what is missing, in one transaction."""
    config = configuration()
    script = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        if present == script.get_current_head():
            return
        known = {revision.revision for revision in script.walk_revisions()}
        if present is not None and present not in known:
            raise NewerDatabaseError(
                f"数据来自更新的版本（{present}），请更新程序 / the data are of a newer release"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
