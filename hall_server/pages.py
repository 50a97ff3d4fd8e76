"""Pages of the hall server: console, admin, follow page; headers that keep browsers strict."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, redirect, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

PAGES = {
    "console": "hall_server/web/console/index.html",
    "admin": "hall_server/web/admin/index.html",
    "follow": "hall_server/web/follow/index.html",
}
SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'{live}; "
    "media-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HASHED_NAME = re.compile(r"-[A-Za-z0-9_-]{8,}\.\w+$")
NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>Hall</title>"
    "<p>页面尚未构建，请运行 <code>./hall run</code>。"
    "<p lang=en>The pages are not built yet; run <code>./hall run</code>."
)


def headers_of(live_url: str) -> dict[str, str]:
    """The strict headers; ``live_url`` is the one place besides the hall that pages may ask."""
    live = f" {live_url}" if live_url else ""
    return {"Content-Security-Policy": SECURITY_POLICY.format(live=live), **HEADERS}


def mount(app: Flask, built: Path, live_url: str = "") -> None:
    """Add the routes of pages and assets; ``live_url`` is where the monitor's pictures are."""
    root = built.resolve()

    @app.get("/places.json")
    def places() -> dict[str, str]:
        return {"live_url": live_url}

    @app.get("/")
    def home() -> AnyResponse:
        return redirect("/console")

    @app.get("/console")
    def console() -> Response:
        return _page(root, "console")

    @app.get("/admin")
    def admin() -> Response:
        return _page(root, "admin")

    @app.get("/t/<_code>")
    def follow(_code: str) -> Response:
        return _page(root, "follow")

    @app.get("/web/<path:name>")
    def asset(name: str) -> Response:
        response = send_from_directory(root, name, max_age=0)
        if HASHED_NAME.search(name):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def strict(inner: WSGIApplication, live_url: str = "") -> WSGIApplication:
    """Put the strict headers on every answer, whichever door or gate gives it."""
    strict_headers = [(name.lower(), (name, value)) for name, value in headers_of(live_url).items()]

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        def start(
            status: str,
            headers: list[tuple[str, str]],
            *rest: Any,  # noqa: ANN401 - the exception of PEP 3333
        ) -> Callable[[bytes], object]:
            present = {name.lower() for name, _ in headers}
            added = [row for name, row in strict_headers if name not in present]
            return start_response(status, [*headers, *added], *rest)

        return inner(environ, start)

    return application


def _page(root: Path, page: str) -> Response:
    path = root / PAGES[page]
    if not path.is_file():
        return Response(NOT_BUILT, status=503, mimetype="text/html")
    return Response(path.read_bytes(), mimetype="text/html", headers={"Cache-Control": "no-cache"})
