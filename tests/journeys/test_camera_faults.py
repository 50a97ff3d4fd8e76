"""What goes wrong with cameras, disk and station, from where it happens to the supervisor's page.

Recorder, analyser and station run as programs, six times as fast as the wall's clock; the disk is a
real small one. From the beginning each watched camera is in the trouble that it is named by.
"""

from __future__ import annotations

import os
import signal
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from monitor_run import WATCHED, MonitorRun, monitor_run
from playwright.sync_api import Browser, expect
from sights import Sight, room, watch
from whole_hall import children, eventually

from monitor.exporting.check import Verdict, check, verdict
from monitor.exporting.manifest import EXPORTS
from monitor.faults import GapCause
from monitor.recording.archive import PURGE_SHARE
from monitor.recording.index.archive_index import Segment
from monitor.recording.index.tables import SegmentState

pytestmark = pytest.mark.browser
PATIENT_MS = 40_000
WITHIN_S = 45.0
NO_ROOM = "监控端磁盘空间不足，请清理后重新申请"
TOLD = ("磁盘已满，录像已停止", "录像空间不足", "被遮挡", "画面静止", "被移动", "过暗", "模糊")
OF_DISK = ("recording_stopped", "disk_short")
EVERYTHING = [(name, name) for name in WATCHED] + [("monitor-1", alert) for alert in OF_DISK]


@pytest.fixture(scope="module")
def run(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MonitorRun]:
    assert pages.is_dir()
    with monitor_run(tmp_path_factory.mktemp("run")) as started:
        started.cameras.troubled = {*WATCHED}
        yield started


@pytest.fixture(scope="module")
def drawn(run: MonitorRun) -> Segment:
    """What was recorded before the recorder ran."""
    return recorded(run)[0]


def recorded(run: MonitorRun) -> list[Segment]:
    """All files that the recorder knows of, oldest first."""
    index = run.index()
    try:
        return index.segments(["a"])
    finally:
        index.close()


def gaps(run: MonitorRun) -> list[GapCause]:
    index = run.index()
    try:
        return [gap.cause for gap in index.gaps(["a"])]
    finally:
        index.close()


def written_bytes(run: MonitorRun) -> int:
    """How long the newest recording is by now."""
    return (run.data / "recordings" / recorded(run)[-1].path).stat().st_size


def look(run: MonitorRun, browser: Browser, size: tuple[int, int], lang: str) -> Sight:
    context = room(browser, *size, cookie=run.people.supervisor, of=run.hall.url)
    door = f"http://127.0.0.1:{run.door}"
    origins = (run.hall.url, run.page, door, run.hall.url.replace("http", "ws"), "data:")
    return watch(context, f"{run.page}/?lang={lang}", origins)


def approved(run: MonitorRun, file: Segment) -> int:
    """An export of a masked copy of this file, asked by one and approved by another."""
    export_id = run.ask(copy="masked", begins_at=file.t0_ms, ends_at=file.t1_ms)
    run.approve(export_id)
    return export_id


def maker(run: MonitorRun) -> int:
    """The process in the midst of making one; quickly, for it takes a second or two."""
    deadline_s = time.monotonic() + WITHIN_S
    while not any((run.data / EXPORTS).glob("export-*/*.mp4")):
        assert time.monotonic() < deadline_s, "nothing is being made"
        time.sleep(0.005)
    running = children(run.programs.number("monitor"))
    return next(number for number, words in running if "monitor.exporting" in words)


def is_up(run: MonitorRun) -> bool:
    """Whether the station has the hall's ear."""
    try:
        with urllib.request.urlopen(f"{run.page}/healthz", timeout=10) as answer:  # noqa: S310 - ours
            return bool(msgspec.json.decode(answer.read())["link"] == "up")
    except OSError:
        return False


def left(run: MonitorRun) -> set[str]:
    return {path.name for path in (run.data / EXPORTS).iterdir()}


