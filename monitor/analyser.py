"""The analyser, ``python -m monitor.findings``: key frames and the hall's word in, findings out.

    link thread      the hall's picture, kept up to date
    courier thread   findings that wait on disk go to the hall, at least once
    main thread      key frames, one after another, through each camera's views

While the hall is not known, nothing is judged by what it declared before: a camera's health is
watched all the same. It stores pictures of findings and references, and of nothing else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import cv2

from config.ending import Ending
from config.faults import FaultyFactsError
from hall_server.contract.link import Link, LinkState, LinkStatus
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import Snapshot
from hall_server.contract.messages.supervision import FindingReceived, FindingReport
from hall_server.contract.mirror import Picture, begin, carry_on
from hall_server.contract.station_key import StationKeyError
from monitor.alerts.cameras import CameraAlerts, CameraNow
from monitor.alerts.signs import ANALYSER, AnalyserSign, Keeper
from monitor.cameras.camera import Camera
from monitor.cameras.stated import StatedCameras
from monitor.cameras.stills import KeyFrame
from monitor.feed.frames import FeedFrames, FolderFrames, KeyFrames
from monitor.findings import demonstration, references
from monitor.findings.declared import declared_of
from monitor.findings.detectors import (
    OnnxDetector,
    PersonDetector,
    StandingDetector,
    UnfitModelError,
)
from monitor.findings.evidence import Where
from monitor.findings.obeying import Obeying
from monitor.findings.outbox import Outbox
from monitor.findings.pictures import forget
from monitor.findings.view import Found, HallNow, View
from monitor.findings.watched import FindingRules, UnfitFileError, load_rules, views_of
from monitor.taking import Takings

log = logging.getLogger(__name__)
TICK_S = 1.0
FORGET_EVERY_MS = 3_600_000
UNFIT = (FaultyFactsError, UnfitFileError, UnfitModelError, StationKeyError, OSError)
DELIVER_EVERY_S = 2.0
STOP_S = 5.0


class Settings(Protocol):
    """What the command line says."""

    hall: str
    station: str
    data: Path
    cameras: Path
    rules: Path | None
    recorder: Path | None
    frames: Path
    code: str
    code_file: Path | None


class HallPicture:
    """The hall as this process knows it; unknown while the line is down."""

    def __init__(self) -> None:
        self._picture: Picture | None = None
        self._is_up = False

    def heard_snapshot(self, snapshot: Snapshot) -> None:
        """The whole anew."""
        self._picture = begin(snapshot)
        self._is_up = True

    def heard_event(self, event: Event) -> None:
        """One step on."""
        if self._picture is not None:
            self._picture = carry_on(self._picture, event)

    def heard_state(self, status: LinkStatus) -> None:
        """With the line down, what a window declares may be another thing by now."""
        self._is_up = status.state is LinkState.UP

    @property
    def now(self) -> Picture | None:
        """None while nothing can be said."""
        return self._picture if self._is_up else None


class Analyser:
    """All views of all cameras, without threads of its own."""

    def __init__(
        self,
        cameras: Sequence[Camera],
        rules: FindingRules,
        data: Path,
        frames: KeyFrames,
        hall: Callable[[], Picture | None],
        now_ms: Callable[[], int],
    ) -> None:
        """Raises UnfitModelError for a model that is not the named one."""
        self._cameras, self._rules = cameras, rules
        self._frames, self._hall, self._now_ms = frames, hall, now_ms
        self._data, self._folder = data, data / "references"
        self._detector = detector_of(rules)
        self.outbox = Outbox(data / "outbox")
        self.marks = {one.id: references.mark_of(one.zones) for one in cameras}
        """Of each camera's zones: a reference that was taken for others is not used."""
        for camera, mark in self.marks.items():
            references.adopt(self._folder, camera, mark)
        self.takings = Takings(self._folder, self.marks)
        self.views = self._made()
        self._ticked_at = self._forgot_at = 0

    @property
    def reference_folder(self) -> Path:
        """Where pictures of empty seats are."""
        return self._folder

    def turn(self) -> None:
        """Take in at most one key frame, and once a second let time pass."""
        frame = self._frames.take(TICK_S)
        if frame is not None:
            self._take_in(frame)
        now_ms = self._now_ms()
        if now_ms - self._ticked_at >= TICK_S * 1000:
            self._ticked_at = now_ms
            for view in self._every(self.views):
                self._report(view.wait(now_ms, self._hall_now(view, now_ms)))
        if now_ms - self._forgot_at >= FORGET_EVERY_MS:
            self._forgot_at = now_ms
            forget(self._data, now_ms)

    def cameras_now(self) -> dict[str, CameraNow]:
        """How each camera is; from any thread."""
        return {
            camera: CameraNow(views[0].health.raised, views[0].health.heard_at)
            for camera, views in self.views.items()
        }

    @property
    def is_blind(self) -> bool:
        """Whether no picture can come from anywhere now."""
        return isinstance(self._frames, FeedFrames) and self._frames.is_away

    def _take_in(self, frame: KeyFrame) -> None:
        if self.takings.offer(frame):
            log.info("a reference of %s was taken and waits to be approved", frame.camera)
        if self.takings.has_new_approval():
            self.views = self._made()
        for view in self.views.get(frame.camera, ()):
            hall, skew_ms = self._hall_now(view, frame.at_ms), frame.skew_ms
            self._report(view.see(frame.gray, frame.at_ms, hall, skew_ms=skew_ms))

    def _report(self, found: Sequence[Found]) -> None:
        for one in found:
            log.info("finding %s: %s", one.key, one.evidence.en)
            self.outbox.put(one.key, one.evidence)

    def _hall_now(self, view: View, at: int) -> HallNow:
        watched, picture = view.watched, self._hall()
        name = watched.name
        if picture is None:
            return HallNow(Where(watched.camera_id, watched.window, name, watched.window, 480))
        fact = picture.window_fact(watched.window)
        number = str(fact.number) if fact is not None else watched.window
        offset = picture.facts.site.utc_offset_minutes
        declared = None
        if fact is not None:
            declared = declared_of(picture, watched.window, at, must_open=watched.must_open)
        where = Where(watched.camera_id, fact.id if fact is not None else "", name, number, offset)
        return HallNow(where, declared, picture.waiting_count())

    def _made(self) -> Mapping[str, Sequence[View]]:
        made: dict[str, list[View]] = {}
        for camera in self._cameras:
            approved = self._approved(camera.id)
            if not approved:
                log.warning("camera %s has no approved reference: nothing is judged", camera.id)
            made[camera.id] = [
                View(
                    watched,
                    approved,
                    self._data,
                    self._detector,
                    counts=bool(self._rules.detector),
                )
                for watched in views_of(camera, self._rules)
            ]
        return made

    def _approved(self, camera_id: str) -> list[references.Reference]:
        """What may be used; a picture that was changed takes its camera out, not all of them."""
        try:
            return references.approved(self._folder, camera_id, self.marks[camera_id])
        except references.UnfitReferenceError as error:
            log.error("%s: %s", camera_id, error)  # noqa: TRY400 - no bug: the message tells all
            return []

    @staticmethod
    def _every(views: Mapping[str, Sequence[View]]) -> list[View]:
        return [view for of_camera in views.values() for view in of_camera]


