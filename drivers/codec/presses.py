"""Which frames of a pad are one press. Pure.

A pad repeats its frame until it is acknowledged, its contacts bounce, and acknowledgements get
lost. Where frames carry a number that each press raises, the number decides. Otherwise the same key
is the same press while its frames follow one another without a pause; an answer "nothing pressed"
in between ends the press, but a key that comes again at once has only bounced.
"""

BOUNCE_MS = 300
_NUMBERED_TIMES = 10  # a pad that was switched off may begin its numbers anew


class Presses:
    """The presses of one pad."""

    def __init__(self, repeat_ms: int) -> None:
        self._repeat_ms = repeat_ms
        self._last: tuple[str, int | None] | None = None
        self._seen_ms = 0
        self._is_released = False

    def is_new(self, key: str, number: int | None, now_ms: int) -> bool:
        same_ms = self._repeat_ms
        if number is not None:
            same_ms *= _NUMBERED_TIMES
        elif self._is_released:
            same_ms = BOUNCE_MS
        is_same = self._last == (key, number) and now_ms - self._seen_ms < same_ms
        self._last, self._seen_ms, self._is_released = (key, number), now_ms, False
        return not is_same

    def idle(self) -> None:
        """The pad says that nothing is pressed."""
        self._is_released = True
