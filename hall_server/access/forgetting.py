"""What access need not keep: old answers and dead sessions are swept away once an hour.

By the hour rather than by the day, so that no single transaction holds the writer up.
"""

from __future__ import annotations

from dataclasses import dataclass

from hall_server.access import repeats, sessions
from hall_server.database import Database, Transaction

EVERY_TICKS = 3_600


@dataclass
class Forgetting:
    """Called once a second; sweeps at the first call and then every hour."""

    database: Database
    ticks: int = 0

    def tick(self) -> None:
        """Sweep if it is time."""
        self.ticks += 1
        if self.ticks % EVERY_TICKS == 1:
            self.database.write(forget)


def forget(tx: Transaction) -> None:
    """Drop what nobody will ask for again."""
    repeats.forget_before(tx.connection, tx.now_ms - repeats.KEEP_ANSWERS_MS)
    sessions.forget_dead(tx.connection, tx.now_ms)
