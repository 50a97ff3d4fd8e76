"""Tables of supervision. Nobody is known here but the staff who had declared the window open."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint

from hall_server.database import metadata

finding = Table(
    "finding",
    metadata,
    # The seq of its report in the ledger.
    Column("finding_id", BigInteger, primary_key=True, autoincrement=False),
    Column("station_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("window_id", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("trial", Boolean, nullable=False),
    # JSON as it was hashed.
    Column("evidence", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    Column("decision", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_at", BigInteger, nullable=False),
    UniqueConstraint("station_id", "key", name="finding_key"),
    Index("finding_of_staff", "staff_id", "finding_id"),
    Index("finding_of_rule", "camera_id", "rule", "at"),
)

muted_rule = Table(
    "muted_rule",
    metadata,
    Column("camera_id", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("muted", Boolean, nullable=False),
    # When it was muted or, if it speaks again, unmuted: earlier false alarms count no more then.
    Column("since", BigInteger, nullable=False),
    Column("dismissed", Integer, nullable=False),
    Column("days", Integer, nullable=False),
)

reference = Table(
    "reference",
    metadata,
    # The seq of its ask in the ledger.
    Column("reference_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("light", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("differs", Integer, nullable=False),
    # Who has seen the picture, with spaces between.
    Column("looked_by", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    Column("decision", Text, nullable=False),
    Column("drawn", Boolean, nullable=False),
    Index("reference_of_camera", "camera_id", "state"),
)
