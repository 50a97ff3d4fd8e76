"""What must hold when the day is over; each check says in a line what it compared."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
from day import Day
from floor import Floor, Outcome
from kiosks import NO_ROOM
from line import Line
from recount import Story, Told, figures
from setting import Wish

from hall_server.audience import Audience, view

ROOT = Path(__file__).resolve().parents[2]
PROGRAM_LIMIT_S = 300
GAP_REPAIRED_S = 5.0
LABEL = re.compile(r"([A-Z]{1,2})([0-9]+)")
DIRECT_SERIES = "Z"
EXPECTED_REFUSALS = {
    "ticket.call_next": {"nobody_waiting", "window_busy"},
    "ticket.call": {"wrong_state", "visit_elsewhere", "leg_changed"},
    "ticket.take": {"request_id_reused", "hall_closed"},
    "ticket.check_in": {"request_id_reused"},
    "ticket.hold": {"hold_limit"},
    "ticket.recall": {"recall_too_soon", "wrong_state", "leg_changed"},
    "ticket.miss": {"miss_too_soon", "wrong_state", "leg_changed"},
    "ticket.start": {"wrong_state", "leg_changed"},
    "ticket.cancel": {"nothing_to_cancel"},
    "ticket.bring_back": {"bring_back_limit"},
    "day.open": {"day_already_open"},
}
"""What people are told who were a moment slower than others; anything else is a fault."""

ACTS_ON_CALLED = frozenset({"ticket.recall", "ticket.miss", "ticket.start"})
TAKEN_AWAY = frozenset({"wrong_state", "leg_changed"})


@dataclass(frozen=True)
class Check:
    """One thing that was compared."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True)
class Evidence:
    """The exported ledger, read."""

    folder: Path
    story: Story
    bodies: list[dict[str, object]]
    """Whole events, for what each circle may see."""


def export(wish: Wish, folder: Path) -> Check:
    """The ledger as evidence, written by its own program."""
    command = ["-m", "hall_server.ledger", "export", str(folder)]
    command += ["--data", str(wish.folder / "hall"), "--database", wish.database]
    done = _run(sys.executable, *command)
    return Check("the ledger is exported", done.returncode == 0, _last_line(done))


def read_evidence(folder: Path) -> Evidence:
    """Every line of the export, told once more."""
    story = Story()
    bodies: list[dict[str, object]] = []
    for path in sorted((folder / "events").glob("*.ndjson")):
        for line in path.read_bytes().splitlines():
            story.tell(msgspec.json.decode(line, type=Told))
            bodies.append(msgspec.json.decode(line, type=dict[str, object]))
    return Evidence(folder, story, bodies)


def verify(folder: Path, key: str, receipts: list[str]) -> Iterator[Check]:
    """``hall-verify`` as its own process; it must also see what was tampered with."""
    done = _verify("export", str(folder), "--key", key)
    yield Check("hall-verify: the export is true", done.returncode == 0, _last_line(done))
    for url in receipts:
        done = _verify("receipt", url, "--key", key, "--export", str(folder))
        if done.returncode != 0:
            break
    kept = done.returncode == 0
    detail = f"{len(receipts)} papers" if kept else _last_line(done)
    yield Check("hall-verify: receipts are kept", kept, detail)
    forged = folder.with_name("forged")
    shutil.copytree(folder, forged)
    victim = next(
        path for path in (forged / "events").glob("*.ndjson") if b'"A001"' in path.read_bytes()
    )
    victim.write_bytes(victim.read_bytes().replace(b'"A001"', b'"A002"', 1))
    done = _verify("export", str(forged), "--key", key)
    shutil.rmtree(forged)
    yield Check("hall-verify: one changed number is seen", done.returncode == 1, _last_line(done))


