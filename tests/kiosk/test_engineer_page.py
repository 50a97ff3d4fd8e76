"""The device page at a real kiosk: beside the citizen's page, and not for citizens."""

import pytest
from kiosk_run import Kiosk, KioskHall, send

from drivers.control.__main__ import main


def test_a_citizen_s_browser_learns_nothing_of_the_devices(kiosk: Kiosk) -> None:
    assert send(kiosk.port, "GET", "/engineer")[0] == 200
    assert send(kiosk.port, "GET", "/engineer/devices.json")[0] == 401
    assert send(kiosk.port, "GET", "/metrics")[0] == 401
    order = {"device": "kiosk-1-printer", "test": "cut"}
    assert send(kiosk.port, "POST", "/engineer/self-test", order)[0] == 401
    assert send(kiosk.port, "GET", "/api/state")[0] == 200


def test_an_engineer_s_test_comes_out_of_the_printer_and_is_no_ticket(
    kiosk: Kiosk, place: KioskHall, capsys: pytest.CaptureFixture[str]
) -> None:
    key = place.folder / "kiosk-1" / "engineer.key"
    assert main(["station", kiosk.url, str(key)]) == 0
    told = capsys.readouterr().out
    assert "号票打印机 ticket printer  正常 well" in told
    device = told.split()[1]
    before, events = len(place.papers()), len(place.events("print.reported"))
    assert main(["station", kiosk.url, str(key), device, "ruler"]) == 0
    assert "打印机已证实" in capsys.readouterr().out
    assert "设备自检 SELF TEST" in place.papers()[before]
    assert len(place.events("print.reported")) == events  # the hall hears nothing of it
    assert kiosk.take()["label"]  # and the kiosk goes on with its work
