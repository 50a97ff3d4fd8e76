"""The house keeps its rules (``support/house.py``), and the checker sees every seeded breach."""

from pathlib import Path

import pytest
from house import ROOMS, ROOT, breaches


def test_the_house_keeps_its_rules() -> None:
    assert [f"{breach.rule}: {breach.place}" for breach in breaches(ROOT)] == []


TINY_HOUSE = {
    "config/load.py": "import tomllib",
    "drivers/orders.py": "import enum",
    "drivers/codec/bx.py": "import struct\nfrom drivers.orders import enum",
    "hall_server/app.py": "from hall_server.queueing import door",
    "hall_server/clock.py": "import time\n\n\ndef now() -> int:\n    return time.time_ns()",
    "hall_server/contract/messages.py": "from msgspec import Struct",
    "hall_server/ledger/service.py": "from hall_server.contract.messages import Struct",
    "hall_server/queueing/door.py": "from hall_server.queueing import service",
    "hall_server/queueing/service.py": "from hall_server.queueing import rules, tables",
    "hall_server/queueing/tables.py": "import sqlalchemy",
    "hall_server/queueing/rules.py": "from hall_server.contract.messages import Struct",
    "kiosk/station.py": "from drivers.orders import enum",
}
TRY = "def f():\n    try:\n        f()\n    except "
SEEDS = [
    ("leaning", "kiosk/station.py", "def late():\n    import display.director"),
    ("leaning", "drivers/bench.py", "from hall_server.contract import messages"),
    ("floors", "hall_server/ledger/service.py", "from hall_server.queueing import rules"),
    ("floors", "hall_server/duty/service.py", "from hall_server.cases import service"),
    ("floors", "hall_server/attic/service.py", "import json"),
    ("furniture", "hall_server/ledger/tables.py", "from hall_server.ledger import service"),
    ("furniture", "hall_server/duty/chart.py", "def late():\n    import hall_server.duty.door"),
    ("doors", "hall_server/cases/service.py", "from hall_server.queueing.door import service"),
    ("purity", "hall_server/queueing/rules.py", "import random"),
    ("purity", "hall_server/queueing/rules.py", "from hall_server.clock import now"),
    ("purity", "kiosk/paper.py", "import datetime\nX = datetime.datetime.now()"),
    ("purity", "drivers/codec/bx.py", "def f(port):\n    port.sleep(1)"),
    ("places", "hall_server/push.py", "import eventlet"),
    ("third-party files", "kiosk/web/vue.min.js", "0"),
    ("catches", "drivers/printer.py", f"{TRY}(OSError, Exception):\n        f()"),
    ("hidden imports", "config/load.py", "from importlib import import_module"),
    ("hidden imports", "config/load.py", "def f():\n    return __import__('display')"),
    ("relative imports", "drivers/bench.py", "from . import orders"),
    ("import time", "config/load.py", "print('ready')"),
    ("clock", "hall_server/push.py", "import time\n\n\ndef f():\n    return time.time()"),
    ("circles", "drivers/orders.py", "from drivers.codec import bx"),
    ("opening words", "kiosk/station.py", ""),
    ("empty init", "drivers/__init__.py", "import json"),
    ("biting names", "drivers/serial.py", "import json"),
    ("empty words", "config/load.py", "class FileManager:\n    pass"),
    ("long file", "config/load.py", "X = 1\n" * 400),
    ("long file", "kiosk/web/Home.vue", "<p></p>\n" * 251),
    ("long function", "config/load.py", "def f():\n" + "    x = 1\n" * 60),
    ("signs", "drivers/README.md", "word\n" * 41),
    ("addresses in locks", "requirements.lock", "--index-url https://mirror.example/simple"),
    ("addresses in locks", "package-lock.json", '{"resolved": "https://mirror.example/vue"}'),
    ("tests are no package", "tests/__init__.py", ""),
]


def build(root: Path, files: dict[str, str]) -> None:
    for place, text in files.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        opening = '"""Words."""\n' if path.suffix == ".py" and text and "__" not in place else ""
        path.write_text(opening + text, encoding="utf-8")


@pytest.fixture
def tiny_house(tmp_path: Path) -> Path:
    build(tmp_path, {f"{room}/README.md": "What this room is for.\n" for room in ROOMS})
    build(tmp_path, TINY_HOUSE)
    return tmp_path


def test_a_sound_house_has_no_breach(tiny_house: Path) -> None:
    assert breaches(tiny_house) == []


@pytest.mark.parametrize(("rule", "place", "text"), SEEDS)
def test_a_seeded_breach_is_named(tiny_house: Path, rule: str, place: str, text: str) -> None:
    build(tiny_house, {place: text})
    assert {breach.rule for breach in breaches(tiny_house)} == {rule}


def test_a_room_without_a_sign_is_named(tiny_house: Path) -> None:
    (tiny_house / "kiosk/README.md").unlink()
    assert {breach.rule for breach in breaches(tiny_house)} == {"signs"}
