"""The station's part in exports: hears what is approved, has it made, says what came of it.

    hall ──orders──► holds into the archive's index
                 └─► one export at a time ──► python -m monitor.exporting ──► <data>/exports/7.zip
    hall ◄──report, make, fail, expire──┘     (a process of its own, niced)

The hall is asked every few seconds and answers with all that is to be made, kept and let go; so
nothing has to be remembered here, and everything is said until the hall has heard it. After a
crash what was half made is made anew; what was whole is only told. No video library is loaded in
this program.
"""

from __future__ import annotations

import errno
import logging
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from config.faults import FaultyFactsError
from hall_server.contract.link import Link, LinkDown
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.exports import (
    ExportExpire,
    ExportFail,
    ExportFailure,
    ExportMake,
    ExportOrder,
    ExportOrders,
    ExportReport,
    ExportSummary,
    HoldView,
    OrdersView,
)
from hall_server.contract.messages.ledger import (
    CheckpointRead,
    CheckpointView,
    ProofRead,
    ProofView,
)
from hall_server.contract.refusals import Refusal
from monitor.cameras.camera import Camera, load_cameras
from monitor.exporting.making import Making
from monitor.exporting.manifest import EXPORTS, Evidence, Job, Made, job_file, made_file, zip_file
from monitor.recording.index.archive_index import ArchiveIndex, IndexFault
from monitor.recording.index.leaving import Held, keep_holds
from monitor.recording.index.tables import SegmentState

LOOK_EVERY_S = 5.0
BUSY_EVERY_S = 0.5
PROOF_PATIENCE_S, RECORDING_PATIENCE_S = 150.0, 300.0
"""A checkpoint comes each minute, and a file is whole after one: longer is a fault of theirs."""
STRANGE_PATIENCE_S = 60.0
"""How long another monitor has to say that a camera is its own."""
TRIES = 3
INDEX = "index.db"

log = logging.getLogger(__name__)


def cameras_of(stated: tuple[Camera, ...], window_id: str, camera_id: str) -> list[str]:
    """The cameras that a window, or a camera's own name, stands for."""
    if camera_id:
        return [one.id for one in stated if one.id == camera_id]
    return [one.id for one in stated if window_id in one.windows]


