"""Reads facts from a TOML file or one record from a form, strictly: nothing is guessed or ignored.

Whatever does not fit is named with its file, its place and what is wanted, all faults at once.
Whether the records fit together is decided in ``hall_server/organisation/rules.py``.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from config.facts import HallFacts
from config.faults import Fault, FaultyFactsError, explain
from config.kinds import KINDS, MANY, SINGLE
from config.values import Fact

Shape = TypeVar("Shape", bound=msgspec.Struct)

PROFILES = Path(__file__).parent / "profiles"


def load_facts(path: Path) -> HallFacts:
    """The facts that a file states."""
    return read_facts(path.read_text(encoding="utf-8"), path.name)


def load_profile(name: str) -> HallFacts:
    """The facts of a profile by its name, such as ``shuangjiang``, or of a file by its path."""
    path = Path(name) if name.endswith(".toml") else PROFILES / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(profile_names())
        raise FaultyFactsError(
            [Fault(name, f"没有这个配置，可用：{known}", f"no such profile; there are: {known}")]
        )
    return load_facts(path)


def profile_names() -> list[str]:
    """The profiles at hand."""
    return sorted(path.stem for path in PROFILES.glob("*.toml"))


def read_facts(text: str, source: str) -> HallFacts:
    """The facts that this TOML text states; ``source`` names it in faults."""
    tables = _parse(text, source)
    faults: list[Fault] = []
    kinds: dict[str, object] = {}
    for key, value in tables.items():
        if key in SINGLE:
            kinds[key] = _convert(key, value, key, faults)
        elif key in MANY and isinstance(value, list):
            kinds[key] = [_convert(key, one, f"{key}[{n}]", faults) for n, one in enumerate(value)]
        elif key in MANY:
            faults.append(Fault(key, f"应写作 [[{key}]]", f"must be written as [[{key}]]"))
        else:
            faults.append(Fault(key, "没有这一类内容", "there is no such kind of fact"))
    faults += [
        Fault(key, f"缺少 [{key}]", f"[{key}] is required")
        for key in ("site", "opening")
        if key not in tables
    ]
    if faults:
        raise FaultyFactsError(faults, source)
    return msgspec.convert(kinds, HallFacts)


def read_kind(text: str, source: str, kind: str) -> list[Fact]:
    """The records of one kind from a file that may hold others, or nothing else at all."""
    tables = _parse(text, source)
    faults = [
        Fault(key, "没有这一类内容", "there is no such kind of fact")
        for key in tables
        if key not in KINDS
    ]
    stated = tables.get(kind, [])
    if not isinstance(stated, list):
        raise FaultyFactsError(
            [Fault(kind, f"应写作 [[{kind}]]", f"must be written as [[{kind}]]")]
        )
    records = [_convert(kind, one, f"{kind}[{n}]", faults) for n, one in enumerate(stated)]
    if faults:
        raise FaultyFactsError(faults, source)
    return [record for record in records if record is not None]


def read_table(text: str, source: str, shape: type[Shape]) -> Shape:
    """A TOML text that is one table of this shape, such as the voice's own settings."""
    try:
        return msgspec.convert(_parse(text, source), shape)
    except msgspec.ValidationError as error:
        raise FaultyFactsError([explain(error, shape, "")], source) from error


def read_record(kind: str, body: str) -> Fact:
    """One record as a form sends it (JSON text)."""
    try:
        return msgspec.json.decode(body, type=KINDS[kind])
    except msgspec.ValidationError as error:
        raise FaultyFactsError([explain(error, KINDS[kind], kind)]) from error
    except msgspec.DecodeError as error:
        fault = Fault(kind, f"不是有效的 JSON：{error}", f"not valid JSON: {error}")
        raise FaultyFactsError([fault]) from error


def _parse(text: str, source: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told = str(error)
        found = re.search(r"\(at line (\d+), column (\d+)\)", told)
        place_zh = f"第 {found[1]} 行第 {found[2]} 列" if found else "文件末尾"
        where = f"line {found[1]}" if found else "end of file"
        fault = Fault(where, f"TOML 语法错误（{place_zh}）", f"TOML syntax: {told}")
        raise FaultyFactsError([fault], source) from error


def _convert(kind: str, value: object, place: str, faults: list[Fault]) -> Fact | None:
    """One record; what is wrong with it joins ``faults`` so that the rest is looked at too."""
    if isinstance(value, dict) and isinstance(value.get("id"), str) and kind in MANY:
        place = f"{kind}/{value['id']}"
    try:
        return msgspec.convert(value, KINDS[kind])
    except msgspec.ValidationError as error:
        faults.append(explain(error, KINDS[kind], place))
        return None
