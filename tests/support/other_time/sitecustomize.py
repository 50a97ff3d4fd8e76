"""Another time of day, or a faster one, for every program started with this folder on its path.

Python itself imports a module of this name before anything else; ``HALL_LATER_BY_S`` says how much
later its clock reads, and steady clocks go on as they are. With ``HALL_FASTER="AT SHOWN RATE"`` the
clock showed ``SHOWN`` nanoseconds at ``AT`` and runs ``RATE`` times as fast since. Where
``HALL_FASTER_STEADY`` is set, steady clocks do as well, as in a recorder, which compares the two.
With ``HALL_JUMPS="AT BY"`` the clock jumps by so many nanoseconds when the steady one reads ``AT``.
"""

import os
import time

_LATER_BY_NS = int(os.environ.get("HALL_LATER_BY_S", "0")) * 1_000_000_000
_AT_NS, _SHOWN_NS, _RATE = map(int, os.environ.get("HALL_FASTER", "0 0 1").split())
_JUMPS_AT_NS, _JUMPS_BY_NS = map(int, os.environ.get("HALL_JUMPS", "0 0").split())
_time_ns, _monotonic_ns = time.time_ns, time.monotonic_ns


def _now_ns() -> int:
    jumped_ns = _JUMPS_BY_NS if _monotonic_ns() >= _JUMPS_AT_NS else 0
    return _SHOWN_NS + (_time_ns() - _AT_NS) * _RATE + _LATER_BY_NS + jumped_ns


time.time_ns = _now_ns
time.time = lambda: _now_ns() / 1e9
if os.environ.get("HALL_FASTER_STEADY"):
    time.monotonic_ns = lambda: _monotonic_ns() * _RATE
    time.monotonic = lambda: time.monotonic_ns() / 1e9
