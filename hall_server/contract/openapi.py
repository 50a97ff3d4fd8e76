"""The contract as an OpenAPI 3.1 document: text for ``docs/openapi.json``.

It describes the HTTP door, ``POST /api/v1/<subject.verb>``, for those who write programs of their
own against a hall. The Socket.IO door takes the same bodies; the events it pushes stand among the
document's webhooks.
"""

from __future__ import annotations

import inspect
import json
from typing import cast

import msgspec

from hall_server.contract import source
from hall_server.contract.messages.access import AccountSignIn
from hall_server.contract.messages.base import Refused
from hall_server.contract.registry import ASKS, EVENTS, READS
from hall_server.contract.version import VERSION

TYPE_JSON = "application/json"
REFERENCE = "#/components/schemas/{name}"

INTRODUCTION = """\
One message set, two doors. Asks change something and carry a `request_id`, unique per sender and \
kept until answered: a repeat gets the first answer, the same id with another body is refused with \
409. Reads change nothing. The same bodies go through Socket.IO (WebSocket only), \
`emit("<subject.verb>", body, ack)`, where the acknowledgement is `{"ok": true, "answer": …}` or \
`{"ok": false, "refused": …}`. Whole numbers stay below 2^53; times are UTC milliseconds."""

Json = dict[str, object]


def openapi() -> str:
    """The whole document."""
    document: Json = {
        "openapi": "3.1.0",
        "info": {
            "title": "Hall",
            "version": VERSION,
            "description": INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": _tags(),
        "paths": _paths(),
        "webhooks": {name: _pushed(name, cls) for name, cls in EVENTS.items()},
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "hall_session"},
            },
        },
        "security": [{"token": []}, {"session": []}],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _tags() -> list[Json]:
    subjects = dict.fromkeys(_subject(name) for name in (*ASKS, *READS))
    return [{"name": subject} for subject in subjects]


def _subject(name: str) -> str:
    return name.partition(".")[0]


def _paths() -> Json:
    paths: Json = {}
    for name, ask in ASKS.items():
        paths[f"/api/v1/{name}"] = {"post": _operation(name, ask.ask, ask.answer)}
    for name, read in READS.items():
        paths[f"/api/v1/{name}"] = {"post": _operation(name, read.read, read.answer)}
    return paths


def _operation(name: str, sent: type, answer: type) -> Json:
    prose = source.prose(sent)
    operation: Json = {
        "operationId": name.replace(".", "_"),
        "tags": [_subject(name)],
        "summary": prose.split("\n\n")[0].replace("\n", " ").replace("``", "`"),
        "requestBody": {"required": True, "content": _content(sent)},
        "responses": {
            "200": {
                "description": source.prose(answer).splitlines()[0],
                "content": _content(answer),
            },
            "4XX": {"description": source.prose(Refused), "content": _content(Refused)},
            "5XX": {"description": "The hall cannot answer now.", "content": _content(Refused)},
        },
    }
    if sent is AccountSignIn:
        operation["security"] = []
    return operation


def _pushed(name: str, cls: type) -> Json:
    return {
        "post": {
            "operationId": f"event_{name.replace('.', '_')}",
            "summary": source.prose(cls).replace("``", "`"),
            "requestBody": {"required": True, "content": _content(cls)},
            "responses": {"200": {"description": "Events are pushed and not answered."}},
        }
    }


def _content(cls: type) -> Json:
    return {TYPE_JSON: {"schema": {"$ref": REFERENCE.format(name=cls.__name__)}}}


def _schemas() -> Json:
    _, components = msgspec.json.schema_components(
        source.messages(), schema_hook=_anything, ref_template=REFERENCE
    )
    for cls in source.messages():
        schema = cast("Json", components[cls.__name__])
        properties = cast("dict[str, Json]", schema.get("properties", {}))
        for name, text in _all_notes(cls).items():
            if name in properties:
                properties[name]["description"] = text.replace("``", "`")
    return components


def _all_notes(cls: type) -> dict[str, str]:
    notes = dict[str, str]()
    for parent in reversed(inspect.getmro(cls)):
        if parent.__module__ == cls.__module__ or parent in source.messages():
            notes.update(source.notes(parent))
    return notes


def _anything(cls: type) -> Json:
    """Events inside a push: any object; each kind stands under webhooks."""
    if cls is object:
        return {"description": "Any value."}
    raise NotImplementedError(cls)
