"""The hall's database: one writer, many readers, and a commit that carries several asks at once.

Rules that everything leans on:

1. Every change is a *job* given to the one writer. The writer opens a transaction, runs up to
   ``BATCH_JOBS`` jobs, each behind a savepoint, and commits once (group commit). A refused or
   failing job undoes only itself.
2. The transaction first locks the ledger's head: the single point of order, in SQLite by
   ``BEGIN IMMEDIATE`` and one connection, in PostgreSQL by a row lock across processes.
3. Nothing yields between BEGIN and COMMIT under SQLite: no emit, no sleep, no network. Under
   eventlet a yield there freezes the hall for the whole busy time-out.
4. A job is answered only after the commit. What was answered survives a power cut
   (``synchronous=FULL``); what the caller did not hear may have happened, so callers repeat with
   the same ``request_id``.
5. Every change of the hall's state is recorded, so what a job has found out at one seq is true
   until the next event. ``Transaction.leave`` hands it on to the jobs that follow; an undone job, a
   failed commit or another process's event ends it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import sqlalchemy
from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError

from config.facts import HallFacts
from hall_server.clock import Clock
from hall_server.contract.messages.base import Event
from hall_server.contract.refusals import Refusal
from hall_server.failpoints import from_environment
from hall_server.prepared import Prepared
from hall_server.storage import (
    keep_savepoints_in_memory,
    read_engine,
    sole_writer,
    storage_refusal,
    write_engine,
)

metadata = sqlalchemy.MetaData()
"""Every part's tables hang here."""

BATCH_JOBS = 64
WAITING_JOBS = 512
"""Jobs that may wait for the writer; more are refused as ``busy``."""
ANSWER_WITHIN_S = 8.0

Handlers = Mapping[str, Callable[..., Any]]
"""What a part's door offers, by wire name: ``(Transaction | Reading, Asker, message) -> Answer``.

Each takes the one message its name says, so the element type is open; a test proves the match."""

E = TypeVar("E", bound=Event)
T = TypeVar("T")


_LOOK = Prepared(text("BEGIN"))
_SAVEPOINT = Prepared(text("SAVEPOINT job"))
_RELEASE = Prepared(text("RELEASE SAVEPOINT job"))
_ROLL_BACK = Prepared(text("ROLLBACK TO SAVEPOINT job"))


Left = tuple[int, object]
"""What a job has left to those that follow, and the seq at which it is true."""
_NOTHING_LEFT: Left = (0, None)


class Recorder(Protocol):
    """The ledger, as the writer sees it."""

    def begin(self, connection: Connection) -> None:
        """Lock the head; from here on the order is ours."""

    def place(self) -> int:
        """How many events have been recorded in this transaction."""

    def rewind(self, place: int) -> None:
        """Forget what was recorded after ``place``: its job was undone."""

    def record(self, event: E, *, at: int, actor: str) -> E:
        """Give the event its seq and keep it for ``flush``."""

    def receipt(self, event: Event) -> str:
        """Signed promise of an event recorded in this transaction."""

    def sign(self, message: bytes) -> bytes:
        """The hall's signature under something it vouches for besides the ledger itself."""

    def flush(self, connection: Connection) -> None:
        """Write what was recorded and the new head; the commit follows."""

    def head(self) -> int:
        """The seq reached by this transaction."""


FactsSource = Callable[[Connection], tuple[int, HallFacts]]
"""Gives the present facts and their version, from a cache while the version is unchanged."""


