"""Listens to one stream of one camera for as long as the recorder runs, whatever the camera does.

    open ──► first key frame: a run begins ──► packets ──► silence, end, strange times: the run ends
      ▲                                                                        │
      └──────────────── back-off, five seconds at most ◄───────────────────────┘

The reading thread may hang inside the library for longer than we may say nothing; so the watchdog,
another thread, ends a run after five seconds of silence. Times are those of arrival: a run takes
one look at the wall clock and then counts monotonically. When somebody sets the clock, the next key
frame begins a new run. The camera's own times are kept in step with it (``media_clock.py``).

While nobody looks, the pictures of half a second are taken at a time (``sources.py``), each with
the time when it came; a key frame, and what came before it, is taken at once.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from monitor.cameras.camera import Address, RecordingRules
from monitor.cameras.media_clock import MediaClock
from monitor.cameras.sources import OPEN_S, READ_S, Coded, Source, mono_ms, open_source
from monitor.faults import CameraFault, GapCause
from monitor.feed.packets import Packet, Quality, StreamEnd, StreamStart

SILENT_S = 5.0
BUNDLE_MS = 500
"""Of pictures that nobody waits for, so much is taken at a time; as much again is a fragment of the
file, so that a recorder killed at any moment loses a second."""
BACK_OFF_S = (0.25, 0.5, 1.0, 2.0, 4.0, 5.0)
STEADY_S = 30.0
CLOCK_STEP_MS = 500
LEAP_S = 2.0
"""A stream whose own times leap this far ahead of when its pictures come is another run."""
BACKWARDS_S = 1.0

log = logging.getLogger(__name__)


class Hears(Protocol):
    """Whoever takes what a camera sends; called from the watcher's threads, one call at a time."""

    def is_awaited(self, quality: Quality) -> bool:
        """Whether somebody waits for each picture."""

    def started(self, start: StreamStart) -> None:
        """A run has begun."""

    def packet(self, packet: Packet) -> None:
        """A picture of the run; the first one is a key frame."""

    def ended(self, end: StreamEnd) -> None:
        """The run is over."""

    def unheard(self, quality: Quality, fault: CameraFault, at_ms: int) -> None:
        """The camera could not be opened, or ended; it is tried again."""


@dataclass
class Run:
    """One connection's clock and place."""

    start: StreamStart
    anchor_wall_ms: int
    anchor_mono_ms: int
    clock: MediaClock
    tick_s: float
    """Of the camera's times."""
    stated_dts: int
    """As the camera stated it of the last picture."""
    last_dts: int
    """As it was given on."""
    came_mono_ms: int
    """When the last picture came."""

    def at_ms(self, mono_ms: int) -> int:
        """The wall time of a moment of this run."""
        return self.anchor_wall_ms + mono_ms - self.anchor_mono_ms


def wall_ms() -> int:
    """The clock of the machine."""
    return time.time_ns() // 1_000_000


