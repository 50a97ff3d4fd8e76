"""A bad cable to put into any way to a device, the same each time it is asked for by its seed.

    split              a transfer comes in pieces of at most so many bytes
    delay_ms           what comes back comes up to so much later
    drop, flip         of so many bytes in a thousand, one is lost, one has a bit wrong
    hang_up_after      the link breaks after about so many bytes, every time it is made
    never_answers      everything is taken, nothing comes back

Shipped, so that a hall can be rehearsed on a bad line; the tests run every kind of device under it.
"""

import random
import time
from dataclasses import dataclass

from drivers.errors import LinkClosed
from drivers.transport import Transport

_PER = 1000


@dataclass(frozen=True, slots=True)
class Chaos:
    seed: int = 0
    split: int = 0
    delay_ms: int = 0
    drop: int = 0
    flip: int = 0
    hang_up_after: int = 0
    never_answers: bool = False


class ChaosTransport:
    def __init__(self, inner: Transport, chaos: Chaos) -> None:
        self._inner = inner
        self.chaos = chaos
        """May be changed at any time; `Chaos()` is a good cable."""
        self._chance = random.Random(chaos.seed)  # noqa: S311 — the same each time, on purpose
        self.harm = 0
        """How often something was lost, turned over, kept back or broken."""
        self._held = b""
        self._left = 0

    def open(self, timeout_s: float) -> None:
        self._held = b""
        after = self.chaos.hang_up_after
        self._left = self._chance.randint(after // 2, after * 2) if after else 0
        self._inner.open(timeout_s)

    def write(self, data: bytes, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        for piece in self._pieces(data):
            self._pass(len(piece))
            self._inner.write(self._damaged(piece), max(0.01, deadline - time.monotonic()))

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        if not self._held:
            self._held = self._damaged(self._inner.read(max_bytes, timeout_s))
            if self._held:
                self._wait()
        piece = self._held[: min(max_bytes, self.chaos.split or max_bytes)]
        self._held = self._held[len(piece) :]
        self._pass(len(piece))
        if piece and self.chaos.never_answers:
            self.harm += 1
            return b""
        return piece

    def close(self) -> None:
        self._inner.close()

    def _pieces(self, data: bytes) -> list[bytes]:
        step = self.chaos.split or len(data) or 1
        return [data[at : at + step] for at in range(0, len(data), step)]

    def _wait(self) -> None:
        if self.chaos.delay_ms:
            time.sleep(self._chance.uniform(0, self.chaos.delay_ms / 1000))

    def _pass(self, count: int) -> None:
        """Count what passed; break the link where it is due."""
        if not self.chaos.hang_up_after:
            return
        self._left -= count
        if self._left < 0:
            self.harm += 1
            self._inner.close()
            raise LinkClosed("the plug was pulled")

    def _damaged(self, data: bytes) -> bytes:
        if not (self.chaos.drop or self.chaos.flip):
            return data
        damaged = bytearray()
        for byte in data:
            fate = self._chance.randrange(_PER)
            if fate < self.chaos.drop:
                continue
            is_hit = fate < self.chaos.drop + self.chaos.flip
            damaged.append(byte ^ (1 << self._chance.randrange(8)) if is_hit else byte)
        self.harm += bytes(damaged) != data
        return bytes(damaged)