@dataclass
class Transaction:
    """What a job works with. ``now_ms`` is the hall's clock at the batch's begin."""

    connection: Connection
    now_ms: int
    facts: HallFacts
    facts_version: int
    recorder: Recorder
    facts_source: FactsSource
    actor: str = "hall"
    kept: Left = _NOTHING_LEFT

    def record(self, event: E) -> E:
        """Write ``event`` into the ledger in this very transaction; returns it with its seq."""
        return self.recorder.record(event, at=self.now_ms, actor=self.actor)

    def facts_changed(self) -> None:
        """Let the jobs that follow in this batch see the facts this one has changed."""
        self.facts_version, self.facts = self.facts_source(self.connection)

    def receipt(self, event: Event) -> str:
        """The promise printed on paper that ``event`` stands in the ledger."""
        return self.recorder.receipt(event)

    def sign(self, message: bytes) -> bytes:
        """The hall's signature; ``message`` begins with what it is good for."""
        return self.recorder.sign(message)

    @property
    def seq(self) -> int:
        """The ledger's head with all that has been recorded so far."""
        return self.recorder.head()

    def leave(self, found: object) -> None:
        """Keep ``found``, which is true now, for the jobs that follow; see rule 5."""
        self.kept = self.seq, found

    def left(self, kind: type[T]) -> T | None:
        """What was left, if it is of this kind and nothing has been recorded since."""
        at, found = self.kept
        return found if at == self.seq and isinstance(found, kind) else None


@dataclass
class Reading:
    """A read-only look at the committed state."""

    connection: Connection
    now_ms: int
    facts: HallFacts
    facts_version: int


class YieldedError(Exception):
    """A job gave way to other green threads between BEGIN and COMMIT: a bug (see rule 3)."""


@dataclass
class _Task:
    job: Callable[[Transaction], object]
    on_refusal: Callable[[Transaction, Refusal], None] | None
    answered: threading.Lock = field(default_factory=threading.Lock)
    """Held until it is. An Event would make a second lock and a list of who waits for every job."""
    result: object = None
    error: BaseException | None = None
    abandoned: bool = False


