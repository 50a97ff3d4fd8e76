"""The code reader that is played: a paper is held before it, and its text goes down the line."""

from enum import StrEnum

from drivers.simulator.input_engine import InputEngine
from drivers.simulator.played import Row


class ScannerFault(StrEnum):
    REPEATING = "repeating"
    """Reads on while the paper is there: five times."""
    NO_SUFFIX = "no_suffix"
    """Was set to end a code with nothing."""
    OLD_CHINESE = "old_chinese"
    """Turns Chinese into GB 18030."""


class ScannerEngine(InputEngine):
    def __init__(self) -> None:
        super().__init__()
        self.last = ""

    def scan(self, text: str) -> bytes:
        self.version += 1
        self.last = text
        encoding = "gb18030" if ScannerFault.OLD_CHINESE in self.faults else "utf-8"
        suffix = b"" if ScannerFault.NO_SUFFIX in self.faults else b"\r\n"
        times = 5 if ScannerFault.REPEATING in self.faults else 1
        return (text.encode(encoding) + suffix) * times

    def receive(self, link: int, data: bytes, now_ms: int) -> bytes:  # noqa: ARG002 — it only tells
        return b""

    def act(self, action: str, value: str, now_ms: int) -> bytes:  # noqa: ARG002 — `scan` is all it can
        return self.scan(value)

    def rows(self) -> list[Row]:
        return [Row("最近一码", "Last code", self.last or "—")]
