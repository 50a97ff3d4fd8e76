"""Nobody is recognised: no face detector is named, and no place is there to keep a likeness in."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import msgspec
import pytest

import hall_server.app  # noqa: F401 - names every part, and so every table
from hall_server.contract import source
from hall_server.database import metadata

ROOT = Path(__file__).resolve().parents[2]
RECOGNISERS = re.compile(
    r"face|facial|haar|cascade|yunet|sface|lbph|eigen|fisher|embedding|biometric|gait"
    r"|re_?id(?![a-z])|recogni[sz]|landmark",
    re.IGNORECASE,
)
"""Words that a program which recognises somebody cannot do without."""
LIKENESS = re.compile(
    r"face|embedding|biometric|feature|descriptor|likeness|identity|vector|gait", re.IGNORECASE
)


def code_of(path: Path) -> list[str]:
    """Every name, attribute and text of a file that is code: its prose may say what it is not."""
    tree = ast.parse(path.read_text("utf-8"))
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    words: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.alias(name=name) | ast.Attribute(attr=name):
                words.append(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                words.append(name)
            case ast.Constant(value=str(text)) if id(node) not in prose:
                words.append(text)
    return words


def test_no_face_detector_or_recogniser_is_named_in_the_monitor() -> None:
    files = sorted((ROOT / "monitor").rglob("*.py"))
    assert len(files) > 10
    found = {
        (str(path.relative_to(ROOT)), word)
        for path in files
        for word in code_of(path)
        if RECOGNISERS.search(word)
    }
    assert found == set()


@pytest.mark.parametrize(
    "code",
    [
        "cv2.FaceDetectorYN.create('m')",
        "from cv2 import FaceRecognizerSF",
        "detector = cv2.CascadeClassifier(path)",
        "def embedding_of(frame): ...",
        "load('yunet.onnx')",
    ],
)
def test_the_search_would_find_one(tmp_path: Path, code: str) -> None:
    file = tmp_path / "breach.py"
    file.write_text(f'"""No face is looked for."""\n{code}\n')
    assert any(RECOGNISERS.search(word) for word in code_of(file))
    file.write_text('"""No face is looked for."""\n')
    assert not any(RECOGNISERS.search(word) for word in code_of(file))


def test_no_table_has_a_place_for_a_likeness() -> None:
    columns = [
        f"{table}.{column.name}" for table in metadata.tables for column in metadata.tables[table].c
    ]
    assert "finding.evidence" in columns
    assert [name for name in columns if LIKENESS.search(name)] == []


def test_no_struct_of_supervision_or_of_the_monitor_has_one() -> None:
    shapes = {cls for cls in source.messages() if cls.__module__.endswith(".supervision")}
    for path in (ROOT / "monitor").rglob("*.py"):
        if path.stem not in ("__init__", "__main__"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            shapes |= {
                value
                for value in vars(importlib.import_module(name)).values()
                if isinstance(value, type) and value.__module__ == name
            }
    fields = {
        f"{shape.__name__}.{field}"
        for shape in shapes
        for field in (
            getattr(shape, "__struct_fields__", ()) or getattr(shape, "__dataclass_fields__", ())
        )
    }
    assert {"Evidence.scores", "Look.presence", "Box.score"} <= fields
    assert [name for name in sorted(fields) if LIKENESS.search(name)] == []


def test_an_event_of_a_finding_names_staff_and_nobody_else() -> None:
    for name in ("FindingReported", "CameraLooked", "CameraAdmitted"):
        shape = next(cls for cls in source.messages() if cls.__name__ == name)
        people = {one.name for one in msgspec.structs.fields(shape) if "person" in one.name}
        assert people == set()
