"""Messages of organisation: the facts of the hall and the picture of it now."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from config.facts import HallFacts
from hall_server.contract.messages.base import Answer, Ask, Event, Identifier, Read, Whole
from hall_server.contract.messages.queueing import LegState, PrintState, WindowState
from hall_server.contract.messages.stations import AlertKind, Health

FactKind = Annotated[str, Meta(pattern=r"^[a-z]{2,20}$")]
"""Name of a field of ``HallFacts``: ``site``, ``windows``, ``items`` …"""
FactBody = Annotated[str, Meta(max_length=200_000)]
"""JSON text of one record, exactly as ``config.facts`` describes its kind."""

FactsToml = Annotated[str, Meta(max_length=4_000_000)]
"""TOML text of a whole hall."""


class FactSave(Ask, frozen=True, kw_only=True):
    """State or restate one record; refused when the hall as a whole would not hold together."""

    kind: FactKind
    body: FactBody
    version: Whole = 0
    """The facts' version the editor saw; 0 to save over whatever is there."""


class FactRemove(Ask, frozen=True, kw_only=True):
    """Take one record back; refused while others name it."""

    kind: FactKind
    id: Identifier
    version: Whole = 0


class FactsImport(Ask, frozen=True, kw_only=True):
    """Replace all facts by a file's (TOML text)."""

    toml: FactsToml
    version: Whole = 0


class FactsCheck(Read, frozen=True, kw_only=True):
    """What would importing this file change, and would it hold? Changes nothing (dry run)."""

    toml: FactsToml


class FactsChanges(Answer, frozen=True, kw_only=True):
    """All that is wrong with a file; otherwise the records it would change, as ``kind/id``."""

    faults: list[FactFault]
    added: list[str]
    changed: list[str]
    removed: list[str]


class FactCheck(Read, frozen=True, kw_only=True):
    """Would this record hold? Names every fault, changes nothing (preview)."""

    kind: FactKind
    body: FactBody


class FactFault(Answer, frozen=True, kw_only=True):
    """One thing wrong: where, and what is wanted."""

    where: str
    zh: str
    en: str


class FactFaults(Answer, frozen=True, kw_only=True):
    """All that is wrong; empty when it holds."""

    faults: list[FactFault]


class FactsRead(Read, frozen=True, kw_only=True):
    """All facts with their version."""


class FactsView(Answer, frozen=True, kw_only=True):
    """All facts."""

    version: Whole
    facts: HallFacts


class FactsExport(Read, frozen=True, kw_only=True):
    """All facts as one file."""


class FactsFile(Answer, frozen=True, kw_only=True):
    """TOML text that a blank hall can import."""

    toml: str


class FactsSchema(Read, frozen=True, kw_only=True):
    """JSON Schema of every kind of fact, for the forms."""


class SchemaView(Answer, frozen=True, kw_only=True):
    """JSON Schema text."""

    schema: str


class FactSaved(Event, frozen=True, kw_only=True, tag="fact.saved"):
    """A record was stated or restated."""

    kind: str
    id: str
    body: str
    """JSON text as saved."""
    version: Whole


class FactRemoved(Event, frozen=True, kw_only=True, tag="fact.removed"):
    """A record was taken back."""

    kind: str
    id: str
    version: Whole


class FactsImported(Event, frozen=True, kw_only=True, tag="facts.imported"):
    """All facts were replaced by a file with this SHA-256."""

    sha256: str
    version: Whole


# ------------------------------------------------------------------------- the picture of the hall


class SnapshotRead(Read, frozen=True, kw_only=True):
    """The whole hall as of now, as far as the reader may see it."""


class LegView(Answer, frozen=True, kw_only=True):
    """A leg of today. What the public may not see is empty."""

    leg_id: Whole
    ticket_id: Whole
    version: Whole
    label: str
    state: LegState
    item_id: str
    queue_id: str
    priority_id: str
    window_id: str
    staff_id: str
    to_window_id: str
    """Waits for this window only (transferred to it)."""
    to_staff_id: str
    waiting_since: Whole
    place: int
    place_tie: int
    """Order in the line: by effective wait, then ``place``, then this."""
    called_at: Whole
    call_count: int
    started_at: Whole
    held_at: Whole
    held_ms: Whole
    ended_at: Whole
    called_seq: Whole
    note: str


class WindowView(Answer, frozen=True, kw_only=True):
    """A window as of now."""

    window_id: str
    state: WindowState
    staff_id: str
    since: Whole
    reason_id: str


class PaperView(Answer, frozen=True, kw_only=True):
    """A paper that somebody ordered from another's printer: a clerk's 补打, say."""

    job_id: Whole
    ticket_id: Whole
    label: str
    station_id: str
    copy: int
    state: PrintState
    reason: str


class DeviceState(Answer, frozen=True, kw_only=True):
    """A device as of its last report."""

    device_id: str
    health: Health
    codes: list[str]
    since: Whole


class AlertView(Answer, frozen=True, kw_only=True):
    """An alert of a device that is open."""

    device_id: str
    alert: AlertKind
    since: Whole


class Snapshot(Answer, frozen=True, kw_only=True):
    """The hall as of ``seq``: what a screen starts from before events carry it on."""

    seq: Whole
    at: Whole
    """The hall's clock, so that a screen can count minutes rightly."""
    clock_rate: int
    """1; more when a replay runs the hall's clock faster."""
    version: str
    day: str
    """Open service day, empty when closed."""
    day_opened_at: Whole = 0
    """When it was first opened; 0 when closed."""
    facts_version: Whole
    facts: HallFacts
    windows: list[WindowView]
    legs: list[LegView]
    devices: list[DeviceState]
    alerts: list[AlertView] = []
    """Told to staff alone."""
    papers: list[PaperView] = []
    """Ordered within the last hour; a station sees those it is to print, the public none."""


class Push(Answer, frozen=True, kw_only=True):
    """What the hall pushes: events after ``since``, up to and with ``upto``.

    A receiver whose own place is before ``since`` has missed something and reads again.
    """

    since: Whole
    upto: Whole
    events: list[dict[str, object]]


class PeriodRead(Read, frozen=True, kw_only=True):
    """Figures of one service day."""

    day: Annotated[str, Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""


class DayFigures(Answer, frozen=True, kw_only=True):
    """What happened on a service day, with numerators and denominators; durations in ms."""

    day: str
    taken: int
    called: int
    served: int
    no_show: int
    cancelled: int
    unserved: int
    waiting: int
    wait_sum_ms: int
    wait_median_ms: int
    wait_p90_ms: int
    wait_max_ms: int
    within_15_minutes: int
    service_sum_ms: int
    service_median_ms: int
