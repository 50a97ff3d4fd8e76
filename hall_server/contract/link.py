"""The stations' line to the hall: sign on, stay connected, hear everything once and in order, ask.

One thread of its own does all the talking outwards; the three callbacks are called on it, one after
another, so a station needs no locks between them. Any thread may ask and read.

    enrol (once, with a one-time code) ─► sign on ─► WebSocket with our place ─► snapshot or push
         ▲                                  ▲                                        │
         └── the hall does not know us      └── back-off with jitter ◄── line lost ◄─┘

What the hall pushes goes through a bounded inbox and is put in order by ``sequence``; whatever is
missing after half a second is lost, and the whole picture is read again. On disk are kept the key,
and beside it the newest checkpoint of the hall's ledger, which is shown to the hall on connecting:
a hall whose data were put back to yesterday is found out by its stations. Otherwise a station that
starts anew begins with a snapshot.
"""

from __future__ import annotations

import logging
import math
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from hall_server.contract.connection import Connection
from hall_server.contract.http_door import LinkDown, post
from hall_server.contract.messages.access import StationEnrol, StationSession
from hall_server.contract.messages.base import Accepted, Answer, Ask, Event, Read
from hall_server.contract.messages.ledger import CheckpointView, LedgerWitness
from hall_server.contract.messages.organisation import Push, Snapshot
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import EVENTS, learn_messages
from hall_server.contract.sequence import Sequence
from hall_server.contract.station_key import StationKey
from hall_server.contract.version import VERSION
from hall_server.contract.witness import Witness

log = logging.getLogger(__name__)
A = TypeVar("A", bound=Answer)

__all__ = ["Link", "LinkDown", "LinkState", "LinkStatus", "new_request_id"]

FIRST_WORD_S = 10.0
"""After connecting, the hall sends a snapshot or a push within this time."""
GAP_PATIENCE_S = 0.5
FACTS_PATIENCE_S = 0.3
"""An administrator's changes come in bursts; the facts are read once after each."""
BACK_OFF_LEAST_S = 0.5
BACK_OFF_MOST_S = 3.0
"""A hall that comes back is heard within five seconds; a refused connection costs it little."""
BUSY_RETRY_S = 10.0
REFUSED_RETRY_S = 15.0
NOT_ENROLLED_RETRY_S = 2.0
TOO_OLD_RETRY_S = 60.0
ANSWER_S = 5.0
STOP_S = 3.0

LISTEN_S = 0.2
WITNESS_EVERY_S = 60.0

STRANGER = frozenset({"station_unknown", "station_signature"})
"""The hall does not know us, or knows another key: a station whose disk was replaced."""
FACT_EVENTS = frozenset({"fact.saved", "fact.removed", "facts.imported"})


class LinkState(StrEnum):
    """How the station stands with the hall."""

    STARTING = "starting"
    NOT_ENROLLED = "not_enrolled"
    UP = "up"
    LOST = "lost"
    REFUSED = "refused"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """The state and a sentence for people."""

    state: LinkState
    zh: str = ""
    en: str = ""


_STARTING = LinkStatus(LinkState.STARTING, "正在连接大厅", "Connecting to the hall")
_UP = LinkStatus(LinkState.UP)
_LOST = LinkStatus(
    LinkState.LOST, "与大厅的连接已中断，正在重新连接", "Link to the hall lost; reconnecting"
)


def new_request_id() -> str:
    """Names one ask for ever; kept by the sender until it is answered."""
    return uuid.uuid4().hex


