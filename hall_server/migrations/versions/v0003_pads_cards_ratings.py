"""Ratings, and the day's key of hashed persons."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make both tables; a day that is open gets its key."""
    op.create_table(
        "rating",
        sa.Column("leg_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("leg_id"),
    )
    op.create_table(
        "person_key",
        sa.Column("day_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day_id"),
    )
    begun = sa.text(
        "INSERT INTO person_key (day_id, key)"
        " SELECT day_id, :key FROM service_day WHERE closed_at IS NULL"
    )
    op.execute(begun.bindparams(key=secrets.token_hex(32)))
