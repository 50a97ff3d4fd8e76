"""What a room behind the door of live pictures is: it has a path, and gives what is below it.

The door judges whether a word is the hall's and a page is ours; the room, whether this word is good
for what is asked of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from hall_server.contract.admission import Admission
from monitor.cameras.camera import Camera, ZoneKind


@dataclass(frozen=True)
class Asked:
    """A question with the hall's word, which is the hall's and not over."""

    method: str
    what: str
    """The rest of the path, below the room's own."""
    query: str
    admission: Admission


@dataclass(frozen=True)
class Given:
    """An answer; its parts are made while they are sent."""

    status: HTTPStatus
    kind: str = "text/plain"
    headers: Mapping[str, int | str] = field(default_factory=dict)
    parts: Iterable[bytes] = ()
    length: int | None = 0
    """In bytes; None for what goes on until somebody ends it."""


def whole(body: bytes, kind: str = "application/json", **headers: int | str) -> Given:
    """An answer that is there already."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Given(HTTPStatus.OK, kind, named, (body,), len(body))


class Room(Protocol):
    """See the module; from any thread."""

    @property
    def path(self) -> str:
        """Begins and ends with a slash."""
        ...

    @property
    def methods(self) -> tuple[str, ...]:
        """Of HTTP; what a POST brings is a form with nothing but the hall's word in it."""
        ...

    @property
    def origins(self) -> tuple[str, ...]:
        """Pages that may ask, besides the supervisor's."""
        ...

    def given(self, asked: Asked) -> AbstractContextManager[Given]:
        """The answer, for as long as it is being sent."""
        ...


class ShownCameras:
    """The cameras of this moment, for every room."""

    def __init__(self, cameras: tuple[Camera, ...]) -> None:
        """Before anything is stated anew."""
        self.show(cameras)

    def show(self, cameras: tuple[Camera, ...]) -> None:
        """These from now on; whoever looks at one that is no more sees it end."""
        self.by_id: Mapping[str, Camera] = {one.id: one for one in cameras}

    def admitted(self, camera_id: str, admission: Admission, *, is_live: bool) -> Camera | Given:
        """The camera, where the word is for it; strangers learn no names."""
        if admission.is_live is not is_live or camera_id not in admission.camera_ids:
            return Given(HTTPStatus.FORBIDDEN)
        return self.by_id.get(camera_id) or Given(HTTPStatus.NOT_FOUND)


def moves(camera: Camera) -> bool:
    """Whether it may be shown as it sends, with nothing painted over."""
    return not camera.polygons(ZoneKind.MASK)
