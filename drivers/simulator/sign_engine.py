"""What every sign that is played has in common: faults, a version, and no power once unplugged."""


class SignEngine:
    def __init__(self) -> None:
        self.faults: set[str] = set()
        self.version = 0

    def lose_power(self) -> None:
        """What the sign shows lives in its working memory only."""
        raise NotImplementedError

    def set_fault(self, fault: str, *, on: bool, after_lines: int | None = None) -> bytes:  # noqa: ARG002
        if on:
            self.faults.add(fault)
        else:
            self.faults.discard(fault)
        if on and fault == "unplugged":
            self.lose_power()
        self.version += 1
        return b""

    def clear_faults(self) -> bytes:
        self.faults.clear()
        self.version += 1
        return b""

    def act(self, action: str, value: str, now_ms: int) -> bytes:  # noqa: ARG002 — most have none
        return b""


def seconds_left(until_ms: int | None, now_ms: int) -> int | None:
    """Until it goes dark, rounded up."""
    return None if until_ms is None else -((now_ms - until_ms) // 1000)
