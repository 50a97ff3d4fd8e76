"""A ticket printer that does not lie: it prints, and says no more than the printer itself said.

Before a ticket is sent the printer is asked how it is; what cannot print is refused at once, and
nothing has left. After the cut it is asked to tell when it is done. Until then it is watched: paper
that ends or a cover that opens in the middle fails the job with that reason. A job whose word never
comes is `uncertain`, and nobody here prints a second copy on his own.

    confirmed   only by GS ( H or GS r, heard on a line without noise
    sent        where the make can give no such word
    uncertain   the word was due and did not come, or the link broke after bytes had left
    failed      known not to be on paper, with the reason
"""

import time
from collections.abc import Callable
from dataclasses import replace

from drivers.codec.counters import Counters
from drivers.codec.escpos_layout import CutRow, QrRow, Row, Unprintable, lay_out, row_dots
from drivers.codec.escpos_profile import (
    Confirmation,
    FontSet,
    NearEnd,
    Presenter,
    PrinterProfile,
    StatusWay,
)
from drivers.codec.escpos_text import begin, clear_remains, encode, uncovered
from drivers.errors import DeviceFault, LinkFault
from drivers.escpos_link import EscposLink
from drivers.health import Finding
from drivers.jobs import JobHandle, PrintQueue, PrintTask
from drivers.kept_roll import KeptRoll
from drivers.lane import Lane
from drivers.mouth import Mouth
from drivers.on_lane import OnLane
from drivers.orders import DeviceCode, JobState, PrintJob, PrintResult
from drivers.printer_tests import PRINTER_TESTS, paper_of
from drivers.raster import Picture
from drivers.self_test import SelfTest, TestReport, Verdict
from drivers.transport import Tap
from drivers.words import CODES, JOBS

