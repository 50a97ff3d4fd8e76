"""Exports of recordings, and holds that keep them past their time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _columns(kind: Callable[[], Any], *names: str) -> Iterator[sa.Column[Any]]:
    return (sa.Column(name, kind(), nullable=False) for name in names)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "export",
        sa.Column("export_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *_columns(sa.Text, "state", "window_id", "camera_id"),
        *_columns(sa.BigInteger, "begins_at", "ends_at"),
        *_columns(sa.Text, "purpose", "copy", "note", "asked_by", "asked_staff"),
        *_columns(sa.BigInteger, "asked_at"),
        *_columns(sa.Text, "decided_by"),
        *_columns(sa.BigInteger, "decided_at", "decided_seq"),
        *_columns(sa.Text, "decision", "station_id"),
        *_columns(sa.Integer, "permille"),
        *_columns(sa.Text, "failure"),
        *_columns(sa.BigInteger, "made_at"),
        *_columns(sa.Text, "sha256", "file_sha256"),
        *_columns(sa.BigInteger, "bytes"),
        *_columns(sa.Integer, "gaps", "downloads"),
        *_columns(sa.BigInteger, "expires_at"),
        sa.PrimaryKeyConstraint("export_id"),
    )
    op.create_index("export_by_state", "export", ["state", "export_id"])
    op.create_table(
        "recording_hold",
        sa.Column("hold_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *_columns(sa.Text, "window_id", "camera_id"),
        *_columns(sa.BigInteger, "begins_at", "ends_at", "until"),
        *_columns(sa.Text, "note", "made_by"),
        *_columns(sa.BigInteger, "made_at", "lifted_at"),
        sa.PrimaryKeyConstraint("hold_id"),
    )
