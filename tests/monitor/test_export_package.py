"""An export's archive: whole, checkable link by link, and a derived copy that says what it is."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from drawn_recording import BEGAN_MS, ended, recorded

from monitor.cameras.camera import Camera, RecordingRules, read_cameras
from monitor.exporting import derived
from monitor.exporting.check import Verdict, check, verdict
from monitor.exporting.manifest import Acts, Chain, Manifest
from monitor.exporting.package import Wanted, export, manifest_sha256
from monitor.recording.archive import Archive
from monitor.recording.clips import find
from monitor.recording.index.archive_index import Segment

ACTS = Acts(
    export_id=0,
    purpose="complaint",
    reason="核实投诉",
    asked_by="shen",
    asked_at_ms=BEGAN_MS,
)
HALF = """
[[cameras]]
id = "a"
name = { zh = "一" }
address = "demo://a"
windows = ["window-1"]
zones = [
  { kind = "mask", polygon = [[0.5, 0], [1, 0], [1, 1], [0.5, 1]] },
  { kind = "mask", polygon = [[0.6, 0.2], [0.9, 0.2], [0.9, 0.8]] },  # over the other
]
"""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Two files of six seconds, sealed, and a later one that is not the export's."""
    archive = Archive(tmp_path, RecordingRules(), free=lambda _folder: 0.5)
    for number in range(3):
        ended(recorded(archive, tmp_path, 6, BEGAN_MS + number * 60_000))
    archive.seal(BEGAN_MS)
    yield archive
    archive.index.close()


def masked_camera() -> Camera:
    return read_cameras(HALF, "cameras.toml").cameras[0]


def packed(
    archive: Archive, folder: Path, *, masked: bool = False, seconds: int = 6, acts: Acts = ACTS
) -> tuple[Path, Manifest, list[int]]:
    clip = find(
        archive.root, archive.index, "a", BEGAN_MS + 1500, BEGAN_MS + 60_000 + seconds * 1000
    )
    wanted = Wanted(
        acts=acts,
        clips=[clip],
        cameras={"a": masked_camera()},
        masked=masked,
        station="monitor-1",
        window="window-1",
    )
    target = folder / "export.zip"
    told: list[int] = []
    manifest = export(folder, wanted, target, at_ms=BEGAN_MS, index=archive.index, tell=told.append)
    return target, manifest, told