def compare(floor: Floor, outcome: Outcome, evidence: Evidence) -> Iterator[Check]:
    """The input, the clients, the hall's figures and the ledger against each other."""
    story = evidence.story
    yield _counts(floor.day, floor, story)
    yield _acts(floor, story)
    yield _numbers(floor, story)
    yield Check("no double call, no rule broken", not story.breaches, _first(story.breaches))
    yield Check(
        "clients saw nothing that may not be", not floor.tally.faults, _first(floor.tally.faults)
    )
    yield _refusals(floor, story)
    yield _streams(floor, evidence)
    yield _product_link(outcome, evidence)
    told, own = outcome.figures, figures(story)
    wrong = [
        f"{name}: hall {getattr(told, name)}, counted {value}"
        for name, value in asdict(own).items()
        if getattr(told, name) != value
    ]
    detail = _first(wrong) if wrong else f"{len(asdict(own))} figures equal"
    yield Check("hall.figures equal a recount from the ledger", not wrong, detail)


def _counts(day: Day, floor: Floor, story: Story) -> Check:
    """As many numbers as citizens, queue by queue, class by class."""
    away = floor.world.turned_away.total()
    wanted = Counter(visit.queue_id for visit in day.visits)
    wrong = [
        f"{queue}: {wanted[queue]} came, {story.taken_by_queue[queue]} numbers"
        for queue in wanted
        if wanted[queue] != story.taken_by_queue[queue] and not away
    ]
    taken = story.kinds["ticket.taken"]
    if taken + away != len(day.visits) or taken != len(floor.world.labels):
        wrong.append(f"{len(day.visits)} came, {taken} numbers, {away} turned away")
    favoured = Counter(visit.priority_id for visit in day.visits if visit.priority_id)
    given = Counter(
        citizen.slip.priority_id
        for citizen in floor.world.citizens.values()
        if citizen.visit.priority_id
    )
    if favoured != given and not away:
        wrong.append(f"priorities: {favoured} came, {given} were given")
    if len(floor.setting.codes) != story.kinds["appointment.booked"]:
        wrong.append("appointments booked twice or lost")
    detail = f"{len(day.visits)} citizens, {taken} numbers, {away} turned away"
    return Check("counts equal the input's", not wrong, _first(wrong) if wrong else detail)


def _acts(floor: Floor, story: Story) -> Check:
    """What clients hold to have done is what the ledger holds."""
    wrong = []
    for kind, count in sorted(floor.tally.done.items()):
        recorded = story.kinds[kind] - story.by_the_hall[kind]
        if count != recorded and kind != "window.closed":
            wrong.append(f"{kind}: {count} done, {recorded} recorded")
    if story.kinds["window.closed"] != story.kinds["window.opened"]:  # the rest with the day
        wrong.append("windows opened and closed differ")
    total = floor.tally.done.total()
    detail = f"{total} acts of {len(floor.tally.done)} kinds"
    return Check("acts equal the ledger's events", not wrong, _first(wrong) if wrong else detail)


def _numbers(floor: Floor, story: Story) -> Check:
    """Each series counts 1, 2, 3 … without a hole, and papers carry just these numbers."""
    series: dict[str, list[int]] = {}
    wrong = []
    for label in story.labels:
        found = LABEL.fullmatch(label)
        if found is None:
            wrong.append(f"{label} is no number")
        else:
            series.setdefault(found[1], []).append(int(found[2]))
    wrong += [
        f"series {name} has holes or repeats"
        for name, numbers in series.items()
        if numbers != list(range(1, len(numbers) + 1))
    ]
    printed = Counter(floor.world.labels)
    issued = Counter(label for label in story.labels if not label.startswith(DIRECT_SERIES))
    if printed != issued:
        wrong.append(f"papers and ledger differ: {(printed - issued) or (issued - printed)}")
    if len(series.get(DIRECT_SERIES, [])) != floor.world.direct:
        wrong.append("services without a ticket differ")
    detail = ", ".join(f"{name} 1-{len(numbers)}" for name, numbers in sorted(series.items()))
    return Check("no number twice, none missing", not wrong, _first(wrong) if wrong else detail)


