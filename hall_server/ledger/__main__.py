"""``./hall export FOLDER``: the ledger as evidence, beside a running hall.

The folder can be handed to anyone; `hall-verify export FOLDER --key …` checks it. It reaches as
far as the newest signed checkpoint, which is at most a minute old.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import sqlalchemy
from sqlalchemy.engine import Connection

from hall_server.ledger.export import ExportExistsError, write_export
from hall_server.ledger.merkle import Tree
from hall_server.ledger.reading import (
    KeptHashes,
    LedgerDamagedError,
    checkpoints_between,
    entries_between,
    newest_checkpoint,
    read_head,
)


class NothingToExportError(Exception):
    """No signed checkpoint reaches that far."""


def export_ledger(connection: Connection, folder: Path, after: int = 0) -> tuple[int, int]:
    """Write what follows `after`, the size of a checkpoint or 0; gives the first and last seq."""
    head = read_head(connection)
    newest = head and newest_checkpoint(connection, head.origin)
    if head is None or newest is None or after >= newest.size:
        raise NothingToExportError("尚无签署的检查点 / no signed checkpoint to export up to")
    notes = [
        checkpoint.note
        for checkpoint in checkpoints_between(connection, head.origin, after, newest.size)
    ]
    frontier = Tree(KeptHashes(connection), after).frontier().to_bytes() if after else b""
    entries = entries_between(connection, after, newest.size)
    written = write_export(folder, entries, notes, head.verifier_key, frontier)
    return after + 1, after + written


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./hall", description=__doc__)
    parser.add_argument("act", choices=["export"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--database", default="", help="SQLAlchemy URL when not SQLite")
    parser.add_argument("--after", type=int, default=0, help="size of an earlier checkpoint")
    asked = parser.parse_args(arguments)
    url = asked.database or f"sqlite:///file:{asked.data / 'hall.db'}?mode=ro&uri=true"
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            first, last = export_ledger(connection, asked.folder, asked.after)
    except (NothingToExportError, ExportExistsError, LedgerDamagedError) as error:
        print(f"✗ {error}", file=sys.stderr)  # noqa: T201 - a program for a terminal
        return 1
    finally:
        engine.dispose()
    key = (asked.folder / "key.vkey").read_text("utf-8").strip()
    print(f"已导出 / exported: seq {first}-{last} → {asked.folder}")  # noqa: T201 - see above
    print(f"核验 / check: ./hall-verify export {asked.folder} --key {key}")  # noqa: T201 - see above
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
