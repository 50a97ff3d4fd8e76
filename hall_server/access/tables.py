"""Tables of access: accounts, sessions, stations' keys and codes, and answers kept for repeats."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text

from hall_server.database import metadata

account = Table(
    "account",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", BigInteger, nullable=False),
    Column("last_sign_in_at", BigInteger, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("account", Text, nullable=False),
    Column("station_id", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("session_account", "account"),
    Index("session_station", "station_id"),
)

station = Table(
    "station",
    metadata,
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("code_hash", LargeBinary, nullable=False),
    Column("code_expires_at", BigInteger, nullable=False),
    Column("code_tries", Integer, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("version", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("online", Boolean, nullable=False),
)

answered = Table(
    "answered",
    metadata,
    Column("sender", Text, primary_key=True),
    Column("request_id", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("answered_at", "at"),
)
"""First answers by request id, kept ``KEEP_ANSWERS_MS`` so that a repeat gets the same."""
