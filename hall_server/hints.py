"""Redis as a hint bus between the server processes of one hall: "something was recorded, look".

A hint carries nothing and promises nothing. The ledger is the truth, and every pusher looks at it
once a second by itself, so a Redis that hangs or is gone costs a second and nothing else. One
server process on one database needs none of this.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import redis

LOOK_EVERY_S = 1.0
PATIENCE_S = 2.0
AGAIN_AFTER_S = 5.0

log = logging.getLogger(__name__)


class Hints:
    """Gives hints and takes them; ``give`` never waits."""

    def __init__(self, url: str, hall: str, on_hint: Callable[[], None]) -> None:
        """``hall`` tells the halls on one Redis apart."""
        self._redis = redis.Redis.from_url(
            url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
        )
        self._channel = f"hall-hints:{hall}"
        self._on_hint = on_hint
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep_on, args=(task,), name=name, daemon=True)
            for name, task in (("hints out", self._send), ("hints in", self._hear))
        ]

    def start(self) -> None:
        """Begin; a Redis that is not there yet may come later."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End both threads."""
        self._stopping.set()
        self._news.set()
        for thread in self._threads:
            thread.join(PATIENCE_S + LOOK_EVERY_S)

    def give(self) -> None:
        """Something was recorded here; of a burst one hint is enough."""
        self._news.set()

    def _keep_on(self, task: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                task()
            except redis.RedisError as error:
                log.warning("no hints, the ledger is looked at every second instead: %s", error)
                self._stopping.wait(AGAIN_AFTER_S)

    def _send(self) -> None:
        while not self._stopping.is_set():
            self._news.wait()
            self._news.clear()
            self._redis.publish(self._channel, b"")

    def _hear(self) -> None:
        line = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        with line:
            line.subscribe(self._channel)
            while not self._stopping.is_set():
                if line.get_message(timeout=LOOK_EVERY_S) is not None:
                    self._on_hint()
