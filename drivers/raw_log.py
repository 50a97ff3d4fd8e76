"""What passed on a line, as text: for a file, for a download, and to be read in again.

    2026-11-24T04:42:10.123Z > 1b40 1c26 …        sent
    2026-11-24T04:42:10.131Z < 12                 received
    2026-11-24T04:42:11.004Z < (18 bytes)         not kept, or not to be seen
    2026-11-24T04:42:11.200Z # the device closed the connection

A line with more bytes than were kept ends with " … of 40334".
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drivers.transport import Direction, TapEntry

_SIGNS = {Direction.SENT: ">", Direction.RECEIVED: "<", Direction.NOTE: "#"}
_DIRECTIONS = {sign: direction for direction, sign in _SIGNS.items()}
_LINE = re.compile(r"(\S+Z) ([<>#]) ?(.*)")
_HIDDEN = re.compile(r"\((\d+) bytes\)")
_REST = re.compile(r" … of (\d+)$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MB = 1_000_000


def line_of(entry: TapEntry) -> str:
    at = (_EPOCH + timedelta(milliseconds=entry.at_ms)).isoformat(timespec="milliseconds")
    return f"{at.removesuffix('+00:00')}Z {_SIGNS[entry.direction]} {_content(entry)}".rstrip()


def entries_of(lines: Iterable[str]) -> Iterator[TapEntry]:
    """The entries of a log; raises `ValueError` with the number of a line that is none."""
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line.strip())
        if found is None:
            if line.strip():
                raise ValueError(f"line {number}: wanted TIME < HEX, found {line.strip()[:60]!r}")
            continue
        yield _entry(number, *found.groups())


class RawLog:
    """A file that never holds more than half of what is allowed, and the one before it."""

    def __init__(self, path: Path, largest_mb: int) -> None:
        self._path = path
        self._largest_bytes = largest_mb * _MB // 2

    def add(self, entry: TapEntry) -> None:
        """Never in the way of the device: a full disk loses the log, not the ticket."""
        line = line_of(entry).encode() + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.exists() and self._path.stat().st_size + len(line) > self._largest_bytes:
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))
            with self._path.open("ab") as file:
                file.write(line)
        except OSError:
            return


def _content(entry: TapEntry) -> str:
    if entry.direction is Direction.NOTE:
        return entry.data.decode(errors="replace").replace("\n", " ")
    if not entry.data and entry.length:
        return f"({entry.length} bytes)"
    hidden = entry.length - len(entry.data)
    return entry.data.hex(" ", -2) + (f" … of {entry.length}" if hidden else "")


def _entry(number: int, at: str, sign: str, content: str) -> TapEntry:
    try:
        at_ms = round((datetime.fromisoformat(at) - _EPOCH) / timedelta(milliseconds=1))
        direction = _DIRECTIONS[sign]
        if direction is Direction.NOTE:
            data, length = content.encode(), len(content.encode())
        elif hidden := _HIDDEN.fullmatch(content):
            data, length = b"", int(hidden[1])
        else:
            rest = _REST.search(content)
            data = bytes.fromhex(_REST.sub("", content))
            length = int(rest[1]) if rest else len(data)
    except ValueError as error:
        raise ValueError(f"line {number}: wanted TIME < HEX, found {content[:60]!r}") from error
    return TapEntry(at_ms, direction, data, length, number)
