"""Pictures of findings and of empty seats, out of the analyser's folder, for whom the hall admits.

    GET /evidence/<name>   one picture that the hall's word names; 409: it is not what it was,
                           404: it is not there, or no longer
    GET /zones/<camera>    where in the picture seats and citizens are

The word names each picture with the hash that the hall holds; a file with another content is never
shown. Whoever is named in no word learns nothing, not even which pictures there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import msgspec
from msgspec import Struct

from config.values import OptionalIdentifier
from hall_server.contract.admission import Admission
from monitor.cameras.camera import Camera, ZoneKind
from monitor.cameras.polygon import Polygon
from monitor.live.room import Asked, Given, ShownCameras, whole

KINDS = {".jpg": "image/jpeg", ".png": "image/png"}
STILL_BYTES_MOST = 4_000_000


class ShownZone(Struct, frozen=True, kw_only=True):
    """A part of the picture, in shares of its width and height."""

    kind: ZoneKind
    window: OptionalIdentifier
    polygon: Polygon


@dataclass(frozen=True)
class EvidenceRoom:
    """Where the pictures are, and which pages besides the supervisor's may ask for them."""

    folder: Path
    origins: tuple[str, ...] = ()
    path: str = "/evidence/"
    methods: tuple[str, ...] = ("GET",)

    @contextmanager
    def given(self, asked: Asked) -> Iterator[Given]:
        """One picture."""
        found = self.still(asked.what, asked.admission)
        yield Given(found) if isinstance(found, HTTPStatus) else whole(*found)

    def still(self, name: str, admission: Admission) -> tuple[bytes, str] | HTTPStatus:
        """Content and kind, or why it is not given."""
        wanted = next((one for one in admission.stills if one.name == name), None)
        if wanted is None:
            return HTTPStatus.FORBIDDEN
        try:
            with (self.folder / wanted.name).open("rb") as file:
                content = file.read(STILL_BYTES_MOST)
        except OSError:
            return HTTPStatus.NOT_FOUND
        if hashlib.sha256(content).hexdigest() != wanted.sha256:
            return HTTPStatus.CONFLICT
        return content, KINDS[Path(wanted.name).suffix]


@dataclass(frozen=True)
class ZonesRoom:
    """Where in a picture seats and citizens are, for whoever has any word of the hall."""

    cameras: ShownCameras
    origins: tuple[str, ...] = ()
    path: str = "/zones/"
    methods: tuple[str, ...] = ("GET",)

    @contextmanager
    def given(self, asked: Asked) -> Iterator[Given]:
        """A camera's."""
        camera = self.cameras.by_id.get(asked.what)
        yield whole(zones_of(camera)) if camera else Given(HTTPStatus.NOT_FOUND)


def zones_of(camera: Camera) -> bytes:
    """Its zones as JSON, without masks: what is masked is black already."""
    shown = [
        ShownZone(kind=one.kind, window=one.window, polygon=one.polygon)
        for one in camera.zones
        if one.kind is not ZoneKind.MASK
    ]
    return msgspec.json.encode(shown)
