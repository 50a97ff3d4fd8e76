"""A model day of a hall: who comes when, for what, and how they behave. Pure, the same by seed.

The figures are assumptions about halls in general, not facts of any hall: arrivals by the hour with
a burst when the doors open, seven classes of business A to G with log-normal service times, a share
that never comes when called (larger after a long wait), citizens with priority or an appointment,
transfers, services set aside, second thoughts. What happens to a citizen is drawn here, before the
day begins; only when it happens depends on the hall.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from config.facts import HallFacts, ReasonKind
from hall_server.contract.messages.queueing import Place

HOUR_S = 3_600
MINUTE_S = 60

MONDAY = 1
DOORS_S = 9 * HOUR_S - 10 * MINUTE_S
SHIFTS_S = ((9 * HOUR_S, 12 * HOUR_S), (13.5 * HOUR_S, 17.5 * HOUR_S))
"""When clerks serve; between the shifts and after them whoever waits goes on waiting."""
HOUR_SHARES = {8: 0.03, 9: 0.235, 10: 0.225, 11: 0.135, 13: 0.06, 14: 0.125, 15: 0.115}
HOUR_SHARES |= {16: 0.06, 17: 0.015}
BURST = 2.0
"""How many times as many as usual come in the first minutes after nine."""
BURST_MEAN_S = 6 * MINUTE_S
TICKETS_PER_WINDOW = 790 / 37
"""The mean hall of the country, 2016."""

NO_SHOW, NO_SHOW_AFTER_LONG_WAIT = 0.06, 0.16
LONG_WAIT_S = 40 * MINUTE_S
PRIORITY, APPOINTMENT, TRANSFER = 0.05, 0.12, 0.05
HOLD, FURTHER_ITEM, MOVE_BACK, GIVE_UP = 0.03, 0.02, 0.01, 0.01
HEARS_LATE, COMES_BACK, FOLLOWS = 0.05, 0.3, 0.2
MISHAPS = 0.12
WALK_S = (8.0, 25.0)
SERVICE_S_MAX = 90 * MINUTE_S


@dataclass(frozen=True, slots=True)
class Business:
    """What people come for: its part of all arrivals and how long it takes."""

    queue_id: str
    item_ids: tuple[str, ...]
    share: float
    median_s: float
    sigma: float

    def service_s(self, draw: random.Random) -> float:
        """One service time."""
        return min(SERVICE_S_MAX, draw.lognormvariate(math.log(self.median_s), self.sigma))


CLASSES = {
    "A": (0.26, 7.0, 0.70),
    "B": (0.18, 14.0, 0.75),
    "C": (0.14, 8.0, 0.60),
    "D": (0.05, 18.0, 0.45),
    "E": (0.15, 6.5, 0.80),
    "F": (0.10, 16.0, 0.65),
    "G": (0.12, 3.0, 0.60),
}
"""Share of arrivals, median minutes and sigma of each class, named by the series of its queue."""
USUAL_SIGMA = 0.65


class Mishap(StrEnum):
    """What goes wrong while the kiosk asks for a number."""

    NONE = "none"
    REPEATED = "repeated"
    """The same request once more after its answer."""
    TWICE_AT_ONCE = "twice_at_once"
    """The same request on two connections at the same time."""
    ANSWER_LOST = "answer_lost"
    """The connection breaks before the answer; the request is repeated on a new one."""
    ID_REUSED = "id_reused"
    """The same request id for another wish, which has to be refused."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One service: how long it takes, and when the citizen has to go and fetch something."""

    service_s: float
    held_after: float = 0.0
    """Part of the service done before it is set aside; 0: it is not."""
    away_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a citizen is sent on to when the first service ends."""

    queue_id: str
    item_id: str
    place: Place
    return_after: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """One citizen's day in the hall."""

    number: int
    arrives_s: float
    """Seconds after midnight."""
    queue_id: str
    item_id: str
    priority_id: str
    due_s: float
    """Appointed time; 0 for a walk-in."""
    walk_s: float
    hears_late: bool
    """Comes only when called again."""
    attention: float
    """Below the no-show share: does not come when called."""
    back_after_s: float
    """A no-show who is here again so long after being missed; 0: never."""
    gives_up_after_s: float
    """Leaves, and says so, when not called by then; 0: stays."""
    moves_back: bool
    """When first called asks to let three others go first."""
    errand: Errand
    later: Errand
    """Any further service of this visit."""
    onward: Onward | None
    further_item: str
    """Another item asked for at the window; empty: none."""
    mishap: Mishap
    follows: bool
    """Looks up the queue on the phone."""

    def stays_away(self, waited_s: float) -> bool:
        """Whether the citizen does not come to a call after so long a wait."""
        share = NO_SHOW_AFTER_LONG_WAIT if waited_s > LONG_WAIT_S else NO_SHOW
        return self.attention < share


@dataclass(frozen=True, slots=True)
class Day:
    """All visits in order of arrival, and when clerks serve."""

    visits: tuple[Visit, ...]
    shifts_s: tuple[tuple[float, float], ...]


def make_day(facts: HallFacts, seed: int, tickets: int = 0, until_s: float = 24 * HOUR_S) -> Day:
    """The day of this hall; ``tickets`` 0 takes as many as a hall of its size has.

    Whoever would come while the hall gives no numbers stays at home. A day cut short by ``until_s``
    is the beginning of the very same day.
    """
    offered = businesses(facts)
    draw = random.Random(f"day-{seed}")
    count = tickets or round(TICKETS_PER_WINDOW * len(facts.windows))
    arrivals = sorted(_arrival_s(draw) for _ in range(count))
    priorities = [one.id for one in facts.priorities if one.kiosk]
    visits = [
        _visit(number, arrives_s, offered, priorities, random.Random(f"visit-{seed}-{number}"))
        for number, arrives_s in enumerate(arrivals, 1)
    ]
    shifts = tuple((start, min(end, until_s)) for start, end in SHIFTS_S if start < until_s)
    open_s = giving_spans_s(facts)
    coming = tuple(
        visit
        for visit in visits
        if visit.arrives_s < until_s
        and any(start <= visit.arrives_s < end for start, end in open_s)
    )
    return Day(coming, shifts)


