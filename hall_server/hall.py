"""One hall in one process: database, ledger, guard and pusher, joined; both doors stand on it."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from hall_server.access import sessions, stations
from hall_server.access.guard import Doors, Guard, admit
from hall_server.access.limits import Limits
from hall_server.access.rules import HALL, STATION_ROLES, Asker
from hall_server.arrivals import Pace
from hall_server.contract.messages.base import Answer
from hall_server.contract.messages.ledger import ClockJumped
from hall_server.contract.refusals import Refusal
from hall_server.contract.version import VERSION
from hall_server.database import Database, Transaction
from hall_server.ledger.service import head_of
from hall_server.stations.presence import Presence

if TYPE_CHECKING:
    from config.settings import ServerSettings
    from hall_server.access.service import OpenedSession
    from hall_server.clock import Clock
    from hall_server.contract.messages.base import Ask, Event, Read
    from hall_server.ledger.service import Ledger
    from hall_server.runtime import Runtime

log = logging.getLogger(__name__)
TOLD_PER_S, TOLD_BURST = 0.2, 20.0
"""Refusals of one address in the log: whoever floods the hall may not fill its disk."""
ASKERS_KEPT = 4_096
ASKER_GOOD_S = 2.0
"""A session is looked up again after this long; sign-outs here count at once, elsewhere by then.