_WORD_WITHIN_S = 5.0
_WATCH_EVERY_S = 0.3
_SILENT_CHECKS = 3
_TEST_WITHIN_S = 9.0
_WORST_FIRST = (
    DeviceCode.PAPER_OUT,
    DeviceCode.COVER_OPEN,
    DeviceCode.CUTTER_ERROR,
    DeviceCode.DEVICE_ERROR,
    DeviceCode.OFFLINE,
)
_ID_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class PrinterWorker:
    check_every_s = 1.0

    def __init__(
        self,
        link: EscposLink,
        profile: PrinterProfile,
        picture: Picture | None,
        now_ms: Callable[[], int],
        bits_per_second: int | None = None,
        roll: KeptRoll | None = None,
        left: Callable[[str, bool], None] = lambda _job_id, _retracted: None,
    ) -> None:
        """`left` is told of tickets that nobody took (see `Mouth`)."""
        self._link = link
        self.profile = profile
        self._picture = picture
        self.now_ms = now_ms
        self._bits_per_second = bits_per_second
        self._holds_remains = False
        self._silent_checks = 0
        self._jobs_begun = 0
        self.roll = roll or KeptRoll(None, profile.roll_m, now_ms)
        has_mouth = profile.presenter is not Presenter.NONE
        self._mouth = Mouth(link, profile, left) if has_mouth else None

    @property
    def line(self) -> Counters:
        return self._link.counters

    def open(self) -> Finding:
        self._link.open()
        self._silent_checks = 0
        if self.profile.status is StatusWay.NONE:
            return Finding(answered=False)
        if self.profile.status is StatusWay.DLE_EOT:
            self._link.stop_automatic_status()
        codes = self._status()
        if codes is None:
            self._link.close()
            raise LinkFault("the printer does not answer", DeviceCode.NO_REPLY)
        return Finding(answered=True, codes=codes)

    def close(self) -> None:
        self._link.close()

    def check(self) -> Finding:
        if self.profile.status is StatusWay.NONE:
            self._link.listen(0)
            return Finding(answered=False)
        codes = self._status()
        if codes is not None:
            self._silent_checks = 0
            return Finding(answered=True, codes=codes, certain=DeviceCode.NOT_TAKEN in codes)
        self._silent_checks += 1
        if self._silent_checks >= _SILENT_CHECKS:
            raise LinkFault("the printer stopped answering", DeviceCode.NO_REPLY)
        return Finding(answered=False, codes=frozenset({DeviceCode.NO_REPLY}))

    def _status(self) -> frozenset[DeviceCode] | None:
        """All that is the matter, by the printer's word and by the count of its roll."""
        codes = self._link.status()
        if codes is None:
            return None
        if self.profile.near_end_sensor is NearEnd.NONE:
            codes -= {DeviceCode.PAPER_LOW}
        left = self.roll.left()
        if left is not None and left.ends_soon and DeviceCode.PAPER_OUT not in codes:
            codes |= {DeviceCode.PAPER_ENDING}
        matter = self._mouth.look() if self._mouth is not None else None
        if matter is DeviceCode.NO_REPLY:
            return None
        return codes if matter is None else codes | {matter}

    def perform(self, work: PrintTask) -> Finding | None:
        if self._is_late(work):
            return None
        try:
            rows = lay_out(work.job.lines, self.profile)
            document = self._document(rows, is_test=work.is_test)
        except Unprintable:
            work.fail(DeviceCode.UNPRINTABLE)
            return None
        try:
            finding = self._ready(work.handle)
            if work.handle.result.state is JobState.FAILED or self._is_late(work):
                return finding
            return self._print(work.handle, rows, document)
        except DeviceFault as fault:
            left = work.handle.result.state is not JobState.QUEUED
            state = JobState.UNCERTAIN if left else JobState.FAILED
            work.handle.finish(PrintResult(state, fault.code))
            raise

    def _is_late(self, work: PrintTask) -> bool:
        is_late = self.now_ms() >= work.job.expires_at_ms
        if is_late:
            work.fail(DeviceCode.EXPIRED)
        return is_late

    def _document(self, rows: tuple[Row, ...], *, is_test: bool) -> bytes:
        if is_test:
            return encode(rows, replace(self.profile, font_set=FontSet.GB18030))
        lacks_codes = not self.profile.native_qr and any(isinstance(row, QrRow) for row in rows)
        needs_picture = lacks_codes or bool(uncovered(rows, self.profile))
        if needs_picture and self._picture is not None and self._picture.can_draw():
            return self._picture.encode(rows, self.profile)
        if lacks_codes:
            rows = tuple(row for row in rows if not isinstance(row, QrRow))
        return encode(rows, self.profile)

    def _ready(self, handle: JobHandle) -> Finding | None:
        """None when the printer can print; otherwise the job has failed and nothing was sent."""
        if self.profile.status is StatusWay.NONE:
            self._link.listen(0)
            return None
        codes = self._link.status()
        if codes is None:
            return _not_printed(handle, DeviceCode.NO_REPLY)
        reason = _reason(codes)
        if reason is not None:
            handle.finish(PrintResult(JobState.FAILED, reason))
            return Finding(answered=True, codes=codes, certain=True)
        if self._holds_remains:
            self._link.send(clear_remains(self.profile) + begin())
            self._holds_remains = False
        if not self._link.catch_up():
            return _not_printed(handle, DeviceCode.NO_REPLY)
        matter = self._mouth.clear() if self._mouth is not None else None
        return _not_printed(handle, matter) if matter is not None else None

    def _print(self, handle: JobHandle, rows: tuple[Row, ...], document: bytes) -> Finding | None:
        confirmation = self.profile.confirmation
        self._jobs_begun += 1
        process_id = _process_id(self.now_ms() + self._jobs_begun)
        noise_before = self._link.noise_bytes
        handle.advance(JobState.SENDING)
        patience_s = self._patience_s(rows, len(document))
        data = document + self._link.ask_when_done(confirmation, process_id)
        self._link.send(data, within_s=patience_s)
        handle.advance(JobState.SENT)
        cuts = sum(isinstance(row, CutRow) for row in rows)
        self.roll.used(round(self._millimetres(rows)), cuts)
        if self._mouth is not None:
            self._mouth.presented(handle.job_id)
        match confirmation:
            case Confirmation.NONE:
                handle.finish(PrintResult(JobState.SENT))
                return None
            case Confirmation.POLL:
                return self._look_once(handle)
            case Confirmation.PROCESS_ID | Confirmation.GS_R:

                def is_done() -> bool:
                    is_clear = self._link.noise_bytes == noise_before
                    return is_clear and self._link.is_done(confirmation, process_id)

                return self._await_word(handle, is_done, patience_s)

    def _look_once(self, handle: JobHandle) -> Finding | None:
        until = time.monotonic() + _WATCH_EVERY_S
        while (left_s := until - time.monotonic()) > 0:
            self._link.listen(left_s)
        codes = self._link.status()
        if codes is None:
            handle.finish(PrintResult(JobState.UNCERTAIN, DeviceCode.NO_REPLY))
            return Finding(answered=False, codes=frozenset({DeviceCode.NO_REPLY}))
        finding = self._failed(handle, codes)
        if finding is None:
            handle.finish(PrintResult(JobState.SENT))
        return finding

    def _await_word(
        self, handle: JobHandle, is_done: Callable[[], bool], patience_s: float
    ) -> Finding | None:
        deadline = time.monotonic() + patience_s
        next_look = time.monotonic() + _WATCH_EVERY_S
        suspected: frozenset[DeviceCode] | None = None
        while time.monotonic() < deadline:
            if is_done():
                handle.finish(PrintResult(JobState.CONFIRMED))
                return None
            self._link.listen(0.05)
            if time.monotonic() < next_look:
                continue
            codes = self._link.status()
            if codes is not None and codes == suspected:
                finding = self._failed(handle, codes)
                if finding is not None:
                    return finding
            suspected = codes
            next_look = time.monotonic() + _WATCH_EVERY_S
        # It might come out behind the next one's back, into the same mouth.
        self._holds_remains = self._mouth is not None
        handle.finish(PrintResult(JobState.UNCERTAIN, DeviceCode.NO_REPLY))
        return None

    def _failed(self, handle: JobHandle, codes: frozenset[DeviceCode]) -> Finding | None:
        reason = _reason(codes)
        if reason is None:
            return None
        self._holds_remains = True
        handle.finish(PrintResult(JobState.FAILED, reason))
        # At once: whoever loads paper before the next job would get the rest of this one.
        self._link.send(clear_remains(self.profile))
        return Finding(answered=True, codes=codes, certain=True)

    def _millimetres(self, rows: tuple[Row, ...]) -> float:
        return sum(row_dots(row) for row in rows) / self.profile.dots_per_mm

    def _patience_s(self, rows: tuple[Row, ...], length: int) -> float:
        millimetres = self._millimetres(rows)
        on_the_line_s = length * 10 / self._bits_per_second if self._bits_per_second else 0.0
        return _WORD_WITHIN_S + millimetres / self.profile.speed_mm_s + on_the_line_s


