"""The camera file, changed by the page: one camera added, altered or removed, all else as it was.

The engineer's comments and order stay (``tomlkit``). The file is replaced whole, readable for its
owner only, and never by one with faults. A page that has seen an older file changes nothing.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import tomlkit
from msgspec import Struct, to_builtins
from tomlkit import TOMLDocument

from config.values import Identifier, Words
from monitor.cameras.camera import (
    NO_ADDRESS,
    Address,
    Camera,
    CameraFile,
    PictureZone,
    Purpose,
    Schedule,
    ZoneKind,
    read_cameras,
)
from monitor.cameras.polygon import Polygon
from monitor.setting_up import written_zones
from monitor.setting_up.facts import Sentence

BEGINNING = """\
# 摄像机，含密码，仅所有者可读；写法见 docs/cameras.md
# Cameras, with passwords: readable for its owner only; see docs/cameras.md

[recording]
"""
HIDDEN = "?…"


class CannotWriteError(Exception):
    """What the page asks for may not be; ``told`` says why."""

    def __init__(self, zh: str, en: str) -> None:
        """In both languages."""
        super().__init__(en)
        self.told = Sentence(zh, en)


class Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A camera as the page states it. Addresses hold no account; it stands beside them."""

    id: Identifier
    name: Words
    address: str
    sub_address: str = ""
    device: str = ""
    account: str = ""
    """Empty with an empty password: as before, where the camera is where it was."""
    password: str = ""
    windows: tuple[Identifier, ...] = ()
    purpose: Purpose = Purpose.SUPERVISION
    schedule: Schedule = Schedule.OPENING
    zones: tuple[PictureZone, ...] | None = None
    """None: as they are."""


class KnownCamera(Struct, frozen=True, kw_only=True):
    """A camera as the page is shown it: no account, no password."""

    id: str
    name: Words
    address: str
    sub_address: str
    device: str
    has_account: bool
    windows: tuple[str, ...]
    purpose: Purpose
    schedule: Schedule
    zones: tuple[PictureZone, ...]


class KnownCameras(Struct, frozen=True, kw_only=True):
    """All of them; ``version`` names the file they stand in."""

    version: str
    cameras: list[KnownCamera]
    networks: tuple[str, ...]


class WrittenCameras:
    """One camera file. Not for several threads."""

    def __init__(self, path: Path) -> None:
        """The file may not be there yet."""
        self._path = path

    def known(self) -> KnownCameras:
        """What is stated; raises ``FaultyFactsError``."""
        text = self._text()
        stated = read_cameras(text, self._path.name)
        return KnownCameras(
            version=_version(text),
            cameras=[_known(one) for one in stated.cameras],
            networks=stated.recording.networks,
        )

    def camera(self, camera_id: str) -> Camera | None:
        """One camera as it is stated, with its account."""
        stated = self._stated().cameras
        return next((one for one in stated if one.id == camera_id), None)

    def masks(self, camera_id: str, address: Address) -> tuple[Polygon, ...]:
        """What nobody may see where a camera of this name, or one with this address, looks.

        An address has many spellings: one that does not stand in the file for this camera may lead
        to any camera of its host, and is masked as all of them are.
        """
        cameras = self._stated().cameras
        is_stated = any(
            one.id == camera_id and one.address.shown == address.shown for one in cameras
        )
        host = address.parts.hostname

        def may_look_there(one: Camera) -> bool:
            places = (one.address, one.sub_address) if one.sub_address else (one.address,)
            return any(
                place.shown == address.shown or (not is_stated and place.parts.hostname == host)
                for place in places
            )

        return tuple(
            polygon
            for one in cameras
            if one.id == camera_id or may_look_there(one)
            for polygon in one.polygons(ZoneKind.MASK)
        )

    def save(self, statement: Statement, version: str) -> None:
        """Add a camera, or alter the one of this name."""
        text = self._seen(version)
        before = self.camera(statement.id)
        document = tomlkit.parse(text)
        table = _table(document, statement.id)
        for key, value in _values(statement, before).items():
            if value in ("", [], {}):
                table.pop(key, None)
            elif key not in table or table[key] != value:
                table[key] = value
        if statement.zones is not None:
            written_zones.put(table, before.zones if before else (), statement.zones)
        self._write(tomlkit.dumps(document))

    def remove(self, camera_id: str, version: str) -> None:
        """Take a camera out; what was recorded of it stays for its time."""
        document = tomlkit.parse(self._seen(version))
        tables: Any = document.get("cameras", [])
        place = next((n for n, one in enumerate(tables) if one.get("id") == camera_id), None)
        if place is None:
            raise CannotWriteError("没有这台摄像机", "there is no such camera")
        del tables[place]
        if not tables:
            del document["cameras"]
        self._write(tomlkit.dumps(document))

    def _text(self) -> str:
        return self._path.read_text(encoding="utf-8") if self._path.exists() else BEGINNING

    def _stated(self) -> CameraFile:
        return read_cameras(self._text(), self._path.name)

    def _seen(self, version: str) -> str:
        text = self._text()
        if _version(text) != version:
            raise CannotWriteError(
                "摄像机配置刚被他人修改，请核对",
                "somebody else has just changed the cameras; look again",
            )
        return text

    def _write(self, text: str) -> None:
        """Whole or not at all, and only without faults."""
        read_cameras(text, self._path.name)
        fresh = self._path.with_name(f".{self._path.name}.new")
        with suppress(FileNotFoundError):
            fresh.unlink()
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _table(document: TOMLDocument, camera_id: str) -> Any:  # noqa: ANN401 - as the library has it
    """The camera's place in the file; a new one at its end."""
    tables: Any = document.setdefault("cameras", tomlkit.aot())
    for one in tables:
        if one.get("id") == camera_id:
            return one
    table = tomlkit.table()
    table["id"] = camera_id
    tables.append(table)
    return tables[-1]


