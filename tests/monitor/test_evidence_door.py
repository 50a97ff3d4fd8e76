"""Pictures of findings are given by the hall's word alone, and only as the hall knows them."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from pathlib import Path

import msgspec
import pytest

from hall_server.contract.admission import Admission
from hall_server.contract.messages.supervision import Still
from monitor.cameras.camera import read_cameras
from monitor.live.evidence import EvidenceRoom, zones_of

CONTENT = b"a picture"
NAME = "findings/vacancy-1/17.jpg"
CAMERAS = """
[[cameras]]
id = "camera-1"
name = { zh = "一号" }
address = "demo://window"
windows = ["window-1"]
zones = [
  { kind = "seat", window = "window-1", polygon = [[0.1, 0.2], [0.3, 0.2], [0.3, 0.4]] },
  { kind = "mask", polygon = [[0, 0], [0.5, 0], [0.5, 0.5]] },
]
"""


@pytest.fixture
def room(tmp_path: Path) -> EvidenceRoom:
    path = tmp_path / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    (tmp_path / "station.key").write_text("secret")
    return EvidenceRoom(tmp_path)


def word(*names: str, sha256: str = hashlib.sha256(CONTENT).hexdigest()) -> Admission:
    stills = [Still(at=17, name=name, sha256=sha256) for name in names]
    return Admission(account="boss", camera_ids=[], expires_at=1, stills=stills)


def test_what_the_word_names_is_given(room: EvidenceRoom) -> None:
    assert room.still(NAME, word(NAME)) == (CONTENT, "image/jpeg")


@pytest.mark.parametrize("content", [b"another picture", b"", CONTENT + b" "])
def test_what_was_changed_is_not(room: EvidenceRoom, content: bytes) -> None:
    (room.folder / NAME).write_bytes(content)
    assert room.still(NAME, word(NAME)) is HTTPStatus.CONFLICT


def test_what_is_gone_is_gone_and_what_is_not_named_is_forbidden(room: EvidenceRoom) -> None:
    other = "findings/vacancy-1/18.jpg"
    assert room.still(other, word(other)) is HTTPStatus.NOT_FOUND
    assert room.still(NAME, word(other)) is HTTPStatus.FORBIDDEN
    assert room.still(NAME, word()) is HTTPStatus.FORBIDDEN
    for name in ("station.key", "../analyser/station.key", "/etc/passwd", ""):
        assert room.still(name, word(NAME)) is HTTPStatus.FORBIDDEN


def test_no_word_can_name_a_file_that_is_no_picture() -> None:
    for name in ("station.key", "../a.jpg", "findings/../../a.jpg", "/etc/a.jpg"):
        told = {"at": 1, "name": name, "sha256": "0" * 64}
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(told, Still)


def test_zones_are_told_without_masks() -> None:
    (camera,) = read_cameras(CAMERAS, "cameras.toml").cameras
    assert msgspec.json.decode(zones_of(camera)) == [
        {
            "kind": "seat",
            "window": "window-1",
            "polygon": [[0.1, 0.2], [0.3, 0.2], [0.3, 0.4]],
        }
    ]
