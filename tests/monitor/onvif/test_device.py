"""What a camera is asked and tells, over real HTTP, whoever made it and whatever it sends."""

import time
from collections.abc import Callable

import pytest
from played_onvif import (
    ACCOUNT,
    BOMB,
    DEEP,
    FILE,
    PASSWORD,
    RICH,
    Lens,
    Make,
    PlayedCamera,
)

from monitor.cameras.camera import Address, RecordingRules
from monitor.faults import CameraFault, GapCause
from monitor.onvif.device import Device, Told, device_address
from monitor.onvif.envelope import ANSWER_BYTES_MOST, Account

RULES = RecordingRules(networks=("127.0.0.1/32",))
RIGHT = Account(ACCOUNT, PASSWORD)


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


def device(camera: PlayedCamera, account: Account = RIGHT) -> Device:
    return Device(Address(camera.address), account, RULES, wall=wall_ms)


def told(make: Make, account: Account = RIGHT) -> Told:
    with PlayedCamera(make, rtsp_port=8554) as camera:
        return device(camera, account).told()


MAKES: dict[str, Make] = {
    "token in the envelope": Make(),
    "other prefixes": Make(prefix="env", gives_snapshot=False),
    "no GetServices": Make(prefix="s", knows_services=False),
    "Media2": Make(media2=True),
    "HTTP asks first, MD5": Make(http_digest="MD5"),
    "HTTP asks first, SHA-256": Make(http_digest="SHA-256", clock_needs_account=True),
    "clock needs the account": Make(clock_needs_account=True),
    "clock of 1970": Make(clock_off_s=-int(time.time()) + 90_000),
    "clock four minutes ahead": Make(clock_off_s=240),
    "names another host": Make(address_host="10.99.99.99"),
}


@pytest.mark.parametrize("name", MAKES)
def test_cameras_of_several_makers(name: str) -> None:
    make = MAKES[name]
    found = told(make)
    assert (found.maker.maker, found.maker.model) == ("Probe & Söhne", "半球 X1")
    assert found.maker.firmware == "5.7.3 build 1"
    (channel,) = found.channels
    assert channel.main.address == "rtsp://127.0.0.1:8554/main?a=1&b=2"
    assert channel.main.snapshot == ("http://127.0.0.1/still.jpg" if make.gives_snapshot else "")
    profile = channel.main.profile
    assert (profile.codec, profile.width, profile.height) == ("H.264", 1920, 1080)
    assert (profile.frames_per_s, profile.key_every) == (25, 50)
    assert channel.sub
    assert channel.sub.address == "rtsp://127.0.0.1:8554/sub?a=1&b=2"
    assert found.skew_ms is not None
    assert abs(found.skew_ms - make.clock_off_s * 1000) < 1_500


def test_a_recorder_has_many_lenses_and_h265_is_shown_by_its_small_stream() -> None:
    lenses = tuple(
        Lens(
            f"src{number}",
            (
                (f"m{number}", "H265", 2560, 1440, 25, 100),
                (f"t{number}", "H264", 1280, 720, 25, 25),
                (f"s{number}", "H264", 704, 576, 12, 12),
                (f"j{number}", "JPEG", 320, 180, 5, 0),
            ),
        )
        for number in range(3)
    )
    found = told(Make(media2=True, lenses=lenses))
    assert [one.main.profile.codec for one in found.channels] == ["H.265"] * 3
    assert [one.sub.profile.token for one in found.channels if one.sub] == ["s0", "s1", "s2"]


def test_a_camera_that_tells_no_time_is_asked_by_ours() -> None:
    assert told(Make(tells_utc=False)).skew_ms is None


@pytest.mark.parametrize("make", [Make(), Make(http_digest="MD5")], ids=["token", "http"])
def test_a_wrong_password_is_told_so_and_sent_to_nobody(make: Make) -> None:
    with PlayedCamera(make) as camera, pytest.raises(CameraFault) as fault:
        device(camera, Account(ACCOUNT, "falsch-99")).told()
    assert fault.value.cause is GapCause.REFUSED
    assert "密码" in fault.value.zh
    assert b"falsch-99" not in camera.heard
    assert "falsch-99" not in str(fault.value)
    assert len(camera.asked) <= 3, "an account is locked by many tries"


def test_basic_is_not_answered() -> None:
    """A camera that wants the password as it is gets nothing."""
    with PlayedCamera(Make(http_digest="Basic")) as camera, pytest.raises(CameraFault) as fault:
        device(camera).told()
    assert fault.value.cause is GapCause.REFUSED
    assert PASSWORD.encode() not in camera.heard
    assert b"Basic" not in camera.heard


HOSTILE: dict[str, Make] = {
    "entities that grow": Make(instead={"GetDeviceInformation": BOMB}),
    "a file of ours": Make(instead={"GetDeviceInformation": FILE}),
    "too large": Make(instead={"*": b"<Envelope>" + b" " * 2 * ANSWER_BYTES_MOST}),
    "too deep": Make(instead={"*": DEEP}),
    "too rich": Make(instead={"*": RICH}),
    "no XML": Make(instead={"*": b"<html><br></html"}),
    "unknown encoding": Make(instead={"*": b'<?xml version="1.0" encoding="x-none"?><a/>'}),
    "nothing": Make(instead={"*": b" "}),
    "leads elsewhere": Make(redirects_to="http://169.254.169.254/latest"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_it_sends_is_a_fault_of_the_camera(name: str) -> None:
    began_s = time.monotonic()
    with pytest.raises(CameraFault) as fault:
        told(HOSTILE[name])
    assert fault.value.cause is GapCause.BROKEN
    assert "root:" not in str(fault.value)
    assert time.monotonic() - began_s < 5


def test_one_that_drips_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.onvif.device.WHOLE_ANSWER_S", 1.0)
    began_s = time.monotonic()
    with pytest.raises(CameraFault) as fault:
        told(Make(drips=True))
    assert fault.value.cause is GapCause.OFFLINE
    assert time.monotonic() - began_s < 4


@pytest.mark.parametrize(
    ("host", "cause"),
    [
        ("169.254.169.254", GapCause.REFUSED),
        ("http://127.0.0.2:80/onvif", GapCause.REFUSED),
        ("rtsp://127.0.0.1/main", GapCause.REFUSED),
        ("ftp://127.0.0.1/", GapCause.REFUSED),
    ],
)
def test_nothing_outside_the_networks_is_asked(host: str, cause: GapCause) -> None:
    with pytest.raises(CameraFault) as fault:
        Device(device_address(host), RIGHT, RULES, wall=wall_ms)
    assert fault.value.cause is cause


def test_what_a_camera_names_leads_to_nobody_else() -> None:
    """Other schemes are not kept; other hosts are its own."""
    wrong: Callable[[str], bytes] = lambda where: (  # noqa: E731 - one line
        b"<Envelope><Body><GetStreamUriResponse><MediaUri><Uri>"
        + where.encode()
        + b"</Uri></MediaUri></GetStreamUriResponse></Body></Envelope>"
    )
    for where, kept in (
        ("file:///etc/passwd", ""),
        ("rtsp://root:secret@192.0.2.1/a", "rtsp://127.0.0.1/a"),
        ("rtsp://[::bad", ""),
    ):
        found = told(Make(instead={"GetStreamUri": wrong(where)}))
        assert [one.main.address for one in found.channels] == [kept]
