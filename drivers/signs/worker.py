"""Any make of sign at work: one conversation after another over its link.

A make of sign is a `SignMake`: what it is told, and how its answers are read, without any port or
waiting of its own. Its conversations are generators: each `yield` is one frame to be sent, its
value the answer that came back, and what it returns is what was found out. So a make that reads
back what it wrote, or deletes before it writes, says so in two lines, and this worker stays one.

A sign that never answers (`answers` is false) is sent its frames one after another; nothing is
found out about it, and no text is said to be shown.
"""

import contextlib
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

from drivers.codec.counters import Counters
from drivers.errors import DeviceFault, LinkFault
from drivers.health import Finding
from drivers.orders import DeviceCode, ShowText
from drivers.signs.texts import LatestTexts, SignTask
from drivers.transport import Transport

_OPEN_WITHIN_S = 3.0
_WRITE_WITHIN_S = 1.0
_ANSWER_WITHIN_S = 1.0
_BITS_ON_THE_LINE = 10  # a byte with its start and stop bits
_LARGEST_READ = 4096

Answer = TypeVar("Answer")
Talk = Generator[bytes, Answer, Finding]

ANSWERED = Finding(answered=True)
UNHEARD = Finding(answered=False)


def found_wrong(code: DeviceCode) -> Finding:
    """The sign spoke, and this is the matter."""
    return Finding(answered=True, codes=frozenset({code}))


class SignMake(Protocol[Answer]):
    answers: bool

    @property
    def counters(self) -> Counters: ...
    def feed(self, data: bytes) -> list[Answer]: ...
    def reset(self) -> None:
        """The link is a new one: half an answer of the old one is worth nothing."""

    def greet(self) -> Talk[Answer]:
        """After the link has opened."""
        ...

    def check(self, now_ms: int) -> Talk[Answer]:
        """Now and then. `DEVICE_ERROR` says that the sign does not show what it was told to."""
        ...

    def show(self, task: SignTask, now_ms: int) -> Talk[Answer]: ...
    def farewell(self) -> Iterable[bytes]:
        """What is sent on a link that is closed in good order, and not waited for."""
        ...


class SignWorker(Generic[Answer]):
    check_every_s = 2.0

    def __init__(
        self,
        transport: Transport,
        make: SignMake[Answer],
        texts: LatestTexts,
        on_shown: Callable[[ShowText], None],
        now_ms: Callable[[], int],
        *,
        baud: int | None = None,
        pause_s: float = 0.0,
    ) -> None:
        """`pause_s` is the silence that the line wants before each frame."""
        self._transport = transport
        self._make = make
        self._texts = texts
        self._on_shown = on_shown
        self._now_ms = now_ms
        self._baud = baud
        self._pause_s = pause_s
        self._is_up = False
        self._amiss: dict[str, frozenset[DeviceCode]] = {}  # area: what its last text met

    def open(self) -> Finding:
        self._transport.open(_OPEN_WITHIN_S)
        self._make.reset()
        self._amiss.clear()
        return self._carry_out(self._make.greet())

    def close(self) -> None:
        if self._is_up:
            self._is_up = False
            with contextlib.suppress(DeviceFault):
                for frame in self._make.farewell():
                    self._write(frame)
        self._transport.close()

    def check(self) -> Finding:
        """A sign that greets but would not show its last text is not well."""
        finding = self._carry_out(self._make.check(self._now_ms()))
        if DeviceCode.DEVICE_ERROR in finding.codes:
            self._texts.link_opened()  # all of it is sent again
        return replace(finding, codes=finding.codes.union(*self._amiss.values()))

    def perform(self, work: SignTask) -> Finding:
        finding = self._carry_out(self._make.show(work, self._now_ms()))
        self._amiss[work.order.area] = finding.codes
        if finding.codes:
            self._texts.refused(work)
        elif finding.answered and self._texts.shown(work):
            self._on_shown(work.order)
        return finding

    def _carry_out(self, talk: Talk[Answer]) -> Finding:
        self._is_up = False  # until the talk has ended well
        finding = self._converse(talk)
        self._is_up = True
        return finding

    def _converse(self, talk: Talk[Answer]) -> Finding:
        try:
            frame = next(talk)
            while True:
                self._write(frame)
                frame = talk.send(self._answer()) if self._make.answers else next(talk)
        except StopIteration as end:
            finding: Finding = end.value
            return finding

    def _write(self, frame: bytes) -> None:
        if self._pause_s:
            time.sleep(self._pause_s)
        line_s = len(frame) * _BITS_ON_THE_LINE / self._baud if self._baud else 0.0
        self._transport.write(frame, _WRITE_WITHIN_S + line_s)

    def _answer(self) -> Answer:
        deadline = time.monotonic() + _ANSWER_WITHIN_S
        while (left_s := deadline - time.monotonic()) > 0:
            for answer in self._make.feed(self._transport.read(_LARGEST_READ, left_s)):
                return answer
        raise LinkFault("the sign does not answer", DeviceCode.NO_REPLY)
