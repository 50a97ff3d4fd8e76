"""Tables of the facts: every record as JSON, and the version that each change raises."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from hall_server.database import metadata

fact = Table(
    "fact",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
)

facts_version = Table(
    "facts_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    # What the facts are, not only how often they were changed: a version that was rolled back is
    # given again to other facts, and a cache must not take the one for the other.
    Column("digest", Text, nullable=False),
)
