"""Backup and restore: everything comes back, numbers go on, and nothing odd is unpacked."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest
from http_of_hall import PASSWORD, Front, request_id

from hall_server.backup import BackupError, Manifest, back_up, main, restore
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.queueing import TicketTake
from hall_server.ledger.keys import KEY_FILE


def take(hall: Any) -> str:
    with hall.hall.database.reading() as reading:
        item = next(item.id for item in reading.facts.items if item.queue)
    ask = TicketTake(request_id=request_id(), item_id=item)
    return str(hall.ask("ticket.take", hall.station("kiosk-1", Role.KIOSK), ask).label)


def open_day(hall: Any) -> None:
    from hall_server.contract.messages.queueing import DayOpen

    hall.ask("day.open", hall.person("boss", Role.SUPERVISOR), DayOpen(request_id=request_id()))


def data_of(hall: Any) -> Path:
    return Path(hall.hall.settings.data)


@pytest.fixture
def full(make_hall: Any) -> Any:
    """A hall with people, a picture, a day and three numbers."""
    hall = make_hall()
    Front(hall.hall).administrators()
    (data_of(hall) / "uploads").mkdir()
    (data_of(hall) / "uploads" / "face.png").write_bytes(b"a picture")
    (data_of(hall) / "uploads" / "half.png.part").write_bytes(b"not yet a picture")
    (data_of(hall) / "kiosk-1").mkdir()
    (data_of(hall) / "kiosk-1" / "station.key").write_text("the station's own")
    open_day(hall)
    assert [take(hall) for _ in range(3)] == ["A001", "A002", "A003"]
    return hall


def test_everything_comes_back_and_numbers_go_on(full: Any, make_hall: Any, tmp_path: Path) -> None:
    file, into = tmp_path / "hall.tar.gz", tmp_path / "restored"
    assert main(["backup", str(file), "--data", str(data_of(full))]) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert main(["restore", str(file), "--data", str(into)]) == 0
    files = {str(path.relative_to(into)) for path in into.rglob("*") if path.is_file()}
    assert files == {"hall.db", str(KEY_FILE), "uploads/face.png"}
    assert {stat.S_IMODE((into / name).stat().st_mode) for name in files} == {0o600}
    assert (into / KEY_FILE).read_bytes() == (data_of(full) / KEY_FILE).read_bytes()
    again = make_hall(data=into)
    assert again.bodies()[: len(full.bodies())] == full.bodies()
    assert take(again) == take(full) == "A004"
    for account in ("admin", "security", "auditor"):
        assert Front(again.hall).sign_in(account, PASSWORD).status == 200
    assert not (into / "first-password.txt").exists()


def test_a_backup_is_taken_while_the_hall_writes(full: Any, make_hall: Any, tmp_path: Path) -> None:
    from threading import Event, Thread

    stop, taken = Event(), []

    def go_on() -> None:
        while not stop.is_set():
            taken.append(take(full))

    citizens = Thread(target=go_on)
    citizens.start()
    try:
        sizes = [
            back_up(data_of(full), tmp_path / f"{number}.tar.gz").ledger_size for number in range(3)
        ]
    finally:
        stop.set()
        citizens.join()
    assert sizes == sorted(sizes)
    restore(tmp_path / "2.tar.gz", tmp_path / "restored")
    again = make_hall(data=tmp_path / "restored")
    taken_then = [str(row["label"]) for row in again.bodies() if row["type"] == "ticket.taken"]
    assert taken_then == [f"A{number:03}" for number in range(1, len(taken_then) + 1)]
    assert len(taken_then) <= len(taken) + 3
    assert take(again) == f"A{len(taken_then) + 1:03}"


@pytest.mark.postgres
def test_the_same_from_postgresql(
    make_hall: Any, tmp_path: Path, postgres_server: Path, postgres_url: str
) -> None:
    import psycopg2

    hall = make_hall(url=postgres_url)
    open_day(hall)
    assert take(hall) == "A001"
    made = back_up(data_of(hall), tmp_path / "hall.tar.gz", postgres_url)
    assert made.ledger_size == len(hall.bodies())
    name = "hall_restored"
    connection = psycopg2.connect(f"host={postgres_server} user=hall dbname=postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
        url = f"postgresql+psycopg2://hall@/{name}?host={postgres_server}"
        into = tmp_path / "restored"
        with pytest.raises(BackupError, match="--database"):
            restore(tmp_path / "hall.tar.gz", into)
        assert list(into.iterdir()) == []
        restore(tmp_path / "hall.tar.gz", into, url)
        again = make_hall(url=url, data=into)
        assert take(again) == take(hall) == "A002"
        with pytest.raises(BackupError, match="pg_restore"):  # a database that is not empty
            restore(tmp_path / "hall.tar.gz", tmp_path / "twice", url)
        assert take(again) == "A003"
        again.hall.database.stop()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.close()


def test_nothing_is_restored_over_something(full: Any, tmp_path: Path) -> None:
    back_up(data_of(full), tmp_path / "hall.tar.gz")
    before = (data_of(full) / KEY_FILE).read_bytes()
    with pytest.raises(BackupError, match="is not empty"):
        restore(tmp_path / "hall.tar.gz", data_of(full))
    assert (data_of(full) / KEY_FILE).read_bytes() == before


def test_what_cannot_be_is_said_plainly(
    full: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (
        ["backup", str(tmp_path / "no" / "folder.tar.gz"), "--data", str(data_of(full))],
        ["backup", str(tmp_path / "x.tar.gz"), "--data", str(tmp_path / "nothing")],
        ["restore", str(tmp_path / "none.tar.gz"), "--data", str(tmp_path / "r")],
    )
    for arguments in words:
        assert main(arguments) == 1, arguments
    said = capsys.readouterr().err
    assert said.count("✗") == len(words)
    assert "there is no folder" in said
    assert "no hall's data" in said
    assert "there is no file" in said


def test_a_damaged_backup_leaves_nothing_behind(full: Any, tmp_path: Path) -> None:
    file = tmp_path / "hall.tar.gz"
    back_up(data_of(full), file)
    whole = file.read_bytes()
    step = len(whole) // 24
    for place in range(20, len(whole) - 8, step):
        damaged = bytearray(whole)
        damaged[place] ^= 0x41
        assert refused(bytes(damaged), tmp_path), place
    for spoilt in (b"", b"not a backup", whole[: len(whole) // 2], whole[:-2_000]):
        assert refused(spoilt, tmp_path), len(spoilt)


def refused(damaged: bytes, folder: Path) -> bool:
    file, into = folder / "damaged.tar.gz", folder / "into"
    file.write_bytes(damaged)
    try:
        restore(file, into)
    except BackupError:
        return list(into.iterdir()) == []
    return False


def odd_backup(name: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A backup whose manifest agrees with its one odd member."""
    import hashlib

    import msgspec

    content = b"odd"
    manifest = Manifest(
        version="0.1.0",
        made_at_ms=0,
        database="hall.db",
        ledger_size=0,
        sha256={name: hashlib.sha256(content).hexdigest()},
    )
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for member, body in (("manifest.json", msgspec.json.encode(manifest)), (name, content)):
            head = tarfile.TarInfo(member)
            head.size = len(body)
            if member == name and kind != tarfile.REGTYPE:
                head.type, head.linkname, head.size = kind, "/etc/passwd", 0
            tar.addfile(head, io.BytesIO(body) if head.size else None)
    return gzip.compress(packed.getvalue())


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "uploads/../../evil",
        "/tmp/hall-evil",
        "keys/../../../evil",
        "hall.db/../evil",
        "first-password.txt",
        "kiosk-1/station.key",
    ],
)
def test_members_that_reach_elsewhere_are_refused(name: str, tmp_path: Path) -> None:
    assert refused(odd_backup(name), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"damaged.tar.gz", "into"}
    assert not Path("/tmp/hall-evil").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_pipes_are_refused(kind: bytes, tmp_path: Path) -> None:
    assert refused(odd_backup("uploads/x", kind), tmp_path)


def test_the_door_for_people_knows_both_acts() -> None:
    text = (Path(__file__).resolve().parents[2] / "hall").read_text("utf-8")
    for act in ("backup", "restore"):
        assert f'("-m", "hall_server.backup", "{act}")' in text
