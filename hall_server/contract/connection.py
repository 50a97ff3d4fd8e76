"""One WebSocket connection of a station to the hall, from its opening to its end.

Wraps the Socket.IO client library, which gives every message to a thread of its own: what the hall
pushes goes into a bounded inbox, answers go to whoever asked. A connection that ended is never used
again; the link makes a new one.
"""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, field
from types import ModuleType

import msgspec

from config.loading import left_out
from hall_server.contract.http_door import LinkDown
from hall_server.contract.messages.base import Refused
from hall_server.contract.messages.organisation import Push, Snapshot
from hall_server.contract.refusals import Refusal

OPEN_S = 5.0
INBOX_MAX = 1_000
CALLS_MAX = 64


@dataclass(eq=False, slots=True)
class _Call:
    """Somebody waits for an acknowledgement."""

    done: threading.Event = field(default_factory=threading.Event)
    told: object = None


class Connection:
    """See the module."""

    def __init__(self, hall_url: str) -> None:
        """Nothing is opened yet."""
        self._hall_url = hall_url
        self._inbox: queue.Queue[tuple[type[Snapshot | Push], object]] = queue.Queue(INBOX_MAX)
        self._lost = threading.Event()
        self._overrun = threading.Event()
        self._refused: object = None
        self._calls: set[_Call] = set()
        self._lock = threading.Lock()
        self._library = _socket_io()
        self._client = self._library.Client(
            reconnection=False,
            handle_sigint=False,
            request_timeout=OPEN_S,
            websocket_extra_options={"http_no_proxy": ["*"]},
        )
        self._client.on("snapshot", self._on_snapshot)
        self._client.on("push", self._on_push)
        self._client.on("disconnect", self._on_lost)
        self._client.on("connect_error", self._on_refused)

    def open(self, token: str, place: int, version: str) -> None:
        """Connect; raises Refusal when the hall will not have us, LinkDown when it is not there."""
        try:
            self._client.connect(
                self._hall_url,
                auth={"token": token, "cursor": place, "version": version},
                transports=["websocket"],
                wait_timeout=OPEN_S,
            )
        except self._library.exceptions.ConnectionError as error:
            self.close()
            refused = _refused_in(self._refused)
            if refused is not None:
                raise Refusal.repeated(refused) from error
            raise LinkDown(f"cannot connect: {error}") from error

    def call(self, name: str, body: object, timeout_s: float) -> object:
        """Send one message and wait for its acknowledgement; raises Refusal or LinkDown."""
        call = _Call()
        with self._lock:
            if self._lost.is_set():
                raise LinkDown(f"{name}: the connection is lost")
            if len(self._calls) >= CALLS_MAX:
                raise LinkDown(f"{name}: too many asks are waiting")
            self._calls.add(call)
        try:
            self._send(name, body, call)
            if not call.done.wait(timeout_s):
                raise LinkDown(f"{name}: no answer within {timeout_s} s", sent=True)
        finally:
            with self._lock:
                self._calls.discard(call)
        return _answer_in(name, call.told)

    def next_word(self, timeout_s: float) -> Snapshot | Push | None:
        """What the hall pushed next; raises LinkDown when the line is lost and all is taken.

        A word that the contract does not know rises as msgspec's ValidationError.
        """
        try:
            kind, told = self._inbox.get(timeout=timeout_s)
            return msgspec.convert(told, type=kind)
        except queue.Empty:
            # A line that broke while it was being opened is not always announced by the library.
            if self._lost.is_set() or not self._client.connected:
                raise LinkDown("the connection is lost") from None
            return None

    def overrun(self) -> bool:
        """Whether pushes were dropped because the inbox was full; asked once."""
        was_set = self._overrun.is_set()
        self._overrun.clear()
        return was_set

    def close(self) -> None:
        """Hang up; whoever waits is told."""
        self._on_lost()
        self._client.disconnect()

    def _send(self, name: str, body: object, call: _Call) -> None:
        def acknowledged(told: object = None) -> None:
            call.told = told
            call.done.set()

        try:
            with self._lock:  # the library asks that only one thread emits at a time
                self._client.emit(name, body, callback=acknowledged)
        except self._library.exceptions.SocketIOError as error:
            raise LinkDown(f"{name}: {error}") from error

    def _on_snapshot(self, told: object) -> None:
        self._put(Snapshot, told)

    def _on_push(self, told: object) -> None:
        self._put(Push, told)

    def _put(self, kind: type[Snapshot | Push], told: object) -> None:
        try:
            self._inbox.put_nowait((kind, told))
        except queue.Full:
            self._overrun.set()

    def _on_lost(self, *_: object) -> None:
        with self._lock:
            self._lost.set()
            waiting = list(self._calls)
        for call in waiting:
            call.done.set()

    def _on_refused(self, told: object = None) -> None:
        self._refused = told


def _answer_in(name: str, told: object) -> object:
    """The answer inside an acknowledgement; ``None`` was told when the line broke instead."""
    if told is None:
        raise LinkDown(f"{name}: the connection broke before the answer", sent=True)
    if not isinstance(told, dict):
        raise LinkDown(f"{name}: the acknowledgement is not understood", sent=True)
    if told.get("ok") is True:
        return told.get("answer")
    refused = _refused_in(told.get("refused"))
    if refused is None:
        raise LinkDown(f"{name}: refused without a reason", sent=True)
    raise Refusal.repeated(refused)


def _refused_in(told: object) -> Refused | None:
    """A refusal as the hall words it, also where the library wraps it as ``{message, data}``."""
    for candidate in (told, told.get("data") if isinstance(told, dict) else None):
        try:
            return msgspec.convert(candidate, type=Refused)
        except msgspec.ValidationError:
            continue
    return None


def _socket_io() -> ModuleType:
    """The library, without what only servers that share their clients need: a third of it."""
    with left_out("redis"):
        import socketio  # noqa: PLC0415 - not without the line above

    return socketio  # type: ignore[no-any-return]  # it has no types
