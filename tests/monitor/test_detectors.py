"""A site's own model: the very file that was named, or none. The network here is made by the test.

It takes the mean of the picture and says: one person in the middle, as sure as the picture is
bright. Written out byte by byte, so that no further library is needed to make it.
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from monitor.analyser import detector_of
from monitor.findings.counting import people_around, people_in
from monitor.findings.detectors import (
    ModelSettings,
    OnnxDetector,
    StandingDetector,
    UnfitModelError,
    has_standing_detector,
)
from monitor.findings.watched import FindingRules, UnfitFileError, load_rules

FLOAT, INT64 = 1, 7


def number(field: int, value: int) -> bytes:
    """A whole number of a protocol buffer."""
    return _varint(field << 3) + _varint(value)


def part(field: int, content: bytes | str) -> bytes:
    """A text or a message of a protocol buffer."""
    raw = content.encode() if isinstance(content, str) else content
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def tensor(name: str, dims: tuple[int, ...], values: list[float]) -> bytes:
    shape = b"".join(number(1, size) for size in dims)
    raw = struct.pack(f"<{len(values)}f", *values)
    return shape + number(2, FLOAT) + part(8, name) + part(9, raw)


def whole_numbers(name: str, values: list[int]) -> bytes:
    raw = struct.pack(f"<{len(values)}q", *values)
    return number(1, len(values)) + number(2, INT64) + part(8, name) + part(9, raw)


def value_info(name: str, dims: tuple[int, ...]) -> bytes:
    shape = b"".join(part(1, number(1, size)) for size in dims)
    return part(1, name) + part(2, part(1, number(1, FLOAT) + part(2, shape)))


def node(kind: str, inputs: list[str], output: str) -> bytes:
    return b"".join(part(1, name) for name in inputs) + part(2, output) + part(4, kind)


def model(bias: list[float] | None = None, columns: int = 5) -> bytes:
    """Mean of the picture → one row: the middle, half as wide, as sure as it is bright.

    With a ``bias`` of several rows there are as many people, as sure as that says.
    """
    bias = bias or [0.5, 0.5, 0.5, 0.8, 0.0]
    weights = (
        ([0.0] * (columns - 1) + [1 / 3]) * 3 if len(bias) == columns else [0.0] * 3 * len(bias)
    )
    graph = (
        part(1, node("GlobalAveragePool", ["picture"], "mean"))
        + part(1, node("Flatten", ["mean"], "flat"))
        + part(1, node("Gemm", ["flat", "weights", "bias"], "wide"))
        + part(1, node("Reshape", ["wide", "shape"], "rows"))
        + part(2, "bright")
        + part(5, tensor("weights", (3, len(bias)), weights))
        + part(5, tensor("bias", (len(bias),), bias))
        + part(5, whole_numbers("shape", [len(bias) // columns, columns]))
        + part(11, value_info("picture", (1, 3, 32, 32)))
        + part(12, value_info("rows", (len(bias) // columns, columns)))
    )
    return number(1, 8) + part(8, number(2, 13)) + part(7, graph)


def stated(folder: Path, content: bytes) -> ModelSettings:
    """The model as a site would name it."""
    file = folder / "people.onnx"
    file.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return ModelSettings(file=str(file), sha256=digest, licence="test", width=32, height=32)


@pytest.fixture
def settings(tmp_path: Path) -> ModelSettings:
    return stated(tmp_path, model())


def test_a_model_of_the_site_says_where_somebody_is(settings: ModelSettings) -> None:
    detector = OnnxDetector(settings)
    bright = np.full((100, 200), 250, np.uint8)
    (box,) = detector.detect(bright)
    assert (box.x, box.width) == (50, 100)
    assert box.score == pytest.approx(250 / 255, abs=0.01)
    assert detector.detect(np.full((100, 200), 20, np.uint8)) == []


def test_another_file_than_the_named_one_is_refused(settings: ModelSettings) -> None:
    for changed in ({"sha256": "0" * 64}, {"file": "no/such.onnx"}):
        with pytest.raises(UnfitModelError):
            OnnxDetector(msgspec.structs.replace(settings, **changed))
    path = Path(settings.file)
    path.write_bytes(b"no network at all")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(UnfitModelError):
        OnnxDetector(msgspec.structs.replace(settings, sha256=digest))


@pytest.mark.parametrize(("columns", "bias"), [(4, [0.5] * 4), (6, [0.5] * 12), (84, [0.1] * 84)])
def test_a_model_that_answers_in_another_form_is_refused_plainly(
    tmp_path: Path, columns: int, bias: list[float]
) -> None:
    shape = rf"\({len(bias) // columns}, {columns}\)"
    with pytest.raises(UnfitModelError, match=rf"每行 5 个数 .*width, height, score; .*{shape}"):
        OnnxDetector(stated(tmp_path, model(bias, columns)))


CROWD = [
    *(0.10, 0.5, 0.10, 0.4, 0.9),
    *(0.11, 0.5, 0.10, 0.4, 0.8),  # the same person once more
    *(0.50, 0.5, 0.10, 0.4, 0.7),
    *(0.90, 0.5, 0.10, 0.4, 0.6),
    *(0.70, 0.5, 0.10, 0.4, 0.2),  # hardly one
    *(float("nan"), 0.5, 0.1, 0.4, 0.9),
]


def test_people_are_counted_once_each_and_only_in_the_zone(tmp_path: Path) -> None:
    detector = OnnxDetector(stated(tmp_path, model(CROWD)))
    frame = np.full((360, 640), 90, np.uint8)
    whole = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    assert people_in(detector, frame, [whole]) == 3
    # The model is shown the box around the zones, here the right half, and sees three there too;
    # one of them stands in the corner that the zone leaves out.
    cut = [(0.5, 0.0), (0.7, 0.0), (1.0, 0.9), (1.0, 1.0), (0.5, 1.0)]
    assert len(people_around(detector, frame, [cut])) == 3
    assert people_in(detector, frame, [cut]) == 2


def test_a_limit_of_people_without_a_model_is_refused(tmp_path: Path) -> None:
    """An area is no count, and OpenCV's own detector is not good enough to count by."""
    file = tmp_path / "rules.toml"
    for text in ("", "standing_detector = true\n"):
        file.write_text(f"{text}[limits]\ncrowd_people = 20\n")
        with pytest.raises(UnfitFileError, match=r"crowd_people.*本单位的模型"):
            load_rules(file)
    model_of_site = f'[[detector]]\nfile = "m.onnx"\nsha256 = "{"0" * 64}"\nlicence = "MIT"\n'
    file.write_text(f"[limits]\ncrowd_people = 20\n{model_of_site}")
    assert load_rules(file).limits.crowd_people == 20


def test_a_model_without_a_licence_is_refused_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    text = '[[detector]]\nfile = "m.onnx"\nsha256 = "%s"\n'
    file.write_text(text % ("0" * 64))
    with pytest.raises(UnfitFileError, match="licence"):
        load_rules(file)
    file.write_text(text % ("0" * 64) + 'licence = "Apache-2.0"\n')
    assert load_rules(file).detector[0].licence == "Apache-2.0"


def test_none_is_asked_unless_the_site_wants_one(settings: ModelSettings) -> None:
    assert detector_of(FindingRules()) is None
    assert isinstance(detector_of(FindingRules(detector=[settings])), OnnxDetector)
    if has_standing_detector():
        assert isinstance(detector_of(FindingRules(standing_detector=True)), StandingDetector)


def test_opencv_s_own_detector_only_where_this_build_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if has_standing_detector():
        assert StandingDetector().detect(np.full((160, 80), 128, np.uint8)) == []
        monkeypatch.delattr(cv2, "HOGDescriptor")
    assert not has_standing_detector()
    with pytest.raises(UnfitModelError):
        StandingDetector()
