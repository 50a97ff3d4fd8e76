"""The replay's report as text: checks, waits by queue, throughput, what it cost."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from checks import Check
from day import Day, busiest
from expected import Lines
from floor import Floor, Outcome
from recount import Leg, Story, nearest_rank, waits_of
from setting import Wish
from tally import Tally, percentile

from config.facts import HallFacts

MINUTE_MS = 60_000
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
SHOWN_ASKS = (
    "ticket.take",
    "ticket.call_next",
    "ticket.start",
    "ticket.finish",
    "hall.forecast",
    "display.report",
)


@dataclass(frozen=True)
class Usage:
    """What a process has used."""

    cpu_s: float
    rss_mb: float


def usage_of(process_id: int) -> Usage:
    """Processor time and the most memory of a running process, as Linux tells."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{process_id}/status").read_text()
    peak_kb = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return Usage((int(fields[11]) + int(fields[12])) / TICKS_PER_S, int(peak_kb) / 1024)


def own_cpu_s() -> float:
    """Processor time of the clients."""
    return time.process_time()


def heading(wish: Wish, facts: HallFacts, day: Day, clerks: int) -> str:
    """What is about to be replayed."""
    return (
        f"▸ {facts.site.name.zh} {facts.site.name.en} ({wish.profile}) ×{wish.speed}, {wish.mode}, "
        f"{'PostgreSQL' if wish.database else 'SQLite'}: {len(day.visits)} 人 citizens, "
        f"{clerks} 窗口 windows, 最忙五分钟 busiest five minutes {busiest(day.visits)} 人"
    )


def verdicts(checks: Iterable[Check]) -> str:
    """One line for each check."""
    return "\n".join(
        f"  {'✓' if check.holds else '✗'} {check.name:52} {check.detail}" for check in checks
    )


def waits(facts: HallFacts, day: Day, story: Story) -> str:
    """Waiting minutes by queue, all first waits of those who were called.

    Beside the mean stands the one of plain lines without a hall (``expected.py``).
    """
    plain_s = Lines(day, facts.windows[: len(facts.staff)]).run()
    lines = [
        "",
        "  等候 wait, min        numbers  called    mean   plain     p50     p90     max   ≤15 min",
    ]
    for queue in facts.queues:
        legs = [leg for leg in story.legs.values() if leg.queue_id == queue.id]
        if legs:
            name = f"{queue.series} {queue.id}"
            lines.append(_waits_row(name, legs, plain_s.get(queue.id, 0.0)))
    whole = list(story.legs.values())
    return "\n".join([*lines, _waits_row("all", whole, None)])


def _waits_row(name: str, legs: list[Leg], plain_s: float | None) -> str:
    taken = sum(1 for leg in legs if leg.promised_minutes is not None)
    found = waits_of(legs)
    if not found:
        return f"  {name:20} {taken:8} {0:7}"
    mean = sum(found) / len(found) / MINUTE_MS
    plain = f"{'':8}" if plain_s is None else f"{plain_s / 60:8.1f}"
    ranks = (nearest_rank(found, percent) / MINUTE_MS for percent in (50, 90, 100))
    figures = "".join(f"{value:8.1f}" for value in ranks)
    prompt = sum(1 for wait in found if wait <= 15 * MINUTE_MS) / len(found)
    return f"  {name:20} {taken:8} {len(found):7}{mean:8.1f}{plain}{figures}{prompt:9.0%}"


def forecast(story: Story) -> str:
    """How many of the told waiting ranges held."""
    told = [
        (leg.promised_minutes, leg.waited_ms / MINUTE_MS)
        for leg in story.legs.values()
        if leg.promised_minutes is not None
        and leg.waited_ms is not None
        and leg.promised_minutes[1] >= 0  # where no clerk sat, nothing was promised
    ]
    inside = sum(1 for (low, high), wait in told if low <= wait <= high)
    above = sum(1 for (_, high), wait in told if wait > high)
    total = max(1, len(told))
    return (
        f"  预计等候 told waiting range: {inside / total:.0%} inside, {above / total:.0%} waited "
        f"longer, {(total - inside - above) / total:.0%} shorter ({len(told)} called)"
    )


def happened(story: Story) -> str:
    """Events by kind."""
    kinds = (f"{kind} {count}" for kind, count in sorted(story.kinds.items()))
    return _wrapped(f"  台账 ledger, {story.last_seq} events: ", kinds)


def speed(tally: Tally, outcome: Outcome, story: Story) -> str:
    """Throughput and latencies."""
    peak = max(tally.per_second.values(), default=0)
    took = (
        f"  用时 took {outcome.took_s:.1f} s: {tally.asks} asks and reads "
        f"({tally.asks / outcome.took_s:.0f}/s, peak {peak}/s), "
        f"{story.last_seq / outcome.took_s:.0f} events/s, "
        f"kiosks behind the day by {tally.behind_s / 60:.1f} min at most"
    )
    shown = {name: tally.latencies_ms[name] for name in SHOWN_ASKS}
    shown["call → heard at walls"] = tally.heard_ms
    rows = [_latency_row(name, values) for name, values in shown.items() if values]
    return "\n".join([took, "  毫秒 ms               count      p50      p99      max", *rows])


def _latency_row(name: str, values: list[float]) -> str:
    shown = "".join(f"{percentile(values, percent):9.1f}" for percent in (50, 99, 100))
    return f"  {name:22} {len(values):5}{shown}"


def notes(tally: Tally) -> str:
    """What clients met on the way."""
    refused = (f"{name} {code} {count}" for (name, code), count in sorted(tally.refused.items()))
    met = (f"{note} {count}" for note, count in sorted(tally.notes.items()))
    return "\n".join((_wrapped("  拒绝 refused: ", refused), _wrapped("  经历 met with: ", met)))


def cost(hall: Usage, clients_cpu_s: float, floor: Floor, outcome: Outcome) -> str:
    """What hall and clients used."""
    return (
        f"  大厅 hall: CPU {hall.cpu_s:.1f} s ({hall.cpu_s / outcome.took_s:.0%} of one core), "
        f"memory {hall.rss_mb:.0f} MB; 客户端 clients ({len(floor.lines)} sockets, "
        f"{len(floor.kiosks)} kiosks): CPU {clients_cpu_s:.1f} s; "
        f"set-up {floor.setting.ready_s:.1f} s"
    )


def _wrapped(begin: str, words: Iterable[str], width: int = 110) -> str:
    lines = [begin]
    for word in words:
        if len(lines[-1]) + len(word) > width:
            lines.append("    ")
        lines[-1] += word + "; "
    return "\n".join(line.rstrip().rstrip(";") for line in lines)
