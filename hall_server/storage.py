"""Where a hall is kept: engines for SQLite and PostgreSQL, and which of their faults are storage's.

What is done with them stands in ``database``.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from hall_server.contract.refusals import Refusal
from hall_server.sole_writer import SoleWriter

CONNECTION_WITHIN_S = 8.0
LOCK_WITHIN_MS = 2_000
STATEMENT_WITHIN_MS = 5_000
READERS = 8


def storage_refusal(fault: DBAPIError) -> Refusal | None:
    """A refusal when storage itself is at fault: full disk, lock or statement time-out, link."""
    sqlite_name = getattr(fault.orig, "sqlite_errorname", "")
    if sqlite_name in {"SQLITE_FULL", "SQLITE_IOERR", "SQLITE_IOERR_WRITE"}:
        return Refusal("storage_full")
    if sqlite_name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN")):
        return Refusal("storage_blocked")
    code = getattr(fault.orig, "pgcode", None)
    if code == "53100":  # disk_full
        return Refusal("storage_full")
    if code in {"55P03", "57014", "57P01", "57P02", "57P03"} or fault.connection_invalidated:
        return Refusal("storage_blocked")  # lock or statement time-out, server shutting down
    return None


def sole_writer(url: str) -> SoleWriter | None:
    """What keeps a second writer from this SQLite file; None for a database in memory."""
    path = make_url(url).database
    return SoleWriter(Path(path).with_suffix(".lock")) if path else None


def write_engine(url: str, *, is_sqlite: bool) -> Engine:
    """For the writer alone: one connection, durable commits, the lock from BEGIN on."""
    if not is_sqlite:
        return _postgresql_engine(url, pool_size=1)
    engine = sqlalchemy.create_engine(
        url, poolclass=NullPool, connect_args={"check_same_thread": False, "timeout": 2.0}
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # sqlite3's own begin is off
        cursor = connection.cursor()  # type: ignore[attr-defined]  # a DB-API connection
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def keep_savepoints_in_memory(connection: Connection) -> None:
    """Let SQLite hold in memory what it would undo a job with, not in a file made for each."""
    connection.connection.cursor().execute("PRAGMA temp_store=MEMORY")


def read_engine(url: str, *, is_sqlite: bool) -> Engine:
    """For looks at what is committed; it cannot write, and a transaction sees one moment."""
    if not is_sqlite:
        one_moment = " -c default_transaction_isolation=repeatable\\ read"
        one_moment += " -c default_transaction_read_only=on"
        return _postgresql_engine(url, pool_size=READERS, options=one_moment)
    path = make_url(url).database or ""
    return sqlalchemy.create_engine(
        f"sqlite:///file:{path}?mode=ro&uri=true",
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=CONNECTION_WITHIN_S,
        connect_args={"check_same_thread": False, "timeout": 2.0},
    )


def _postgresql_engine(url: str, *, pool_size: int, options: str = "") -> Engine:
    limits = f"-c lock_timeout={LOCK_WITHIN_MS} -c statement_timeout={STATEMENT_WITHIN_MS}"
    # What a hall works with fits in memory, where going by an index is no dearer than reading on.
    limits += " -c random_page_cost=1.1"
    return sqlalchemy.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=CONNECTION_WITHIN_S,
        pool_pre_ping=True,
        executemany_mode="values_plus_batch",  # many rows in few round trips
        connect_args={"options": limits + options, "connect_timeout": 5},
    )
