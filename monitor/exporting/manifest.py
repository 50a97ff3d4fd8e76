"""What an export says of itself: the form of ``manifest.json`` and of what stands beside it.

manifest.json          everything below, and the hash of every other file
<camera>.mp4           the pictures as the camera coded them (or, in a masked copy, none)
<camera>-derived.mp4   副本，非原件: coded anew, masked, with times in the picture
<camera>.vtt           for each second its time of day; for each gap, why pictures are missing
chain.json             the recorded files as links of one chain, up to a head that the hall's
                       ledger holds (``recording.sealed``)
ledger/                the hall's own words of who asked and who approved, with their proofs
README.txt             how to check it all
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from hall_server.contract.messages.exports import ExportFailure, ExportSummary
from hall_server.contract.version import VERSION
from monitor.faults import GapCause

MANIFEST, CHAIN, README = "manifest.json", "chain.json", "README.txt"
ASKED, APPROVED = "ledger/asked", "ledger/approved"
EXPORTS = "exports"
"""The folder of exports, in the monitor's data."""


class Part(Struct, frozen=True, kw_only=True):
    """A file of the archive that a clip is from. ``sha256`` is empty while it is being written."""

    path: str
    t0_ms: int
    t1_ms: int
    sha256: str
    place: int | None
    chain: str
    recovered: bool


class Missing(Struct, frozen=True, kw_only=True):
    """A stretch without pictures."""

    t0_ms: int
    t1_ms: int
    cause: GapCause


class Exported(Struct, frozen=True, kw_only=True):
    """One camera's part of an export."""

    camera: str
    camera_purpose: str
    """Why the camera is there: ``security`` or ``supervision``."""
    file: str
    """Empty where there are no pictures."""
    sha256: str
    derived: bool
    """副本，非原件: coded anew, with masks and times painted in."""
    pictures_sha256: str
    """Of the pictures as they were recorded, also where the file is derived from them."""
    starts_ms: int
    segments: list[Part]
    gaps: list[Missing]


class Acts(Struct, frozen=True, kw_only=True):
    """Who wanted it, who allowed it, and why."""

    export_id: int
    """The place of the asking in the hall's ledger; 0: made at the monitor itself, by nobody's
    leave."""
    purpose: str
    reason: str
    asked_by: str
    asked_at_ms: int
    approved_by: str = ""
    approved_at_ms: int = 0
    approved_seq: int = 0
    approval: str = ""


class Sealed(Struct, frozen=True, kw_only=True):
    """The chain's head that the ledger holds as ``recording.sealed``."""

    place: int
    chain: str
    station: str


class Manifest(Struct, frozen=True, kw_only=True):
    """What an export holds, for whoever is given it."""

    t0_ms: int
    t1_ms: int
    exported_at_ms: int
    acts: Acts
    masked: bool
    clips: list[Exported]
    sealed: Sealed | None
    verifier_key: str
    """The hall's, as it says itself: compare it with one you hold from elsewhere."""
    files: dict[str, str]
    """SHA-256 of every other file of the archive."""
    version: str = VERSION


class Link(Struct, frozen=True, kw_only=True):
    """One recorded file in the chain."""

    place: int
    camera: str
    t0_ms: int
    t1_ms: int
    sha256: str


class Chain(Struct, frozen=True, kw_only=True):
    """A stretch of the archive's chain that holds all files of an export."""

    before: str
    """The chain where the first link is added."""
    links: list[Link]
    sealed: Sealed | None


class Evidence(Struct, frozen=True, kw_only=True):
    """What the hall says of the asking and the approval."""

    asked_body: str = ""
    asked_proof: str = ""
    approved_body: str = ""
    approved_proof: str = ""
    verifier_key: str = ""


class Job(Struct, frozen=True, kw_only=True):
    """All that the program which makes one export is told."""

    export: ExportSummary
    cameras: list[str]
    cameras_file: str
    data: str
    station_id: str
    evidence: Evidence


class Made(Struct, frozen=True, kw_only=True):
    """What came of it."""

    sha256: str
    file_sha256: str
    bytes: int
    gaps: int


class Word(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the program that makes an export, to the station that started it."""

    permille: int = 0
    made: Made | None = None
    failure: ExportFailure | None = None


def job_file(data: Path, export_id: int) -> Path:
    """What is to be made."""
    return data / EXPORTS / f"{export_id}.job.json"


def made_file(data: Path, export_id: int) -> Path:
    """What came of it: once it is there, the archive is whole."""
    return data / EXPORTS / f"{export_id}.made.json"


def zip_file(data: Path, export_id: int) -> Path:
    """The archive."""
    return data / EXPORTS / f"{export_id}.zip"
