"""Which alerts of devices are open, as their stations tell."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """A row for each that is open."""
    op.create_table(
        "device_alert",
        sa.Column("device_id", sa.Text(), primary_key=True),
        sa.Column("alert", sa.Text(), primary_key=True),
        sa.Column("station_id", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
    )
