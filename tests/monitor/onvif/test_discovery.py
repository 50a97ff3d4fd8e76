"""Who answers the call for cameras, by real datagrams; strangers' answers count for nothing."""

import time

from played_onvif import BOMB, PlayedDiscovery, probe_match

from monitor.onvif.discovery import FOUND_MOST, GROUP, discovered, matches

LOOPBACK = ("127.0.0.0/8",)
HERE = "http://127.0.0.1:8000/onvif/device_service"


def test_cameras_that_answer_are_found_once() -> None:
    both = probe_match(f"http://[fe80::1]/x http://192.0.2.7/x {HERE}")
    other = probe_match("http://127.0.0.1:81/onvif")
    with PlayedDiscovery(both, both, other) as camera:
        found = discovered(LOOPBACK, 0.8, group=camera.place)
    assert [one.address for one in found] == [HERE, "http://127.0.0.1:81/onvif"]
    assert (found[0].name, found[0].model) == ("半球", "X1 Pro")
    assert len(camera.probes) == 2, "datagrams get lost"
    assert "NetworkVideoTransmitter" in camera.probes[0]


def test_what_is_no_answer_of_a_camera_is_not_heard() -> None:
    strange = (
        probe_match(HERE, relates_to="urn:uuid:of-somebody-else"),
        probe_match("http://192.0.2.7/elsewhere"),
        probe_match("file:///etc/passwd"),
        probe_match("http://127.0.0.1:99999999/"),
        BOMB.decode(),
        "",
        "<a",
    )
    with PlayedDiscovery(*strange) as camera:
        assert discovered(LOOPBACK, 0.5, group=camera.place) == []


def test_networks_that_do_not_begin_here_are_not_called() -> None:
    with PlayedDiscovery(probe_match(HERE)) as camera:
        assert discovered(("198.51.100.0/24", "2001:db8::/32"), 0.3, group=camera.place) == []
    assert camera.probes == []


def test_a_flood_of_answers_ends() -> None:
    many = [probe_match(f"http://127.0.0.1:{2000 + n}/x") for n in range(FOUND_MOST + 50)]
    began_s = time.monotonic()
    with PlayedDiscovery(*many) as camera:
        found = discovered(LOOPBACK, 1.0, group=camera.place)
    assert 0 < len(found) <= FOUND_MOST
    assert time.monotonic() - began_s < 3


def test_names_are_plain_words() -> None:
    text = probe_match(
        HERE, relates_to="x", scopes="onvif://www.onvif.org/name/a%0Ab%1B" + "c" * 99
    )
    (found,) = matches(text.encode(), "x", "127.0.0.1")
    assert found.name == "ab" + "c" * 78
    assert GROUP.startswith("239.")
