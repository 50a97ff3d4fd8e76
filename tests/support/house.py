"""The rules of the house, held by reading its code as text: who may lean on whom, sizes, names.

The rules stand first, as data; the checks follow. ``tests/test_house.py`` runs them, and proves
them by breaking one rule at a time in a tiny house.
"""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEF = ast.FunctionDef | ast.AsyncFunctionDef

# A room of the house → what it may import of the house besides itself.
LEANS_ON = {
    "config": (),
    "drivers": ("config",),
    "hall_server": ("config",),
    "kiosk": ("config", "drivers", "hall_server.contract"),
    "display": ("config", "drivers", "hall_server.contract"),
    "monitor": ("config", "hall_server.contract"),
}
# hall_server's floors, top first: a part imports from floors below its own, never from its own.
FLOORS = (
    "__main__ documents rescue > app > migrations > uploads > http_door socket_door gate > hall"
    " > backup picture > demonstration broadcast > reports exchange > supervision"
    " > cases duty feedback stations > queueing > organisation > access pages push hints"
    " > ledger audience > database > storage > clock prepared sole_writer > runtime failpoints"
    " > arrivals > contract"
).split(" > ")
# Inside a part, top first; a word stands also for files that begin with it (service_acts.py).
FURNITURE = ("door", "service", "tables", "rules")
DOOR = 0
PURE = re.compile(
    r"hall_server\.\w+\.(rules|numbering|forecast|opening|policy|workclock|scoring|measures)(_\w+)?"
    r"|hall_server\.audience|display\.director|kiosk\.paper|drivers\.(orders|codec\.\w+)"
)
PURE_ROOMS = (
    *(f"config.{name}" for name in ("facts", "faults", "fittings", "kinds", "opening", "values")),
    "hall_server.contract",
)
PURE_MAY_IMPORT = {
    *"__future__ abc base64 binascii bisect collections copy dataclasses datetime decimal".split(),
    *"enum fractions functools hashlib heapq hmac itertools json math operator re".split(),
    *"statistics string struct textwrap types typing unicodedata zlib zoneinfo".split(),
}
IMPURE_CALL = re.compile(r"open|print|input|.*\.(now|today|utcnow|sleep)")
OPEN_IMPORTS = {"importlib.metadata", "importlib.resources"}
# A library → the only places that may name it.
PLACES = {
    **dict.fromkeys(("eventlet", "greenlet"), ("hall_server.runtime",)),
    **dict.fromkeys(("flask", "flask_socketio", "alembic", "psycopg2"), ("hall_server",)),
    **dict.fromkeys(("serial", "escpos", "espeakng_loader"), ("drivers",)),
    **dict.fromkeys(("cv2", "av"), ("monitor",)),
    "redis": ("hall_server.hints",),
    "sqlalchemy": ("hall_server", "monitor.recording.index"),
    "PIL": ("drivers", "hall_server.uploads"),
}
CATCHES_ALL = {
    *"hall_server.push hall_server.database hall_server.socket_door hall_server.http_door".split(),
    *"hall_server.contract.link drivers.bench monitor.cameras.watcher".split(),
}
WALL_CLOCK = re.compile(r"(.*\.)?(time\.time(_ns)?|datetime\.(now|utcnow)|date\.today)")
TELLS_TIME = {"hall_server.clock"}
# A script's own folder comes first on the path, and eventlet patches several of these.
BITING_NAMES = set("calendar logging queue select serial signal socket types".split())
EMPTY_WORDS = re.compile(r"(Manager|Helper|Utils?|Impl)$")
LINES_OF_FUNCTION, LINES_OF_README = 60, 40
LINES_OF_FILE = {".py": 400, ".ts": 250, ".vue": 250, ".mjs": 250}
# Written by programs (types, tables), and vocabularies rather than a course of thought.
LONG_ON_PURPOSE = {
    "hall_server/web/shared/contract.ts",
    "hall_server/migrations/versions/v0001_first_day.py",
    "hall_server/contract/messages/queueing.py",
}
ROOMS = (*LEANS_ON, "tests")
SCRIPTS = ("hall", "hall-verify")
NOT_OURS = set("node_modules build data artifacts __pycache__".split())
THIRD_PARTY = re.compile(r"\.(min\.\w+|js|cjs|woff2?|ttf|otf|eot|so|dll|exe|wasm|whl|jar|pyc)$")
ADDRESS_IN_LOCK = {".lock": r"://|--(extra-)?index", "package-lock.json": '"resolved"'}
OWN_SCRIPTS = "tests/peers/"


