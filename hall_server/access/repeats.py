"""Repeats: the same request id gets the first answer, whatever happened on the way.

The answer is kept in the very transaction that did the work, so there is no moment at which the
work is done and the answer is not known. Secrets are blanked before keeping: a repeat then learns
that it was done, not the password.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.engine import Connection

from hall_server.access.tables import answered
from hall_server.contract.messages.access import AccountPassword, Invitation, OneTimePassword
from hall_server.contract.messages.base import Answer, Ask, Refused
from hall_server.contract.messages.supervision import Admitted
from hall_server.contract.refusals import Refusal
from hall_server.prepared import Prepared

KEEP_ANSWERS_MS = 7 * 24 * 3_600_000
NOT_KEPT = frozenset({"account.sign_in", "station.sign_on", "account.sign_out"})
"""Their answer opens or ends a session; a repeat proves itself anew."""
SECRETS: dict[type[Answer], str] = {
    OneTimePassword: "password",
    Invitation: "code",
    Admitted: "token",
}
"""What opens a door is not kept; an appointment's code does not, and its citizen needs it."""

UNPRINTED: dict[type[Ask], tuple[str, ...]] = {AccountPassword: ("old", "new")}
"""Fields that leave no trace in the fingerprint: a quick hash of a password would undo argon2."""

_FIND = Prepared(
    select(answered.c.fingerprint, answered.c.refused, answered.c.answer).where(
        answered.c.sender == bindparam("by"), answered.c.request_id == bindparam("with_id")
    )
)
_KEEP = Prepared(insert(answered), [column.name for column in answered.columns])


class Earlier(NamedTuple):
    """What was answered before: an answer's JSON, or a refusal."""

    answer: bytes
    refused: bool


def fingerprint(name: str, ask: Ask) -> bytes:
    """Tell two asks with the same request id apart."""
    blank = dict.fromkeys(UNPRINTED.get(type(ask), ()), "")
    printed = msgspec.structs.replace(ask, **blank) if blank else ask
    return hashlib.sha256(name.encode() + b"\0" + msgspec.json.encode(printed)).digest()


def find(connection: Connection, sender: str, ask: Ask, print_: bytes) -> Earlier | None:
    """Look for an earlier answer. Raises Refusal when the id served for something else."""
    row = _FIND.row(connection, by=sender, with_id=ask.request_id)
    if row is None:
        return None
    known_print, refused, answer = row
    if bytes(known_print) != print_:
        raise Refusal("request_id_reused")
    return Earlier(bytes(answer), bool(refused))


def refusal_of(earlier: Earlier) -> Refusal:
    """The refusal that was answered the first time, word for word."""
    return Refusal.repeated(msgspec.json.decode(earlier.answer, type=Refused))


def keep(
    connection: Connection,
    sender: str,
    request_id: str,
    print_: bytes,
    answer: Answer | Refused,
    at: int,
) -> None:
    """Remember the first answer."""
    secret = "" if isinstance(answer, Refused) else SECRETS.get(type(answer), "")
    kept = msgspec.structs.replace(answer, **{secret: ""}) if secret else answer
    _KEEP.run(
        connection,
        sender=sender,
        request_id=request_id,
        fingerprint=print_,
        refused=_is_refused(answer),
        answer=msgspec.json.encode(kept),
        at=at,
    )


def spend(connection: Connection, sender: str, ask: Ask, at: int) -> None:
    """Let a request id serve once and never again: what was overheard opens no second door."""
    if _FIND.row(connection, by=sender, with_id=ask.request_id) is not None:
        raise Refusal("request_id_reused")
    used = Refusal("request_id_reused").refused
    keep(connection, sender, ask.request_id, b"", used, at)


def forget_before(connection: Connection, at: int) -> None:
    """Drop answers nobody will ask for again."""
    connection.execute(delete(answered).where(answered.c.at < at))


def _is_refused(answer: Answer | Refused) -> bool:
    return isinstance(answer, Refused)
