"""The pages as sources and as built: no page leans on another, none needs a foreign server, none
grows too heavy for the machines of a hall.

A page is a folder with an index.html. Folders beside it without one are shared by the pages of that
room; `hall_server/web/shared` by all.
"""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

from drivers.orders import DeviceCode

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("hall_server/web", "kiosk/web", "display/web", "monitor/web")
SHARED = ROOT / "hall_server/web/shared"
VERSION = ROOT / "package.json"  # the version has its home there
IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*['"]([^'"]+)['"]|url\(['"]?([^'")]+)""")
# Names of XML kinds look like addresses but are never fetched.
ADDRESS = re.compile(r"https?://(?!www\.w3\.org/|\$\{)|//[a-z0-9-]+\.(?:com|net|org|cn)/")
BUDGET_KB = {"monitor/web": 120, "hall_server/web/admin": 260}
BUDGET_OTHERS_KB = 90


def sources() -> list[Path]:
    kinds = {".ts", ".vue", ".css", ".html"}
    return [p for room in ROOMS for p in sorted((ROOT / room).rglob("*")) if p.suffix in kinds]


def page_of(path: Path) -> Path | None:
    """The page a file belongs to: the nearest folder above it that has an index.html."""
    above = (folder for folder in path.parents if (folder / "index.html").is_file())
    return next(above, None)


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def imported(path: Path) -> Iterator[Path]:
    """Files of ours that this one names; libraries are named without a dot or an @shared."""
    for found in IMPORT.finditer(path.read_text(encoding="utf-8")):
        name = found[1] or found[2]
        if name.startswith("@shared/"):
            yield SHARED / name.removeprefix("@shared/")
        elif name.startswith(".") and (target := (path.parent / name).resolve()) != VERSION:
            yield target


def test_no_page_leans_on_another() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {target.relative_to(ROOT)}"
        for path in sources()
        for target in imported(path)
        if not target.is_relative_to(SHARED)
        and (room_of(target) != room_of(path) or page_of(target) not in {None, page_of(path)})
    ]
    assert wrong == []


def test_what_all_pages_share_leans_on_no_page() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {target.relative_to(ROOT)}"
        for path in sources()
        if path.is_relative_to(SHARED)
        for target in imported(path)
        if not target.is_relative_to(SHARED)
    ]
    assert wrong == []


def test_no_page_names_a_foreign_server() -> None:
    """Halls have no Internet: fonts, scripts and pictures come from the hall itself."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources()
        if ADDRESS.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def weight_of(entry: str, manifest: dict[str, dict[str, list[str]]], pages: Path) -> float:
    """Kilobytes on the wire until the page stands: its script, styles and all they import."""
    waiting, seen, files = [entry], set(), set()
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        part = manifest[key]
        files |= {str(part["file"]), *part.get("css", [])}
        waiting += part.get("imports", [])
    return sum(len(gzip.compress((pages / name).read_bytes(), 9)) for name in files) / 1000


def test_pages_stay_light(pages: Path) -> None:
    manifest = json.loads((pages / ".vite/manifest.json").read_text(encoding="utf-8"))
    entries = [key for key, part in manifest.items() if part.get("isEntry")]
    assert entries
    for entry in entries:
        page = str(Path(entry).parent)
        weight = weight_of(entry, manifest, pages)
        assert weight <= BUDGET_KB.get(page, BUDGET_OTHERS_KB), f"{page} weighs {weight:.0f} KB"


def test_every_code_of_a_device_has_words_in_both_languages() -> None:
    words = (SHARED / "causes.ts").read_text(encoding="utf-8")
    assert [code for code in DeviceCode if words.count(f"    {code}: '") != 2] == []
