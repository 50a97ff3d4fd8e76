"""``./hall backup`` and ``./hall restore``: everything that must survive, as one file.

A backup is a tar of a consistent copy of the database (taken beside the running hall), the keys,
the uploads and a manifest with the SHA-256 of each member. Restoring goes into an empty folder
only. That the restored ledger is not shorter than one already published is not judged here but by
the running hall, which knows what its stations have seen.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path

import msgspec
from sqlalchemy.engine import make_url

from hall_server.clock import SystemClock
from hall_server.contract.version import VERSION

SQLITE_NAME, POSTGRESQL_NAME, MANIFEST_NAME = "hall.db", "hall.pgdump", "manifest.json"
MEMBERS = ("keys", "uploads")
"""Folders of the data directory that belong to the hall itself, beside its database."""
UNFINISHED = (".new", ".part")
"""Files that are just being written."""
MANIFEST_BYTES_MAX = 1_000_000
DAMAGED = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself."""

    version: str
    made_at_ms: int
    database: str
    ledger_size: int
    sha256: dict[str, str]


class BackupError(Exception):
    """The backup or restore cannot be done; the message says why, in both languages."""


def back_up(data: Path, target: Path, database_url: str = "") -> Manifest:
    """Write one backup file; the hall may be running meanwhile."""
    if not database_url and not (data / SQLITE_NAME).is_file():
        raise BackupError(f"{data} 中没有大厅数据 / no hall's data in {data}")
    if not target.parent.is_dir():
        raise BackupError(f"没有目录 {target.parent} / there is no folder {target.parent}")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        work = Path(folder)
        name = POSTGRESQL_NAME if database_url else SQLITE_NAME
        if database_url:
            size = _dump_postgresql(database_url, work / name)
        else:
            size = _copy_sqlite(data / SQLITE_NAME, work / name)
        members = [(name, work / name), *_copied_files(data, work)]
        manifest = Manifest(
            version=VERSION,
            made_at_ms=SystemClock().now_ms(),
            database=name,
            ledger_size=size,
            sha256={member: _sha256(path) for member, path in members},
        )
        packed = work / "packed"
        _pack(packed, manifest, members)
        packed.replace(target)
    return manifest


def restore(source: Path, data: Path, database_url: str = "") -> Manifest:
    """Unpack a backup into an empty folder, checking every member against the manifest."""
    if not source.is_file():
        raise BackupError(f"没有文件 {source} / there is no file {source}")
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise BackupError(f"{data} 不是空目录 / {data} is not empty; nothing was changed")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        manifest = _unpack(source, data)
        if manifest.database == POSTGRESQL_NAME:
            _load_postgresql(database_url, data / POSTGRESQL_NAME)
    except (*DAMAGED, msgspec.DecodeError) as error:
        _empty(data)
        raise BackupError(f"不是可用的备份 / not a usable backup: {error}") from error
    except BackupError:
        _empty(data)
        raise
    return manifest


def _pack(packed: Path, manifest: Manifest, members: list[tuple[str, Path]]) -> None:
    """Write the tar, readable to its maker alone (keys and hashes are in it), and onto the disk."""
    descriptor = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
            body = msgspec.json.format(msgspec.json.encode(manifest))
            head = tarfile.TarInfo(MANIFEST_NAME)
            head.size = len(body)
            tar.addfile(_private(head), io.BytesIO(body))
            for member, path in members:
                tar.add(path, member, recursive=False, filter=_private)
        file.flush()
        os.fsync(file.fileno())


