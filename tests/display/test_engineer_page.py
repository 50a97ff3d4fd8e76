"""The device page at a real display station: every bar of the floor, and a test that gives way."""

import json

import pytest
from floor_run import Floor, eventually
from kiosk_run import send

from drivers.control.__main__ import main


def test_all_bars_are_told_to_whoever_has_the_key(
    floor: Floor, capsys: pytest.CaptureFixture[str]
) -> None:
    origin = floor.display.origin
    port = floor.display.server.server_address[1]
    assert send(port, "GET", "/engineer/devices.json")[0] == 401
    key = floor.display.station.settings.data / "engineer.key"
    bearer = f"Bearer {key.read_text().strip()}"
    status, _, body = send(port, "GET", "/engineer/devices.json", Authorization=bearer)
    assert status == 200
    devices = json.loads(body)["devices"]
    voices = [device for device in devices if device["kind"] == "loudspeaker"]
    assert [voice["id"] for voice in voices] == ["voice-1"]
    devices = [device for device in devices if device not in voices]
    assert {device["kind"] for device in devices} == {"bx-k"}
    assert len(devices) == len(floor.bars.bars)
    assert all(device["health"] == "ok" for device in devices)
    before = [lit.text for lit in floor.bars.bars[0].lit()]
    assert main(["station", origin, str(key), devices[0]["id"], "identify"]) == 0
    assert "屏已确认" in capsys.readouterr().out
    eventually(lambda: [lit.text for lit in floor.bars.bars[0].lit()] == before)
