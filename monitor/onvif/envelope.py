"""The SOAP that cameras speak: a request as bytes, an answer as a tree. Pure.

    Envelope ─┬─ Header ── Security ── UsernameToken   name, digest, nonce, created
              └─ Body ──── the request │ its answer │ a Fault

A camera is a stranger. An answer with a document type is refused before anything in it is believed
(SOAP knows none, and entities can grow without bound); so is one too large, too deep or too rich.
Names are taken without their namespace: makers agree on the one and not always on the other.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

ANSWER_BYTES_MOST = 512 * 1024
ELEMENTS_MOST = 20_000
DEPTH_MOST = 40
TEXT_MOST = 1_000
_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_DIGEST = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
    "#PasswordDigest"
)
_BASE64 = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
)
ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
REFUSES = ("NotAuthorized", "FailedAuthentication", "InvalidSecurity", "SenderNotAuthorized")


class NotUnderstoodError(Exception):
    """What came is no answer of a camera."""


class FaultToldError(Exception):
    """The camera answers that it will not; ``is_refusal`` where it does not know the account."""

    def __init__(self, codes: tuple[str, ...], told: str) -> None:
        """As the fault states them."""
        super().__init__(f"{'/'.join(codes)} {told}".strip())
        self.is_refusal = any(word in code for code in codes for word in REFUSES)


@dataclass(frozen=True)
class Account:
    """Who asks a camera; the password is shown nowhere."""

    name: str = ""
    password: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.name)


@dataclass
class Element:
    """A piece of an answer: its name without namespace, what it says and what it holds."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Element]:
        """Everything of this name, at any depth."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.all(name)

    def first(self, *path: str) -> Element | None:
        """What lies at the end of a path of names, each at any depth below the one before."""
        here: Element | None = self
        for name in path:
            here = next(here.all(name), None) if here else None
        return here

    def said(self, *path: str) -> str:
        """The text at the end of a path; empty where there is none."""
        found = self.first(*path)
        return found.text.strip() if found else ""

    def number(self, *path: str) -> int:
        """A figure at the end of a path; 0 where there is none that makes sense."""
        try:
            return round(float(self.said(*path)))
        except (ValueError, OverflowError):
            return 0


def request(body: str, account: Account, nonce: bytes, at_ms: int) -> bytes:
    """A whole request; ``at_ms`` is the camera's own time, by which it judges the token's age."""
    header = _token(account, nonce, at_ms) if account else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{ENVELOPE}">'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def _token(account: Account, nonce: bytes, at_ms: int) -> str:
    created = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    mixed = nonce + created.encode() + account.password.encode()
    digest = base64.b64encode(hashlib.sha1(mixed, usedforsecurity=False).digest()).decode()
    return (
        f'<o:Security s:mustUnderstand="1" xmlns:o={quoteattr(_SECURITY)}><o:UsernameToken>'
        f"<o:Username>{escape(account.name)}</o:Username>"
        f'<o:Password Type="{_DIGEST}">{digest}</o:Password>'
        f'<o:Nonce EncodingType="{_BASE64}">{base64.b64encode(nonce).decode()}</o:Nonce>'
        f"<u:Created xmlns:u={quoteattr(_UTILITY)}>{created}</u:Created>"
        "</o:UsernameToken></o:Security>"
    )


def answer(data: bytes) -> Element:
    """What stands in the body of an answer; raises what stands above."""
    root = tree(data)
    body = root.first("Body") if root.name == "Envelope" else None
    if body is None or not body.children:
        raise NotUnderstoodError("no envelope")
    found = body.children[0]
    if found.name == "Fault":
        codes = [one.text.strip() for name in ("Value", "faultcode") for one in found.all(name)]
        told = found.said("Text") or found.said("faultstring")
        raise FaultToldError(tuple(codes), told[:TEXT_MOST])
    return found


def tree(data: bytes) -> Element:
    """The whole of an answer."""
    if len(data) > ANSWER_BYTES_MOST:
        raise NotUnderstoodError(f"{len(data)} bytes")
    growing = _Growing()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = growing.begin
    parser.EndElementHandler = growing.end
    parser.CharacterDataHandler = growing.say
    parser.StartDoctypeDeclHandler = growing.refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003 - as the library has it
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise NotUnderstoodError(f"no XML: {error}") from None
    return growing.top.children[0]


class _Growing:
    """A tree on its way; stops at the first thing that goes too far."""

    def __init__(self) -> None:
        self.top = Element("", {})
        self._open = [self.top]
        self._count = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > ELEMENTS_MOST or len(self._open) > DEPTH_MOST:
            raise NotUnderstoodError("too much")
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        element = Element(name.rpartition(" ")[2], plain)
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def say(self, text: str) -> None:
        element = self._open[-1]
        if len(element.text) < 10 * TEXT_MOST:
            element.text += text

    def refuse(self, *_told: object) -> None:
        raise NotUnderstoodError("a document type")
