"""Asks one ONVIF camera who it is, what time it has, and where its pictures are.

    time (no account) ─► who made it ─► services ─► profiles ─► stream and snapshot of each lens

Each question is one HTTP request to the one address that was judged (``cameras/reach.py``): nothing
is redirected, and whatever host an answer names, this camera's own is asked, so that it can send
nobody elsewhere. The token's time is the camera's, whose clock may be years out.
"""

from __future__ import annotations

import http.client
import secrets
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import urlsplit

from msgspec import Struct

from monitor.cameras.camera import Address, RecordingRules
from monitor.cameras.reach import Lookup, looked_up, pinned
from monitor.faults import CameraFault, GapCause
from monitor.onvif import questions
from monitor.onvif.digest import authorisation
from monitor.onvif.envelope import (
    ANSWER_BYTES_MOST,
    Account,
    Element,
    FaultToldError,
    NotUnderstoodError,
    answer,
    request,
)

SERVICE_PATH = "/onvif/device_service"
ANSWER_S, WHOLE_ANSWER_S = 4.0, 8.0
LENSES_MOST = 64
NOBODY = Account()


class Stream(Struct, frozen=True, kw_only=True):
    """A profile and where it is; the address holds no account."""

    profile: questions.Profile
    address: str
    snapshot: str = ""
    """Where a single picture is; empty where the camera gives none."""


class FoundChannel(Struct, frozen=True, kw_only=True):
    """One lens with its streams."""

    main: Stream
    sub: Stream | None = None


class Told(Struct, frozen=True, kw_only=True):
    """All that a camera told."""

    maker: questions.Maker
    skew_ms: int | None
    """Its clock less ours; None where it tells no time."""
    channels: tuple[FoundChannel, ...]


def device_address(host: str) -> Address:
    """Where a camera is asked: an address as it is, or the usual place at a host."""
    return Address(host if "://" in host else f"http://{host}{SERVICE_PATH}")


