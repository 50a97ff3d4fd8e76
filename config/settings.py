"""Start settings of the hall server: what must be known before the database is open.

Everything else about a hall is a fact (``config/facts.py``) and lives in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ServerSettings:
    """How one hall server process runs."""

    data: Path
    """Folder of everything that must survive: database, keys, uploads, checkpoints seen."""
    host: str = "127.0.0.1"
    port: int = 8080
    database_url: str = ""
    """Empty: SQLite in ``data/hall.db``; ``postgresql+psycopg2://…`` for a centre."""
    hints_url: str = ""
    """Redis by which several server processes of one hall wake each other; see ``hints.py``."""
    mode: str = "eventlet"
    """``eventlet`` or ``threading``."""
    profile: str = "shuangjiang"
    """Fills an empty database; afterwards the database is the facts' home."""
    origins: tuple[str, ...] = ()
    """Origins let in besides the hall's own and those of enrolled stations."""
    live_url: str = ""
    """Where browsers find the monitor's pictures, for clerks' own findings; empty: nowhere."""
    public_url: str = ""
    """Address citizens reach the hall by; empty: ``http://host:port``."""
    invite: tuple[str, ...] = ()
    """``station:role`` pairs that get an enrolment code in ``data/enrol`` at start."""
    clock_start_ms: int = 0
    """A replay's beginning, UTC ms; 0: the computer's own clock."""
    clock_rate: int = 1
    simulated_devices_from: int = 0
    """Port of the simulated printer (bars follow): a demonstration, always open; 0: real."""
    guard_yields: bool = False
    """Tests: a job that yields inside a transaction is a bug and fails."""
    fast_broadcast: bool = True
    """See hall_server/broadcast.py; off sends every push the stock way."""
    limits: bool = True
    """Rate limits; benchmarks that measure the hall itself turn them off."""
    pages: Path = Path("build/web")
    trust_proxy: bool = False
    """Behind nginx, which overwrites ``X-Forwarded-*``."""

    @property
    def url(self) -> str:
        """The database to open."""
        return self.database_url or f"sqlite:///{self.data / 'hall.db'}"

    @property
    def limits_rate(self) -> int:
        """What limits are multiplied by: a replay's are as quick as its clock; 0: no limits."""
        return self.clock_rate if self.limits else 0

    @property
    def witness_folders(self) -> tuple[Path, Path]:
        """Where copies of the newest checkpoint are kept: the second outlives the data folder."""
        return self.data / "witness", self.data.with_name(f"{self.data.name}-witness")

    @property
    def own_url(self) -> str:
        """The hall server's own address."""
        return self.public_url or f"http://{self.host}:{self.port}"
