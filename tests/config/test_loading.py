"""What no station needs is not loaded, and whoever needs it has it all the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.loading import left_out

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("program", ["kiosk", "display", "monitor"])
def test_a_station_loads_no_redis(program: str) -> None:
    words = f"import sys, {program}.__main__; sys.exit('redis' in sys.modules)"
    subprocess.run([sys.executable, "-c", words], cwd=ROOT, check=True, timeout=60)


def test_what_was_left_out_can_be_had_afterwards() -> None:
    with left_out("colorsys"), pytest.raises(ImportError):
        import colorsys
    import colorsys

    with left_out("colorsys"):
        assert sys.modules["colorsys"] is colorsys, "what is loaded already stays"
