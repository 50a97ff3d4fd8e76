"""``./hall replay``: a day of visitors, quickened, against a really running hall.

Kiosks by HTTP, clerks and displays by Socket.IO do what a model day says (``day.py``) against
``python -m hall_server`` with its clock running as fast. Afterwards the ledger is exported, checked
by ``hall-verify`` and told once more by code of its own; the exit status is 0 when all agrees.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [
    str(ROOT),
    str(HERE),
    *(str(ROOT / "tests" / room) for room in ("support", "bench")),
]

import checks  # noqa: E402 - the path is set above: this is a script
import report  # noqa: E402 - as above
from day import HOUR_S, MINUTE_S, make_day  # noqa: E402 - as above
from floor import Floor  # noqa: E402 - as above
from running_hall import free_port  # noqa: E402 - as above
from setting import Wish, facts_of, prepare  # noqa: E402 - as above

from config.load import load_profile  # noqa: E402 - as above

RECEIPTS_CHECKED = 10
CHECKPOINT_WITHIN_S = 10.0


def parse(words: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./hall replay", description=__doc__)
    parser.add_argument("--profile", default="county_typ")
    parser.add_argument("--speed", type=int, default=60, help="hall seconds in a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tickets", type=int, default=0, help="default: by the number of windows")
    parser.add_argument("--until", default="24:00", help="only the beginning of the day, HH:MM")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--mode", choices=["eventlet", "threading"], default="eventlet")
    parser.add_argument("--database", default="", help="SQLAlchemy URL of an empty database")
    parser.add_argument("--keep", type=Path, help="empty folder that keeps data, log and export")
    return parser.parse_args(words)


@contextmanager
def folder_of(keep: Path | None) -> Iterator[Path]:
    """A folder for the hall's data; a temporary one goes when all is well."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        if any(keep.iterdir()):
            sys.exit(f"✗ {keep} 不是空目录 is not empty")
        yield keep.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="hall-replay-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def show_progress() -> Callable[[Floor], None]:
    """A line that updates on a terminal; elsewhere a new one each half-hour of the hall's day."""
    shown = ""

    def progress(floor: Floor) -> None:
        nonlocal shown
        pace, tally, world = floor.setting.pace, floor.tally, floor.world
        text = (
            f"{pace.clock_time()}  取号 {len(world.labels)}/{len(floor.day.visits)}  "
            f"在窗口 at windows {len(world.at_window):2}  办结 served "
            f"{tally.done['ticket.finished']}  asks {tally.asks}  "
            f"异常 faults {len(tally.faults)}"
        )
        if sys.stderr.isatty():
            print(f"\r  {text} ", end="", file=sys.stderr, flush=True)
        elif (half_hour := f"{int(pace.now_s() // (30 * MINUTE_S))}") != shown:
            shown = half_hour
            print(f"  {text}", file=sys.stderr, flush=True)

    return progress


def seconds(clock_time: str) -> float:
    """Seconds after midnight of ``HH:MM``."""
    hours, _, minutes = clock_time.partition(":")
    return int(hours) * HOUR_S + int(minutes or 0) * MINUTE_S


def replay(wish: Wish, options: argparse.Namespace) -> bool:
    """Replay, verify, print; whether all holds."""
    facts = load_profile(wish.profile)
    day = make_day(facts, options.seed, options.tickets, seconds(options.until))
    pairs = zip(facts.windows, facts.staff, strict=False)
    clerks = [member.id for _, member in pairs]
    print(report.heading(wish, facts, day, len(clerks)), flush=True)
    setting = prepare(wish, facts, day, clerks)
    process = setting.hall.process
    assert process is not None
    floor = Floor(setting, facts_of(setting), day, options.seed)
    try:
        before_cpu_s = report.own_cpu_s()
        outcome = asyncio.run(floor.replay(show_progress()))
        clients_cpu_s = report.own_cpu_s() - before_cpu_s
        usage = report.usage_of(process.pid)
    finally:
        if sys.stderr.isatty():
            print(file=sys.stderr)
        for fault in floor.tally.faults:
            print(f"  ✗ {fault}", file=sys.stderr)
        setting.hall.stop()
    found = [checks.Check("the hall ends in order", process.returncode == 0, "SIGTERM")]
    evidence_folder = wish.folder / "export"
    found.append(checks.export(wish, evidence_folder))
    if not found[-1].holds:
        print(report.verdicts(found))
        return False
    receipts = floor.world.follow_urls[:: max(1, len(floor.world.follow_urls) // RECEIPTS_CHECKED)]
    found += checks.verify(evidence_folder, setting.verifier_key, receipts)
    evidence = checks.read_evidence(evidence_folder)
    found += checks.compare(floor, outcome, evidence)
    print(report.waits(facts, day, evidence.story))
    print(report.forecast(evidence.story))
    print(report.happened(evidence.story))
    print(report.notes(floor.tally))
    print(report.speed(floor.tally, outcome, evidence.story))
    print(report.cost(usage, clients_cpu_s, floor, outcome))
    print(report.verdicts(found))
    return all(check.holds for check in found)


def main(words: list[str]) -> int:
    """Run; 0 when everything agrees."""
    options = parse(words)
    logging.basicConfig(level=logging.WARNING)
    with folder_of(options.keep) as folder:
        wish = Wish(
            folder=folder,
            port=options.port or free_port(),
            profile=options.profile,
            speed=options.speed,
            mode=options.mode,
            database=options.database,
        )
        holds = replay(wish, options)
        if not holds:
            kept = folder if options.keep else Path(tempfile.gettempdir()) / f"{folder.name}-failed"
            if kept != folder:
                shutil.copytree(folder, kept)
            print(f"✗ 不符，数据留在 something differs; the data is kept in {kept}")
            return 1
    print("✓ 全部相符 everything agrees")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
