"""What no station needs is not loaded, and whoever needs it has it all the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.loading import left_out

ROOT = Path(__file__).resolve().parents[2]
CONNECTS = """
import runpy, sys
from hall_server.contract.connection import Connection
runpy.run_module(f"{sys.argv[1]}.__main__")
Connection("http://127.0.0.1:1")
assert "socketio" in sys.modules
sys.exit("redis" in sys.modules)
"""


@pytest.mark.parametrize("program", ["kiosk", "display", "monitor"])
def test_a_station_loads_no_redis(program: str) -> None:
    words = [sys.executable, "-c", CONNECTS, program]
    subprocess.run(words, cwd=ROOT, check=True, timeout=60)


def test_what_was_left_out_can_be_had_afterwards() -> None:
    with left_out("colorsys"), pytest.raises(ImportError):
        import colorsys
    import colorsys

    with left_out("colorsys"):
        assert sys.modules["colorsys"] is colorsys, "what is loaded already stays"
