"""Papers that a station has to fetch, because somebody else ordered them, in time.

What was queued before keeps 0, as if its own station had ordered it: nobody waits for it any more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the time of expiry, and look-ups for what is open and what was ordered lately."""
    op.add_column(
        "print_job", sa.Column("expires_at", sa.BigInteger(), nullable=False, server_default="0")
    )
    _index("print_job_ordered", "queued_at", "expires_at > 0")
    _index("print_job_open", "expires_at", "expires_at > 0 AND state = 'queued'")


def _index(name: str, column: str, where: str) -> None:
    some = sa.text(where)
    op.create_index(name, "print_job", [column], sqlite_where=some, postgresql_where=some)
