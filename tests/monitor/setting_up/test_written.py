"""The camera file changed by the page: comments stay, passwords go nowhere, faults do not."""

from pathlib import Path

import pytest

from config.faults import FaultyFactsError
from config.values import Words
from monitor.cameras.camera import Address, PictureZone, Schedule, ZoneKind, load_cameras
from monitor.cameras.polygon import Polygon
from monitor.setting_up.written import CannotWriteError, Statement, WrittenCameras

FILE = """\
# 大厅摄像机 by Li, March
[recording]
networks = ["192.168.1.0/24"]  # the camera network

[[cameras]]
id = "window-1"
name = { zh = "1号窗口" }
# looks at the seat
address = "rtsp://admin:p%40ss@192.168.1.64/main?user=x&word=geheim"
sub_address = "rtsp://admin:p%40ss@192.168.1.64/sub"
windows = ["window-1"]
zones = [
  { kind = "mask", polygon = [[0, 0], [1, 0], [1, 0.1]] },  # the safe
]

[[cameras]]
id = "door"
name = { zh = "大门" }
address = "rtsp://192.168.1.65/main"  # last
"""


@pytest.fixture
def written(tmp_path: Path) -> WrittenCameras:
    (tmp_path / "cameras.toml").write_text(FILE, encoding="utf-8")
    return WrittenCameras(tmp_path / "cameras.toml")


def text(tmp_path: Path) -> str:
    return (tmp_path / "cameras.toml").read_text(encoding="utf-8")


def shown(written: WrittenCameras) -> Statement:
    """The first camera, as the page would send it back unchanged."""
    one = written.known().cameras[0]
    return Statement(
        id=one.id,
        name=one.name,
        address=one.address,
        sub_address=one.sub_address,
        windows=one.windows,
        purpose=one.purpose,
        schedule=one.schedule,
    )


def save(written: WrittenCameras, **changes: object) -> None:
    fields = {name: getattr(shown(written), name) for name in Statement.__struct_fields__}
    written.save(Statement(**{**fields, **changes}), written.known().version)


def test_the_page_is_told_no_password(written: WrittenCameras) -> None:
    told = str(written.known())
    assert "p%40ss" not in told
    assert "p@ss" not in told
    assert "geheim" not in told
    first, second = written.known().cameras
    assert (first.address, first.has_account) == ("rtsp://192.168.1.64/main?…", True)
    assert not second.has_account


def test_a_new_name_changes_its_line_and_no_other(written: WrittenCameras, tmp_path: Path) -> None:
    save(written, name=Words(zh="一号", en="One"))
    was, now = FILE.splitlines(), text(tmp_path).splitlines()
    assert [line for line in was if line not in now] == ['name = { zh = "1号窗口" }']
    camera = load_cameras(tmp_path / "cameras.toml").cameras[0]
    assert camera.name == Words(zh="一号", en="One")
    assert camera.address.text == "rtsp://admin:p%40ss@192.168.1.64/main?user=x&word=geheim"
    assert (tmp_path / "cameras.toml").stat().st_mode & 0o777 == 0o600


def test_a_password_stays_only_where_the_camera_stays(
    written: WrittenCameras, tmp_path: Path
) -> None:
    save(written, address="rtsp://192.168.1.64/other", sub_address="rtsp://192.168.1.99/sub")
    camera = load_cameras(tmp_path / "cameras.toml").cameras[0]
    assert camera.address.text == "rtsp://admin:p%40ss@192.168.1.64/other"
    assert camera.sub_address.text == "rtsp://192.168.1.99/sub"
    save(written, address="rtsp://192.168.1.64:8554/main", sub_address="")
    camera = load_cameras(tmp_path / "cameras.toml").cameras[0]
    assert camera.address.text == "rtsp://192.168.1.64:8554/main"
    assert not camera.sub_address
    save(written, account="a:b", password="c@d/ü")
    camera = load_cameras(tmp_path / "cameras.toml").cameras[0]
    assert camera.address.text == "rtsp://a%3Ab:c%40d%2F%C3%BC@192.168.1.64:8554/main"


def test_cameras_are_added_and_removed(written: WrittenCameras, tmp_path: Path) -> None:
    save(written, id="new-1", schedule=Schedule.ALWAYS, account="root", password="1")
    cameras = load_cameras(tmp_path / "cameras.toml").cameras
    assert [one.id for one in cameras] == ["window-1", "door", "new-1"]
    assert "# the safe" in text(tmp_path)
    written.remove("window-1", written.known().version)
    assert [one.id for one in written.known().cameras] == ["door", "new-1"]
    written.remove("door", written.known().version)
    written.remove("new-1", written.known().version)
    assert written.known().cameras == []
    assert "# the camera network" in text(tmp_path)
    with pytest.raises(CannotWriteError):
        written.remove("new-1", written.known().version)


