"""An ONVIF camera on loopback, written from the specifications: real HTTP, real datagrams.

It answers as different makers do (prefixes, services, what is missing), judges tokens by its own
clock, which may be years out, and can be as hostile as a stranger is allowed to be.
"""

import base64
import hashlib
import re
import secrets
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

ACCOUNT, PASSWORD = "admin", "geheim-88"
TOKEN_AGE_S = 300
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(8))
    + b"]><s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body><x>&i;</x>"
    b"</s:Body></s:Envelope>"
)
FILE = (
    b'<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<Envelope><Body><GetDeviceInformationResponse><Model>&x;</Model>"
    b"</GetDeviceInformationResponse></Body></Envelope>"
)
DEEP = b"<Envelope><Body>" + b"<a>" * 30_000
RICH = b"<Envelope><Body>" + b"<a/>" * 30_000 + b"</Body></Envelope>"


@dataclass
class Lens:
    """One source with its streams: token, codec, size, rate, key frame distance."""

    source: str
    streams: tuple[tuple[str, str, int, int, int, int], ...]


TWO_STREAMS = (
    Lens("src0", (("main", "H264", 1920, 1080, 25, 50), ("sub", "H264", 640, 360, 15, 15))),
)


@dataclass
class Make:
    """How one maker's camera answers."""

    prefix: str = "SOAP-ENV"
    media2: bool = False
    knows_services: bool = True
    http_digest: str = ""
    """``MD5``, ``SHA-256`` or ``Basic``: HTTP asks first (401); otherwise the token counts."""
    clock_off_s: int = 0
    tells_utc: bool = True
    clock_needs_account: bool = False
    gives_snapshot: bool = True
    address_host: str = ""
    """The host it names in addresses; empty: its own."""
    lenses: tuple[Lens, ...] = TWO_STREAMS
    instead: dict[str, bytes] = field(default_factory=dict)
    """Raw bytes in the place of an answer: a question's name, or ``*``."""
    drips: bool = False
    redirects_to: str = ""


