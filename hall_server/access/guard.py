"""The guard before both doors: is it well formed, who are you, may you, was it asked before?

Socket.IO and HTTP hand in the same three things: the message's name, its bytes, the asker. What
comes back is an answer, or a Refusal that either door turns into its own form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec

from hall_server.access import repeats
from hall_server.access.rules import Asker, may
from hall_server.access.service import OpenedSession
from hall_server.contract.messages.base import Answer, Ask, Read
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS, READS
from hall_server.database import Database, Handlers, Transaction

NAMED_FIELD = re.compile(r"(?:missing required|contains unknown) field `([^`]*)`")
ESCAPED_NUL = rb"\u0000"
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""Databases do not take it in texts, and nobody needs it."""
M = TypeVar("M", bound=Ask | Read)
T = TypeVar("T")


@dataclass(frozen=True)
class Doors:
    """Every part's handlers, joined by the app."""

    asks: Handlers
    prepares: Handlers
    prepared_asks: Handlers
    reads: Handlers


class OffLoop(Protocol):
    """Runs slow work beside the event loop; the work takes no lock and opens no connection."""

    def __call__(self, work: Callable[[], T], /) -> T: ...


@dataclass(frozen=True)
class Preparing:
    """What an ask is prepared with before its transaction begins."""

    database: Database
    off_loop: OffLoop


class Guard:
    """Decodes, admits, finds repeats, and runs the handler in the writer or on a reader."""

    def __init__(self, database: Database, doors: Doors, off_loop: OffLoop) -> None:
        """``off_loop`` is for slow work (password hashes)."""
        self._database = database
        self._doors = doors
        self._preparing = Preparing(database, off_loop)

    def handle(self, name: str, body: bytes, asker: Asker) -> Answer | OpenedSession:
        """Answer a message or raise Refusal."""
        admit(name, asker)
        if name in READS:
            return self.read(name, asker, decode(body, READS[name].read))
        return self.ask(name, asker, decode(body, ASKS[name].ask))

    def read(self, name: str, asker: Asker, read: Read) -> Answer:
        """Answer a read from committed state."""
        with self._database.reading() as reading:
            return self._doors.reads[name](reading, asker, read)  # type: ignore[no-any-return]  # see Handlers

    def ask(self, name: str, asker: Asker, ask: Ask) -> Answer | OpenedSession:
        """Carry an ask out once, however often it is repeated."""
        prepared = self._prepare(name, asker, ask)
        print_ = repeats.fingerprint(name, ask)
        kept = name not in repeats.NOT_KEPT

        def job(tx: Transaction) -> Answer | OpenedSession | Refusal | repeats.Earlier:
            tx.actor = asker.sender
            earlier = repeats.find(tx.connection, asker.sender, ask, print_) if kept else None
            if earlier is not None:
                return earlier
            answer: Answer | OpenedSession | Refusal = self._run(name, tx, asker, ask, prepared)
            if kept and not isinstance(answer, OpenedSession):
                outcome = answer.refused if isinstance(answer, Refusal) else answer
                repeats.keep(
                    tx.connection, asker.sender, ask.request_id, print_, outcome, tx.now_ms
                )
            return answer

        def remember(tx: Transaction, refusal: Refusal) -> None:
            # 503 says that the hall cannot now: the same request may well succeed later.
            if kept and refusal.status != 503 and refusal.code != "request_id_reused":
                repeats.keep(
                    tx.connection,
                    asker.sender,
                    ask.request_id,
                    print_,
                    refusal.refused,
                    tx.now_ms,
                )

        result = self._database.write(job, on_refusal=remember)
        self._database.failpoints.hit("before_answer")
        if isinstance(result, Refusal):
            raise result
        if isinstance(result, repeats.Earlier):
            return _repeated(name, result)
        return result

    def _prepare(self, name: str, asker: Asker, ask: Ask) -> object:
        prepare = self._doors.prepares.get(name)
        if prepare is None:
            return None
        return prepare(self._preparing, asker, ask)

    def _run(
        self, name: str, tx: Transaction, asker: Asker, ask: Ask, prepared: object
    ) -> Answer | OpenedSession | Refusal:
        if name in self._doors.prepared_asks:
            return self._doors.prepared_asks[name](tx, asker, ask, prepared)  # type: ignore[no-any-return]  # see Handlers
        return self._doors.asks[name](tx, asker, ask)  # type: ignore[no-any-return]  # see Handlers


def admit(name: str, asker: Asker) -> None:
    """Default deny. Raises Refusal unless this asker may send this message."""
    if name not in ASKS and name not in READS:
        raise Refusal("unknown_message", name=name[:60])
    if may(name, asker):
        return
    if asker.must_change_password:
        raise Refusal("must_change_password")
    raise Refusal("forbidden" if asker.account or asker.station_id else "not_signed_in")


def decode(body: bytes, kind: type[M]) -> M:
    """Read a message strictly. Raises Refusal naming the field that is wrong."""
    try:
        message = msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        detail, _, where = str(error).partition(" - at `")
        named = NAMED_FIELD.search(detail)
        field = f"{where.rstrip('`') or '$'}.{named[1]}" if named else where.rstrip("`")
        raise Refusal("malformed", detail=detail[:200], field=field) from None
    if ESCAPED_NUL in body and NUL.search(body):
        raise Refusal("malformed", detail="U+0000")
    return message


def _repeated(name: str, earlier: repeats.Earlier) -> Answer:
    if earlier.refused:
        raise repeats.refusal_of(earlier)
    return msgspec.json.decode(earlier.answer, type=ASKS[name].answer)
