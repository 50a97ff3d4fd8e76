"""Threads that meet the same message for the first time at once do not bring the program down."""

import subprocess
import sys
from pathlib import Path

import msgspec

from config.load import load_profile

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import json, sys, threading
import msgspec
from config.facts import HallFacts
from hall_server.contract.registry import learn_messages

told = json.load(open(sys.argv[1], encoding="utf-8"))
learn_messages()
sys.setswitchinterval(1e-6)
together = threading.Barrier(8)

def read():
    together.wait()
    msgspec.convert(told, type=HallFacts)

threads = [threading.Thread(target=read) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
"""Without learning first, nine of ten of these ended by a segmentation fault (msgspec 0.22)."""
TIMES = 6


def test_learned_messages_are_read_by_many_threads_at_once(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_bytes(msgspec.json.encode(load_profile("gengma")))
    for _ in range(TIMES):
        words = [sys.executable, "-c", PROGRAM, str(facts)]
        done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