class Link:
    """See the module. ``start`` once, ``stop`` once; ``ask`` and ``read`` from any thread."""

    def __init__(
        self,
        hall_url: str,
        key_file: Path,
        station_id: str,
        origin: str,
        on_snapshot: Callable[[Snapshot], None],
        on_event: Callable[[Event], None],
        on_state: Callable[[LinkStatus], None],
        *,
        now_ms: Callable[[], int],
        code: str = "",
        code_file: Path | None = None,
        version: str = VERSION,
    ) -> None:
        """``origin`` is where this station serves its pages; empty when it has none.

        ``now_ms`` is this machine's wall clock, UTC: the hall refuses one that is far off.
        ``code`` or the text in ``code_file`` is the one-time enrolment code; the file may come
        later, and is removed when it has been spent.
        """
        learn_messages()
        self.hall_url = hall_url.rstrip("/")
        self._key = StationKey.load_or_make(key_file)
        self._witness = Witness(key_file.parent / "witness")
        self._station_id = station_id
        self._origin = origin
        self._version = version
        self._code, self._code_file = code, code_file
        self._now_ms = now_ms
        self._on_snapshot, self._on_event, self._on_state = on_snapshot, on_event, on_state
        self._status = _STARTING
        self._session: StationSession | None = None
        self._connection: Connection | None = None
        self._sequence = Sequence()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    # ------------------------------------------------------------------ what a station may do

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up and end the thread."""
        self._stopping.set()
        self._thread.join(STOP_S)

    @property
    def status(self) -> LinkStatus:
        """How we stand now."""
        return self._status

    @property
    def page_token(self) -> str:
        """What this station's own pages may connect with; empty before the first sign-on."""
        return self._session.page_token if self._session else ""

    def ask(self, name: str, message: Ask, expect: type[A], timeout_s: float = ANSWER_S) -> A:
        """Change something. Raises Refusal, or LinkDown when no answer came.

        ``expect`` is the answer that the registry states for ``name``.
        """
        return self._call(name, message, expect, timeout_s)

    def read(self, name: str, message: Read, expect: type[A], timeout_s: float = ANSWER_S) -> A:
        """See something. Raises Refusal, or LinkDown when no answer came."""
        return self._call(name, message, expect, timeout_s)

    def _call(self, name: str, message: Ask | Read, expect: type[A], timeout_s: float) -> A:
        connection = self._connection
        if connection is None:
            raise LinkDown(f"{name}: not connected")
        told = connection.call(name, msgspec.to_builtins(message), timeout_s)
        try:
            return msgspec.convert(told, type=expect)
        except msgspec.ValidationError as error:
            raise LinkDown(f"{name}: answer not understood: {error}", sent=True) from error

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self._connect()
                failures = 0
                self._listen()
            except Refusal as refusal:
                self._hang_up()
                self._stopping.wait(self._be_refused(refusal))
            except LinkDown as down:
                log.info("link to the hall: %s", down)
                self._hang_up()
                if self._status.state is not LinkState.STARTING:
                    self._say(_LOST)
                failures += 1
                self._stopping.wait(_back_off_s(failures))
            except msgspec.ValidationError:
                # Another release speaks there; begin anew, and slowly.
                log.exception("the hall says what this station's contract does not know")
                self._hang_up()
                self._sequence = Sequence()
                self._say(_LOST)
                self._stopping.wait(REFUSED_RETRY_S)
        self._hang_up()

    def _connect(self) -> None:
        if self._session is None or self._session.expires_at <= self._now_ms():
            self._session = self._sign_on()
        connection = Connection(self.hall_url)
        # What was held for the old connection will be told again on the new one.
        self._sequence = Sequence(self._sequence.place)
        try:
            connection.open(self._session.token, self._sequence.place, self._version)
        except Refusal:
            self._session = None  # ended or revoked: only a fresh sign-on can tell
            raise
        self._connection = connection

    def _sign_on(self) -> StationSession:
        try:
            return self._sign_on_once()
        except Refusal as refusal:
            if refusal.code not in STRANGER or not self._enrol():
                raise
        return self._sign_on_once()

    def _sign_on_once(self) -> StationSession:
        message = self._key.sign_on(
            self._station_id, self._version, self._now_ms(), new_request_id(), self._origin
        )
        return post(self.hall_url, "station.sign_on", message, StationSession, ANSWER_S)

    def _enrol(self) -> bool:
        """Spend the one-time code, if there is one."""
        code = self._code or self._code_in_file()
        if not code:
            return False
        self._code = ""
        message = StationEnrol(
            request_id=new_request_id(),
            station_id=self._station_id,
            code=code,
            public_key=self._key.public_hex,
        )
        post(self.hall_url, "station.enrol", message, Accepted, ANSWER_S)
        if self._code_file is not None:
            self._code_file.unlink(missing_ok=True)
        return True

    def _code_in_file(self) -> str:
        if self._code_file is None or not self._code_file.is_file():
            return ""
        return self._code_file.read_text().strip()

    def _listen(self) -> None:
        """Take in what the hall says until stopping; LinkDown tells that the line broke."""
        connection = self._connection
        if connection is None:
            return
        due = _Due(time.monotonic() + FIRST_WORD_S)
        self._show_checkpoints(connection)
        keep_at = time.monotonic() + WITNESS_EVERY_S
        while not self._stopping.is_set():
            word = connection.next_word(LISTEN_S)
            if isinstance(word, Snapshot):
                self._take_snapshot(word, due)
            elif isinstance(word, Push):
                self._take_push(word, due)
            due.note_gap(self._sequence.has_gap)
            if connection.overrun() or due.is_due(time.monotonic()):
                told = connection.call("hall.snapshot", {}, ANSWER_S)
                self._take_snapshot(msgspec.convert(told, type=Snapshot), due)
            if time.monotonic() >= keep_at:
                self._keep_checkpoint(connection)
                keep_at = time.monotonic() + WITNESS_EVERY_S

    def _show_checkpoints(self, connection: Connection) -> None:
        """The hall judges them; one of another hall, which this station once served, it refuses."""
        for note in self._witness.kept():
            message = LedgerWitness(request_id=new_request_id(), note=note)
            try:
                connection.call("ledger.witness", msgspec.to_builtins(message), ANSWER_S)
            except Refusal as refusal:
                log.info("a kept checkpoint was refused: %s", refusal)

    def _keep_checkpoint(self, connection: Connection) -> None:
        try:
            told = connection.call("ledger.checkpoint", {}, ANSWER_S)
            self._witness.keep(msgspec.convert(told, type=CheckpointView).note)
        except Refusal as refusal:
            log.info("no checkpoint to keep: %s", refusal)
        except OSError as error:  # a full disk makes a worse witness, not a worse station
            log.warning("the checkpoint cannot be kept: %s", error)

    def _take_snapshot(self, snapshot: Snapshot, due: _Due) -> None:
        due.clear()
        self._on_snapshot(snapshot)
        self._deliver(self._sequence.restart(snapshot.seq), due)
        self._say(_UP)

    def _take_push(self, push: Push, due: _Due) -> None:
        due.heard()
        self._deliver(self._sequence.take(push), due)
        self._say(_UP)

    def _deliver(self, told: list[dict[str, object]], due: _Due) -> None:
        for body in told:
            kind = EVENTS.get(str(body.get("type")))
            if kind is None:
                continue  # a newer hall tells of things we have no use for
            if body["type"] in FACT_EVENTS:
                due.note_facts()
            self._on_event(msgspec.convert(body, type=kind))

    def _be_refused(self, refusal: Refusal) -> float:
        """Say why; how long to wait before trying again."""
        state, retry_s = {
            "too_old": (LinkState.TOO_OLD, TOO_OLD_RETRY_S),
            **dict.fromkeys(STRANGER, (LinkState.NOT_ENROLLED, NOT_ENROLLED_RETRY_S)),
            "code_wrong": (LinkState.NOT_ENROLLED, NOT_ENROLLED_RETRY_S),
            "not_signed_in": (LinkState.LOST, BACK_OFF_LEAST_S),
            "stopping": (LinkState.LOST, NOT_ENROLLED_RETRY_S),
            "busy": (LinkState.LOST, BUSY_RETRY_S),
            "too_many": (LinkState.LOST, BUSY_RETRY_S),
        }.get(refusal.code, (LinkState.REFUSED, REFUSED_RETRY_S))
        log.warning("the hall refuses this station: %s", refusal)
        self._say(LinkStatus(state, refusal.refused.zh, refusal.refused.en))
        return retry_s

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _say(self, status: LinkStatus) -> None:
        if status != self._status:
            self._status = status
            self._on_state(status)


