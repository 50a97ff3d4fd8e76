"""Tables of feedback. A service is rated once: its leg is the key."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from hall_server.database import metadata

rating = Table(
    "rating",
    metadata,
    Column("leg_id", BigInteger, primary_key=True, autoincrement=False),
    Column("window_id", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