class PlayedCamera:
    """The camera; ``asked`` are the questions it heard, with whether they were let in."""

    def __init__(self, make: Make, rtsp_port: int = 554) -> None:
        self.make, self.rtsp_port = make, rtsp_port
        self.asked: list[tuple[str, bool]] = []
        self.heard = b""
        self.nonce = secrets.token_hex(8)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        self._server.daemon_threads = True
        self._server.camera = self  # type: ignore[attr-defined]
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_told: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/onvif/device_service"

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.make.clock_off_s)

    def answer(self, question: str, body: str) -> str:
        """What stands in the body of the answer; empty for what it does not know."""
        make, host = self.make, self.make.address_host or "127.0.0.1"
        base = f"http://{host}:{self.port}/onvif"
        now = self.now
        match question:
            case "GetSystemDateAndTime":
                utc = (
                    f"<tt:UTCDateTime><tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}"
                    f"</tt:Minute><tt:Second>{now.second}</tt:Second></tt:Time><tt:Date><tt:Year>"
                    f"{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day>"
                    "</tt:Date></tt:UTCDateTime>"
                )
                return (
                    "<tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType>"
                    "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>CST-8</tt:TZ>"
                    f"</tt:TimeZone>{utc if make.tells_utc else ''}</tds:SystemDateAndTime>"
                )
            case "GetDeviceInformation":
                return (
                    "<tds:Manufacturer>Probe &amp; Söhne</tds:Manufacturer><tds:Model>半球 X1"
                    "</tds:Model><tds:FirmwareVersion>5.7.3\n build 1</tds:FirmwareVersion>"
                    "<tds:SerialNumber>S-1</tds:SerialNumber><tds:HardwareId>88</tds:HardwareId>"
                )
            case "GetServices" if make.knows_services:
                spaces = {"ver10/device": "device_service", "ver10/media": "media"}
                spaces |= {"ver20/media": "media2"} if make.media2 else {}
                return "".join(
                    f"<tds:Service><tds:Namespace>http://www.onvif.org/{space}/wsdl"
                    f"</tds:Namespace><tds:XAddr>{base}/{path}</tds:XAddr></tds:Service>"
                    for space, path in spaces.items()
                )
            case "GetCapabilities":
                return (
                    f"<tds:Capabilities><tt:Device><tt:XAddr>{base}/device_service</tt:XAddr>"
                    f"</tt:Device><tt:Media><tt:XAddr>{base}/media</tt:XAddr></tt:Media>"
                    "</tds:Capabilities>"
                )
            case "GetProfiles":
                return "".join(
                    self._profile(lens.source, *stream)
                    for lens in make.lenses
                    for stream in lens.streams
                )
            case "GetStreamUri":
                token = re.search(r"ProfileToken>([^<]*)<", body)
                where = f"rtsp://{host}:{self.rtsp_port}/{token[1] if token else ''}?a=1&amp;b=2"
                return self._uri(where)
            case "GetSnapshotUri" if make.gives_snapshot:
                return self._uri(f"http://{host}/still.jpg")
        return ""

    def _uri(self, where: str) -> str:
        if self.make.media2:
            return f"<tr2:Uri>{where}</tr2:Uri>"
        return f"<trt:MediaUri><tt:Uri>{where}</tt:Uri></trt:MediaUri>"

    def _profile(
        self, source: str, token: str, codec: str, width: int, height: int, rate: int, key: int
    ) -> str:
        size = f"<tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height>"
        size += "</tt:Resolution>"
        limit = f"<tt:RateControl><tt:FrameRateLimit>{rate}</tt:FrameRateLimit></tt:RateControl>"
        where = f"<tt:SourceToken>{source}</tt:SourceToken>"
        if self.make.media2:
            return (
                f'<tr2:Profiles token="{token}" fixed="true"><tr2:Name>{token}</tr2:Name>'
                f'<tr2:Configurations><tr2:VideoSource token="v">{where}</tr2:VideoSource>'
                f'<tr2:VideoEncoder GovLength="{key}"><tt:Encoding>{codec}</tt:Encoding>{size}'
                f"{limit}</tr2:VideoEncoder></tr2:Configurations></tr2:Profiles>"
            )
        return (
            f'<trt:Profiles token="{token}" fixed="true"><tt:Name>{token}</tt:Name>'
            f'<tt:VideoSourceConfiguration token="v">{where}</tt:VideoSourceConfiguration>'
            f'<tt:VideoEncoderConfiguration token="e"><tt:Encoding>{codec}</tt:Encoding>{size}'
            f"{limit}<tt:H264><tt:GovLength>{key}</tt:GovLength></tt:H264>"
            "</tt:VideoEncoderConfiguration></trt:Profiles>"
        )

    def envelope(self, body: str) -> bytes:
        p = self.make.prefix
        spaces = {p: "http://www.w3.org/2003/05/soap-envelope"}
        spaces |= {"tt": "http://www.onvif.org/ver10/schema"}
        spaces |= {"tds": "http://www.onvif.org/ver10/device/wsdl"}
        spaces |= {"trt": "http://www.onvif.org/ver10/media/wsdl"}
        spaces |= {"tr2": "http://www.onvif.org/ver20/media/wsdl"}
        spaces |= {"ter": "http://www.onvif.org/ver10/error"}
        named = "".join(f' xmlns:{key}="{value}"' for key, value in spaces.items())
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<{p}:Envelope{named}><{p}:Header/>'
            f"<{p}:Body>{body}</{p}:Body></{p}:Envelope>"
        ).encode()

    def fault(self, code: str, told: str) -> bytes:
        p = self.make.prefix
        return self.envelope(
            f"<{p}:Fault><{p}:Code><{p}:Value>{p}:Sender</{p}:Value><{p}:Subcode><{p}:Value>"
            f"ter:{code}</{p}:Value></{p}:Subcode></{p}:Code><{p}:Reason>"
            f'<{p}:Text xml:lang="en">{told}</{p}:Text></{p}:Reason></{p}:Fault>'
        )

    def is_let_in(self, body: str, header: str) -> bool:
        """Whether the account is proved, by the envelope or by HTTP."""
        return self._by_http(header) if self.make.http_digest else self._by_token(body)

    def _by_token(self, body: str) -> bool:
        told = {
            name: found[1] if (found := re.search(rf":{name}\b[^>]*>([^<]*)<", body)) else ""
            for name in ("Username", "Password", "Nonce", "Created")
        }
        if not told["Created"]:
            return False
        created = datetime.fromisoformat(told["Created"])
        mixed = base64.b64decode(told["Nonce"]) + told["Created"].encode() + PASSWORD.encode()
        proof = base64.b64encode(hashlib.sha1(mixed, usedforsecurity=False).digest()).decode()
        age_s = abs((self.now - created).total_seconds())
        return (told["Username"], told["Password"]) == (ACCOUNT, proof) and age_s < TOKEN_AGE_S

    def _by_http(self, header: str) -> bool:
        if self.make.http_digest == "Basic" or not header.startswith("Digest "):
            return False
        told = dict(re.findall(r'(\w+)="?([^",]*)"?', header.removeprefix("Digest ")))
        digest = hashlib.md5 if self.make.http_digest == "MD5" else hashlib.sha256

        def h(text: str) -> str:
            return digest(text.encode()).hexdigest()

        whose = h(f"{ACCOUNT}:IP Camera(1):{PASSWORD}")
        what = h(f"POST:{told['uri']}")
        proof = h(f"{whose}:{self.nonce}:{told['nc']}:{told['cnonce']}:auth:{what}")
        return bool(told["nonce"] == self.nonce and told["response"] == proof)


