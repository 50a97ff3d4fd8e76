"""How a decoder has fared with what came over its line: what a technician asks first. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counters:
    frames_ok: int = 0
    crc_bad: int = 0
    """Whole frames whose checksum was wrong: a bad cable, or two talking at once."""
    noise_bytes: int = 0
    """Bytes that belonged to no frame, those of frames with a wrong checksum among them."""
    resyncs: int = 0
    """How often the beginning of a frame had to be searched for anew."""

    def __add__(self, other: "Counters") -> "Counters":
        return Counters(
            self.frames_ok + other.frames_ok,
            self.crc_bad + other.crc_bad,
            self.noise_bytes + other.noise_bytes,
            self.resyncs + other.resyncs,
        )
