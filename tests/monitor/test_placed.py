"""A camera that was moved shows another window from then on, and the old one before."""

from pathlib import Path

from monitor.cameras.camera import Camera, read_cameras
from monitor.cameras.placed import FILE, note, read, windows_at


def cameras(*windows: str) -> tuple[Camera, ...]:
    text = f'[[cameras]]\nid="a"\nname={{zh="一"}}\naddress="demo://a"\nwindows={[*windows]}\n'
    return read_cameras(text.replace("'", '"'), "cameras.toml").cameras


def test_windows_are_those_of_the_time(tmp_path: Path) -> None:
    for at_ms, windows in ((100, ["w1"]), (200, ["w1"]), (300, ["w2", "w3"]), (400, [])):
        note(tmp_path, cameras(*windows), at_ms)
    known = read(tmp_path)
    assert [one.since_ms for one in known] == [100, 300, 400], "what has not changed is no line"
    told = {at: windows_at(known, at)["a"] for at in (0, 100, 299, 300, 400, 9_999)}
    assert told == {
        0: ("w1",),
        100: ("w1",),
        299: ("w1",),
        300: ("w2", "w3"),
        400: (),
        9_999: (),
    }


def test_a_line_that_a_power_cut_spoilt_takes_no_other_with_it(tmp_path: Path) -> None:
    note(tmp_path, cameras("w1"), 100)
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"since_ms": 200, "wind')
    note(tmp_path, cameras("w2"), 300)
    assert [one.since_ms for one in read(tmp_path)] == [100, 300]


def test_nothing_is_known_before_a_recorder_was_there(tmp_path: Path) -> None:
    assert read(tmp_path) == []
    assert windows_at([], 5) == {}
