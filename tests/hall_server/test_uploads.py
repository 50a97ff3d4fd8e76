"""An uploaded picture is made anew: within limits, upright, without anything hidden in it."""

import hashlib
import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from hall_server.contract.refusals import Refusal
from hall_server.uploads import NAME, SIDE_KEPT, keep, made_anew


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