class Watcher:
    """See the module. ``start`` once; ``look`` by the watchdog; ``stop`` once."""

    def __init__(
        self,
        camera: str,
        quality: Quality,
        address: Address,
        rules: RecordingRules,
        hears: Hears,
        *,
        wall: Callable[[], int] = wall_ms,
        tells_time: Callable[[int], None] | None = None,
    ) -> None:
        """``wall`` is the clock, which tests set.

        ``tells_time`` is told how far the camera's clock is ahead, as its stream says.
        """
        self._camera, self._quality, self._address = camera, quality, address
        self._rules, self._hears, self._wall = rules, hears, wall
        self._tells_time = tells_time
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._heard_mono_ms = self._due_mono_ms = 0
        self._given_up = False
        self._wait_s = READ_S
        self._asked_to_stop = threading.Event()
        name = f"{camera}/{quality}"
        self._thread = threading.Thread(target=self._listen, name=name, daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Let go of the camera after the next picture."""
        self._asked_to_stop.set()

    def stop(self, within_s: float) -> None:
        """End the run; a thread that hangs in the library dies with the process."""
        self.ask_to_stop()
        self._thread.join(within_s)
        with self._lock:
            self._end(GapCause.STOPPED)

    def look(self) -> None:
        """End a run that has been silent too long; whoever is busy with a packet is not silent."""
        if self._lock.acquire(blocking=False):
            try:
                if self._run and mono_ms() - self._heard_mono_ms > SILENT_S * 1000:
                    log.warning("%s/%s: silent", self._camera, self._quality)
                    self._given_up = True
                    self._end(GapCause.OFFLINE)
            finally:
                self._lock.release()

    def _listen(self) -> None:
        failures = 0
        while not self._asked_to_stop.is_set():
            began_s = time.monotonic()
            fault = self._listen_once()
            if self._asked_to_stop.is_set():
                return
            failures = 0 if time.monotonic() - began_s > STEADY_S else failures
            log.warning("%s/%s: %s", self._camera, self._quality, fault)
            with self._lock:
                self._end(fault.cause)
                self._hears.unheard(self._quality, fault, self._wall())
            self._asked_to_stop.wait(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])
            failures += 1

    def _listen_once(self) -> CameraFault:
        """Open and read until the stream is over; what ended it."""
        over = CameraFault(GapCause.OFFLINE, "摄像机结束了连接", "the camera hung up")
        try:
            source = self._open()
        except CameraFault as fault:
            return fault
        try:
            with self._lock:
                self._given_up = False
            for coded in source.packets:
                if self._asked_to_stop.is_set():
                    break
                with self._lock:
                    if self._given_up:
                        break
                    self._heard(source, coded)
        except CameraFault as fault:
            return fault
        finally:
            source.close()
        return over

    def _open(self) -> Source:
        """A camera that has not answered in time is given longer at the next try.

        Reading is limited by the same, so that its silence would be noticed late: if it was quick
        after all, as after a power cut, it is opened once more as usual.
        """
        began_s = time.monotonic()
        try:
            source = open_source(self._address, self._rules, self.is_due, wait_s=self._wait_s)
        except CameraFault:
            was_slow = time.monotonic() - began_s >= READ_S
            self._wait_s = OPEN_S if was_slow and self._wait_s < OPEN_S else READ_S
            raise
        if self._wait_s > READ_S > source.answered_s:
            source.close()
            self._wait_s = READ_S
            return self._open()
        return source

    def is_due(self, came_ms: int) -> bool:
        """A picture has come: give on what is waiting, or wait for more."""
        self._heard_mono_ms = came_ms
        if came_ms < self._due_mono_ms:
            return False
        is_awaited = self._hears.is_awaited(self._quality)
        self._due_mono_ms = came_ms + (0 if is_awaited else BUNDLE_MS)
        return True

    def _heard(self, source: Source, coded: Coded) -> None:
        self._heard_mono_ms = max(self._heard_mono_ms, coded.came_ms)
        stated = coded.dts or 0
        cause = self._broken(coded)
        if cause:
            self._end(cause)
        if self._run is None:
            if not coded.is_key:
                return
            self._begin(source, coded.came_ms, stated)
        run = self._run
        if run is None:
            return
        if coded.told_ms is not None and self._tells_time:
            self._tells_time(coded.told_ms - self._wall_at(coded.came_ms))
        dts = max(run.clock.time(stated, coded.came_ms), run.last_dts + 1)
        run.stated_dts, run.last_dts, run.came_mono_ms = stated, dts, coded.came_ms
        self._hears.packet(
            Packet(
                camera=self._camera,
                run=run.start.run,
                quality=self._quality,
                arrived_at_ms=run.at_ms(coded.came_ms),
                monotonic_ms=coded.came_ms,
                pts=dts + max(0, (coded.pts or 0) - stated),
                dts=dts,
                is_key=coded.is_key,
                data=coded.data,
            )
        )

    def _broken(self, coded: Coded) -> GapCause | None:
        """Why this picture cannot belong to the present run."""
        run = self._run
        if run is None:
            return None
        step_s = ((coded.dts or 0) - run.stated_dts) * run.tick_s
        silent_s = (coded.came_ms - run.came_mono_ms) / 1000
        if step_s - silent_s > LEAP_S or step_s < -BACKWARDS_S:
            return GapCause.OFFLINE
        set_by_ms = self._wall_at(coded.came_ms) - run.at_ms(coded.came_ms) if coded.is_key else 0
        if abs(set_by_ms) > CLOCK_STEP_MS:
            return GapCause.CLOCK
        return None

    def _wall_at(self, came_ms: int) -> int:
        """The wall's clock when a picture came, some of which we have kept for a moment."""
        return self._wall() - (mono_ms() - came_ms)

    def _begin(self, source: Source, came_ms: int, dts: int) -> None:
        start = StreamStart(
            camera=self._camera,
            run=secrets.token_hex(4),
            quality=self._quality,
            codec=source.name,
            width=source.width,
            height=source.height,
            extradata=source.extradata,
            time_base=(source.time_base.numerator, source.time_base.denominator),
        )
        clock = MediaClock(source.time_base, dts, came_ms)
        anchor_ms, tick_s = self._wall_at(came_ms), float(source.time_base)
        self._run = Run(start, anchor_ms, came_ms, clock, tick_s, dts, dts - 1, came_ms)
        log.info("%s/%s: %s %s", self._camera, self._quality, source.name, start.run)
        self._hears.started(start)

    def _end(self, cause: GapCause) -> None:
        run, self._run = self._run, None
        if run:
            self._hears.ended(
                StreamEnd(
                    camera=self._camera,
                    run=run.start.run,
                    quality=self._quality,
                    at_ms=run.at_ms(run.came_mono_ms),
                    cause=cause,
                )
            )
