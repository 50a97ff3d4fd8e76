"""Another time of day for every program started with this folder on its path.

Python itself imports a module of this name before anything else; ``HALL_LATER_BY_S`` says how much
later its clock reads. Steady clocks go on as they are.
"""

import os
import time

_LATER_BY_S = int(os.environ.get("HALL_LATER_BY_S", "0"))
_time, _time_ns = time.time, time.time_ns
time.time = lambda: _time() + _LATER_BY_S
time.time_ns = lambda: _time_ns() + _LATER_BY_S * 1_000_000_000
