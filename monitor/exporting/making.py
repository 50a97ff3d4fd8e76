"""One export being made by a program of its own: started, listened to, ended with us.

The program's input is held open and never written to: when we are gone, however we went, it sees
the end of it and goes too.
"""

from __future__ import annotations

import logging
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from hall_server.contract.messages.exports import ExportFailure, ExportSummary
from monitor.exporting.manifest import Word

END_S = 5.0
WORDS_MOST = 2_000
"""It says a hundred; what is more is not ours to keep."""

log = logging.getLogger(__name__)


class Making:
    """See the module."""

    def __init__(self, asked: ExportSummary, command: list[str]) -> None:
        """Start it."""
        self.asked, self.export_id = asked, asked.export_id
        self.failure: ExportFailure | None = None
        self._words: queue.Queue[Word] = queue.Queue(WORDS_MOST)
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._listener = threading.Thread(target=self._listen, name="export", daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        output = self._process.stdout
        for line in output or ():
            try:
                self._words.put_nowait(msgspec.json.decode(line, type=Word))
            except (msgspec.DecodeError, queue.Full):
                log.warning("export %s: not understood: %s", self.export_id, line.strip())

    def news(self) -> Iterator[int]:
        """The newest of how far it is, if it has said anything since."""
        newest: int | None = None
        with suppress(queue.Empty):
            while True:
                word = self._words.get_nowait()
                self.failure = word.failure or self.failure
                newest = word.permille if word.made is None else newest
        if newest is not None and self.failure is None:
            yield newest

    def has_ended(self) -> bool:
        """Whether it is over and all its words have been read."""
        if self._process.poll() is None or self._listener.is_alive():
            return False
        for _ in self.news():
            pass
        self._close()
        return True

    def end(self) -> None:
        """Stop it."""
        self._process.kill()
        self._process.wait(END_S)
        self._listener.join(END_S)
        self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