def _values(statement: Statement, before: Camera | None) -> dict[str, Any]:
    name = tomlkit.inline_table()
    name.update({key: text for key, text in to_builtins(statement.name).items() if text})
    return {
        "name": name,
        **whole_addresses(statement, before),
        "device": statement.device,
        "windows": list(statement.windows),
        "purpose": str(statement.purpose),
        "schedule": str(statement.schedule),
    }


def whole_addresses(statement: Statement, before: Camera | None) -> dict[str, str]:
    """Both addresses as they are opened, ``before`` being the camera as it stands in the file."""
    main, sub = (before.address, before.sub_address) if before else (NO_ADDRESS, NO_ADDRESS)
    return {
        "address": _whole(statement, statement.address, main, before),
        "sub_address": _whole(statement, statement.sub_address, sub, before),
    }


def _whole(statement: Statement, address: str, previous: Address, before: Camera | None) -> str:
    """The address with what the page was not shown: its account, as given or as it was there."""
    told = Address(previous.text if address and address == _bare(previous) else address)
    netloc = told.parts.netloc.rpartition("@")[2]
    if not told.parts.hostname:
        return told.text
    if "@" in Address(address).parts.netloc:
        raise CannotWriteError(
            "账号和密码请填在各自的栏中", "account and password have fields of their own"
        )
    account = ""
    if statement.account:
        account = quote(statement.account, safe="")
        account += f":{quote(statement.password, safe='')}" if statement.password else ""
    elif before:
        places = (before.address, before.sub_address)
        same = [one for one in places if one and _place(one) == _place(told)]
        account = same[0].parts.netloc.rpartition("@")[0] if same else ""
    return told.parts._replace(netloc=f"{account}@{netloc}" if account else netloc).geturl()


def _place(address: Address) -> tuple[str, str | None, int | None]:
    return address.scheme, address.parts.hostname, address.parts.port


def _known(camera: Camera) -> KnownCamera:
    return KnownCamera(
        id=camera.id,
        name=camera.name,
        address=_bare(camera.address),
        sub_address=_bare(camera.sub_address),
        device=_bare(camera.device),
        has_account="@" in camera.address.parts.netloc,
        windows=camera.windows,
        purpose=camera.purpose,
        schedule=camera.schedule,
        zones=camera.zones,
    )


def _bare(address: Address) -> str:
    """As it may be shown; that there is more to it is said, since without it it is another."""
    return f"{address.shown}{HIDDEN if address.parts.query else ''}"


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
