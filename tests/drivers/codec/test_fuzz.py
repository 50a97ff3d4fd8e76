"""Rubbish for every decoder: none raises, and however a stream is cut, the same is understood.

Seeded damage to good streams runs always, twenty times as much under --long; a failure names its
seed. Beside it each codec is fuzzed led by coverage (atheris): a second at most in every run, ten
minutes under --long. Where atheris is not to be had that is skipped, and the damage alone stands.
"""

import os
import random
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import every_codec
import pytest
from damage import damaged, portions
from every_codec import ANSWERED, FOUND, REGISTERS, TARGETS, try_out

from drivers.codec import modbus
from drivers.registry import known_kinds

ROUNDS = 150
SUPPORT = Path(every_codec.__file__).parent
ROOT = SUPPORT.parents[1]
FUZZER = SUPPORT / "fuzz_by_coverage.py"
RUNS_SHORT, SECONDS_SHORT, SECONDS_LONG = 1_000, 1, 600
WITHOUT_BYTES = {"null"}
READS = re.compile(r"^ *def (feed|read_\w+|carry_out|person_card)\(", re.MULTILINE)
READS_FOR_PEOPLE = {"escpos_explained", "signs_explained", "inputs_explained", "explained"}
"""Explainers go through the same readers; test_explained.py and their own tests have them."""
NO_FUZZER = f"no atheris on Python {sys.version_info[0]}.{sys.version_info[1]} of this machine"


@pytest.mark.parametrize("name", TARGETS)
def test_damage_raises_nothing_and_portions_do_not_matter(name: str, campaign_scale: int) -> None:
    target = TARGETS[name]
    for seed in range(ROUNDS * campaign_scale):
        chance = random.Random(seed)
        data = damaged(chance.choice(target.good), chance)
        try:
            try_out(target, data, portions(data, chance))
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise


def test_damage_makes_no_answer_of_a_bar_that_it_did_not_give(campaign_scale: int) -> None:
    for seed in range(ROUNDS * campaign_scale):
        reader = modbus.AnswerReader(1)
        reader.expect(REGISTERS)
        for answer in reader.feed(damaged(ANSWERED, random.Random(seed))):
            assert answer == FOUND or isinstance(answer, modbus.Refused), seed


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_good_is_understood(name: str) -> None:
    """A target that understands nothing would prove nothing."""
    target = TARGETS[name]
    assert target.read([target.good[0]]) != target.read([b""])


def test_every_kind_of_device_is_on_the_list() -> None:
    named = {kind for target in TARGETS.values() for kind in target.kinds}
    assert named == {*known_kinds()} - WITHOUT_BYTES


def test_every_codec_that_reads_is_on_the_list() -> None:
    codecs = (ROOT / "drivers" / "codec").glob("*.py")
    reading = {path.stem for path in codecs if READS.search(path.read_text(encoding="utf-8"))}
    named = {module for target in TARGETS.values() for module in target.modules}
    assert reading - READS_FOR_PEOPLE == named


def test_a_reader_for_which_portions_matter_is_found_out() -> None:
    target = every_codec.CodecTarget(len, (b"ab",), frozenset(), frozenset())
    with pytest.raises(AssertionError, match=r"the portions matter: .*'61', '62'"):
        try_out(target, b"ab", [b"a", b"b"])


def fuzz(
    name: str, seconds: int, folder: Path, runs: int = -1
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(FUZZER), name, str(seconds), str(runs), str(folder)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{SUPPORT}"},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds + 120,
        check=False,
    )


@pytest.mark.skipif(not find_spec("atheris"), reason=NO_FUZZER)
@pytest.mark.parametrize("name", TARGETS)
def test_what_reaches_new_lines_raises_nothing(
    name: str, tmp_path: Path, campaign_scale: int
) -> None:
    if campaign_scale == 1:
        done = fuzz(name, SECONDS_SHORT, tmp_path, RUNS_SHORT)
    else:
        done = fuzz(name, SECONDS_LONG, tmp_path)
    found = [path.read_bytes().hex(" ") for path in tmp_path.glob("crash-*")]
    assert (done.returncode, found) == (0, []), done.stderr[-2_000:] + done.stdout[-2_000:]
    runs = re.search(r"number_of_executed_units: *(\d+)", done.stderr)
    assert runs, done.stderr[-500:]
    assert int(runs[1]) > 50
    assert "INITED cov: 0" not in done.stderr  # it sees the lines that it reaches


@pytest.mark.skipif(not find_spec("atheris"), reason=NO_FUZZER)
def test_a_fault_that_chance_does_not_find_is_found(tmp_path: Path) -> None:
    done = fuzz("planted", 60, tmp_path)
    assert done.returncode != 0
    assert "KeyError" in done.stdout + done.stderr
    assert len(list(tmp_path.glob("crash-*"))) == 1
