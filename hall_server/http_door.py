"""The HTTP door: ``POST /api/v1/<subject.verb>``, health, and who is asking.

Same messages and same guard as the Socket.IO door. Cookies carry people's sessions, a bearer
token a station's. Only JSON is taken, which a foreign page cannot send without asking first.
"""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

import msgspec
from flask import Flask, Response, request

from hall_server.access.guard import admit
from hall_server.access.service import OpenedSession
from hall_server.access.sessions import COOKIE, COOKIE_UNDER_TLS
from hall_server.contract.messages.base import Answer
from hall_server.contract.refusals import Refusal

if TYPE_CHECKING:
    from hall_server.access.rules import Asker
    from hall_server.hall import Hall

JSON_BYTES_MAX = 64 * 1024
LARGE_BYTES_MAX = 4 * 1024 * 1024
LARGE = frozenset({"fact.save", "fact.check", "facts.check", "facts.import"})

log = logging.getLogger(__name__)


def mount(app: Flask, hall: Hall) -> None:
    """Add the routes of this door."""

    @app.post("/api/v1/<name>")
    def answer(name: str) -> Response:
        try:
            return _answer(hall, name)
        except Refusal as refusal:
            return refused(refusal)

    @app.get("/healthz")
    def healthz() -> Response:
        return Response(msgspec.json.encode(hall.health()), mimetype="application/json")

    @app.after_request
    def admit_stations_pages(response: Response) -> Response:
        if request.path.startswith("/api/"):
            _name_origin(hall, response)
        return response

    @app.errorhandler(Exception)
    def bug(error: Exception) -> Response:
        return internal(error)


def _name_origin(hall: Hall, response: Response) -> None:
    """Let the page of an enrolled station read what it asked; which ones, by exact origin."""
    response.headers["Vary"] = "Origin"
    origin = request.headers.get("Origin")
    if origin is None or not hall.origin_allowed(origin, request.environ):
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Credentials"] = "true"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Max-Age"] = "600"


def asker_of_request(hall: Hall) -> Asker:
    """Who sends this request, by bearer token or cookie."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer":
        token = request.cookies.get(COOKIE_UNDER_TLS) or request.cookies.get(COOKIE, "")
    return hall.asker(token, request.remote_addr or "")


def refused(refusal: Refusal) -> Response:
    """A refusal as an HTTP answer."""
    return Response(
        msgspec.json.encode(refusal.refused),
        status=refusal.status,
        mimetype="application/json",
        headers={"Cache-Control": "no-store"},
    )


def internal(error: Exception) -> Response:
    """A bug: the trace goes to the log under a number, the asker gets the number."""
    code = getattr(error, "code", None)
    if isinstance(code, int):  # Werkzeug's own 404, 405, 413 …
        return Response(status=code)
    incident = secrets.token_hex(4)
    log.error("incident %s", incident, exc_info=error)
    return refused(Refusal("internal", incident=incident))


def _answer(hall: Hall, name: str) -> Response:
    asker = asker_of_request(hall)
    hall.limits.check(asker)
    admit(name, asker)
    body = _body(name)
    result = hall.handle(name, body, asker)
    if isinstance(result, OpenedSession):
        response = _json(result.answer)
        _set_cookie(response, result.token)
        return response
    response = _json(result)
    if name == "account.sign_out":
        response.delete_cookie(COOKIE, path="/")
        response.delete_cookie(COOKIE_UNDER_TLS, path="/", secure=True)
    return response


def _body(name: str) -> bytes:
    if request.mimetype != "application/json":
        raise Refusal("malformed", detail="Content-Type: application/json")
    limit = LARGE_BYTES_MAX if name in LARGE else JSON_BYTES_MAX
    if request.content_length is None or request.content_length > limit:
        raise Refusal("too_large")
    return request.get_data(cache=False)


def _json(answer: Answer) -> Response:
    return Response(
        msgspec.json.encode(answer),
        mimetype="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _set_cookie(response: Response, token: str) -> None:
    secure = request.is_secure
    response.set_cookie(
        COOKIE_UNDER_TLS if secure else COOKIE,
        token,
        httponly=True,
        secure=secure,
        samesite="Strict",
        path="/",
    )