class _Due:
    """When the whole picture has to be read (again)."""

    def __init__(self, first_word_by: float) -> None:
        self._first_at = first_word_by
        self._facts_at = self._gap_at = math.inf

    def clear(self) -> None:
        self._first_at = self._facts_at = self._gap_at = math.inf

    def heard(self) -> None:
        """The hall carries on from where we stood: no first snapshot is needed."""
        self._first_at = math.inf

    def note_gap(self, has_gap: bool) -> None:  # noqa: FBT001 - reads as a sentence where it is called
        if not has_gap:
            self._gap_at = math.inf
        elif self._gap_at == math.inf:
            self._gap_at = time.monotonic() + GAP_PATIENCE_S

    def note_facts(self) -> None:
        self._facts_at = min(self._facts_at, time.monotonic() + FACTS_PATIENCE_S)

    def is_due(self, now: float) -> bool:
        return now >= min(self._first_at, self._facts_at, self._gap_at)


def _back_off_s(failures: int) -> float:
    """Doubling, with full jitter, so that a hall that returns is not met by all at once."""
    most = min(BACK_OFF_MOST_S, BACK_OFF_LEAST_S * 2 ** min(failures, 10))
    return BACK_OFF_LEAST_S / 2 + secrets.SystemRandom().uniform(0, most)