class Requests(BaseHTTPRequestHandler):
    """One request to the camera."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        camera: PlayedCamera = self.server.camera  # type: ignore[attr-defined]
        make = camera.make
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        camera.heard += body.encode() + str(self.headers).encode()
        found = re.search(r"Body[^>]*>\s*<(?:\w+:)?(\w+)", body)
        question = found[1] if found else ""
        is_clock = question == "GetSystemDateAndTime" and not make.clock_needs_account
        let_in = is_clock or camera.is_let_in(body, self.headers.get("Authorization", ""))
        camera.asked.append((question, let_in))
        if make.redirects_to:
            self._send(HTTPStatus.FOUND, b"", Location=make.redirects_to)
        elif make.drips:
            self._drip()
        elif raw := make.instead.get(question, make.instead.get("*")):
            self._send(HTTPStatus.OK, raw)
        elif not let_in and make.http_digest:
            challenge = (
                f'Digest realm="IP Camera(1)", qop="auth", nonce="{camera.nonce}", opaque="", '
                f'algorithm={make.http_digest}, stale="FALSE"'
            )
            if make.http_digest == "Basic":
                challenge = 'Basic realm="IP Camera(1)"'
            self._send(HTTPStatus.UNAUTHORIZED, b"<html/>", **{"WWW-Authenticate": challenge})
        elif not let_in:
            refusal = camera.fault("NotAuthorized", "Sender not Authorized")
            self._send(HTTPStatus.BAD_REQUEST, refusal)
        elif inner := camera.answer(question, body):
            space = ("tr2" if make.media2 else "trt") if "Uri" in question else "tds"
            whole = f"<{space}:{question}Response>{inner}</{space}:{question}Response>"
            self._send(HTTPStatus.OK, camera.envelope(whole))
        else:
            unknown = camera.fault("ActionNotSupported", "Optional Action Not Implemented")
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, unknown)

    def _send(self, status: HTTPStatus, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        """A byte now and then, without an end."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(100):
            try:
                self.wfile.write(b"X")
            except OSError:
                return
            time.sleep(0.2)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


class PlayedDiscovery:
    """Answers probes by real datagrams; ``answers`` makes them from the question's id."""

    def __init__(self, *answers: str) -> None:
        """Each answer may say ``{id}``, the question's."""
        self.answers = answers
        self.line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.line.bind(("127.0.0.1", 0))
        self.probes: list[str] = []
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def place(self) -> tuple[str, int]:
        host, port = self.line.getsockname()
        return host, port

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_told: object) -> None:
        self.line.close()

    def _run(self) -> None:
        while True:
            try:
                data, sender = self.line.recvfrom(65_535)
            except OSError:
                return
            self.probes.append(data.decode())
            found = re.search(r"MessageID>([^<]*)<", data.decode())
            for text in self.answers:
                answer = text.replace("{id}", found[1] if found else "").encode()
                self.line.sendto(answer, sender)


def probe_match(address: str, *, relates_to: str = "{id}", scopes: str = "") -> str:
    """An answer as a camera sends it."""
    scopes = scopes or (
        "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/%E5%8D%8A%E7%90%83 "
        "onvif://www.onvif.org/hardware/X1_Pro"
    )
    return (
        '<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header>'
        f"<w:RelatesTo>{relates_to}</w:RelatesTo></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch>"
        f"<d:Scopes>{scopes}</d:Scopes><d:XAddrs>{address}</d:XAddrs>"
        "</d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"
    )
