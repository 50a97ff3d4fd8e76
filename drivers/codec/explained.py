"""What an engineer is told of raw bytes: the words of a decoder about one transfer. Pure.

An explainer listens to both directions of one link from its beginning, in any portions, and says
of each portion what it now understood. What makes no sense it calls noise; it never raises.
"""

from typing import NamedTuple, Protocol

from drivers.codec.counters import Counters


class Said(NamedTuple):
    zh: str
    en: str


class Explainer(Protocol):
    def sent(self, data: bytes) -> list[Said]: ...
    def received(self, data: bytes) -> list[Said]: ...

    @property
    def counters(self) -> Counters:
        """Of what was received."""


def noise(before: int, after: int) -> list[Said]:
    """Said of bytes that a decoder passed over."""
    count = after - before
    return [Said(f"{count} 字节无法识别", f"{count} bytes of noise")] if count else []
