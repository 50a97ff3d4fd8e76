"""Exports, a room behind the live pictures' door: for whom the hall has just admitted to this one.

    HEAD /exports/<id>   Authorization: Bearer …       whether it is there, and how long it is
    POST /exports/<id>   token=… as a form sends it    the file, which the browser saves

A form, so that the browser writes a large file to the disk as it comes, and so that the hall's word
stands in no address, no history and no log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path

from monitor.exporting.manifest import zip_file
from monitor.live.room import Asked, Given

SEND_AT_ONCE = 256 * 1024


@dataclass(frozen=True)
class Exports:
    """``data`` is the recorder's."""

    data: Path
    path: str = "/exports/"
    methods: tuple[str, ...] = ("HEAD", "POST")
    origins: tuple[str, ...] = ()

    @contextmanager
    def given(self, asked: Asked) -> Iterator[Given]:
        """The file as a download."""
        number = number_of(asked.what)
        if number is None or asked.admission.export_id != number:
            yield Given(HTTPStatus.FORBIDDEN)
            return
        file = zip_file(self.data, number)
        if not file.is_file():
            yield Given(HTTPStatus.GONE)
            return
        with file.open("rb") as opened:
            saved = {"Content-Disposition": f'attachment; filename="export-{file.name}"'}
            parts = iter(partial(opened.read, SEND_AT_ONCE), b"")
            yield Given(HTTPStatus.OK, "application/zip", saved, parts, file.stat().st_size)


def number_of(word: str) -> int | None:
    """Which export is named."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 17 else None
