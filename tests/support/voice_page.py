"""A page that speaks, played without a browser: it reads its stream of cues and answers them."""

from __future__ import annotations

import http.client
import queue
import socket
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec


@dataclass
class VoicePage:
    """One player; ``cues`` fills up as the station speaks to it."""

    origin: str
    zone: str = "1"
    cues: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)

    def open(self) -> VoicePage:
        """Listen; returns when the station has said hello."""
        self._connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=20)
        self._connection.request("GET", f"/voice/stream?zone={self.zone}")
        # getresponse() lets go of the socket of a stream without length; whoever hangs up needs it.
        self._socket = self._connection.sock
        self._stream = self._connection.getresponse()
        if self._stream.status != 200:
            raise AssertionError(f"the stream was refused: {self._stream.status}")
        threading.Thread(target=self._read, daemon=True).start()
        self.hello = self.expect("hello")
        return self

    def expect(self, kind: str, within_s: float = 15.0) -> dict[str, Any]:
        """The next cue of this kind; others are passed over."""
        while True:
            cue = self.cues.get(timeout=within_s)
            if cue["kind"] == kind:
                return cue

    def answer(self, cue: dict[str, Any], *, heard: bool = True) -> int:
        """Tell the station that the sound is over, or that there was none; the status."""
        body = {
            "loudspeaker": cue["loudspeaker"],
            "player": cue["player"],
            "play": cue["play"],
            "heard": heard,
        }
        return post(self.origin, "/voice/ended", body)[0]

    def close(self) -> None:
        """Go away as a browser does whose plug is pulled."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._stream.close()
        self._connection.close()

    def _read(self) -> None:
        try:
            for line in self._stream:
                if line.startswith(b"data: "):
                    self.cues.put(msgspec.json.decode(line.removeprefix(b"data: ")))
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            return  # the page was closed while it read


def get(origin: str, path: str) -> tuple[int, bytes, dict[str, str]]:
    """GET; status, body and headers."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


def post(
    origin: str, path: str, body: object, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """POST JSON; status and body."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=10)
    try:
        connection.request(
            "POST",
            path,
            msgspec.json.encode(body),
            {"Content-Type": "application/json", **(headers or {})},
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
