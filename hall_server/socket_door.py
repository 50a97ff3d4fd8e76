"""The Socket.IO door: asks with acknowledgement, and the pushes to three circles.

WebSocket only. A client that does not prove who it is gets in nowhere. One that reads too slowly
is dropped and comes back by snapshot; nobody waits for it.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from flask import Flask, request
from flask_socketio import ConnectionRefusedError as RefuseConnection
from flask_socketio import SocketIO, join_room
from socketio.packet import Packet

from hall_server.access import sessions
from hall_server.access.guard import admit
from hall_server.access.rules import STATION_ROLES, Asker
from hall_server.access.service import OpenedSession
from hall_server.access.sessions import COOKIE, COOKIE_UNDER_TLS
from hall_server.audience import Audience, audience_of
from hall_server.broadcast import NAMESPACE, Broadcast
from hall_server.contract.messages.organisation import Push
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS, READS
from hall_server.contract.version import MINIMUM_VERSION, is_older
from hall_server.push import replay

if TYPE_CHECKING:
    from hall_server.hall import Hall

MESSAGE_BYTES_MAX = 8_192
"""Unmasking is pure Python: 64 KiB would stall the loop for 45 ms. Files go by HTTP."""
PING_EVERY_S, PING_WITHIN_S = 10, 5
PROVE_WITHIN_S = 5.0
"""An open WebSocket that has not said who it is by then is closed."""
WORDS_OF_STRANGERS_MAX = 4
"""Whoever says more than this without having said who it is is closed at once."""
BINARY_TYPES = frozenset("56")
"""Socket.IO's packets with attachments: the hall's messages have none."""
ONLY_HTTP = frozenset({"account.sign_in", "account.sign_out", "station.enrol", "station.sign_on"})

EXPEL_EVERY_SWEEPS = 5
"""Sessions that end here are seen at once; those that ran out, or ended elsewhere, by then."""

log = logging.getLogger(__name__)


class Json:
    """The JSON that python-socketio shall use: msgspec's, many times faster than the default."""

    @staticmethod
    def dumps(value: object, **_options: object) -> str:
        """Encode."""
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_options: object) -> object:
        """Decode."""
        return msgspec.json.decode(text)


class Guest(NamedTuple):
    """Who is at the other end of a connection."""

    token: str
    address: str
    session_id: str
    station_id: str
    """Empty for people and for stations' pages."""


NOBODY = Guest("", "", "", "")


class TextPacket(Packet):  # type: ignore[misc]  # python-socketio has no types
    """Packets as the hall speaks them: JSON only.

    The stock reader keeps up to 10^10 announced attachments of a client that never finishes, and
    does so before the client has said who it is.
    """

    uses_binary_events = False

    def decode(self, encoded_packet: str | bytes) -> int:
        """Read a packet; whatever is no plain one is refused before anything is kept of it."""
        if not isinstance(encoded_packet, str) or encoded_packet[:1] in BINARY_TYPES:
            raise ValueError("no binary packets here")
        try:
            return int(super().decode(encoded_packet))
        except RecursionError:
            raise ValueError("nested too deeply") from None


class Seldom(logging.Filter):
    """Lets one complaint a second through: whoever sends nonsense may not fill the disk with it."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        super().__init__()
        self._next_s = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this one is written."""
        now_s = time.monotonic()
        if record.levelno >= logging.WARNING and now_s < self._next_s:
            return False
        self._next_s = now_s + 1.0
        return True