On a quicker clock sooner, or somebody who acts all the time would look idle to it.
"""
ASKER_GOOD_LEAST_S = 0.05
MAY_END_SESSIONS = frozenset(
    {
        *("account.sign_in", "account.sign_out", "account.password", "account.change"),
        *("account.reset", "station.enrol", "station.sign_on", "station.revoke"),
    }
)


class Health(Answer, frozen=True, kw_only=True):
    """What ``/healthz`` tells: enough for a watchdog, nothing for a stranger."""

    ok: bool
    version: str
    seq: int


class Hall:
    """What the doors use."""

    def __init__(
        self,
        settings: ServerSettings,
        clock: Clock,
        runtime: Runtime,
        database: Database,
        ledger: Ledger,
        doors: Doors,
    ) -> None:
        """Join the parts; nothing runs yet."""
        self.settings = settings
        self.clock = clock
        self.runtime = runtime
        self.database = database
        self.ledger = ledger
        self.guard = Guard(database, doors, runtime.off_loop)
        self.limits = Limits(settings.limits_rate)
        self._told = Pace(TOLD_PER_S, TOLD_BURST)
        self._good_s = max(ASKER_GOOD_LEAST_S, ASKER_GOOD_S / clock.rate)
        self._askers: OrderedDict[str, tuple[Asker, float]] = OrderedDict()
        self._origins: tuple[frozenset[str], float] = (frozenset(), 0.0)
        self._ended = 0
        """Counts how often sessions were ended, so that no lookup from before is kept."""
        self._lock = threading.Lock()
        self.presence = Presence(database, clock.rate)
        self.on_sessions_ended: Callable[[], None] = lambda: None
        """Told at once, so that open WebSockets end with their sessions."""

    def admit(self, name: str, asker: Asker) -> None:
        """Raises Refusal unless this asker may send this message now."""
        self.limits.check(asker)
        try:
            admit(name, asker)
        except Refusal as refusal:
            self.tell_refused(name, asker, refusal)
            raise

    def tell_refused(self, what: str, asker: Asker, refusal: Refusal) -> None:
        """Tell the log who tried what they may not; of one address only so often."""
        if self._told.take(asker.address):
            told = (what, asker.sender, asker.address, refusal.code)
            log.warning("%s refused to %s at %s: %s", *told)

    def handle(self, name: str, body: bytes, asker: Asker) -> Answer | OpenedSession:
        """Answer a message that came through a door, or raise Refusal."""
        try:
            return self.guard.handle(name, body, asker)
        finally:
            self._after(name)

    def ask(self, name: str, asker: Asker, ask: Ask) -> Answer:
        """Carry out an ask for code in this process (tests, the hall itself)."""
        try:
            answer = self.guard.ask(name, asker, ask)
        finally:
            self._after(name)
        return answer if isinstance(answer, Answer) else answer.answer

    def read(self, name: str, asker: Asker, read: Read) -> Answer:
        """Answer a read for code in this process."""
        return self.guard.read(name, asker, read)

    def record(self, event: Event) -> int:
        """Record something the hall did of its own accord; returns its seq."""

        def job(tx: Transaction) -> int:
            tx.actor = HALL.sender
            return tx.record(event).seq

        return self.database.write(job)

    def asker(self, token: str, address: str) -> Asker:
        """Who a token speaks for, looked up at most every two seconds."""
        if not token:
            return _at(sessions.PUBLIC, address)
        now_s = time.monotonic()
        ended, known = self._ended, self._askers.get(token)
        if known is not None and known[1] > now_s:
            return self._heard(known[0], address)
        with self.database.reading() as reading:
            found = sessions.asker_of(reading.connection, token, reading.now_ms)
            now_ms = reading.now_ms
        if found is None:
            return _at(sessions.PUBLIC, address)
        asker, seen_at = found
        if now_ms - seen_at > sessions.TOUCH_EVERY_MS:
            self._touch(asker.session_id)
        with self._lock:
            if ended == self._ended:
                self._askers[token] = (_at(asker, address), now_s + self._good_s)
            while len(self._askers) > ASKERS_KEPT:
                self._askers.popitem(last=False)
        return self._heard(asker, address)

    def _touch(self, session_id: str) -> None:
        """Note that a session is in use; a full disk that cannot hold it keeps nobody out."""
        try:
            self.database.write(lambda tx: sessions.touch(tx.connection, session_id, tx.now_ms))
        except Refusal as refusal:
            log.warning("the use of a session was not noted: %s", refusal)

    def _heard(self, asker: Asker, address: str) -> Asker:
        if not asker.roles.isdisjoint(STATION_ROLES):
            self.presence.hear(asker.station_id)
        return _at(asker, address)

    def _after(self, name: str) -> None:
        """Forget looked-up sessions when an ask may have ended some, whatever its answer."""
        if name not in MAY_END_SESSIONS:
            return
        with self._lock:
            self._ended += 1
            self._askers.clear()
            self._origins = (frozenset(), 0.0)
        self.on_sessions_ended()

    def origin_allowed(self, origin: str | None, environ: dict[str, object]) -> bool:
        """Exact origins: the hall's own, configured ones, those of enrolled stations."""
        if origin is None:
            return True  # not a browser; the token decides
        own = f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', '')}"
        if origin == own or origin in (self.settings.own_url, *self.settings.origins):
            return True
        return origin in self.station_origins()

    def station_origins(self) -> frozenset[str]:
        """Origins of enrolled stations' pages, looked up at most every two seconds."""
        known, until_s = self._origins
        if until_s > time.monotonic():
            return known
        with self.database.reading() as reading:
            found = stations.origins(reading.connection)
        self._origins = (found, time.monotonic() + ASKER_GOOD_S)
        return found

    def health(self) -> Health:
        """Whether the hall can read its ledger."""
        with self.database.reading() as reading:
            return Health(ok=True, version=VERSION, seq=head_of(reading.connection))

    def watch_clock(self) -> None:
        """Record a jump of the wall clock; order is seq, so nothing else changes."""
        by_ms = self.clock.jumped_ms()
        if by_ms:
            self.record(ClockJumped(by_ms=by_ms))


class Ticker:
    """Calls the hall's regular duties once a second, in a thread of its own."""

    def __init__(self, *duties: Callable[[], None]) -> None:
        """``duties`` are short; each may write one job."""
        self._duties = duties
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present round."""
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.wait(1.0):
            for duty in self._duties:
                try:
                    duty()
                except Refusal as refusal:  # full disk, busy: the next round tries again
                    log.warning("a regular duty was refused: %s", refusal)
                except SQLAlchemyError:  # a database that cannot be read now may be in a moment
                    log.exception("a regular duty found no database; the next round tries again")


def _at(asker: Asker, address: str) -> Asker:
    """The asker as met at this address."""
    return asker if asker.address == address else replace(asker, address=address)
