"""An uploaded picture is made anew: within limits, upright, without anything hidden in it."""

import hashlib
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update

from hall_server.access.sessions import open_session
from hall_server.access.tables import account
from hall_server.contract.messages.access import Role
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.uploads import FILE_BYTES_MAX, NAME, SIDE_KEPT, keep, made_anew, mount


def drawn(form: str, size: tuple[int, int], mode: str = "RGB", **hidden: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "red").save(written, form, **hidden)
    return written.getvalue()


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))


@pytest.mark.parametrize(
    ("form", "mode", "kept"),
    [("JPEG", "RGB", "jpg"), ("JPEG", "L", "jpg"), ("PNG", "RGB", "jpg"), ("PNG", "RGBA", "png")],
)
def test_a_picture_is_cut_down_and_keeps_its_shape(form: str, mode: str, kept: str) -> None:
    picture, suffix = made_anew(drawn(form, (2000, 1000), mode))
    assert suffix == kept
    assert opened(picture).size == (SIDE_KEPT, SIDE_KEPT // 2)


def test_nothing_hidden_is_kept_and_the_picture_stands_upright() -> None:
    hidden = Image.Exif()
    hidden[0x0112] = 6  # lying on its side
    hidden[0x010E] = "where this was taken"
    picture, _ = made_anew(drawn("JPEG", (60, 20), exif=hidden))
    assert b"where this was taken" not in picture
    assert opened(picture).size == (20, 60)
    assert not opened(picture).getexif()


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>", drawn("JPEG", (9, 9))[:200]])
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        made_anew(content)
    assert refused.value.code == "picture_unreadable"


def test_another_form_is_refused_even_when_it_is_a_picture() -> None:
    with pytest.raises(Refusal):
        made_anew(drawn("GIF", (9, 9)))


def test_a_small_file_that_unfolds_to_a_huge_picture_is_refused() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 7999, 7999, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(Refusal) as refused:
        made_anew(bomb)
    assert refused.value.code == "picture_large"


def test_the_same_picture_is_one_file_named_by_its_hash(tmp_path: Path) -> None:
    picture, form = made_anew(drawn("JPEG", (30, 40)))
    names = {keep(tmp_path / "uploads", picture, form) for _ in range(2)}
    [name] = names
    assert NAME.fullmatch(name)
    assert name == f"{hashlib.sha256(picture).hexdigest()}.jpg"
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == [name]


@pytest.fixture
def door(make_hall: Callable[[], Any]) -> FlaskClient:
    """The HTTP door of uploads alone, with the hall's own sessions behind it."""
    app = Flask("uploads")
    hall = make_hall().hall
    mount(app, hall)
    app.config["hall"] = hall
    return app.test_client()


def signed_in(door: FlaskClient, *roles: Role, one_time: bool = False) -> dict[str, str]:
    def job(tx: Transaction) -> str:
        tx.connection.execute(update(account).values(must_change_password=one_time))
        return open_session(
            tx.connection,
            account_name="admin",
            station_id="",
            roles=frozenset(roles),
            now_ms=tx.now_ms,
            for_ms=60_000,
        )

    return {"Authorization": f"Bearer {door.application.config['hall'].database.write(job)}"}


def test_an_administrator_uploads_and_everybody_sees(door: FlaskClient) -> None:
    headers = signed_in(door, Role.ADMINISTRATOR)
    answer = door.post(
        "/uploads", data=drawn("JPEG", (30, 40)), headers=headers, content_type="image/jpeg"
    )
    assert answer.status_code == 200
    with door.get(f"/uploads/{(answer.json or {})['name']}") as seen:
        assert opened(seen.data).size == (30, 40)
        assert "immutable" in seen.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("roles", "status"), [((), 401), ((Role.CLERK,), 403), ((Role.SECURITY, Role.AUDITOR), 403)]
)
def test_nobody_else_uploads(door: FlaskClient, roles: tuple[Role, ...], status: int) -> None:
    headers = signed_in(door, *roles) if roles else {}
    answer = door.post(
        "/uploads", data=drawn("JPEG", (9, 9)), headers=headers, content_type="image/jpeg"
    )
    assert answer.status_code == status


def test_a_one_time_password_is_changed_first(door: FlaskClient) -> None:
    headers = signed_in(door, Role.ADMINISTRATOR, one_time=True)
    answer = door.post(
        "/uploads", data=drawn("JPEG", (9, 9)), headers=headers, content_type="image/jpeg"
    )
    assert (answer.status_code, (answer.json or {})["code"]) == (403, "must_change_password")


def test_only_pictures_within_the_limit_are_taken(door: FlaskClient) -> None:
    headers = signed_in(door, Role.ADMINISTRATOR)
    form = door.post("/uploads", data=b"x", headers=headers, content_type="text/plain")
    large = door.post(
        "/uploads", data=bytes(FILE_BYTES_MAX + 1), headers=headers, content_type="image/png"
    )
    assert (form.status_code, large.status_code) == (415, 413)


@pytest.mark.parametrize("name", ["hall.db", "..%2Fhall.db", "a" * 64 + ".svg", "A" * 64 + ".jpg"])
def test_nothing_but_uploaded_pictures_is_served(door: FlaskClient, name: str) -> None:
    assert door.get(f"/uploads/{name}").status_code == 404
