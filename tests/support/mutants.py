"""Faults put into a copy of the hall on purpose, each of which some check must see.

A mutant is a list of changed places: file, what stands there, what shall stand there instead. A
place that no longer reads as expected is an error, so that no mutant silently becomes the hall.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from running_hall import ROOT

PROGRAMS = ("hall_server", "config")


@dataclass(frozen=True)
class Change:
    """One place of one file."""

    file: str
    old: str
    new: str


NO_REPEATS = (
    Change(
        "hall_server/access/guard.py",
        "repeats.find(tx.connection, asker.sender, ask, print_) if kept else None",
        "None",
    ),
    Change(
        "hall_server/access/guard.py",
        "if kept and not isinstance(answer, OpenedSession):",
        "if False:",
    ),
)
"""An ask repeated is carried out again."""

NAIVE_SELECT = (
    Change(
        "hall_server/queueing/calling.py",
        "fronts = lines.fronts(tx.connection, callable_lines, facts.classes)",
        "fronts = lines.fronts(_committed(tx), callable_lines, facts.classes)",
    ),
    Change(
        "hall_server/queueing/calling.py",
        "leg = legs.find(tx.connection, choice.front.leg_id)",
        "leg = legs.find(_committed(tx), choice.front.leg_id)",
    ),
    Change(
        "hall_server/queueing/calling.py",
        "def call_chosen(",
        "def _committed(tx):\n"
        "    import sqlalchemy\n"
        "    return sqlalchemy.create_engine(tx.connection.engine.url).connect()\n\n\n"
        "def call_chosen(",
    ),
    Change(
        "hall_server/queueing/legs.py",
        '            leg_table.c.state == bindparam("at_state"),\n'
        '            leg_table.c.version == bindparam("at_version"),\n',
        '            (leg_table.c.state == bindparam("at_state"))\n'
        "            | (leg_table.c.leg_id > 0)\n"
        '            | (leg_table.c.version == bindparam("at_version")),\n',
    ),
)
"""Who is next is looked up beside the transaction, and claimed whatever has become of them."""

PUSH_BEFORE_COMMIT = (
    Change(
        "hall_server/database.py",
        "            self._recorder.flush(connection)\n",
        "            rows = list(self._recorder._rows)\n"
        "            self._recorder.flush(connection)\n"
        "            self.early(rows)\n",
    ),
    Change(
        "hall_server/database.py",
        "        self._stopping = False\n",
        "        self._stopping = False\n        self.early = lambda _rows: None\n",
    ),
    Change(
        "hall_server/push.py",
        "        self._thread.start()\n",
        "        self._database.early = self._early\n        self._thread.start()\n\n"
        "    def _early(self, rows):\n"
        '        bodies = [msgspec.json.decode(row["body"]) for row in rows]\n'
        "        for audience in Audience:\n"
        "            seen = [b for body in bodies if (b := view(body, audience)) is not None]\n"
        "            if seen:\n"
        '                upto = rows[-1]["seq"]\n'
        "                push = Push(since=upto - 1, upto=upto, events=seen)\n"
        "                self._circles.send(audience, push)\n",
    ),
)
"""Displays are told before it is sure."""

COUNTER_OUTSIDE = (
    Change(
        "hall_server/queueing/tickets.py",
        "    number = _RAISE_NUMBER.value(connection, **bound)\n",
        "    number = _DRAWN[series] = _DRAWN.get(series, 0) + 1\n",
    ),
    Change(
        "hall_server/queueing/tickets.py",
        "def find(connection",
        "_DRAWN: dict[str, int] = {}\n\n\ndef find(connection",
    ),
)
"""Numbers are drawn from a counter that no rollback reaches."""

YIELD_INSIDE = (
    Change(
        "hall_server/queueing/taking.py",
        "    seq = tx.seq + 1\n    number",
        "    seq = tx.seq + 1\n    __import__('time').sleep(0)\n    number",
    ),
)
"""A job gives way to others in the midst of its transaction."""

NOT_FULLY_SYNCHRONOUS = (
    Change("hall_server/storage.py", "synchronous=FULL", "synchronous=NORMAL"),
)
"""A commit need not be on the disk when it is answered."""

ANSWER_BEFORE_COMMIT = (
    Change(
        "hall_server/database.py",
        "            _RELEASE.run(connection)\n",
        "            _RELEASE.run(connection)\n            task.answered.release()\n",
    ),
    Change(
        "hall_server/database.py",
        "                task.answered.release()\n",
        "                if task.answered.locked():\n                    task.answered.release()\n",
    ),
)
"""The paper is printed before it is sure."""

MUTANTS: Mapping[str, tuple[Change, ...]] = {
    "no_repeats": NO_REPEATS,
    "naive_select": NAIVE_SELECT,
    "push_before_commit": PUSH_BEFORE_COMMIT,
    "counter_outside": COUNTER_OUTSIDE,
    "yield_inside": YIELD_INSIDE,
    "not_fully_synchronous": NOT_FULLY_SYNCHRONOUS,
    "answer_before_commit": ANSWER_BEFORE_COMMIT,
}


def programs_with(changes: tuple[Change, ...], folder: Path) -> Path:
    """A copy of the hall's Python with these changes, compiled as far as it stays; its folder."""
    for program in PROGRAMS:
        shutil.copytree(ROOT / program, folder / program, ignore=shutil.ignore_patterns("web"))
    for change in changes:
        path = folder / change.file
        text = path.read_text(encoding="utf-8")
        if text.count(change.old) < 1:
            raise AssertionError(f"{change.file} no longer reads: {change.old}")
        path.write_text(text.replace(change.old, change.new), encoding="utf-8")
    return folder
