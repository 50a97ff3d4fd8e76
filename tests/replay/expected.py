"""What the day's waits would be if no hall stood between: plain lines, people and windows.

A hall that loses no time comes close to it. Whoever came first is served first, for as long as that
service, the walk to the window and the moment after it take; transfers come as they would.
Priority, pauses, holds and second thoughts are left out, so the two differ a little; where they
differ much, time was lost somewhere. Pure.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from day import Day, Visit

from config.facts import WindowFact

BETWEEN_S = 17.0
"""A clerk's reaction and what is tidied up between two citizens."""
NO_SHOW_S = 65.0


@dataclass
class Lines:
    """The hall at one moment."""

    day: Day
    windows: list[WindowFact]
    waits_s: dict[str, list[float]] = field(default_factory=dict)
    _events: list[tuple[float, int, str, Visit | None, float]] = field(default_factory=list)
    _waiting: dict[str, list[tuple[float, Visit, float]]] = field(default_factory=dict)
    _idle: set[int] = field(default_factory=set)

    def run(self) -> dict[str, float]:
        """Mean wait of each queue over the day, in seconds."""
        for start_s, _ in self.day.shifts_s:
            for place in range(len(self.windows)):
                heapq.heappush(self._events, (start_s, place, "", None, 0.0))
        for visit in self.day.visits:
            self._come(visit.arrives_s, visit.queue_id, visit, visit.errand.service_s)
        while self._events:
            now_s, place, queue_id, comer, service_s = heapq.heappop(self._events)
            if comer is None:
                self._idle.add(place)
            else:
                self._waiting.setdefault(queue_id, []).append((now_s, comer, service_s))
            if any(start <= now_s < end for start, end in self.day.shifts_s):
                for one in sorted(self._idle):
                    self._serve(one, now_s)
        return {queue: sum(found) / len(found) for queue, found in self.waits_s.items()}

    def _come(self, at_s: float, queue_id: str, visit: Visit, service_s: float) -> None:
        heapq.heappush(self._events, (at_s, -visit.number, queue_id, visit, service_s))

    def _serve(self, place: int, now_s: float) -> None:
        lines = [self._waiting[queue] for queue in self.windows[place].queues if self._has(queue)]
        if not lines:
            return
        line = min(lines, key=lambda one: one[0][0])
        came_s, visit, service_s = line.pop(0)
        is_first = service_s == visit.errand.service_s
        queue_id = visit.queue_id if is_first or visit.onward is None else visit.onward.queue_id
        self.waits_s.setdefault(queue_id, []).append(now_s - came_s)
        away = is_first and visit.stays_away(now_s - came_s)
        end_s = now_s + (NO_SHOW_S if away else visit.walk_s + service_s)
        if is_first and not away and visit.onward is not None:
            self._come(end_s, visit.onward.queue_id, visit, visit.later.service_s)
        self._idle.discard(place)
        heapq.heappush(self._events, (end_s + BETWEEN_S, place, "", None, 0.0))

    def _has(self, queue_id: str) -> bool:
        return bool(self._waiting.get(queue_id))