def _private(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mode, member.uid, member.gid, member.uname, member.gname = 0o600, 0, 0, "", ""
    return member


def _unpack(source: Path, data: Path) -> Manifest:
    with tarfile.open(source, "r:gz") as tar:
        manifest = _read_manifest(tar)
        for member in tar:
            if member.name == MANIFEST_NAME:
                continue
            if member.name not in manifest.sha256 or not _belongs(member):
                raise BackupError(f"备份中有多余内容 / not in the manifest: {member.name}")
            tar.extract(member, data, filter="data")
    for name, wanted in manifest.sha256.items():
        path = data / name
        if not path.is_file() or _sha256(path) != wanted:
            raise BackupError(f"备份已损坏 / the backup is damaged: {name}")
    return manifest


def _copy_sqlite(source: Path, target: Path) -> int:
    """SQLite's own online backup: a consistent copy while the hall writes on."""
    reading = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
    writing = sqlite3.connect(target)
    try:
        # All pages in one step: a step-by-step copy begins anew with each of the hall's commits.
        reading.backup(writing, pages=-1)
        row = writing.execute("SELECT size FROM ledger_head").fetchone()
        if writing.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise BackupError("数据库校验失败 / the database copy fails its integrity check")
    finally:
        writing.close()
        reading.close()
    return int(row[0]) if row else 0


def _dump_postgresql(url: str, target: Path) -> int:
    size = _run(url, "psql", "-XAt", "--command=SELECT size FROM ledger_head")
    _run(url, "pg_dump", "--format=custom", f"--file={target}")
    return int(size or 0)


def _load_postgresql(url: str, source: Path) -> None:
    if not url:
        raise BackupError("须给出 --database / this backup needs --database")
    _run(url, "pg_restore", "--no-owner", "--single-transaction", str(source))
    source.unlink()


def _run(url: str, program: str, *arguments: str) -> str:
    """Run one of PostgreSQL's own programs; the password is not shown among the processes."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"缺少程序 {program} / the program {program} is missing")
    place = make_url(url)
    plain = place.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": str(place.password)} if place.password else {}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own tools, found on this machine
        [found, f"--dbname={plain}", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
        env={**os.environ, **secret},
    )
    if done.returncode != 0:
        raise BackupError(f"{program}: {done.stderr.strip()}")
    return done.stdout.strip()


def _copied_files(data: Path, work: Path) -> list[tuple[str, Path]]:
    """Copies: the running hall may delete a picture that nobody names at any moment."""
    copied: list[tuple[str, Path]] = []
    for folder in MEMBERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and path.suffix not in UNFINISHED:
                with suppress(FileNotFoundError):
                    copy = shutil.copyfile(path, work / f"{len(copied)}")
                    copied.append((str(path.relative_to(data)), copy))
    return copied


def _belongs(member: tarfile.TarInfo) -> bool:
    """A plain file, and none but the hall's own."""
    parts = Path(member.name).parts
    known = member.name in {SQLITE_NAME, POSTGRESQL_NAME} or parts[0] in MEMBERS
    return member.isfile() and known and ".." not in parts


def _read_manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != MANIFEST_NAME or first.size > MANIFEST_BYTES_MAX:
        raise BackupError("不是大厅的备份 / not a backup of a hall")
    body = tar.extractfile(first)
    return msgspec.json.decode(body.read() if body else b"", type=Manifest)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def main(arguments: list[str]) -> int:
    """Run as ``python -m hall_server.backup backup|restore``."""
    parser = argparse.ArgumentParser(prog="./hall", description=__doc__)
    parser.add_argument("act", choices=["backup", "restore"])
    parser.add_argument("file", type=Path, help="the backup file (.tar.gz)")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--database", default="", help="SQLAlchemy URL when not SQLite")
    options = parser.parse_args(arguments)
    try:
        os.umask(0o077)
        if options.act == "backup":
            made = back_up(options.data, options.file, options.database)
            text = f"已备份 / backed up: {options.file}"
        else:
            made = restore(options.file, options.data, options.database)
            text = f"已恢复到 / restored into: {options.data}"
    except BackupError as error:
        print(f"✗ {error}", file=sys.stderr)  # noqa: T201 - a program for a terminal
        return 1
    print(f"{text}\n  台账 / ledger: {made.ledger_size}")  # noqa: T201 - a program for a terminal
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
