"""The files of this room's own pages: plain modules and style sheets, served as they lie there.

What a page does not have itself is looked for among what all pages share (`drivers/web`).
"""

import re
from pathlib import Path

_SHARED = Path(__file__).with_name("web")
_NAME = re.compile(r"[a-z_]+\.(css|mjs)")
_KINDS = {"css": "text/css; charset=utf-8", "mjs": "text/javascript; charset=utf-8"}


def web_file(own: Path, name: str) -> tuple[bytes, str] | None:
    """Content and kind of a file by its bare name; None when there is none."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    paths = (folder / name for folder in (own, _SHARED))
    path = next((path for path in paths if path.is_file()), None)
    return None if path is None else (path.read_bytes(), _KINDS[found[1]])
