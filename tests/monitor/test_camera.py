"""Cameras are read strictly, every fault with its place; passwords are shown nowhere."""

import math

import pytest

from config.faults import FaultyFactsError
from monitor.cameras.camera import Address, Purpose, Schedule, ZoneKind, read_cameras
from monitor.cameras.recorder_link import filled

GOOD = """
[recording]
networks = ["192.168.7.0/24"]
retention_days = 45

[[cameras]]
id = "window-1"
name = { zh = "1号窗口", en = "Window 1" }
address = "rtsp://admin:geheim@192.168.7.64:554/main?token=geheim"
windows = ["window-1", "window-2"]
purpose = "security"
zones = [
  { kind = "seat", window = "window-1", polygon = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.9]] },
  { kind = "mask", polygon = [[0, 0], [1, 0], [1, 0.1]] },
]
"""


def test_what_is_stated_is_read() -> None:
    stated = read_cameras(GOOD, "cameras.toml")
    (camera,) = stated.cameras
    assert stated.recording.retention_days == 45
    assert (camera.purpose, camera.schedule) == (Purpose.SECURITY, Schedule.OPENING)
    assert camera.polygons(ZoneKind.SEAT, "window-1") == [((0.1, 0.1), (0.5, 0.1), (0.5, 0.9))]
    assert camera.polygons(ZoneKind.SEAT, "window-2") == []
    assert camera.polygons(ZoneKind.MASK, "window-2") == [((0.0, 0.0), (1.0, 0.0), (1.0, 0.1))]


def test_a_password_is_shown_nowhere() -> None:
    stated = read_cameras(GOOD, "cameras.toml")
    address = stated.cameras[0].address
    for told in (repr(stated), str(address), f"{address}", address.shown, repr([address])):
        assert "geheim" not in told
        assert "admin" not in told
    assert address.shown == "rtsp://192.168.7.64:554/main"
    assert address.text.count("geheim") == 2


def test_no_fault_tells_the_password() -> None:
    wrong = GOOD.replace("rtsp://", "gopher://") + "\n[[cameras]]\nid = 'two'\naddress = 5\n"
    with pytest.raises(FaultyFactsError) as told:
        read_cameras(wrong, "cameras.toml")
    assert "geheim" not in str(told.value)
    assert len(told.value.faults) == 2


@pytest.mark.parametrize(
    ("changed", "to", "place", "wanted"),
    [
        ('purpose = "security"', 'purpose = "fun"', "cameras/window-1.purpose", "must be one of"),
        (
            '"window-1", polygon',
            '"window-9", polygon',
            "cameras/window-1.zones[0].window",
            "one of",
        ),
        ("[0.5, 0.9]", "[0.5, 1.9]", "cameras/window-1.zones[0].polygon[2][1]", "at most 1.0"),
        ("[0.5, 0.9]", "[nan, 0.9]", "cameras/window-1.zones[0].polygon[2][0]", "at least 0.0"),
        (", [1, 0.1]", "", "cameras/window-1.zones[1].polygon", "at least 3"),
        ('"192.168.7.0/24"', '"near"', "recording.networks[0]", "must be like"),
        ("retention_days = 45", "retention_days = 91", "recording.retention_days", "at most 90"),
        ('id = "window-1"', 'id = "Window 1"', "cameras/Window 1.id", "identifier"),
        ("rtsp://admin", "rtsp//admin", "cameras/window-1.address", "must begin with rtsp://"),
        ("[recording]", "[recorder]", "recorder", "no such table"),
        ("[recording]", "[recording", "TOML", "syntax"),
    ],
)
def test_faults_name_file_place_and_what_is_wanted(
    changed: str, to: str, place: str, wanted: str
) -> None:
    assert changed in GOOD
    with pytest.raises(FaultyFactsError) as told:
        read_cameras(GOOD.replace(changed, to, 1), "cameras.toml")
    fault = told.value.faults[0]
    assert (fault.where, wanted in fault.en) == (place, True), fault
    assert fault.zh
    assert str(told.value).startswith("cameras.toml: ")


SQUARE = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5), (0.1, 0.5))
TURNS = [2 * math.pi * n / 5 for n in (0, 2, 4, 1, 3)]
STAR = tuple((0.5 + 0.4 * math.sin(turn), 0.5 - 0.4 * math.cos(turn)) for turn in TURNS)
TOO_SMALL, CROSSED = "is too small", "must not cross or touch itself"


