"""Pictures that administrators upload, such as the photos of staff: checked, made anew, served.

Nothing of an uploaded file is kept as it came. It is decoded within limits, turned upright, cut
down in size and written anew, which drops everything hidden in it (place, camera, scripts). Its
name is the SHA-256 of what was written, so the same picture is one file and may be cached for ever.

A picture that no fact has named for some hours is deleted: it was chosen and not saved, or whoever
it shows has left. Hours, because a form may lie open over lunch before it is saved; and they count
while the hall runs, so that no clock set wrong shortens them.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from flask import Flask, Response, request, send_from_directory
from PIL import Image, ImageOps, UnidentifiedImageError

from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Answer
from hall_server.contract.refusals import Refusal
from hall_server.http_door import asker_of_request, by_flask, refused

if TYPE_CHECKING:
    from config.facts import HallFacts
    from hall_server.database import Database
    from hall_server.hall import Hall
    from hall_server.runtime import Runtime

FILE_BYTES_MAX = 4 * 1024 * 1024
SIDE_MAX = 8_000
PIXELS_MAX = 25_000_000
"""What a small file may unfold to; a picture of 8,000 by 8,000 would take 256 MB of memory."""
SIDE_KEPT = 800
NAME = re.compile(r"[0-9a-f]{64}\.(jpg|png)")
OURS = re.compile(rf"{NAME.pattern}(\.part)?")
LOOK_EVERY_TICKS = 600
LOOKS_KEPT = 24
"""Looks, ten minutes apart, at which nobody names a picture before it is deleted."""
LOOKED_AT_MOST, DELETED_MOST = 10_000, 100
"""Files a look takes in, and files it deletes: the rest is for the next."""
KEPT_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


class Uploaded(Answer, frozen=True, kw_only=True):
    """The name under which a picture is served and named in facts."""

    name: str


def mount(app: Flask, hall: Hall) -> None:
    """Add the routes: administrators upload, everybody may see."""
    folder = hall.settings.data / "uploads"

    @app.post("/uploads")
    def upload() -> Response:
        try:
            _check_asker(hall)
            content = _content()
            picture, form = hall.runtime.off_loop(lambda: made_anew(content))
        except Refusal as refusal:
            return by_flask(refused(refusal))
        answer = Uploaded(name=keep(folder, picture, form))
        return Response(msgspec.json.encode(answer), mimetype="application/json")

    @app.get("/uploads/<name>")
    def picture(name: str) -> Response:
        if not NAME.fullmatch(name):
            return Response(status=404)
        response = send_from_directory(folder.resolve(), name)
        response.headers.update(KEPT_FOR_EVER)
        return response


def made_anew(content: bytes) -> tuple[bytes, str]:
    """The picture written anew and its form, ``jpg`` or ``png``. Raises Refusal."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
            width, height = opened.size
            if max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
                raise Refusal("picture_large", width=width, height=height)
            clear = opened.has_transparency_data
            picture = ImageOps.exif_transpose(opened).convert("RGBA" if clear else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as broken:
        raise Refusal("picture_unreadable") from broken
    picture.thumbnail((SIDE_KEPT, SIDE_KEPT))
    written = io.BytesIO()
    if clear:
        picture.save(written, "PNG", optimize=True)
        return written.getvalue(), "png"
    picture.save(written, "JPEG", quality=88, optimize=True)
    return written.getvalue(), "jpg"


def keep(folder: Path, picture: bytes, form: str) -> str:
    """Write the picture under its own hash, whole or not at all; returns its name."""
    name = f"{hashlib.sha256(picture).hexdigest()}.{form}"
    if (folder / name).is_file():
        (folder / name).touch()  # chosen anew: whoever deletes what nobody names waits again
    else:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{name}.part"
        with part.open("wb") as file:
            file.write(picture)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / name)
    return name


class UnnamedPictures:
    """Deletes what nobody names; called once a second."""

    def __init__(self, database: Database, runtime: Runtime, data: Path) -> None:
        """Nothing is looked at before the first tick."""
        self._database, self._runtime = database, runtime
        self._folder = data / "uploads"
        self._ticks = 0
        self._looks: dict[tuple[str, int], int] = {}
        """At how many looks nobody named this file, as it was last written."""

    def tick(self) -> None:
        """Look if it is time."""
        self._ticks += 1
        if self._ticks % LOOK_EVERY_TICKS == 1:
            self.look()

    def look(self) -> None:
        """Count one more look for whatever nobody names, and delete what has been kept enough."""
        files = self._runtime.off_loop(lambda: _files_in(self._folder))
        with self._database.reading() as reading:
            named = _named_in(reading.facts)
        unnamed = [file for file in files if file[0] not in named]
        self._looks = {file: self._looks.get(file, 0) + 1 for file in unnamed}
        old = [name for (name, _), looks in self._looks.items() if looks > LOOKS_KEPT]
        if old:
            self._database.write(lambda tx: self._delete(tx.facts, old[:DELETED_MOST]))

    def _delete(self, facts: HallFacts, old: list[str]) -> None:
        """In the writer, whose facts are the newest: nobody can name one of them meanwhile."""
        for name in {*old} - _named_in(facts):
            (self._folder / name).unlink(missing_ok=True)


def _files_in(folder: Path) -> list[tuple[str, int]]:
    """Uploaded files, half-written ones too, and when they were last written."""
    if not folder.is_dir():
        return []
    files: list[tuple[str, int]] = []
    with os.scandir(folder) as entries:
        for entry in islice(filter(lambda one: OURS.fullmatch(one.name), entries), LOOKED_AT_MOST):
            # It may just have got its name, or another process was here.
            with suppress(FileNotFoundError):
                files.append((entry.name, entry.stat().st_mtime_ns))
    return files


def _named_in(facts: HallFacts) -> set[str]:
    """Whatever in the facts looks like a picture's name, in whichever field it stands."""
    return {found[0] for found in NAME.finditer(msgspec.json.encode(facts).decode())}


def _check_asker(hall: Hall) -> None:
    asker = asker_of_request(hall, request.environ)
    hall.limits.check(asker)
    if Role.ADMINISTRATOR not in asker.roles:
        raise Refusal("forbidden" if asker.account or asker.station_id else "not_signed_in")
    if asker.must_change_password:
        raise Refusal("must_change_password")


def _content() -> bytes:
    # A form of a foreign page cannot send these types without asking first.
    if request.mimetype not in {"image/jpeg", "image/png"}:
        raise Refusal("picture_unreadable")
    if request.content_length is None or request.content_length > FILE_BYTES_MAX:
        raise Refusal("too_large")
    return request.get_data(cache=False)