@dataclass(frozen=True)
class Breach:
    """One rule broken in one place."""

    rule: str
    place: str


@dataclass(frozen=True)
class Module:
    """A Python file of the house, read."""

    name: str
    path: Path
    tree: ast.Module

    def calls(self) -> list[str]:
        nodes = ast.walk(self.tree)
        return [ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)]


@dataclass
class House:
    """All that stands under one root."""

    root: Path

    @cached_property
    def files(self) -> list[Path]:
        found: list[Path] = []
        for folder, inner, names in os.walk(self.root):
            inner[:] = sorted(name for name in {*inner} - NOT_OURS if name[0] != ".")
            found += [Path(folder, name).relative_to(self.root) for name in sorted(names)]
        return found

    @cached_property
    def modules(self) -> dict[str, Module]:
        found = {}
        for path in self.files:
            if path.suffix == ".py" and path.parts[0] in LEANS_ON:
                name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
                tree = ast.parse((self.root / path).read_bytes(), str(path))
                found[name] = Module(name, path, tree)
        return found

    def imports(self, module: Module) -> Iterator[str]:
        """Every module named, also inside functions; `from a import b` is a.b where that exists."""
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    yield whole if whole in self.modules else node.module

    @cached_property
    def edges(self) -> list[tuple[Module, str]]:
        return [(one, name) for one in self.modules.values() for name in self.imports(one)]

    def text(self, path: Path | str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def part_of(name: str) -> str:
    return f"{name}.".split(".")[1]


def rank(name: str) -> int | None:
    """Where a file stands in its part's furniture; None for one that is no such piece."""
    leaf = name.rsplit(".", 1)[-1]
    ranks = (i for i, word in enumerate(FURNITURE) if leaf == word or leaf.startswith(f"{word}_"))
    return next(ranks, None)


def check_leaning(house: House) -> Iterator[Breach]:
    for module, name in house.edges:
        room, other = module.name.split(".")[0], name.split(".")[0]
        if other in LEANS_ON and other != room and not within(name, LEANS_ON[room]):
            yield Breach("leaning", f"{module.name} imports {name}")


def check_floors(house: House) -> Iterator[Breach]:
    floor = {part: i for i, parts in enumerate(FLOORS) for part in parts.split()}
    for name in house.modules:
        if name.startswith("hall_server.") and part_of(name) not in floor:
            yield Breach("floors", f"{name} has no floor: give it one in FLOORS")
    for module, name in house.edges:
        if not (module.name.startswith("hall_server.") and name.startswith("hall_server.")):
            continue
        mine, other = part_of(module.name), part_of(name)
        if mine != other and floor.get(mine, -1) >= floor.get(other, len(FLOORS)):
            yield Breach("floors", f"{module.name} imports {name}")


def check_furniture(house: House) -> Iterator[Breach]:
    for module, name in house.edges:
        if not (module.name.startswith("hall_server.") and name.startswith("hall_server.")):
            continue
        mine, other = rank(module.name), rank(name)
        if part_of(module.name) != part_of(name):
            if other == DOOR and module.name != "hall_server.app":
                yield Breach("doors", f"{module.name} imports {name}")
        elif other is not None and other < (DOOR + 1 if mine is None else mine):
            yield Breach("furniture", f"{module.name} imports {name}")


def check_purity(house: House) -> Iterator[Breach]:
    for module, name in house.edges:
        ours = PURE.fullmatch(name) or within(name, PURE_ROOMS)
        foreign = not ours and name.split(".")[0] not in PURE_MAY_IMPORT
        if foreign and PURE.fullmatch(module.name):
            yield Breach("purity", f"{module.name} imports {name}")
    for module in house.modules.values():
        if PURE.fullmatch(module.name):
            impure = (call for call in module.calls() if IMPURE_CALL.fullmatch(call))
            yield from (Breach("purity", f"{module.name} calls {call}") for call in impure)


def check_places(house: House) -> Iterator[Breach]:
    for module, name in house.edges:
        library = name.split(".")[0]
        if library in PLACES and not within(module.name, PLACES[library]):
            yield Breach("places", f"{module.name} imports {name}")


def check_catches(house: House) -> Iterator[Breach]:
    for module in house.modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler) and module.name not in CATCHES_ALL:
                caught = "" if node.type is None else ast.unparse(node.type)
                if not caught or re.search(r"\b(Base)?Exception\b", caught):
                    yield Breach("catches", f"{module.name}:{node.lineno}")