class Device:
    """One camera. Not for several threads; every question ends within seconds."""

    def __init__(
        self,
        address: Address,
        account: Account,
        rules: RecordingRules,
        *,
        wall: Callable[[], int],
        lookup: Lookup = looked_up,
    ) -> None:
        """``wall`` is this machine's clock; raises ``CameraFault`` where it may not be reached."""
        if address.scheme not in ("http", "https"):
            zh, en = "应为 http:// 地址", "the address must begin with http://"
            raise CameraFault(GapCause.REFUSED, zh, en)
        self._address, self._account, self._wall = address, account, wall
        place = urlsplit(pinned(address, rules, lookup))
        self._host, self._port = place.hostname or "", place.port or 80
        self._skew_ms = 0

    def clock_skew_ms(self) -> int | None:
        """The camera's clock less ours, to the half second that its answer allows."""
        sent_ms = self._wall()
        try:
            told = self._answer(self._path, questions.DATE_AND_TIME, NOBODY)
        except FaultToldError as fault:
            if not fault.is_refusal:
                return None
            told = self._ask(self._path, questions.DATE_AND_TIME)
        theirs_ms = questions.clock_ms(told)
        if theirs_ms is None:
            return None
        self._skew_ms = theirs_ms + 500 - (sent_ms + self._wall()) // 2
        return self._skew_ms

    def told(self) -> Told:
        """Everything, question by question."""
        skew_ms = self.clock_skew_ms()
        maker = questions.maker(self._ask(self._path, questions.INFORMATION))
        channels = self._channels(self._services())
        return Told(maker=maker, skew_ms=skew_ms, channels=channels)

    def _services(self) -> dict[str, str]:
        """The paths of both media services, whichever question the camera understands."""
        found: dict[str, str] = {}
        for question in (questions.SERVICES, questions.CAPABILITIES):
            with suppress(FaultToldError):
                found |= questions.services(self._answer(self._path, question, self._account))
            if found.keys() & {questions.MEDIA, questions.MEDIA2}:
                break
        return {name: urlsplit(place).path for name, place in found.items()}

    def _channels(self, services: dict[str, str]) -> tuple[FoundChannel, ...]:
        """Of the newer media service, and of the older where that tells nothing."""
        for service, question in (
            (questions.MEDIA2, questions.PROFILES2),
            (questions.MEDIA, questions.PROFILES),
        ):
            path = services.get(service)
            if not path:
                continue
            try:
                offered = questions.profiles(self._answer(path, question, self._account))
            except FaultToldError as fault:
                if fault.is_refusal:
                    raise _refused(self._address) from None
                continue
            found = list(questions.channels(offered))[:LENSES_MOST]
            if found:
                return tuple(
                    FoundChannel(
                        main=self._stream(service, path, one.main),
                        sub=self._stream(service, path, one.sub) if one.sub else None,
                    )
                    for one in found
                )
        return ()

    def _stream(self, service: str, path: str, profile: questions.Profile) -> Stream:
        where = questions.uri(self._ask(path, questions.stream_address(service, profile.token)))
        try:
            still = self._answer(
                path, questions.snapshot_address(service, profile.token), self._account
            )
            snapshot = self._own(questions.uri(still), ("http", "https"))
        except FaultToldError:
            snapshot = ""
        return Stream(profile=profile, address=self._own(where, ("rtsp",)), snapshot=snapshot)

    def _own(self, told: str, schemes: tuple[str, ...]) -> str:
        """An address as told, but at this camera's own host and without account."""
        parts = Address(told).parts
        if parts.scheme not in schemes:
            return ""
        host = self._address.parts.hostname or ""
        place = f"[{host}]" if ":" in host else host
        port = f":{parts.port}" if parts.port else ""
        return parts._replace(netloc=f"{place}{port}", fragment="").geturl()

    @property
    def _path(self) -> str:
        return self._address.parts.path or SERVICE_PATH

    def _ask(self, path: str, question: str) -> Element:
        """An answer that must be there."""
        try:
            return self._answer(path, question, self._account)
        except FaultToldError as fault:
            if fault.is_refusal:
                raise _refused(self._address) from None
            raise _strange(self._address) from None

    def _answer(self, path: str, question: str, account: Account) -> Element:
        """What the camera says; a digest is given where HTTP asks for one."""
        at_ms = self._wall() + self._skew_ms
        body = request(question, account, secrets.token_bytes(16), at_ms)
        status, challenges, data = self._post(path, body, "")
        if status == HTTPStatus.UNAUTHORIZED and account:
            nonce = secrets.token_hex(8)
            proof = authorisation(challenges, account, "POST", path, nonce)
            if proof:
                body = request(question, account, secrets.token_bytes(16), at_ms)
                status, _, data = self._post(path, body, proof)
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise FaultToldError(("NotAuthorized",), "")
        try:
            return answer(data)
        except NotUnderstoodError:
            raise _strange(self._address) from None

    def _post(self, path: str, body: bytes, proof: str) -> tuple[int, list[str], bytes]:
        """One request on a connection of its own, which is cut when it takes too long."""
        host = self._address.parts.netloc.rpartition("@")[2]
        headers = {"Host": host, "Content-Type": "application/soap+xml; charset=utf-8"}
        headers |= {"Connection": "close"} | ({"Authorization": proof} if proof else {})
        line = self._line()
        try:
            line.connect()
            is_cut = threading.Event()
            cut = threading.Timer(WHOLE_ANSWER_S, _cut, [line.sock, is_cut])
            cut.start()
            try:
                line.request("POST", path, body, headers)
                told = line.getresponse()
                challenges = told.headers.get_all("WWW-Authenticate") or []
                data = told.read(ANSWER_BYTES_MOST + 1)
                if is_cut.is_set():
                    raise TimeoutError
                return told.status, challenges, data
            finally:
                cut.cancel()
        except (OSError, http.client.HTTPException) as error:
            zh = f"{self._address.shown} 没有应答"
            en = f"{self._address.shown} does not answer ({type(error).__name__})"
            raise CameraFault(GapCause.OFFLINE, zh, en) from None
        finally:
            line.close()

    def _line(self) -> http.client.HTTPConnection:
        if self._address.scheme == "http":
            return http.client.HTTPConnection(self._host, self._port, timeout=ANSWER_S)
        # No camera has a certificate that anybody could check, and no password is sent as it is.
        context = ssl._create_unverified_context()  # noqa: S323, SLF001 - see above
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=ANSWER_S, context=context
        )


def _cut(line: socket.socket, is_cut: threading.Event) -> None:
    is_cut.set()
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _refused(address: Address) -> CameraFault:
    zh, en = "摄像机拒绝了账号或密码", f"{address.shown} refuses the account or password"
    return CameraFault(GapCause.REFUSED, zh, en)


def _strange(address: Address) -> CameraFault:
    zh, en = f"{address.shown} 的应答不是 ONVIF", f"{address.shown} does not speak ONVIF"
    return CameraFault(GapCause.BROKEN, zh, en)