def _refusals(floor: Floor, story: Story) -> Check:
    """Nobody was refused anything that should have been done.

    Whom a clerk has called only the desk can take away, by voiding the number.
    """
    strange = [
        f"{name} {code} ×{count}"
        for (name, code), count in floor.tally.refused.items()
        if code not in EXPECTED_REFUSALS.get(name, ()) and code not in NO_ROOM
    ]
    taken_away = sum(
        count
        for (name, code), count in floor.tally.refused.items()
        if name in ACTS_ON_CALLED and code in TAKEN_AWAY
    )
    if taken_away > story.kinds["ticket.cancelled"]:
        strange.append(f"{taken_away} called legs changed under their clerks' hands")
    total = floor.tally.refused.total()
    return Check("refusals are as expected", not strange, _first(strange) or f"{total} in all")


def _streams(floor: Floor, evidence: Evidence) -> Check:
    """Each client heard exactly what its circle may see, in order, from its first word on."""
    staff = {clerk.line.name for clerk in floor.clerks}
    visible = {audience: _visible(evidence, audience) for audience in Audience}
    wrong: list[str] = []
    for line in floor.lines:
        audience = Audience.PUBLIC
        if line.name in staff:
            audience = Audience.STAFF
        elif line in floor.stations:
            audience = Audience.STATION
        wrong += _stream_faults(line, visible[audience])
    gaps = sum(line.stream.gaps for line in floor.lines)
    longest_s = max(line.stream.gap_longest_s for line in floor.lines)
    heard = sum(len(line.stream.seqs) for line in floor.lines)
    detail = f"{len(floor.lines)} clients, {heard} events"
    detail += f", {gaps} gaps, the longest {longest_s * 1000:.0f} ms" if gaps else ", no gap"
    return Check("every stream is free of gaps", not wrong, _first(wrong) if wrong else detail)


def _stream_faults(line: Line, visible: list[int]) -> Iterator[str]:
    stream = line.stream
    led_over = stream.jumps
    expected = [
        seq
        for seq in visible
        if seq <= stream.place and not any(begin < seq <= end for begin, end in led_over)
    ]
    if stream.seqs.tolist() != expected:
        missing = sorted(set(expected) - set(stream.seqs))
        surplus = sorted(set(stream.seqs) - set(expected))
        yield f"{line.name}: missing {missing[:5]}, surplus {surplus[:5]}"
    if stream.disorders:
        yield f"{line.name}: {stream.disorders[0]}"
    if stream.has_gap or stream.gap_longest_s > GAP_REPAIRED_S:
        yield f"{line.name}: a gap was not repaired within {GAP_REPAIRED_S:.0f} s"


def _product_link(outcome: Outcome, evidence: Evidence) -> Check:
    """The stations' own link gave the same events."""
    expected = [
        seq
        for seq in _visible(evidence, Audience.STATION)
        if outcome.link_began < seq <= outcome.close_seq
    ]
    got = [seq for seq in outcome.link_seqs if seq <= outcome.close_seq]
    holds = got == expected and outcome.link_is_whole
    detail = f"{len(got)} of {len(expected)} events, one snapshot"
    return Check("the stations' link missed nothing", holds, detail)


def _visible(evidence: Evidence, audience: Audience) -> list[int]:
    return [seq for seq, body in enumerate(evidence.bodies, 1) if view(body, audience) is not None]


def _verify(*words: str) -> subprocess.CompletedProcess[str]:
    return _run(sys.executable, str(ROOT / "hall-verify"), *words)


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, timeout=PROGRAM_LIMIT_S, check=False
    )


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [*done.stdout.splitlines(), *done.stderr.splitlines()]
    return lines[-1] if lines else f"exit {done.returncode}"


def _first(wrong: list[str]) -> str:
    if not wrong:
        return ""
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return wrong[0] + more
