"""What pads and readers that are played have in common: faults, a version, rows to look at."""

from drivers.simulator.played import Row, Rows


class InputEngine:
    def __init__(self) -> None:
        self.faults: set[str] = set()
        self.version = 0

    def connected(self, link: int) -> None: ...
    def disconnected(self, link: int) -> None: ...

    def set_fault(self, fault: str, *, on: bool, after_lines: int | None = None) -> bytes:  # noqa: ARG002 — no lines
        (self.faults.add if on else self.faults.discard)(fault)
        self.version += 1
        return b""

    def clear_faults(self) -> bytes:
        self.faults.clear()
        self.version += 1
        return b""

    def tick(self, now_ms: int) -> bytes:  # noqa: ARG002 — nothing happens by itself
        return b""

    def rows(self) -> list[Row]:
        raise NotImplementedError

    def view(self, now_ms: int, since_version: int) -> Rows:  # noqa: ARG002 — it is small
        return Rows(self.rows())