@pytest.mark.parametrize(
    ("polygon", "wanted"),
    [
        (SQUARE, ""),
        ((*SQUARE, SQUARE[0]), ""),
        ((SQUARE[0], (0.3, 0.1), *SQUARE[1:]), ""),
        ((*SQUARE[:3], (0.3, 0.4), SQUARE[3]), ""),
        (((0.1, 0.1), (0.11, 0.1), (0.11, 0.11)), TOO_SMALL),
        ((SQUARE[0],) * 4, TOO_SMALL),
        (STAR, CROSSED),
        (((0, 0), (0.9, 0), (0.1, 0.9), (0.5, 0.9), (0, 0.1)), CROSSED),
        ((SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]), CROSSED),
        ((*SQUARE, *SQUARE), CROSSED),
        (((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.1), (0.6, 0.2), (0.8, 0.7)), CROSSED),
        (((0.1, 0.1), (0.9, 0.1), (0.5, 0.1), (0.5, 0.5)), CROSSED),
        (((0.1, 0.1), (0.9, 0.1), (0.5, 0.1)), CROSSED),
    ],
)
@pytest.mark.parametrize("kind", ["mask", "seat"])
def test_a_zone_has_breadth_and_does_not_cross_itself(
    kind: str, polygon: tuple[tuple[float, float], ...], wanted: str
) -> None:
    """The cases of ``tests/web/monitor/zones.test.ts``; whichever corner comes first."""
    for corners in (polygon, polygon[::-1], (*polygon[1:], polygon[0])):
        stated = f'kind = "{kind}", polygon = {[list(corner) for corner in corners]}'
        text = GOOD.replace('kind = "mask", polygon = [[0, 0], [1, 0], [1, 0.1]]', stated)
        assert stated in text
        if not wanted:
            assert read_cameras(text, "cameras.toml").cameras[0].zones[1].polygon == corners
            continue
        with pytest.raises(FaultyFactsError) as told:
            read_cameras(text, "cameras.toml")
        (fault,) = told.value.faults
        assert (fault.where, fault.en) == ("cameras/window-1.zones[1].polygon", wanted)


@pytest.mark.parametrize("text", ["", "rtsp://[::1", "rtsp://host:port/", "no address", "://"])
def test_an_address_that_is_none_raises_nowhere(text: str) -> None:
    assert "Address(" in repr(Address(text))
    assert Address(text).scheme == ""


LINKS = {
    "iso": "starttime=2026-11-18T19%3A07%3A00%2B08%3A00&endtime=2026-11-18T19%3A08%3A00%2B08%3A00",
    "utc": "starttime=20261118T110700Z&endtime=20261118T110800Z",
    "local": "starttime=2026_11_18_19_07_00&endtime=2026_11_18_19_08_00",
    "seconds": "starttime=1795000020&endtime=1795000080",
}


def linked(link: str, spelling: str = "utc") -> str:
    more = f'recorder_link = "{link}"\nrecorder_time = "{spelling}"'
    return GOOD.replace('purpose = "security"', more)


@pytest.mark.parametrize("spelling", LINKS)
def test_a_recorder_is_told_times_as_its_maker_writes_them(spelling: str) -> None:
    link = "rtsp://192.168.7.20:554/tracks/101?starttime={begin}&endtime={end}"
    (camera,) = read_cameras(linked(link, spelling), "cameras.toml").cameras
    told = filled(camera.recorder_link, camera.recorder_time, 1_795_000_020_000, 1_795_000_080_000)
    assert told == f"rtsp://192.168.7.20:554/tracks/101?{LINKS[spelling]}"


@pytest.mark.parametrize(
    "link",
    [
        "rtsp://192.168.7.20/a?s={begin}",
        "rtsp://192.168.7.20/a?s={begin}&e={end}&x={end}",
        "javascript:alert({begin},{end})",
        "file:///etc/{begin}/{end}",
        "rtsp:///a?s={begin}&e={end}",
        "rtsp://8.8.8.8/a?s={begin}&e={end}",
        "rtsp://192.168.8.20/a?s={begin}&e={end}",
        "rtsp://admin:geheim@192.168.7.20/a?s={begin}&e={end}",
        "rtsp://192.168.7.20/a?s={begin}&e={end}&password=geheim",
        "rtsp://192.168.7.20/a?s={begin}&e={end}&authToken=geheim",
        "rtsp://192.168.7.20:0x/a?s={begin}&e={end}",
        "rtsp://{begin}.example/a?e={end}",
        "rtsp://192.168.7.20/a?s={begin}&e={end}&x={other}",
        "rtsp://192.168.7.20/a b?s={begin}&e={end}",
        "rtsp://3232235521/a?s={begin}&e={end}",
    ],
)
def test_a_link_to_a_recorder_is_read_strictly(link: str) -> None:
    with pytest.raises(FaultyFactsError) as faulty:
        read_cameras(linked(link), "cameras.toml")
    assert "cameras/window-1.recorder_link" in str(faulty.value)
    assert "geheim" not in str(faulty.value)