def test_a_station_that_is_killed_has_its_export_made_anew(run: MonitorRun, drawn: Segment) -> None:
    """Nothing half made has a name, is told as made, or can be fetched."""
    export_id = approved(run, drawn)
    maker(run)
    run.programs.kill("monitor")
    assert f"{export_id}.zip" not in left(run)
    refused = {"request_id": "half-made-1", "export_id": export_id}
    status, answer, _ = run.hall.send("export.download", refused, cookie=run.people.auditor)
    assert (status, answer["code"]) == (409, "export_not_made")
    assert run.one(export_id)["state"] == "approved"
    run.programs.start("monitor")
    made = run.ended(export_id)
    assert made["state"] == "made", made
    assert left(run) == {f"{export_id}.{end}" for end in ("job.json", "made.json", "zip")}
    status, body = run.fetch(export_id, run.token(export_id))
    assert (status, len(body)) == (200, made["bytes"])
    fetched = run.disk.parent / "fetched.zip"
    fetched.write_bytes(body)
    key = run.hall.read("ledger.checkpoint")["verifier_key"]
    assert verdict(check(fetched, key)) is Verdict.TRUE, check(fetched, key)
    with zipfile.ZipFile(fetched) as opened:
        assert opened.testzip() is None
    assert [one["export_id"] for one in run.events("export.made")] == [export_id]
    assert run.events("export.failed") == []


def test_without_room_for_an_export_the_recorder_goes_on_and_loses_nothing(
    run: MonitorRun, drawn: Segment, browser: Browser
) -> None:
    """A masked copy takes three times what was recorded; there is room for two."""
    told = os.statvfs(run.disk)
    least_bytes = int(told.f_blocks * told.f_frsize * PURGE_SHARE)
    with run.ballast(least_bytes + drawn.bytes * 2):
        export_id = approved(run, drawn)
        failed = run.ended(export_id)
        before = written_bytes(run)
        eventually(lambda: written_bytes(run) != before, "it goes on recording")
    assert (failed["state"], failed["failure"]) == ("failed", "disk")
    assert GapCause.DISK not in gaps(run)
    assert SegmentState.DELETED not in {one.state for one in recorded(run)}
    sight = look(run, browser, (1366, 768), "zh")
    sight.page.click("header .exports")
    sight.page.click(".list li.failed button >> nth=0")
    expect(sight.page.locator(".detail .failure")).to_have_text(NO_ROOM)
    sight.picture("camera-faults-1366-zh-1-export-failed")
    assert sight.faults() == {}
    sight.page.context.close()


def test_a_full_disk_and_what_is_wrong_with_cameras_is_told_and_over_again(
    run: MonitorRun, drawn: Segment, browser: Browser
) -> None:
    """The disk fills while one export is made and another waits; neither is left half made."""
    exports = [approved(run, drawn), approved(run, drawn)]
    number = maker(run)
    os.kill(number, signal.SIGSTOP)
    with run.ballast(0):
        eventually(lambda: run.free_bytes() == 0, "the disk is full")
        os.kill(number, signal.SIGCONT)
        assert [run.ended(one)["failure"] for one in exports] == ["disk", "disk"]
        assert not any(name.startswith("export-") for name in left(run))
        assert left(run).isdisjoint(f"{one}.zip" for one in exports)
        sight = look(run, browser, (1920, 1080), "zh")
        alerts = sight.page.locator(".alerts")
        for words in TOLD:
            expect(alerts).to_contain_text(words, timeout=PATIENT_MS)
        sight.picture("camera-faults-1920-zh-2-alerts")
        assert sight.faults() == {}
        run.programs.kill("monitor")
        run.programs.start("monitor")
        eventually(lambda: is_up(run), "a station that begins on a full disk")
        last = recorded(run)[-1]
    run.cameras.troubled = set()
    eventually(lambda: recorded(run)[-1].id > last.id, "it records again", WITHIN_S)
    for words in TOLD:
        expect(alerts).not_to_contain_text(words, timeout=PATIENT_MS)
    sight.picture("camera-faults-1920-zh-3-well-again")
    sight.page.context.close()
    for kind in ("device.alerted", "device.cleared"):
        told = [(one["device_id"], one["alert"]) for one in run.events(kind)]
        assert [told.count(one) for one in EVERYTHING] == [1] * len(EVERYTHING), told
    assert GapCause.DISK in gaps(run)
