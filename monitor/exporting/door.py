"""The door at which an export is fetched: by whom the hall has just admitted to this very one.

    HEAD /exports/<id>   Authorization: Bearer …       whether it is there, and how long it is
    POST /exports/<id>   token=… as a form sends it    the file, which the browser saves

A form, so that the browser writes a large file to the disk as it comes, and so that the hall's word
stands in no address, no history and no log.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

from hall_server.contract.admission import TOKEN_CHARACTERS_MOST, Admission
from monitor.exporting.manifest import zip_file

PATH = "/exports/"
SEND_AT_ONCE = 256 * 1024


def number_of(path: str) -> int | None:
    """Which export a path names."""
    word = path.removeprefix(PATH)
    return int(word) if word.isascii() and word.isdigit() and len(word) < 17 else None


def token_in_form(request: BaseHTTPRequestHandler) -> str:
    """The hall's word as a page's form sends it; empty where there is none."""
    length = request.headers.get("Content-Length", "")
    if not length.isdigit() or int(length) > TOKEN_CHARACTERS_MOST + 16:
        return ""
    sent = request.rfile.read(int(length))
    return parse_qs(sent.decode("ascii", "replace")).get("token", [""])[0]


def judge(
    path: str, data: Path, token: str, admitted: Callable[[str], Admission | HTTPStatus]
) -> Path | HTTPStatus:
    """The file that may be given, or why it may not."""
    number = number_of(path)
    admission = admitted(token)
    if not isinstance(admission, Admission):
        return admission
    if number is None or admission.export_id != number:
        return HTTPStatus.FORBIDDEN
    file = zip_file(data, number)
    return file if file.is_file() else HTTPStatus.GONE


def send(request: BaseHTTPRequestHandler, file: Path, *, body: bool) -> None:
    """The file as a download."""
    with file.open("rb") as opened:
        request.send_header("Content-Length", str(file.stat().st_size))
        request.send_header("Content-Disposition", f'attachment; filename="export-{file.name}"')
        request.end_headers()
        if body:
            shutil.copyfileobj(opened, request.wfile, SEND_AT_ONCE)