def changed(file: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The archive with one file of it altered, as somebody would who knows zip."""
    other = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for one in old.namelist():
            content = old.read(one)
            new.writestr(one, change(content) if one == name else content)
    return other


def test_a_whole_archive_names_everything_in_it(archive: Archive, tmp_path: Path) -> None:
    target, manifest, told = packed(archive, tmp_path)
    with zipfile.ZipFile(target) as opened:
        names = set(opened.namelist())
        for name, sha256 in manifest.files.items():
            assert hashlib.sha256(opened.read(name)).hexdigest() == sha256
        chain = msgspec.json.decode(opened.read("chain.json"), type=Chain)
        readme = opened.read("README.txt").decode()
        assert manifest_sha256(target) == hashlib.sha256(opened.read("manifest.json")).hexdigest()
    assert names == {*manifest.files, "manifest.json"}
    assert [clip.camera_purpose for clip in manifest.clips] == ["supervision"]
    assert [link.place for link in chain.links] == [1, 2, 3], "up to the head that is sealed"
    (seal,) = archive.index.seals_untold()
    assert manifest.sealed is not None
    assert (manifest.sealed.place, manifest.sealed.chain) == (seal.place, seal.chain)
    assert "核实投诉" in readme
    assert "python -m monitor.clip --check" in readme
    assert told == sorted(told)
    assert told[-1] == 1000
    remarks = check(target)
    assert verdict(remarks) is Verdict.CANNOT_TELL, remarks
    assert [one for one in remarks if one.verdict is Verdict.WRONG] == []


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("a.vtt", lambda text: text + b" ", "a.vtt: 内容被改动"),
        ("a.mp4", lambda data: data[:-9] + b"\x00" + data[-8:], "a.mp4: 内容被改动"),
        ("chain.json", lambda text: text.replace(b'"place": 2', b'"place": 7'), "缺环"),
        ("chain.json", lambda text: text.replace(b'"camera": "a"', b'"camera": "b"', 1), "不符"),
        ("manifest.json", lambda text: text.replace(b'"place": 3', b'"place": 4'), "封存不同"),
    ],
)
def test_whatever_is_changed_is_named(
    archive: Archive, tmp_path: Path, name: str, change: Callable[[bytes], bytes], told: str
) -> None:
    target, _, _ = packed(archive, tmp_path)
    remarks = check(changed(target, name, change))
    assert verdict(remarks) is Verdict.WRONG
    assert told in " ".join(one.sentence for one in remarks)


def test_a_film_put_in_the_place_of_another_is_found(archive: Archive, tmp_path: Path) -> None:
    """Also where whoever did it has made good the hashes of the files."""
    target, manifest, _ = packed(archive, tmp_path)
    (tmp_path / "other").mkdir()
    clip = find(archive.root, archive.index, "a", BEGAN_MS + 120_000, BEGAN_MS + 126_000)
    other = Wanted(acts=ACTS, clips=[clip], cameras={})
    export(tmp_path, other, tmp_path / "other/x.zip", at_ms=1, index=archive.index)
    with zipfile.ZipFile(tmp_path / "other/x.zip") as opened:
        film = opened.read("a.mp4")
    wrong = hashlib.sha256(film).hexdigest().encode()
    right = manifest.files["a.mp4"].encode()
    forged = changed(target, "a.mp4", lambda _data: film)
    forged.rename(target)
    forged = changed(target, "manifest.json", lambda text: text.replace(right, wrong))
    sentences = [one.sentence for one in check(forged) if one.verdict is Verdict.WRONG]
    assert sentences == ["a.mp4: 画面与清单不符 its pictures are not those recorded"]


def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(b"no zip")
    assert verdict(check(file)) is Verdict.WRONG


def film(file: Path) -> list[tuple[int, np.ndarray]]:
    with av.open(str(file)) as opened:
        return [
            (round((frame.time or 0) * 1000), frame.to_ndarray(format="gray"))
            for frame in opened.decode(video=0)
        ]


def test_a_masked_copy_is_a_derived_one_and_shows_nothing_behind_the_mask(
    archive: Archive, tmp_path: Path
) -> None:
    target, manifest, told = packed(archive, tmp_path, masked=True, seconds=2)
    (clip,) = manifest.clips
    assert (clip.file, clip.derived, manifest.masked) == ("a-derived.mp4", True, True)
    with zipfile.ZipFile(target) as opened:
        names = opened.namelist()
        opened.extract("a-derived.mp4", tmp_path)
        assert "副本，非原件" in opened.read("README.txt").decode()
    assert "a.mp4" not in names, "no original is given away with it"
    assert len(clip.segments) == 2, "but named"
    pictures = film(tmp_path / "a-derived.mp4")
    assert pictures[0][0] == 0, "nothing from before the time"
    assert pictures[0][1].shape == (360 + derived.BAND_LEAST, 640), "a band below the picture"
    for _, picture in pictures:
        behind, before = picture[8:352, 328:632], picture[100:320, 8:312]
        assert behind.max() < 40
        assert before.std() > 10, "the rest is to be seen"
        mark = picture[334:356, 6:104]
        assert (mark > 200).sum() > 100, "副本 非原件 stands in the picture"
        assert (picture[362:] > 150).sum() > 300, "time, place and number stand below"
    seconds = [picture[362:, :230] for at_ms, picture in pictures if at_ms in (0, 1500)]
    assert np.abs(seconds[0].astype(int) - seconds[1].astype(int)).max() > 60, "the time goes on"
    gap_ms = max(after[0] - before[0] for before, after in pairwise(pictures))
    assert gap_ms == 54_000 + 125, "a gap is as long as it was"
    assert told == sorted(told)


def test_without_x264_another_coder_serves(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "CODERS", ("no-such-coder", "mpeg4"))
    assert derived.coder() == "mpeg4"
    target, _, _ = packed(archive, tmp_path, masked=True, seconds=1)
    with zipfile.ZipFile(target) as opened:
        opened.extract("a-derived.mp4", tmp_path)
    with av.open(str(tmp_path / "a-derived.mp4")) as opened_film:
        assert opened_film.streams.video[0].codec_context.name == "mpeg4"
    assert len(film(tmp_path / "a-derived.mp4")) > 8


def test_a_file_that_has_no_place_in_the_chain_is_no_proof(
    archive: Archive, tmp_path: Path
) -> None:
    clip = find(archive.root, archive.index, "a", BEGAN_MS, BEGAN_MS + 6_000)
    bare: list[Segment] = [replace(one, place=None, sha256="", chain="") for one in clip.segments]
    wanted = Wanted(acts=ACTS, clips=[replace(clip, segments=bare)], cameras={})
    export(tmp_path, wanted, tmp_path / "x.zip", at_ms=1, index=archive.index)
    told = " ".join(one.sentence for one in check(tmp_path / "x.zip"))
    assert "导出时尚未封存" in told
