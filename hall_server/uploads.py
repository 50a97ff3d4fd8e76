"""Pictures that administrators upload, such as the photos of staff: checked, made anew, served.

Nothing of an uploaded file is kept as it came. It is decoded within limits, turned upright, cut
down in size and written anew, which drops everything hidden in it (place, camera, scripts). Its
name is the SHA-256 of what was written, so the same picture is one file and may be cached for ever.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
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
    from hall_server.hall import Hall

FILE_BYTES_MAX = 4 * 1024 * 1024
SIDE_MAX = 8_000
PIXELS_MAX = 25_000_000
"""What a small file may unfold to; a picture of 8,000 by 8,000 would take 256 MB of memory."""
SIDE_KEPT = 800
NAME = re.compile(r"[0-9a-f]{64}\.(jpg|png)")
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
    if not (folder / name).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{name}.part"
        with part.open("wb") as file:
            file.write(picture)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / name)
    return name


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
