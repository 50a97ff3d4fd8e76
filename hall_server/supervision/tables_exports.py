"""Tables of exports and holds: words about recordings, never a picture."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from hall_server.database import metadata

export = Table(
    "export",
    metadata,
    # The seq of its asking in the ledger.
    Column("export_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("window_id", Text, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("begins_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("copy", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_staff", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    Column("decided_seq", BigInteger, nullable=False),
    Column("decision", Text, nullable=False),
    Column("station_id", Text, nullable=False),
    Column("permille", Integer, nullable=False),
    Column("failure", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("gaps", Integer, nullable=False),
    Column("downloads", Integer, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("export_by_state", "state", "export_id"),
)

recording_hold = Table(
    "recording_hold",
    metadata,
    # The seq of its placing in the ledger.
    Column("hold_id", BigInteger, primary_key=True, autoincrement=False),
    Column("window_id", Text, nullable=False),
    Column("camera_id", Text, nullable=False),
    Column("begins_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    # 0 while it is in force.
    Column("lifted_at", BigInteger, nullable=False),
)
