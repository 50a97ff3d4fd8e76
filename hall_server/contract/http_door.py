"""Asking the hall by HTTP: what a station needs before it may open its WebSocket.

One message, one answer, a time limit, no redirects and no proxy: the hall is in the same building.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException
from typing import TypeVar

import msgspec

from hall_server.contract.messages.base import Answer, Ask, Read, Refused
from hall_server.contract.refusals import Refusal

A = TypeVar("A", bound=Answer)
ANSWER_BYTES_MAX = 16_000_000


class LinkDown(Exception):  # noqa: N818 - a state of the world, not a programming error
    """The hall cannot be reached, or did not answer in time.

    ``sent`` tells whether the ask may have arrived: then only a repeat with the same request_id
    can tell what became of it.
    """

    def __init__(self, detail: str, *, sent: bool = False) -> None:
        """``detail`` is for the log."""
        super().__init__(detail)
        self.sent = sent


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())


def post(hall_url: str, name: str, message: Ask | Read, expect: type[A], timeout_s: float) -> A:
    """Ask the hall by ``POST /api/v1/<name>``; raises Refusal or LinkDown."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(  # noqa: S310 - hall_url is http(s), checked by the settings
        f"{hall_url}/api/v1/{name}", msgspec.json.encode(message), headers, method="POST"
    )
    try:
        with _OPENER.open(request, timeout=timeout_s) as response:
            body: bytes = response.read(ANSWER_BYTES_MAX)
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error) from error
    except (OSError, HTTPException) as error:
        raise LinkDown(f"{name}: {error}", sent=True) from error
    try:
        return msgspec.json.decode(body, type=expect)
    except msgspec.DecodeError as error:
        raise LinkDown(f"{name}: what answered is not the hall: {error}", sent=True) from error


def _refusal(error: urllib.error.HTTPError) -> Exception:
    try:
        return Refusal.repeated(msgspec.json.decode(error.read(65_536), type=Refused))
    except (OSError, HTTPException, msgspec.DecodeError):
        return LinkDown(f"the hall answered {error.code} without a reason", sent=True)
