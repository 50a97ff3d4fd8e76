"""How much paper a printer has used, and when its roll will end. Pure.

What is counted is what was sent to be printed; the count outlives the program (`kept_roll.py`) and
begins anew when an engineer says that there is a new roll. A day of work begins with the first
paper after so many quiet hours: no zone of time is needed, and no hall works through the night.
"""

from dataclasses import dataclass, replace

_HOUR_MS = 3_600_000
_NIGHT_MS = 4 * _HOUR_MS
_SHORTEST_DAY_MS = _HOUR_MS // 2  # the first ticket of a day is no rate yet
_USUAL_TICKET_MM = 150
_CUTS_FOR_A_MEAN = 5
_ENDS_SOON_TICKETS = 60


@dataclass(frozen=True, slots=True)
class PaperUse:
    millimetres: int = 0
    cuts: int = 0
    roll_mm: int = 0
    """Used of the roll that is in."""
    roll_cuts: int = 0
    roll_since_ms: int = 0
    day_mm: int = 0
    day_since_ms: int = 0
    last_ms: int = 0


@dataclass(frozen=True, slots=True)
class PaperLeft:
    """What a full roll has left by the count."""

    millimetres: int
    tickets: int
    hours: float | None
    """At today's rate; None before the first ticket of the day."""

    @property
    def ends_soon(self) -> bool:
        return self.tickets <= _ENDS_SOON_TICKETS


def used(use: PaperUse, millimetres: int, cuts: int, now_ms: int) -> PaperUse:
    is_new_day = now_ms - use.last_ms >= _NIGHT_MS or not use.day_since_ms
    return PaperUse(
        millimetres=use.millimetres + millimetres,
        cuts=use.cuts + cuts,
        roll_mm=use.roll_mm + millimetres,
        roll_cuts=use.roll_cuts + cuts,
        roll_since_ms=use.roll_since_ms or now_ms,
        day_mm=millimetres + (0 if is_new_day else use.day_mm),
        day_since_ms=now_ms if is_new_day else use.day_since_ms,
        last_ms=now_ms,
    )


def renewed(use: PaperUse, now_ms: int) -> PaperUse:
    """A new roll is in."""
    return replace(use, roll_mm=0, roll_cuts=0, roll_since_ms=now_ms)


def left(use: PaperUse, roll_m: int, now_ms: int) -> PaperLeft | None:
    """None where nobody told how long a new roll is."""
    if not roll_m:
        return None
    millimetres = max(0, roll_m * 1000 - use.roll_mm)
    return PaperLeft(millimetres, millimetres // _ticket_mm(use), _hours(use, millimetres, now_ms))


def _ticket_mm(use: PaperUse) -> int:
    if use.roll_cuts >= _CUTS_FOR_A_MEAN:
        return max(1, use.roll_mm // use.roll_cuts)
    if use.cuts >= _CUTS_FOR_A_MEAN:
        return max(1, use.millimetres // use.cuts)
    return _USUAL_TICKET_MM


def _hours(use: PaperUse, millimetres: int, now_ms: int) -> float | None:
    if not use.day_mm or now_ms - use.last_ms >= _NIGHT_MS:
        return None
    lasted_ms = max(_SHORTEST_DAY_MS, now_ms - use.day_since_ms)
    return round(millimetres / use.day_mm * lasted_ms / _HOUR_MS, 1)