class Exporting:
    """See the module. ``start`` and ``stop`` once."""

    def __init__(
        self,
        data: Path,
        cameras_file: Path,
        station_id: str,
        link: Link,
        now_ms: Callable[[], int],
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """``data`` is the recorder's; its index comes with the first recorder, or never."""
        self._data, self._cameras_file, self._station_id = data, cameras_file, station_id
        self._link, self._now_ms, self._steady_s = link, now_ms, steady_s
        self._folder = data / EXPORTS
        self._index: ArchiveIndex | None = None
        self._making: Making | None = None
        self._seen_at_s: dict[int, float] = {}
        self._tries: dict[int, int] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="exporting", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and whatever is being made with it: it is made anew next time."""
        self._stopping.set()
        self._thread.join(LOOK_EVERY_S)

    def _work(self) -> None:
        looked_at_s = float("-inf")
        while not self._stopping.wait(BUSY_EVERY_S):
            try:
                if self._making is not None:
                    self._attend(self._making)
                if self._steady_s() - looked_at_s >= LOOK_EVERY_S:
                    looked_at_s = self._steady_s()
                    self._look()
            except LinkDown as down:
                log.debug("exports: %s", down)
            except (Refusal, IndexFault, OSError, FaultyFactsError) as error:
                log.warning("exports: %s", error)
        if self._making is not None:
            self._making.end()
        if self._index is not None:
            self._index.close()

    def _look(self) -> None:
        orders = self._link.read("export.orders", ExportOrders(), OrdersView)
        stated = load_cameras(self._cameras_file).cameras
        if self._index is None and (self._data / INDEX).is_file():
            self._index = ArchiveIndex(self._data / INDEX)
        if self._index is not None:
            self._hold(self._index, held(stated, orders.holds))
        self._tidy(orders)
        self._seen_at_s = {
            one.export.export_id: self._seen_at_s.get(one.export.export_id, self._steady_s())
            for one in orders.to_make
        }
        for order in orders.to_make:
            if self._making is None and self._begin(order, stated):
                return

    def _hold(self, index: ArchiveIndex, holds: set[Held]) -> None:
        """A full disk takes none; that is no reason to leave the hall without an answer."""
        try:
            keep_holds(index, holds, self._now_ms())
        except IndexFault as error:
            log.warning("exports: holds: %s", error)

    def _tidy(self, orders: OrdersView) -> None:
        """Files of exports that are over go first; only then is the hall told so."""
        kept = {*orders.to_keep, *(one.export.export_id for one in orders.to_make)}
        if self._making is not None and self._making.export_id not in kept:
            self._making.end()  # its time is over
            self._making = None
        for path in [*self._folder.glob("*.*")] if self._folder.is_dir() else []:
            number = path.name.partition(".")[0]
            if number.isdigit() and int(number) not in kept:
                path.unlink(missing_ok=True)
        for export_id in orders.to_expire:
            ask = ExportExpire(request_id=f"export-{export_id}-expired", export_id=export_id)
            self._link.ask("export.expire", ask, Accepted)

    def _begin(self, order: ExportOrder, stated: tuple[Camera, ...]) -> bool:
        """Tell what is whole already, or have it made; False while it has to wait."""
        asked = order.export
        waited_s = self._steady_s() - self._seen_at_s[asked.export_id]
        if self._told(asked):
            return False
        cameras = cameras_of(stated, asked.window_id, asked.camera_id)
        if not cameras:
            if waited_s > STRANGE_PATIENCE_S:
                self._fail(asked, ExportFailure.CAMERA)
            return False
        if self._index is None:
            self._fail(asked, ExportFailure.NOTHING)
            return False
        if waited_s < RECORDING_PATIENCE_S and self._is_being_recorded(cameras, asked):
            return False
        evidence = self._evidence(order, is_patient=waited_s < PROOF_PATIENCE_S)
        if evidence is None:
            return False
        self._report(asked.export_id, 0)  # it is ours from here on
        job = Job(
            export=asked,
            cameras=cameras,
            cameras_file=str(self._cameras_file),
            data=str(self._data),
            station_id=self._station_id,
            evidence=evidence,
        )
        file = job_file(self._data, asked.export_id)
        try:
            self._folder.mkdir(exist_ok=True)
            file.write_bytes(msgspec.json.encode(job))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            self._fail(asked, ExportFailure.DISK)
            return False
        self._making = Making(asked, [sys.executable, "-m", "monitor.exporting", str(file)])
        return True

    def _is_being_recorded(self, cameras: list[str], asked: ExportSummary) -> bool:
        """Whether a file of that time is not whole, or has no place in the chain yet."""
        if self._index is None:
            return False
        found = self._index.segments(cameras, asked.begins_at, asked.ends_at)
        return any(
            one.state in (SegmentState.OPEN, SegmentState.CLOSED)
            and one.t0_ms < asked.ends_at
            and (one.bytes or one.state is SegmentState.OPEN)
            for one in found
        )

    def _evidence(self, order: ExportOrder, *, is_patient: bool) -> Evidence | None:
        """The ledger's proofs of both acts; None where they are worth waiting for."""
        asked = order.export
        try:
            newest = self._link.read("ledger.checkpoint", CheckpointRead(), CheckpointView)
            proofs = [
                self._link.read("ledger.proof", ProofRead(event_seq=seq), ProofView).proof
                for seq in (asked.export_id, asked.decided_seq)
            ]
        except Refusal as refusal:
            log.info("export %s: %s", asked.export_id, refusal)
            return None if is_patient else Evidence()
        return Evidence(
            asked_body=order.asked_body,
            asked_proof=proofs[0],
            approved_body=order.decided_body,
            approved_proof=proofs[1],
            verifier_key=newest.verifier_key,
        )

    def _attend(self, making: Making) -> None:
        """Say how far it is; when it has ended, what came of it."""
        for permille in making.news():
            self._report(making.export_id, permille)
        if not making.has_ended():
            return
        self._making = None
        if making.failure is not None:
            self._fail(making.asked, making.failure)
        elif not self._told(making.asked):
            tries = self._tries[making.export_id] = self._tries.get(making.export_id, 0) + 1
            log.error("export %s: its program ended without a word", making.export_id)
            if tries >= TRIES:
                self._fail(making.asked, ExportFailure.FAULT)

    def _told(self, asked: ExportSummary) -> bool:
        """Whether it is whole, and then the hall has been told."""
        note = made_file(self._data, asked.export_id)
        if not (note.is_file() and zip_file(self._data, asked.export_id).is_file()):
            return False
        made = msgspec.json.decode(note.read_bytes(), type=Made)
        ask = ExportMake(
            request_id=f"export-{asked.export_id}-{made.sha256[:40]}",
            export_id=asked.export_id,
            sha256=made.sha256,
            file_sha256=made.file_sha256,
            bytes=made.bytes,
            gaps=made.gaps,
        )
        self._link.ask("export.make", ask, Accepted)
        log.info("export %s was made", asked.export_id)
        return True

    def _report(self, export_id: int, permille: int) -> None:
        request_id = f"export-{export_id}-{self._now_ms()}-{permille}"
        ask = ExportReport(request_id=request_id, export_id=export_id, permille=permille)
        self._link.ask("export.report", ask, Accepted)

    def _fail(self, asked: ExportSummary, failure: ExportFailure) -> None:
        log.warning("export %s cannot be made: %s", asked.export_id, failure.value)
        ask = ExportFail(
            request_id=f"export-{asked.export_id}-failed-{failure.value}",
            export_id=asked.export_id,
            failure=failure,
        )
        self._link.ask("export.fail", ask, Accepted)


def held(stated: tuple[Camera, ...], holds: list[HoldView]) -> set[Held]:
    """The hall's holds, by the cameras they are for."""
    return {
        (camera, one.begins_at, one.ends_at, one.note, f"{one.hold_id}:{one.made_by}", one.until)
        for one in holds
        for camera in cameras_of(stated, one.window_id, one.camera_id)
    }
