"""``python -m hall_server.documents``: write what is generated from the contract.

Run it after a change of a message, a refusal or a permission; a test says when it was forgotten.
It stands outside the contract because the reference also tells who may send what, and the
contract knows nothing of the rooms above it.
"""

from __future__ import annotations

from pathlib import Path

from hall_server.access.rules import PERMISSIONS
from hall_server.contract.openapi import openapi
from hall_server.contract.reference import reference
from hall_server.contract.typescript import typescript

ROOT = Path(__file__).resolve().parent.parent


def documents() -> dict[str, str]:
    """Every generated file of the repository: its path from the root → its text."""
    return {
        "hall_server/web/shared/contract.ts": typescript(),
        "docs/openapi.json": openapi(),
        "docs/messages.md": reference(PERMISSIONS),
    }


def main() -> None:
    """Write each file that differs."""
    for name, text in documents().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