class SocketDoor:
    """Connections of one server process."""

    def __init__(self, app: Flask, hall: Hall) -> None:
        """Mount Socket.IO on the Flask application."""
        self._hall = hall
        self._guests: dict[str, Guest] = {}
        self._lock = threading.Lock()
        self._strangers: dict[str, float] = {}
        hall.runtime.bound_messages(MESSAGE_BYTES_MAX)
        engine_log = logging.getLogger("hall_server.engine")
        engine_log.setLevel(logging.ERROR)
        engine_log.addFilter(Seldom())
        self.socketio = SocketIO(
            app,
            async_mode=hall.runtime.mode.value,
            transports=["websocket"],
            ping_interval=PING_EVERY_S,
            ping_timeout=PING_WITHIN_S,
            max_http_buffer_size=MESSAGE_BYTES_MAX,
            cors_allowed_origins=hall.origin_allowed,
            json=Json,
            serializer=TextPacket,
            engineio_logger=engine_log,
            manage_session=False,
            http_compression=False,
        )
        self._broadcast = Broadcast(self.socketio, fast=hall.settings.fast_broadcast)
        self._stock_hear = self.socketio.server.eio.handlers["message"]
        self.socketio.server.eio.on("message", self._hear)
        self.socketio.on_event("connect", self._connect)
        self.socketio.on_event("disconnect", self._disconnect)
        # Not by way of Flask-SocketIO, which would make a Flask request of every ask.
        for name in (ASKS.keys() | READS.keys()) - ONLY_HTTP:
            self.socketio.server.on(name, self._handler(name))
        self.socketio.server.on("*", self._unknown)
        self._sweeps = 0

    def listens(self, audience: Audience) -> bool:
        """Whether anybody of a circle is here."""
        return self._broadcast.listens(audience.value)

    def send(self, audience: Audience, push: Push) -> None:
        """Push to everybody of a circle."""
        self._broadcast.send(audience.value, "push", push)

    def expel(self) -> None:
        """Close the WebSockets of all whose session has ended."""
        with self._lock:
            guests = dict(self._guests)
        if not guests:
            return
        with self._hall.database.reading() as reading:
            living = sessions.living(reading.connection, reading.now_ms)
        for sid, guest in guests.items():
            if guest.session_id not in living:
                self.socketio.server.disconnect(sid, NAMESPACE)

    def sweep(self) -> None:
        """Called every second: note which stations are here, close what may not stay open."""
        with self._lock:
            stations = {guest.station_id for guest in self._guests.values()} - {""}
        for station_id in stations:
            self._hall.presence.hear(station_id)
        self._sweeps += 1
        if self._sweeps % EXPEL_EVERY_SWEEPS == 0:
            self.expel()
        self._drop_strangers()

    def _drop_strangers(self) -> None:
        """Close WebSockets that never proved who they are."""
        server = self.socketio.server
        now_s = time.monotonic()
        strangers: dict[str, float] = {}
        for engine_id, socket in list(server.eio.sockets.items()):
            if self._is_known(engine_id):
                continue
            since_s = self._strangers.get(engine_id, now_s)
            if now_s - since_s > PROVE_WITHIN_S:
                self._broadcast.drop(socket)
                self.socketio.sleep(0)  # they may be hundreds: serve others in between
            else:
                strangers[engine_id] = since_s
        self._strangers = strangers

    def _is_known(self, engine_id: str) -> bool:
        manager = self.socketio.server.manager
        return manager.sid_from_eio_sid(engine_id, NAMESPACE) is not None

    def _hear(self, engine_id: str, data: object) -> None:
        """Hand a message on, but for those of a stranger who goes on talking."""
        socket = self.socketio.server.eio.sockets.get(engine_id)
        if socket is not None and not self._is_known(engine_id):
            socket.hall_words = getattr(socket, "hall_words", 0) + 1
            if socket.hall_words > WORDS_OF_STRANGERS_MAX:
                self._broadcast.drop(socket)
                return
        self._stock_hear(engine_id, data)

    def _connect(self, auth: Any = None) -> None:  # noqa: ANN401 - whatever a client sends
        offer = auth if isinstance(auth, dict) else {}
        token = str(offer.get("token") or "")
        if not token:
            token = request.cookies.get(COOKIE_UNDER_TLS) or request.cookies.get(COOKIE, "")
        address = request.remote_addr or ""
        asker = self._hall.asker(token, address)
        try:
            _let_in(asker, str(offer.get("version") or "0"))
        except Refusal as refusal:
            self._hall.tell_refused("a connection", asker, refusal)
            raise RefuseConnection(refusal.code, msgspec.to_builtins(refusal.refused)) from None
        sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
        with self._lock:
            station_id = asker.station_id if asker.roles & STATION_ROLES else ""
            self._guests[sid] = Guest(token, address, asker.session_id, station_id)
        audience = audience_of(asker.roles)
        join_room(audience.value)
        cursor = offer.get("cursor")
        self.socketio.start_background_task(
            self._catch_up, sid, token, cursor if isinstance(cursor, int) else 0, audience
        )

    def _catch_up(self, sid: str, token: str, cursor: int, audience: Audience) -> None:
        """After joining the circle, so that nothing falls between: the rest, or a snapshot."""
        missed = replay(self._hall.database, cursor, audience)
        if missed is not None:
            self.socketio.emit("push", missed, to=sid)
            return
        asker = self._hall.asker(token, "")
        snapshot = self._hall.handle("hall.snapshot", b"{}", asker)
        self.socketio.emit("snapshot", snapshot, to=sid)

    def _disconnect(self, _reason: object = None) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
        with self._lock:
            self._guests.pop(sid, None)

    def _handler(self, name: str) -> Any:  # noqa: ANN401 - the shape python-socketio wants
        def handle(sid: str, body: object = None) -> dict[str, object]:
            return self._answer(name, sid, body)

        return handle

    def _unknown(self, name: str, sid: str, body: object = None) -> dict[str, object]:
        """A name that is no message, or one that only HTTP takes because it moves cookies."""
        if name in ONLY_HTTP:
            return {"ok": False, "refused": Refusal("only_http", name=name).refused}
        return self._answer(name, sid, body)

    def _answer(self, name: str, sid: str, body: object) -> dict[str, object]:
        try:
            guest = self._guests.get(sid, NOBODY)
            asker = self._hall.asker(guest.token, guest.address)
            self._hall.admit(name, asker)
            raw = msgspec.json.encode(body if isinstance(body, dict) else {})
            result = self._hall.handle(name, raw, asker)
        except Refusal as refusal:
            return {"ok": False, "refused": refusal.refused}
        except Exception:  # the client gets a number, the log the trace
            incident = secrets.token_hex(4)
            log.exception("incident %s", incident)
            return {"ok": False, "refused": Refusal("internal", incident=incident).refused}
        assert not isinstance(result, OpenedSession)  # noqa: S101 - sign-in is ONLY_HTTP
        return {"ok": True, "answer": result}


def _let_in(asker: Asker, version: str) -> None:
    if not asker.session_id:
        raise Refusal("not_signed_in")
    if is_older(version):
        raise Refusal("too_old", version=version[:20], minimum=MINIMUM_VERSION)
    admit("hall.snapshot", asker)
