"""The HTTP door: ``POST /api/v1/<subject.verb>``, health, and who is asking.

Same messages and same guard as the Socket.IO door. Cookies carry people's sessions, a bearer
token a station's. Only JSON is taken, which a foreign page cannot send without asking first.

Asks are answered as plain WSGI, before Flask, whose routing and contexts would cost more than all
that a ticket needs of the door; Flask gives pages, pictures and health.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from flask import Flask, Response
from werkzeug.http import dump_cookie, parse_cookie
from werkzeug.wsgi import get_content_length

from hall_server.access.service import OpenedSession
from hall_server.access.sessions import COOKIE, COOKIE_UNDER_TLS
from hall_server.contract.messages.base import Answer
from hall_server.contract.refusals import Refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

    from hall_server.access.rules import Asker
    from hall_server.hall import Hall

PREFIX = "/api/v1/"
JSON_BYTES_MAX = 64 * 1024
LARGE_BYTES_MAX = 4 * 1024 * 1024
LARGE = frozenset({"fact.save", "fact.check", "facts.check", "facts.import"})
JSON = "application/json"

Environ = dict[str, Any]

log = logging.getLogger(__name__)


class Reply(NamedTuple):
    """What goes back; a body is always JSON."""

    status: int
    body: bytes = b""
    cookies: tuple[str, ...] = ()


def mount(app: Flask, hall: Hall) -> None:
    """Add the routes that Flask answers."""

    @app.get("/healthz")
    def healthz() -> Response:
        return Response(msgspec.json.encode(hall.health()), mimetype=JSON)

    @app.errorhandler(Exception)
    def bug(error: Exception) -> Response:
        code = getattr(error, "code", None)
        if isinstance(code, int):  # Werkzeug's own 404, 405, 413 …
            return Response(status=code)
        return by_flask(_internal(error))


def door(inner: WSGIApplication, hall: Hall) -> WSGIApplication:
    """Answer what is sent to ``PREFIX``; everything else goes on to ``inner``."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return inner(environ, start_response)
        headers: list[tuple[str, str]] = []
        try:
            headers += _origin_named(hall, environ)
            reply = _reply(hall, environ, _utf8(path[len(PREFIX) :]))
        except Exception as bug:
            reply = _internal(bug)
        if reply.body:
            headers += [("Content-Type", JSON), ("Cache-Control", "no-store")]
        headers.append(("Content-Length", str(len(reply.body))))
        headers += [("Set-Cookie", cookie) for cookie in reply.cookies]
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", headers)
        return [reply.body]

    return application


def _utf8(path: str) -> str:
    """WSGI hands a path over as if its bytes were Latin-1."""
    return path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace")


def _origin_named(hall: Hall, environ: Environ) -> list[tuple[str, str]]:
    """Let the page of an enrolled station read what it asked; which ones, by exact origin."""
    headers = [("Vary", "Origin")]
    method = environ["REQUEST_METHOD"]
    if method != "POST":
        headers.append(("Allow", "POST, OPTIONS"))
    origin = environ.get("HTTP_ORIGIN")
    if origin is None or not hall.origin_allowed(origin, environ):
        return headers
    headers.append(("Access-Control-Allow-Origin", origin))
    headers.append(("Access-Control-Allow-Credentials", "true"))
    if method == "OPTIONS":
        headers.append(("Access-Control-Allow-Methods", "POST"))
        headers.append(("Access-Control-Allow-Headers", "Content-Type"))
        headers.append(("Access-Control-Max-Age", "600"))
    return headers


def asker_of_request(hall: Hall, environ: Environ) -> Asker:
    """Who sends this request, by bearer token or cookie."""
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme != "Bearer":
        cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
        token = cookies.get(COOKIE_UNDER_TLS) or cookies.get(COOKIE, "")
    return hall.asker(token, environ.get("REMOTE_ADDR") or "")


def by_flask(reply: Reply) -> Response:
    """The same reply from a route of Flask's."""
    headers = {"Cache-Control": "no-store"}
    return Response(reply.body, status=reply.status, mimetype=JSON, headers=headers)


def refused(refusal: Refusal) -> Reply:
    """A refusal as an HTTP answer."""
    return Reply(refusal.status, msgspec.json.encode(refusal.refused))


def _internal(error: Exception) -> Reply:
    """A bug: the trace goes to the log under a number, the asker gets the number."""
    incident = secrets.token_hex(4)
    log.error("incident %s", incident, exc_info=error)
    return refused(Refusal("internal", incident=incident))


def _reply(hall: Hall, environ: Environ, name: str) -> Reply:
    match environ["REQUEST_METHOD"]:
        case "POST":
            try:
                return _answer(hall, environ, name)
            except Refusal as refusal:
                return refused(refusal)
        case "OPTIONS":
            return Reply(200)
        case _:
            return Reply(405)


def _answer(hall: Hall, environ: Environ, name: str) -> Reply:
    asker = asker_of_request(hall, environ)
    hall.admit(name, asker)
    body = _body(environ, name)
    result = hall.handle(name, body, asker)
    if isinstance(result, OpenedSession):
        return _accepted(result.answer, _cookie_set(environ, result.token))
    if name == "account.sign_out":
        return _accepted(result, *_cookies_gone())
    return _accepted(result)


def _body(environ: Environ, name: str) -> bytes:
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise Refusal("malformed", detail=f"Content-Type: {JSON}")
    limit = LARGE_BYTES_MAX if name in LARGE else JSON_BYTES_MAX
    length = get_content_length(environ)
    if length is None or length > limit:
        raise Refusal("too_large")
    body: bytes = environ["wsgi.input"].read(length)
    return body


def _accepted(answer: Answer, *cookies: str) -> Reply:
    return Reply(200, msgspec.json.encode(answer), cookies)


def _cookie_set(environ: Environ, token: str) -> str:
    secure = environ["wsgi.url_scheme"] == "https"
    name = COOKIE_UNDER_TLS if secure else COOKIE
    return dump_cookie(name, token, httponly=True, secure=secure, samesite="Strict")


def _cookies_gone() -> tuple[str, str]:
    return (
        dump_cookie(COOKIE, max_age=0, expires=0),
        dump_cookie(COOKIE_UNDER_TLS, max_age=0, expires=0, secure=True),
    )