def check_import_forms(house: House) -> Iterator[Breach]:
    for module, name in house.edges:
        if name.split(".")[0] == "importlib" and name not in OPEN_IMPORTS:
            yield Breach("hidden imports", f"{module.name} imports {name}")
    for module in house.modules.values():
        if {"__import__", "exec", "eval"} & set(module.calls()):
            yield Breach("hidden imports", module.name)
        if any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(module.tree)):
            yield Breach("relative imports", module.name)


def check_import_time(house: House) -> Iterator[Breach]:
    """Nothing happens when a module is imported: it only says what there is."""
    busy = (ast.For, ast.While, ast.With, ast.Try, ast.Delete)
    for module in house.modules.values():
        if module.name.startswith("hall_server.migrations"):
            continue
        for node in module.tree.body:
            call = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
            if call or isinstance(node, busy):
                yield Breach("import time", f"{module.name}:{node.lineno}")


def check_clock(house: House) -> Iterator[Breach]:
    for module in house.modules.values():
        if module.name.startswith("hall_server") and module.name not in TELLS_TIME:
            asked = (call for call in module.calls() if WALL_CLOCK.fullmatch(call))
            yield from (Breach("clock", f"{module.name} asks {call}") for call in asked)


def check_circles(house: House) -> Iterator[Breach]:
    graph: dict[str, set[str]] = {}
    for module, name in house.edges:
        if name in house.modules:
            graph.setdefault(module.name, set()).add(name)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        yield Breach("circles", " → ".join(circle.args[1]))


def check_words(house: House) -> Iterator[Breach]:
    for module in house.modules.values():
        if module.path.name == "__init__.py":
            if module.tree.body:
                yield Breach("empty init", module.name)
        elif not ast.get_docstring(module.tree):
            yield Breach("opening words", module.name)
        if module.path.stem in BITING_NAMES:
            yield Breach("biting names", module.name)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and EMPTY_WORDS.search(node.name):
                yield Breach("empty words", f"{module.name}.{node.name}")


def check_sizes(house: House) -> Iterator[Breach]:
    for path in house.files:
        kind = ".py" if str(path) in SCRIPTS else path.suffix if path.parts[0] in ROOMS else ""
        if kind not in LINES_OF_FILE or str(path) in LONG_ON_PURPOSE:
            continue
        text = house.text(path)
        if len(text.splitlines()) > LINES_OF_FILE[kind]:
            yield Breach("long file", str(path))
        for node in ast.walk(ast.parse(text if kind == ".py" else "")):
            if isinstance(node, DEF) and (node.end_lineno or 0) - node.lineno >= LINES_OF_FUNCTION:
                yield Breach("long function", f"{path}:{node.lineno} {node.name}")


def check_signs(house: House) -> Iterator[Breach]:
    for room in ROOMS:
        sign = Path(room, "README.md")
        written = len(house.text(sign).splitlines()) if sign in house.files else 0
        built = any(path.parts[0] == room for path in house.files)
        if built and not 0 < written <= LINES_OF_README:
            yield Breach("signs", f"{sign}: 1 to {LINES_OF_README} lines, not {written}")


def check_foreign(house: House) -> Iterator[Breach]:
    for path in house.files:
        if THIRD_PARTY.search(path.name) and not str(path).startswith(OWN_SCRIPTS):
            yield Breach("third-party files", str(path))
        if path.name == "__init__.py" and path.parts[0] == "tests":
            yield Breach("tests are no package", str(path))
        address = ADDRESS_IN_LOCK.get(path.suffix if path.suffix == ".lock" else path.name)
        if address and re.search(address, house.text(path)):
            yield Breach("addresses in locks", str(path))


CHECKS = [check for name, check in sorted(globals().items()) if name.startswith("check_")]


def breaches(root: Path) -> list[Breach]:
    house = House(root)
    return [breach for check in CHECKS for breach in check(house)]
