"""An uploaded picture is made anew: within limits, upright, without anything hidden in it."""

import hashlib
import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update

from hall_server.access.rules import Asker
from hall_server.access.sessions import open_session
from hall_server.access.tables import account
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.organisation import FactSave
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.uploads import (
    FILE_BYTES_MAX,
    LOOKS_KEPT,
    NAME,
    SIDE_KEPT,
    UnnamedPictures,
    keep,
    made_anew,
    mount,
)


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


def stated_photo(hall: Any, name: str) -> None:
    """An administrator gives the first member of staff this picture."""
    with hall.database.reading() as reading:
        person = msgspec.structs.replace(reading.facts.staff[0], photo=name)
    body = msgspec.json.encode(person).decode()
    admin = Asker(sender="staff:admin", roles=frozenset({Role.ADMINISTRATOR}), account="admin")
    ask = FactSave(request_id=f"photo-{name[:8] or 'none'}", kind="staff", body=body)
    hall.ask("fact.save", admin, ask)


def test_a_picture_goes_when_nobody_has_named_it_for_long(make_hall: Callable[[], Any]) -> None:
    hall = make_hall().hall
    folder = hall.settings.data / "uploads"
    sweeping = UnnamedPictures(hall.database, hall.runtime, hall.settings.data)
    sweeping.look()  # nothing has been uploaded yet
    photo, unsaved, again = (
        keep(folder, *made_anew(drawn("JPEG", (side, 9)))) for side in (10, 20, 30)
    )
    (folder / f"{'a' * 64}.png.part").write_bytes(b"the power went")
    (folder / "note.txt").write_text("not ours")
    stated_photo(hall, photo)

    def present() -> set[str]:
        return {path.name for path in folder.iterdir()}

    everything = present()
    for _ in range(LOOKS_KEPT):
        sweeping.look()
    assert present() == everything
    os.utime(folder / again, ns=(0, 0))
    assert keep(folder, *made_anew(drawn("JPEG", (30, 9)))) == again
    sweeping.look()
    assert present() == {photo, again, "note.txt"}
    stated_photo(hall, "")
    for _ in range(LOOKS_KEPT + 1):
        sweeping.look()
    assert present() == {"note.txt"}
    assert unsaved not in present()


def test_a_picture_that_is_named_at_the_last_moment_stays(make_hall: Callable[[], Any]) -> None:
    hall = make_hall().hall
    folder = hall.settings.data / "uploads"
    sweeping = UnnamedPictures(hall.database, hall.runtime, hall.settings.data)
    late = keep(folder, *made_anew(drawn("JPEG", (10, 9))))
    for _ in range(LOOKS_KEPT):
        sweeping.look()
    write = hall.database.write

    def named_before(job: Callable[[Transaction], object]) -> object:
        hall.database.write = write
        stated_photo(hall, late)
        return write(job)

    hall.database.write = named_before
    sweeping.look()
    assert (folder / late).is_file()


def test_a_look_takes_in_so_many_files_and_deletes_so_many(
    make_hall: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = make_hall().hall
    folder = hall.settings.data / "uploads"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:064x}.jpg").write_bytes(b"")
    monkeypatch.setattr("hall_server.uploads.LOOKED_AT_MOST", 20)
    monkeypatch.setattr("hall_server.uploads.DELETED_MOST", 5)
    sweeping = UnnamedPictures(hall.database, hall.runtime, hall.settings.data)
    for _ in range(LOOKS_KEPT + 1):
        sweeping.look()
    assert len([*folder.iterdir()]) == 25
    for _ in range(3 * LOOKS_KEPT):
        sweeping.look()
    assert [*folder.iterdir()] == []


@pytest.mark.parametrize("name", ["hall.db", "..%2Fhall.db", "a" * 64 + ".svg", "A" * 64 + ".jpg"])
def test_nothing_but_uploaded_pictures_is_served(door: FlaskClient, name: str) -> None:
    assert door.get(f"/uploads/{name}").status_code == 404
