"""Use cases of stations' identity: a one-time code, then a key of their own, then sessions."""

from __future__ import annotations

import hmac
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from hall_server.access import repeats, sessions
from hall_server.access.rules import (
    INVITATION_MS,
    INVITATION_TRIES,
    STATION_CLOCK_MS,
    STATION_ROLES,
    STATION_SESSION_MS,
    Asker,
)
from hall_server.access.tables import station
from hall_server.contract.messages import access as messages
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Accepted, Answer
from hall_server.contract.refusals import Refusal
from hall_server.contract.station_key import sign_on_text
from hall_server.contract.version import MINIMUM_VERSION, is_older
from hall_server.database import Transaction


def invite(tx: Transaction, _asker: Asker, ask: messages.StationInvite) -> Answer:
    """Make a one-time code; the station's former key, if any, stays good until it is spent."""
    if ask.role not in STATION_ROLES:
        raise Refusal("forbidden", field="$.role")
    code = secrets.token_urlsafe(9)
    values = {
        "role": ask.role,
        "code_hash": sessions.token_hash(code),
        "code_expires_at": tx.now_ms + INVITATION_MS,
        "code_tries": 0,
    }
    changed = tx.connection.execute(
        update(station).where(station.c.id == ask.station_id).values(**values)
    )
    if changed.rowcount == 0:
        tx.connection.execute(
            insert(station).values(
                id=ask.station_id,
                public_key="",
                revoked=False,
                version="",
                origin="",
                seen_at=0,
                online=False,
                **values,
            )
        )
    tx.record(messages.StationInvited(station_id=ask.station_id, role=ask.role))
    return messages.Invitation(seq=tx.seq, code=code, expires_at=tx.now_ms + INVITATION_MS)


def enrol(tx: Transaction, _asker: Asker, ask: messages.StationEnrol) -> Answer | Refusal:
    """Spend the code and keep the key. A wrong code is counted though it is refused."""
    row = tx.connection.execute(select(station).where(station.c.id == ask.station_id)).one_or_none()
    if row is None or row.code_expires_at < tx.now_ms or row.code_tries >= INVITATION_TRIES:
        return Refusal("code_wrong")
    if not hmac.compare_digest(bytes(row.code_hash), sessions.token_hash(ask.code)):
        tx.connection.execute(
            update(station)
            .where(station.c.id == ask.station_id)
            .values(code_tries=row.code_tries + 1)
        )
        return Refusal("code_wrong")
    sessions.end_station_sessions(tx.connection, ask.station_id, pages_too=True)
    tx.connection.execute(
        update(station)
        .where(station.c.id == ask.station_id)
        .values(public_key=ask.public_key, code_expires_at=0, revoked=False)
    )
    tx.record(
        messages.StationEnrolled(
            station_id=ask.station_id, role=Role(row.role), public_key=ask.public_key
        )
    )
    return Accepted(seq=tx.seq)


def sign_on(tx: Transaction, asker: Asker, ask: messages.StationSignOn) -> Answer:
    """Check the station's signature and give it a session, and one for its pages.

    Its pages' former sessions go on, so that a station started anew does not darken its walls.
    """
    row = tx.connection.execute(select(station).where(station.c.id == ask.station_id)).one_or_none()
    if row is None or row.revoked or not row.public_key:
        raise Refusal("station_unknown", station=ask.station_id)
    if is_older(ask.version):  # first: an old program may well sign in an old way
        raise Refusal("too_old", version=ask.version, minimum=MINIMUM_VERSION)
    _check_signature(row.public_key, ask)
    if abs(tx.now_ms - ask.at) > STATION_CLOCK_MS:
        raise Refusal("station_clock")
    repeats.spend(tx.connection, f"station:{ask.station_id}", ask, tx.now_ms)
    sessions.end_station_sessions(tx.connection, ask.station_id, pages_too=False)
    tokens = [
        sessions.open_session(
            tx.connection,
            account_name="",
            station_id=ask.station_id,
            roles=frozenset({role}),
            now_ms=tx.now_ms,
            for_ms=STATION_SESSION_MS,
        )
        for role in (Role(row.role), Role.PUBLIC)
    ]
    tx.connection.execute(
        update(station)
        .where(station.c.id == ask.station_id)
        .values(version=ask.version, origin=ask.origin, seen_at=tx.now_ms, online=True)
    )
    tx.record(
        messages.StationSignedOn(
            station_id=ask.station_id, version=ask.version, address=asker.address
        )
    )
    return messages.StationSession(
        seq=tx.seq,
        token=tokens[0],
        page_token=tokens[1],
        expires_at=tx.now_ms + STATION_SESSION_MS,
    )


def revoke(tx: Transaction, _asker: Asker, ask: messages.StationRevoke) -> Answer:
    """Shut a station out: key and sessions are worth nothing from now on."""
    changed = tx.connection.execute(
        update(station)
        .where(station.c.id == ask.station_id)
        .values(revoked=True, public_key="", code_expires_at=0, online=False)
    )
    if changed.rowcount == 0:
        raise Refusal("station_unknown", station=ask.station_id)
    sessions.end_station_sessions(tx.connection, ask.station_id, pages_too=True)
    tx.record(messages.StationRevoked(station_id=ask.station_id))
    return Accepted(seq=tx.seq)


def origins(connection: Connection) -> frozenset[str]:
    """Where enrolled stations serve their pages: the origins whose WebSockets are let in."""
    rows = connection.execute(
        select(station.c.origin).where(station.c.revoked.is_(False), station.c.origin != "")
    )
    return frozenset(row.origin for row in rows)


def is_enrolled(connection: Connection, station_id: str) -> bool:
    """Whether the station has left its key."""
    key = connection.execute(
        select(station.c.public_key).where(station.c.id == station_id)
    ).scalar_one_or_none()
    return bool(key)


def _check_signature(public_key: str, ask: messages.StationSignOn) -> None:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    try:
        text = sign_on_text(ask.station_id, ask.at, ask.request_id, ask.origin)
        key.verify(bytes.fromhex(ask.signature), text)
    except InvalidSignature:
        raise Refusal("station_signature") from None


def page_of(connection: Connection, role: Role) -> str:
    """Where stations of a role serve their page: that of the one heard last; empty for none."""
    mine = (station.c.role == role, station.c.revoked.is_(False), station.c.origin != "")
    newest = select(station.c.origin).where(*mine).order_by(station.c.seen_at.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none() or ""
