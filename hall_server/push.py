"""The one pusher: reads the ledger in order and sends each circle what it may see.

Only what has been recorded is pushed, in the order of ``seq``, after the commit. The writer only
wakes it; a crash between commit and push is repaired because clients say how far they have come.
Each push names where it begins (``since``), so that a receiver notices a gap.
"""

from __future__ import annotations

import logging
import threading
from typing import Protocol

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from hall_server.audience import Audience, Body, view
from hall_server.contract.messages.organisation import Push
from hall_server.database import Database
from hall_server.ledger.service import bodies_after, head_of

BATCH_EVENTS = 200
REPLAY_EVENTS_MAX = 500
"""A client further behind than this gets a snapshot instead."""
POLL_S = 1.0
"""Looks by itself this often: another process on the same database may have written."""

log = logging.getLogger(__name__)


class Circles(Protocol):
    """Whatever carries a push to everybody of a circle."""

    def listens(self, audience: Audience) -> bool:
        """Whether anybody of this circle is here; who comes later reads what was before."""

    def send(self, audience: Audience, push: Push) -> None:
        """Send without waiting for anybody."""


class Pusher:
    """Follows the ledger's head; one per server process."""

    def __init__(self, database: Database, circles: Circles) -> None:
        """Begin at the present head on ``start``."""
        self._database = database
        self._circles = circles
        self._wake = threading.Event()
        self._pushed = 0
        self._since = dict.fromkeys(Audience, 0)
        self._failed = False
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run; what was recorded before is history."""
        with self._database.reading() as reading:
            self._pushed = head_of(reading.connection)
        self._since = dict.fromkeys(Audience, self._pushed)
        self._thread = threading.Thread(target=self._run, name="pusher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the present batch."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(5)

    def wake(self) -> None:
        """Something was committed."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(POLL_S)
            self._wake.clear()
            try:
                if self._failed:
                    self._show_the_gap()
                while self.push_once():
                    pass
            except SQLAlchemyError:
                log.exception("the ledger cannot be read; pushing goes on when it can")
            except Exception:  # a bug in one push must not silence the hall
                log.exception("a push failed; its receivers will notice the gap and read again")
                self._failed = True

    def _show_the_gap(self) -> None:
        """After a push that did not reach everybody: say from where the next ones go on.

        Whoever missed something stands before that place, and reads the hall anew.
        """
        self._since = dict.fromkeys(Audience, self._pushed)
        self._failed = False
        for audience in Audience:
            self._circles.send(audience, Push(since=self._pushed, upto=self._pushed, events=[]))

    def push_once(self) -> bool:
        """Push the next batch; whether another may be there already."""
        with self._database.reading() as reading:
            rows = bodies_after(reading.connection, self._pushed, BATCH_EVENTS)
        if not rows:
            return False
        self._database.failpoints.hit("before_push")
        self._pushed = rows[-1][0]
        bodies: list[Body] = []
        for audience in Audience:
            if not self._circles.listens(audience):
                self._since[audience] = self._pushed
                continue
            bodies = bodies or [msgspec.json.decode(body) for _, body in rows]
            seen = [shown for body in bodies if (shown := view(body, audience)) is not None]
            if seen:
                push = Push(since=self._since[audience], upto=self._pushed, events=seen)
                self._circles.send(audience, push)
                self._since[audience] = self._pushed
        return len(rows) == BATCH_EVENTS


def replay(database: Database, cursor: int, audience: Audience) -> Push | None:
    """What a returning client has missed; None when it is too far behind (or ahead) for that."""
    with database.reading() as reading:
        head = head_of(reading.connection)
        if cursor <= 0 or cursor > head or head - cursor > REPLAY_EVENTS_MAX:
            return None
        rows = bodies_after(reading.connection, cursor, REPLAY_EVENTS_MAX)
    bodies: list[Body] = [msgspec.json.decode(body) for _, body in rows]
    seen = [shown for body in bodies if (shown := view(body, audience)) is not None]
    return Push(since=cursor, upto=rows[-1][0] if rows else cursor, events=seen)