def test_the_first_camera_makes_the_file(tmp_path: Path) -> None:
    written = WrittenCameras(tmp_path / "cameras.toml")
    assert written.known().cameras == []
    statement = Statement(id="a", name=Words(zh="甲"), address="rtsp://192.168.1.9/x")
    written.save(statement, written.known().version)
    assert [one.id for one in load_cameras(tmp_path / "cameras.toml").cameras] == ["a"]
    assert (tmp_path / "cameras.toml").stat().st_mode & 0o777 == 0o600


def test_who_has_not_seen_the_newest_file_changes_nothing(
    written: WrittenCameras, tmp_path: Path
) -> None:
    seen = written.known().version
    save(written, name=Words(zh="别人改的"))
    before = text(tmp_path)
    with pytest.raises(CannotWriteError):
        written.save(shown(written), seen)
    with pytest.raises(CannotWriteError):
        written.remove("door", seen)
    assert text(tmp_path) == before


def zone(kind: ZoneKind, *polygon: tuple[float, float], window: str = "") -> PictureZone:
    return PictureZone(kind=kind, window=window, polygon=polygon)


SAFE = zone(ZoneKind.MASK, (0, 0), (1, 0), (1, 0.1))
SEAT = zone(ZoneKind.SEAT, (0.4, 0.4), (0.6, 0.4), (0.6, 0.8), window="window-1")
DOOR = zone(ZoneKind.MASK, (0, 0.5), (0.1, 0.5), (0.1, 0.9))


def test_what_is_written_beside_a_zone_stays_while_the_zone_does(
    written: WrittenCameras, tmp_path: Path
) -> None:
    def states(*zones: PictureZone) -> str:
        """The line of the safe, once these zones and no others stand in the file."""
        save(written, zones=zones)
        assert load_cameras(tmp_path / "cameras.toml").cameras[0].zones == zones
        return next((line for line in text(tmp_path).splitlines() if "# the safe" in line), "")

    assert (
        states(SAFE, SEAT).strip()
        == '{ kind = "mask", polygon = [[0, 0], [1, 0], [1, 0.1]] },  # the safe'
    )
    grown = zone(ZoneKind.MASK, (0, 0), (1, 0), (1, 0.2))
    assert "0.2" in states(grown, SEAT)
    assert "0.2" in states(DOOR, grown, SEAT)
    assert states(DOOR, SEAT) == "", "it went with its zone, and stands beside no other"
    assert states(DOOR, zone(ZoneKind.SEAT, *SEAT.polygon)) == ""
    assert "window =" not in text(tmp_path).partition("zones = [")[2].partition("\n]")[0]
    save(written, zones=())
    assert "zones" not in text(tmp_path)
    save(written, zones=(SAFE,))
    save(written)
    assert load_cameras(tmp_path / "cameras.toml").cameras[0].zones == (SAFE,), "as they were"


@pytest.mark.parametrize(
    "polygon",
    [
        ((0.1, 0.1), (0.9, 0.1), (0.5, 0.1)),
        ((0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9)),
        ((0.1, 0.1), (0.11, 0.1), (0.11, 0.11)),
    ],
)
def test_a_zone_in_which_nothing_can_be_seen_is_not_written(
    written: WrittenCameras, tmp_path: Path, polygon: Polygon
) -> None:
    with pytest.raises(FaultyFactsError, match=r"太小|交叉"):
        save(written, zones=(zone(ZoneKind.SEAT, *polygon),))
    with pytest.raises(FaultyFactsError, match="windows"):
        save(written, zones=(zone(ZoneKind.SEAT, *SEAT.polygon, window="window-9"),))
    assert text(tmp_path) == FILE


@pytest.mark.parametrize("spelt", ["/main", "/sub", ":554/main", "/main/?", "/other"])
def test_another_name_for_the_same_place_uncovers_nothing(
    written: WrittenCameras, spelt: str
) -> None:
    there, elsewhere = Address(f"rtsp://192.168.1.64{spelt}"), Address("rtsp://192.168.1.65/main")
    for name in ("window-1", "new-1", "door"):
        assert written.masks(name, there) == (SAFE.polygon,)
    assert written.masks("window-1", elsewhere) == (SAFE.polygon,)
    assert written.masks("door", elsewhere) == written.masks("new-1", elsewhere) == ()


def test_cameras_of_one_recorder_have_each_their_own_masks(written: WrittenCameras) -> None:
    save(written, id="channel-2", address="rtsp://192.168.1.64/2", sub_address="", zones=(DOOR,))
    assert written.masks("channel-2", Address("rtsp://192.168.1.64/2")) == (DOOR.polygon,)
    assert written.masks("window-1", Address("rtsp://192.168.1.64/main")) == (SAFE.polygon,)
    assert written.masks("new-1", Address("rtsp://192.168.1.64/3")) == (SAFE.polygon, DOOR.polygon)


@pytest.mark.parametrize("address", ["ftp://192.168.1.9/x", "", "nonsense"])
def test_faults_are_not_written(written: WrittenCameras, tmp_path: Path, address: str) -> None:
    with pytest.raises(FaultyFactsError):
        save(written, address=address)
    with pytest.raises(CannotWriteError):
        save(written, address="rtsp://admin:geheim@192.168.1.9/x")
    assert text(tmp_path) == FILE
