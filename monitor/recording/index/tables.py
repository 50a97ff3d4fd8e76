"""The tables of the archive's index; what they mean stands in ``archive_index.py``."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table

metadata = MetaData()


class SegmentState(StrEnum):
    """How far a file has come."""

    OPEN = "open"
    CLOSED = "closed"
    SEALED = "sealed"
    DELETED = "deleted"


run_table = Table(
    "run",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("camera", String(40), nullable=False),
    Column("codec", String(40), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("started_at_ms", BigInteger, nullable=False),
    Column("started_mono_ms", BigInteger, nullable=False),
    Column("clock_synchronised", Boolean, nullable=False),
)
segment_table = Table(
    "segment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("camera", String(40), nullable=False),
    Column("run", String(16), nullable=False),
    Column("path", String(200), nullable=False, unique=True),
    Column("t0_ms", BigInteger, nullable=False),
    Column("t1_ms", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("recovered", Boolean, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("place", Integer, unique=True),
    Column("chain", String(64), nullable=False),
    Column("deleted_at_ms", BigInteger, nullable=False),
    Column("deleted_for", String(20), nullable=False),
    Index("segment_by_time", "camera", "t0_ms"),
    Index("segment_by_state", "state", "t0_ms"),
)
gap_table = Table(
    "gap",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("camera", String(40), nullable=False),
    Column("t0_ms", BigInteger, nullable=False),
    Column("t1_ms", BigInteger),
    Column("cause", String(20), nullable=False),
    Index("gap_by_time", "camera", "t0_ms"),
)
hold_table = Table(
    "hold",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("camera", String(40), nullable=False),
    Column("t0_ms", BigInteger, nullable=False),
    Column("t1_ms", BigInteger, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("made_by", String(60), nullable=False),
    Column("made_at_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
)
seal_table = Table(
    "seal",
    metadata,
    Column("place", Integer, primary_key=True),
    Column("chain", String(64), nullable=False),
    Column("made_at_ms", BigInteger, nullable=False),
    Column("told_at_ms", BigInteger, nullable=False),
)
# Deleted files that no row of ``forgotten`` has counted yet; emptied as they are.
deletion_table = Table(
    "deletion",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("segment", Integer, nullable=False),
)
# What was deleted of one camera and day for one cause. Told at 0: the ledger does not have it yet.
forgotten_table = Table(
    "forgotten",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("camera", String(40), nullable=False),
    Column("day", String(10), nullable=False),
    Column("cause", String(20), nullable=False),
    Column("t0_ms", BigInteger, nullable=False),
    Column("t1_ms", BigInteger, nullable=False),
    Column("files", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("first_place", Integer, nullable=False),
    Column("last_place", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("left_over", Integer, nullable=False),
    Column("made_at_ms", BigInteger, nullable=False),
    Column("told_at_ms", BigInteger, nullable=False),
)
