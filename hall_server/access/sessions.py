"""Sessions: who stands behind a token. Tokens are random; only their SHA-256 is stored."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.engine import Connection

from hall_server.access.rules import IDLE_MS, PERSON_ROLES, Asker
from hall_server.access.tables import account, session
from hall_server.contract.messages.access import Role
from hall_server.prepared import Prepared

COOKIE = "hall_session"
COOKIE_UNDER_TLS = "__Host-hall_session"
"""The browser then holds it to this host, to TLS and to the whole path."""
TOUCH_EVERY_MS = 60_000
_OF_TOKEN = Prepared(
    select(
        *(session.c[name] for name in ("account", "station_id", "roles", "seen_at", "expires_at")),
        *(account.c[name] for name in ("must_change_password", "staff_id", "enabled")),
    )
    .select_from(session.outerjoin(account, account.c.name == session.c.account))
    .where(session.c.token_hash == bindparam("hashed"))
)
PUBLIC = Asker(sender="public", roles=frozenset({Role.PUBLIC}))


def pack_roles(roles: frozenset[Role] | list[Role]) -> str:
    """Roles as one stored word list, in a fixed order."""
    return " ".join(sorted(roles))


def unpack_roles(stored: str) -> frozenset[Role]:
    """The roles of a stored word list."""
    return frozenset(Role(word) for word in stored.split())


def token_hash(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def open_session(
    connection: Connection,
    *,
    account_name: str,
    station_id: str,
    roles: frozenset[Role],
    now_ms: int,
    for_ms: int,
) -> str:
    """Make a session; returns its token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(session).values(
            token_hash=token_hash(token),
            account=account_name,
            station_id=station_id,
            roles=pack_roles(roles),
            seen_at=now_ms,
            expires_at=now_ms + for_ms,
        )
    )
    return token


def asker_of(connection: Connection, token: str, now_ms: int) -> tuple[Asker, int] | None:
    """Who the token speaks for, and when it was last seen; None when it is worth nothing."""
    hashed = token_hash(token)
    row = _OF_TOKEN.row(connection, hashed=hashed)
    if row is None:
        return None
    account_name, station_id, stored, seen_at, expires_at, must_change, staff_id, enabled = row
    if expires_at < now_ms:
        return None
    if account_name and (not enabled or seen_at < now_ms - IDLE_MS):
        return None
    roles = unpack_roles(stored)
    if account_name:
        asker = Asker(
            sender=f"staff:{account_name}",
            roles=roles & PERSON_ROLES,
            account=account_name,
            staff_id=staff_id,
            session_id=hashed.hex(),
            must_change_password=bool(must_change),
        )
    else:
        asker = Asker(
            sender=f"station:{station_id}" if roles != {Role.PUBLIC} else "public",
            roles=roles,
            station_id=station_id,
            session_id=hashed.hex(),
        )
    return asker, seen_at


def living(connection: Connection, now_ms: int) -> frozenset[str]:
    """Ids of all sessions that are worth something now."""
    rows = connection.execute(
        select(session.c.token_hash)
        .select_from(session.outerjoin(account, account.c.name == session.c.account))
        .where(
            session.c.expires_at >= now_ms,
            or_(
                session.c.account == "",
                and_(account.c.enabled.is_(True), session.c.seen_at >= now_ms - IDLE_MS),
            ),
        )
    )
    return frozenset(row.token_hash.hex() for row in rows)


def forget_dead(connection: Connection, now_ms: int) -> None:
    """Drop sessions that have expired, and people's that were left alone too long."""
    idle = and_(session.c.account != "", session.c.seen_at < now_ms - IDLE_MS)
    connection.execute(delete(session).where(or_(session.c.expires_at < now_ms, idle)))


def touch(connection: Connection, session_id: str, now_ms: int) -> None:
    """Note that the session is in use."""
    connection.execute(
        update(session)
        .where(session.c.token_hash == bytes.fromhex(session_id))
        .values(seen_at=now_ms)
    )


def end_session(connection: Connection, session_id: str) -> None:
    """End one session."""
    connection.execute(delete(session).where(session.c.token_hash == bytes.fromhex(session_id)))


def end_sessions_of(connection: Connection, account_name: str, *, but: str = "") -> None:
    """End all sessions of an account, but perhaps the present one."""
    statement = delete(session).where(session.c.account == account_name)
    if but:
        statement = statement.where(session.c.token_hash != bytes.fromhex(but))
    connection.execute(statement)


def end_station_sessions(connection: Connection, station_id: str, *, pages_too: bool) -> None:
    """End the sessions of a station, and perhaps of its pages."""
    statement = delete(session).where(session.c.station_id == station_id)
    if not pages_too:
        statement = statement.where(session.c.roles != pack_roles([Role.PUBLIC]))
    connection.execute(statement)