def detector_of(rules: FindingRules) -> PersonDetector | None:
    """The site's own model, or OpenCV's, where one of them is wanted."""
    if rules.detector:
        return OnnxDetector(rules.detector[0])
    return StandingDetector() if rules.standing_detector else None


def wall_ms() -> int:
    """Wall clock of the machine; the hall refuses stations whose clock is far off."""
    return time.time_ns() // 1_000_000


def prepare(
    options: Settings,
    cameras: tuple[Camera, ...],
    stated: StatedCameras,
    stopping: Ending,
) -> Callable[[], int]:
    """All that is needed to run; it ends, to be started again, when cameras are stated otherwise.

    Raises one of ``UNFIT`` for what is stated so that it cannot be used.
    """
    options.data.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)  # pictures this small are dearer to share out than to work on
    hall = HallPicture()
    demonstration.provide(options.data / "references", cameras, wall_ms())
    analyser = Analyser(
        cameras,
        load_rules(options.rules),
        options.data,
        FeedFrames(options.recorder) if options.recorder else FolderFrames(options.frames),
        lambda: hall.now,
        wall_ms,
    )
    link = Link(
        options.hall,
        options.data / "station.key",
        options.station,
        "",
        hall.heard_snapshot,
        hall.heard_event,
        hall.heard_state,
        now_ms=wall_ms,
        code=options.code,
        code_file=options.code_file,
    )
    keeper = Keeper(
        options.data / ANALYSER, lambda at: AnalyserSign(at=at, station=options.station)
    )
    return partial(run, analyser, link, keeper, stated, stopping)


def run(
    analyser: Analyser,
    link: Link,
    keeper: Keeper,
    stated: StatedCameras,
    stopping: Ending,
) -> int:
    """Three threads until asked to stop, or until one of them dies of a bug."""

    def report(message: FindingReport) -> object:
        return link.ask("finding.report", message, FindingReceived)

    alerts = CameraAlerts(link)
    obeying = Obeying(link, analyser.reference_folder, analyser.marks)

    def carry() -> None:
        while not stopping.wait(DELIVER_EVERY_S):
            analyser.outbox.deliver(report)
            obeying.look(wall_ms())
            alerts.look(analyser.cameras_now(), wall_ms(), is_blind=analyser.is_blind)

    link.start()
    courier = threading.Thread(target=carry, name="courier", daemon=True)
    courier.start()
    while not stopping.is_set():
        analyser.turn()
        keeper.look(wall_ms())
        if stated.look():
            log.info("摄像机配置已更新，重新开始 cameras are stated otherwise; beginning anew")
            stopping.set()
    courier.join(STOP_S)
    link.stop()
    return stopping.code
