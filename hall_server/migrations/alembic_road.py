"""The versions run by alembic; apart, for importing it takes a third of a hall's whole start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

HERE = Path(__file__).resolve().parent


def configuration(connection: Connection) -> Config:
    """Alembic's settings, without a file."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run what is missing, in the caller's transaction."""
    command.upgrade(configuration(connection), revision)
