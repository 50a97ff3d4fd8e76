"""What a device has done and met since its program started: what an engineer asks first. Pure."""

from dataclasses import dataclass, field

from drivers.codec.counters import Counters
from drivers.roll import PaperLeft, PaperUse


@dataclass(frozen=True, slots=True)
class DeviceFigures:
    jobs: int = 0
    """Papers, texts, polls: what it was given to do."""
    reconnects: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    line: Counters = field(default_factory=Counters)
    paper: PaperUse | None = None
    """Of a printer, and since it was first counted: kept across restarts."""
    paper_left: PaperLeft | None = None