def giving_spans_s(facts: HallFacts) -> list[tuple[int, int]]:
    """When numbers are given on a Monday: in opening hours, and shortly before each opening."""
    if facts.opening.always_open:
        return [(0, 24 * HOUR_S)]
    early_s = facts.queueing.start_before_open_minutes * MINUTE_S
    spans = [span for span in facts.opening.spans if MONDAY in span.weekdays]
    return [(_seconds(span.start) - early_s, _seconds(span.end)) for span in spans]


def businesses(facts: HallFacts) -> list[Business]:
    """The classes A to G where the hall has just those series; otherwise its items share evenly."""
    items: dict[str, list[str]] = {}
    for item in facts.items:
        if item.queue and not item.hidden:
            items.setdefault(item.queue, []).append(item.id)
    queues = [queue for queue in facts.queues if queue.id in items]
    as_modelled = {queue.series for queue in queues} == CLASSES.keys()
    total = sum(len(ids) for ids in items.values())
    found = []
    for queue in queues:
        ids = tuple(items[queue.id])
        figures = (len(ids) / total, float(queue.service_minutes), USUAL_SIGMA)
        share, minutes, sigma = CLASSES[queue.series] if as_modelled else figures
        found.append(Business(queue.id, ids, share, minutes * MINUTE_S, sigma))
    return found


def busiest(visits: Sequence[Visit], within_s: float = 5 * MINUTE_S) -> int:
    """Most arrivals within so long."""
    most = first = 0
    for last, visit in enumerate(visits):
        while visit.arrives_s - visits[first].arrives_s > within_s:
            first += 1
        most = max(most, last - first + 1)
    return most


def is_ordered(visits: Sequence[Visit]) -> bool:
    """Whether arrivals stand in their order."""
    return all(one.arrives_s <= other.arrives_s for one, other in pairwise(visits))


def reasons(facts: HallFacts, kind: ReasonKind) -> list[str]:
    """Ids of the hall's reasons for one act."""
    return [reason.id for reason in facts.reasons if reason.kind is kind]


def _seconds(clock_time: str) -> int:
    return int(clock_time[:2]) * HOUR_S + int(clock_time[3:]) * MINUTE_S


def _arrival_s(draw: random.Random) -> float:
    (hour,) = draw.choices(list(HOUR_SHARES), list(HOUR_SHARES.values()))
    within_s = draw.random() * HOUR_S
    if hour == 8:
        return DOORS_S + within_s / 6
    if hour == 9 and draw.random() < (BURST - 1) / BURST / 2:
        return 9 * HOUR_S + draw.expovariate(1 / BURST_MEAN_S) % HOUR_S
    if hour == 13:
        return 13 * HOUR_S + 20 * MINUTE_S + within_s * 2 / 3
    return hour * HOUR_S + within_s


def _visit(
    number: int,
    arrives_s: float,
    offered: Sequence[Business],
    priorities: Sequence[str],
    draw: random.Random,
) -> Visit:
    (business,) = draw.choices(offered, [one.share for one in offered])
    favoured = draw.random()
    has_priority = bool(priorities) and favoured < PRIORITY
    has_appointment = PRIORITY <= favoured < PRIORITY + APPOINTMENT
    due_s = arrives_s - draw.uniform(-20, 25) * MINUTE_S
    in_shift = any(start <= due_s < end for start, end in SHIFTS_S)
    return Visit(
        number=number,
        arrives_s=arrives_s,
        queue_id=business.queue_id,
        item_id=draw.choice(business.item_ids),
        priority_id=draw.choice(priorities) if has_priority else "",
        due_s=due_s if has_appointment and in_shift else 0.0,
        walk_s=draw.uniform(*WALK_S),
        hears_late=draw.random() < HEARS_LATE,
        attention=draw.random(),
        back_after_s=draw.uniform(4, 20) * MINUTE_S if draw.random() < COMES_BACK else 0.0,
        gives_up_after_s=draw.uniform(3, 15) * MINUTE_S if draw.random() < GIVE_UP else 0.0,
        moves_back=draw.random() < MOVE_BACK,
        errand=_errand(business, draw),
        later=Errand(business.service_s(draw) / 2),
        onward=_onward(business, offered, draw),
        further_item=draw.choice(business.item_ids) if draw.random() < FURTHER_ITEM else "",
        mishap=draw.choice(list(Mishap)[1:]) if draw.random() < MISHAPS else Mishap.NONE,
        follows=draw.random() < FOLLOWS,
    )


def _errand(business: Business, draw: random.Random) -> Errand:
    service_s = business.service_s(draw)
    if draw.random() >= HOLD:
        return Errand(service_s)
    return Errand(service_s, draw.uniform(0.2, 0.8), draw.uniform(3, 15) * MINUTE_S)


def _onward(business: Business, offered: Sequence[Business], draw: random.Random) -> Onward | None:
    others = [one for one in offered if one is not business]
    if not others or draw.random() >= TRANSFER:
        return None
    target = draw.choice(others)
    return Onward(
        queue_id=target.queue_id,
        item_id=draw.choice(target.item_ids),
        place=draw.choice(list(Place)),
        return_after=draw.random() < 0.25,
    )