class PrinterDevice(OnLane):
    """A printer as the bench knows it: its queue, and its lane."""

    def __init__(
        self, queue: PrintQueue, lane: Lane[PrintTask], tap: Tap, worker: PrinterWorker
    ) -> None:
        super().__init__(lane, tap, lambda: worker.line, worker.roll)
        self._queue = queue
        self._worker = worker
        self._tests_begun = 0

    def submit(self, job: PrintJob) -> JobHandle:
        return self._queue.put(job)

    def new_roll(self) -> None:
        """Somebody put a new roll in: the count of its paper begins anew."""
        self._worker.roll.renewed()

    def self_tests(self) -> tuple[SelfTest, ...]:
        return PRINTER_TESTS

    def self_test(self, name: str) -> TestReport:
        self._tests_begun += 1
        device_id = self.status().device_id
        handle = self._queue.put(
            PrintJob(
                f"self-test {device_id} {self._tests_begun}",
                paper_of(name, device_id, self._worker.profile),
                self._worker.now_ms() + int(_TEST_WITHIN_S * 1000),
            ),
            is_test=True,
        )
        return _report(name, handle.wait(_TEST_WITHIN_S))


def _report(name: str, result: PrintResult) -> TestReport:
    look = {JobState.CONFIRMED: Verdict.PASSED, JobState.SENT: Verdict.LOOK}
    state = JOBS[result.state]
    reason = CODES[result.reason] if result.reason else None
    zh = state.zh if reason is None else f"{state.zh}：{reason.zh}"
    en = state.en if reason is None else f"{state.en}: {reason.en}"
    return TestReport(name, look.get(result.state, Verdict.FAILED), zh, en)


def _reason(codes: frozenset[DeviceCode]) -> DeviceCode | None:
    """The worst of what keeps a printer from printing; None when it can."""
    return next((code for code in _WORST_FIRST if code in codes), None)


def _not_printed(handle: JobHandle, matter: DeviceCode) -> Finding:
    """Nothing has left for this job."""
    handle.finish(PrintResult(JobState.FAILED, matter))
    is_answered = matter is not DeviceCode.NO_REPLY
    return Finding(answered=is_answered, codes=frozenset({matter}), certain=is_answered)


def _process_id(number: int) -> str:
    """Four characters that a late answer to an earlier job will not happen to carry."""
    digits = ""
    for _ in range(4):
        number, digit = divmod(number, len(_ID_DIGITS))
        digits += _ID_DIGITS[digit]
    return digits