class Database:
    """Engines, the writer, and read connections of one hall server process."""

    def __init__(self, url: str, *, clock: Clock, recorder: Recorder, facts: FactsSource) -> None:
        """Open the engines; nothing is written and no thread runs before ``start``.

        Raises InUseError where another program writes to this SQLite database.
        """
        self._clock = clock
        self.failpoints = from_environment()
        self._recorder = recorder
        self._facts = facts
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._sole = sole_writer(url) if self.is_sqlite else None
        self._writing = write_engine(url, is_sqlite=self.is_sqlite)
        self._reading = read_engine(url, is_sqlite=self.is_sqlite)
        self._tasks: queue.Queue[_Task | None] = queue.Queue(WAITING_JOBS)
        self._connection: Connection | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._kept = _NOTHING_LEFT
        self.switches: Callable[[], int] = lambda: 0
        """Counts green threads' switches where tests ask for it; see ``YieldedError``."""
        self.after_commit: Callable[[int], None] = lambda _head: None
        """Told the ledger's head after each commit that recorded something."""

    def start(self) -> None:
        """Run the writer."""
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, then end the writer and close every connection."""
        self._stopping = True
        if self._thread is not None:
            self._tasks.put(None)
            self._thread.join(ANSWER_WITHIN_S)
        if self._connection is not None:
            self._connection.close()
        self._writing.dispose()
        self._reading.dispose()
        if self._sole is not None:
            self._sole.release()

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations before ``start`` and backups."""
        return self._writing

    def write(
        self,
        job: Callable[[Transaction], T],
        *,
        on_refusal: Callable[[Transaction, Refusal], None] | None = None,
    ) -> T:
        """Run ``job`` in the writer and return its result after the commit.

        ``on_refusal`` runs after a refused job was undone, to remember its answer.
        Raises Refusal (the job's own, ``busy``, ``storage_full``, ``storage_blocked``,
        ``stopping``) or whatever bug the job raised.
        """
        if self._stopping:
            raise Refusal("stopping")
        task = _Task(job, on_refusal)
        task.answered.acquire()
        try:
            self._tasks.put_nowait(task)
        except queue.Full:
            raise Refusal("busy") from None
        if not task.answered.acquire(timeout=ANSWER_WITHIN_S):
            task.abandoned = True
            raise Refusal("busy")
        if task.error is not None:
            raise task.error
        return task.result  # type: ignore[return-value]  # the job's own T, carried as object

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Give a read-only connection for one look: all that is read is of one moment.

        Otherwise a picture might tell of a commit by its seq and not by its rows, and nobody would
        ever hear of it. PostgreSQL is told so when it is connected, see ``storage.read_engine``.
        """
        with self._reading.connect() as connection:
            if self.is_sqlite:
                _LOOK.run(connection)
            version, facts = self._facts(connection)
            yield Reading(connection, self._clock.now_ms(), facts, version)

    # ------------------------------------------------------------------------------- the writer

    def _run(self) -> None:
        while True:
            first = self._tasks.get()
            if first is None:
                return
            tasks = [first]
            time.sleep(0)  # whoever is ready to ask as well comes along in the same commit
            last = False
            while len(tasks) < BATCH_JOBS:
                try:
                    task = self._tasks.get_nowait()
                except queue.Empty:
                    break
                if task is None:
                    last = True
                    break
                tasks.append(task)
            self._commit_batch([task for task in tasks if not task.abandoned])
            if last:
                return

    def _commit_batch(self, tasks: list[_Task]) -> None:
        recorded_to = 0
        try:
            recorded_to = self._run_batch(tasks)
        except DBAPIError as fault:
            self._drop_connection()
            for task in tasks:
                task.error = storage_refusal(fault) or fault
        except Exception as bug:
            self._drop_connection()
            for task in tasks:
                task.error = bug
        finally:
            for task in tasks:
                task.answered.release()
        if recorded_to:
            self.after_commit(recorded_to)

    def _run_batch(self, tasks: list[_Task]) -> int:
        if self._connection is None:
            self._connection = self._writing.connect()
            if self.is_sqlite:
                keep_savepoints_in_memory(self._connection)
        connection = self._connection
        with connection.begin():
            switches = self.switches()
            self._recorder.begin(connection)
            self.failpoints.hit("after_begin")
            version, facts = self._facts(connection)
            transaction = Transaction(
                connection,
                self._clock.now_ms(),
                facts,
                version,
                self._recorder,
                self._facts,
                kept=self._kept if self._kept[0] == self._recorder.head() else _NOTHING_LEFT,
            )
            for task in tasks:
                self._run_job(task, transaction)
            self.failpoints.hit("before_flush")
            recorded = self._recorder.place()
            self._recorder.flush(connection)
            self.failpoints.hit("before_commit")
            if self.is_sqlite and self.switches() != switches:
                raise YieldedError
        self._kept = transaction.kept
        self.failpoints.hit("after_commit")
        return self._recorder.head() if recorded else 0

    def _run_job(self, task: _Task, transaction: Transaction) -> None:
        """Run one job behind a savepoint."""
        place, version = self._recorder.place(), transaction.facts_version
        transaction.actor = "hall"
        connection = transaction.connection
        _SAVEPOINT.run(connection)
        try:
            task.result = task.job(transaction)
            _RELEASE.run(connection)
        except Refusal as refusal:
            self._undo(transaction, place, version)
            task.error = refusal
            if task.on_refusal is not None:
                task.on_refusal(transaction, refusal)
        except DBAPIError as fault:
            if storage_refusal(fault) is not None:
                raise  # the disk or the server is at fault: the whole batch must be repeated
            self._undo(transaction, place, version)
            task.error = fault
        except Exception as bug:
            self._undo(transaction, place, version)
            task.error = bug

    def _undo(self, transaction: Transaction, place: int, version: int) -> None:
        _ROLL_BACK.run(transaction.connection)
        self._recorder.rewind(place)
        transaction.kept = _NOTHING_LEFT
        if transaction.facts_version != version:
            transaction.facts_changed()

    def _drop_connection(self) -> None:
        self._kept = _NOTHING_LEFT
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
