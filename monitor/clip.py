"""``python -m monitor.clip``: what a window's cameras recorded, as an archive; or checks one.

    python -m monitor.clip WINDOW BEGIN END TARGET.zip --cameras FILE --reason WHY
    python -m monitor.clip --check FILE.zip [--key VKEY] [--ledger FOLDER]

An archive made so is made by nobody's leave and says so itself. The hall's own way is an export
that a second person approves, on the supervisor's page.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from monitor.cameras.camera import load_cameras
from monitor.exporting.check import Verdict, check, verdict
from monitor.exporting.manifest import Acts
from monitor.exporting.package import Wanted, export
from monitor.recording.archive import INDEX, RECORDINGS
from monitor.recording.clips import ChangedPicture, find
from monitor.recording.forgetting import HALL_TIME
from monitor.recording.index.archive_index import ArchiveIndex


def moment(text: str) -> int:
    """``2026-11-28T09:00:00`` on the hall's wall clock, or with an offset of its own; in ms."""
    told = datetime.fromisoformat(text)
    return int((told if told.tzinfo else told.replace(tzinfo=HALL_TIME)).timestamp() * 1000)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m monitor.clip", description=__doc__, formatter_class=form
    )
    if "--check" in arguments:
        parser.add_argument("--check", type=Path, required=True, help="the archive to check")
        parser.add_argument("--key", default="", help="the hall's key, held from elsewhere")
        parser.add_argument("--ledger", type=Path, help="an export of the hall's ledger")
        return parser.parse_args(arguments)
    parser.add_argument("window", help="a window's identifier")
    parser.add_argument("begin", type=moment)
    parser.add_argument("end", type=moment)
    parser.add_argument("target", type=Path, help="the zip to write; it must not be there yet")
    parser.add_argument("--cameras", type=Path, required=True, help="TOML file of the cameras")
    parser.add_argument("--data", type=Path, default=Path("data/monitor-1"))
    parser.add_argument("--by", default="console", help="who exports")
    parser.add_argument("--reason", required=True, help="why; stands in the manifest")
    return parser.parse_args(arguments)


def judge(options: argparse.Namespace) -> int:
    """Say what does not fit, and end as ``hall-verify`` does."""
    remarks = check(options.check, options.key, options.ledger)
    for remark in remarks:
        sign = "✗" if remark.verdict is Verdict.WRONG else "?"
        sys.stdout.write(f"{sign} {remark.sentence}\n")
    said = {
        Verdict.TRUE: "属实：全部相符 true: everything fits",
        Verdict.WRONG: "不符：见以上各项 does not fit: see above",
        Verdict.CANNOT_TELL: "未见不符，但有事项无法判断 nothing is wrong, not all can be told",
    }
    found = verdict(remarks)
    sys.stdout.write(f"{said[found]}\n")
    return found


def main(arguments: list[str]) -> int:
    """Export what a window's cameras recorded, or check an export."""
    options = parse(arguments)
    if "check" in options:
        return judge(options)
    stated = {one.id: one for one in load_cameras(options.cameras).cameras}
    cameras = [one.id for one in stated.values() if options.window in one.windows]
    if not cameras or options.end <= options.begin:
        sys.stderr.write("✗ 没有摄像机或时段无效 no such camera, or no such stretch of time\n")
        return 1
    index = ArchiveIndex(options.data / INDEX)
    root = options.data / RECORDINGS
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    clips = [find(root, index, camera, options.begin, options.end) for camera in cameras]
    acts = Acts(
        export_id=0,
        purpose="",
        reason=options.reason,
        asked_by=options.by,
        asked_at_ms=now_ms,
    )
    wanted = Wanted(acts=acts, clips=clips, cameras=stated, window=options.window)
    try:
        export(options.data, wanted, options.target, at_ms=now_ms, index=index)
    except ChangedPicture as changed:
        options.target.unlink()
        sys.stderr.write(f"✗ {changed}\n")
        return 1
    finally:
        index.close()
    sys.stdout.write(f"{options.target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
