"""What the kiosk knows at this moment, for the page: set by many threads, read as one picture.

Whoever waits on it is woken at each change; the picture is cheap to make and is made anew for each
reader. Nothing here asks, prints or decides.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from hall_server.contract.link import LinkState, LinkStatus
from hall_server.contract.messages.queueing import Forecasts, ItemForecast
from hall_server.contract.messages.stations import Health
from hall_server.contract.version import VERSION
from kiosk.messages import (
    CardShown,
    KioskFacts,
    KioskState,
    Outcome,
    PaperState,
    PrinterView,
    Scan,
)

OUTCOMES_MAX = 50
OUTCOME_SHOWN_S = 120.0
SCAN_SHOWN_S = 10.0
"""A page that was away when a code was scanned must not act on it later."""
NO_FACTS = -1
NO_PRINTER = PrinterView(present=False, health=Health.DISABLED, codes=[])


class Board:
    """See the module."""

    def __init__(self, station_id: str, now_ms: Callable[[], int]) -> None:
        """``now_ms`` is used until the hall has told its own time."""
        self._station_id = station_id
        self._now_ms = now_ms
        self._changed = threading.Condition()
        self._change = 0
        self._link = LinkStatus(LinkState.STARTING)
        self._clock: tuple[int, int, float] | None = None
        self._day = ""
        self._facts: KioskFacts | None = None
        self._forecasts: list[ItemForecast] = []
        self._printer = NO_PRINTER
        self._reads_cards = False
        self.card: Callable[[], CardShown | None] = lambda: None
        self._scan: tuple[Scan, float] | None = None
        self._outcomes: OrderedDict[str, tuple[Outcome, float]] = OrderedDict()

    # ------------------------------------------------------------------ what others tell

    def set_link(self, status: LinkStatus) -> None:
        """How the station stands with the hall."""
        with self._changing():
            self._link = status
            if status.state is not LinkState.UP:
                self._forecasts = []

    def set_clock(self, at_ms: int, rate: int) -> None:
        """What time it is in the hall, and how fast it passes there."""
        with self._changing():
            self._clock = (at_ms, rate, time.monotonic())

    def set_day(self, day: str) -> None:
        """Which service day is open."""
        with self._changing():
            self._day = day

    def set_facts(self, facts: KioskFacts) -> None:
        """What the hall states."""
        with self._changing():
            self._facts = facts

    def set_forecasts(self, forecasts: Forecasts) -> None:
        """People ahead and waiting ranges."""
        if forecasts.items == self._forecasts:
            return
        with self._changing():
            self._forecasts = forecasts.items

    def set_printer(self, printer: PrinterView) -> None:
        """How the printer is."""
        if printer == self._printer:
            return
        with self._changing():
            self._printer = printer

    def set_reads_cards(self, *, reads_cards: bool) -> None:
        """Whether a card may be laid on the reader."""
        if reads_cards == self._reads_cards:
            return
        with self._changing():
            self._reads_cards = reads_cards

    def card_changed(self) -> None:
        """A card was laid on the reader, or used."""
        with self._changing():
            pass

    def set_scan(self, scan: Scan) -> None:
        """A code was held before the station's own scanner."""
        with self._changing():
            self._scan = (scan, time.monotonic())

    def put_outcome(self, outcome: Outcome) -> None:
        """What became of a press so far."""
        with self._changing():
            self._outcomes[outcome.press_id] = (outcome, time.monotonic())
            self._outcomes.move_to_end(outcome.press_id)
            while len(self._outcomes) > OUTCOMES_MAX:
                self._outcomes.popitem(last=False)

    # ------------------------------------------------------------------ what readers see

    @property
    def facts(self) -> KioskFacts | None:
        """The facts, if any are known."""
        return self._facts

    @property
    def is_up(self) -> bool:
        """Whether the hall can be asked."""
        return self._link.state is LinkState.UP

    def hall_now_ms(self) -> int:
        """The time in the hall."""
        clock = self._clock
        if clock is None:
            return self._now_ms()
        at_ms, rate, since_s = clock
        return at_ms + int((time.monotonic() - since_s) * 1_000) * rate

    def outcome(self, press_id: str) -> Outcome | None:
        """What is known of a press."""
        with self._changed:
            known = self._outcomes.get(press_id)
        return known[0] if known else None

    def state(self) -> KioskState:
        """All of it, now."""
        with self._changed:
            now_s = time.monotonic()
            oldest_s = now_s - OUTCOME_SHOWN_S
            scan, at_s = self._scan or (None, 0.0)
            return KioskState(
                station_id=self._station_id,
                version=VERSION,
                link=self._link.state,
                link_zh=self._link.zh,
                link_en=self._link.en,
                at=self.hall_now_ms(),
                clock_rate=self._clock[1] if self._clock else 1,
                day=self._day,
                facts_version=self._facts.version if self._facts else NO_FACTS,
                forecasts=self._forecasts,
                printer=self._printer,
                reads_cards=self._reads_cards,
                card=self.card(),
                scan=scan if now_s - at_s < SCAN_SHOWN_S else None,
                outcomes=[_told(one) for one, at_s in self._outcomes.values() if at_s > oldest_s],
            )

    def wait(self, seen: int, timeout_s: float) -> int:
        """Wait until something has changed since ``seen``; returns the present count of changes."""
        with self._changed:
            self._changed.wait_for(lambda: self._change != seen, timeout_s)
            return self._change

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the lock while something is set, then wake the readers."""
        with self._changed:
            yield
            self._change += 1
            self._changed.notify_all()


def _told(outcome: Outcome) -> Outcome:
    """As pushed at each change: a code goes along only where the screen has to be the paper."""
    if outcome.paper in {PaperState.PRINTING, PaperState.PRINTED}:
        return msgspec.structs.replace(outcome, code=[])
    return outcome
