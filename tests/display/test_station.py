"""The station against the real hall: bars that light and go dark, voices, what is kept and told."""

import threading
from pathlib import Path

import msgspec
import pytest
from floor_run import Floor, eventually, run_station
from voice_page import VoicePage, get, post

from display.director import CALL_FACE_TIME_TO_LIVE_MS
from display.keeping import Kept
from drivers.orders import Colour
from drivers.simulator.play import utc_ms
from drivers.sound import duration_ms, samples_of

FIRST_BAR = 0


def bar_text(floor: Floor, bar: int = FIRST_BAR) -> str:
    return "".join(lit.text for lit in floor.bars.bars[bar].lit())


def last_spoken(floor: Floor, called_seq: int) -> dict[str, object] | None:
    spoken = floor.events("announcement.spoken")
    return next((event for event in spoken if event["called_seq"] == called_seq), None)


def test_a_bar_shows_the_call_then_the_service_then_who_sits_there(floor: Floor) -> None:
    eventually(lambda: bar_text(floor).endswith("张三"))
    label, seq = floor.call_somebody()
    eventually(lambda: bar_text(floor) == f"请{label}号")
    assert floor.bars.bars[FIRST_BAR].lit()[0].colour is Colour.RED
    shown = "display.shown"
    eventually(lambda: seq in [event["shown_seq"] for event in floor.events(shown)])
    proofs = [event for event in floor.events(shown) if event["shown_seq"] == seq]
    assert [event["display_id"] for event in proofs] == ["bar-1"]
    floor.serve_and_finish(label)
    eventually(lambda: bar_text(floor).endswith("张三"))


def test_a_bar_nobody_asserts_goes_dark_by_its_own_clock(floor: Floor) -> None:
    label, _ = floor.call_somebody()
    eventually(lambda: bar_text(floor) == f"请{label}号")
    (lit,) = floor.bars.bars[FIRST_BAR].lit()
    assert lit.until_ms is not None
    left_ms = lit.until_ms - utc_ms()
    assert 0 < left_ms <= CALL_FACE_TIME_TO_LIVE_MS
    floor.serve_and_finish(label)


def test_a_window_that_pauses_says_so(floor: Floor) -> None:
    reason = {"window_id": "window-1", "reason_id": pause_reason(floor)}
    floor.clerk("window.pause", reason)
    eventually(lambda: bar_text(floor) == "暂停服务")
    floor.clerk("window.resume", {"window_id": "window-1"})
    eventually(lambda: bar_text(floor).endswith("张三"))


def pause_reason(floor: Floor) -> str:
    facts = floor.hall.read("facts.read", cookie=floor.people.administrator)["facts"]
    return next(str(reason["id"]) for reason in facts["reasons"] if reason["kind"] == "pause")


def test_the_health_of_every_bar_is_told(floor: Floor) -> None:
    def healthy() -> set[str]:
        return {
            event["device_id"]
            for event in floor.events("device.changed")
            if event["health"] == "ok"
        }

    eventually(lambda: len(healthy()) == len(floor.bars.bars))


# ------------------------------------------------------------------------------------------- voice


def test_a_call_is_spoken_by_a_page_and_the_ledger_knows(floor: Floor) -> None:
    page = VoicePage(floor.display.origin).open()
    try:
        assert page.expect("elected")["player"] == page.hello["player"]
        label, seq = floor.call_somebody()
        cue = page.expect("announce")
        assert cue["text"] == f"请{label}号到1号窗口办理"
        assert cue["repeat"] == 2
        status, sound, headers = get(floor.display.origin, cue["sound"])
        assert (status, headers["Content-Type"]) == (200, "audio/wav")
        chime = get(floor.display.origin, cue["chime"])[1]
        heard_ms = duration_ms(samples_of(sound))
        assert heard_ms > 2_000
        whole_ms = duration_ms(samples_of(chime)) + 2 * (cue["gap_ms"] + heard_ms)
        assert cue["length_ms"] == whole_ms
        assert page.answer(cue) == 204
        eventually(lambda: last_spoken(floor, seq))
        proof = last_spoken(floor, seq)
        assert proof is not None
        assert (proof["spoken"], proof["display_id"], proof["text"]) == (
            True,
            "voice-1",
            cue["text"],
        )
        floor.serve_and_finish(label)
    finally:
        page.close()


def test_of_two_pages_one_speaks_and_the_other_takes_over(floor: Floor) -> None:
    first = VoicePage(floor.display.origin, zone="voice-1").open()
    second = VoicePage(floor.display.origin, zone="hall").open()
    try:
        first.expect("elected")
        label, seq = floor.call_somebody()
        cue = first.expect("announce")
        assert all(waiting["kind"] != "announce" for waiting in list(second.cues.queue))
        first.answer(cue, heard=False)
        assert second.expect("elected")["player"] == second.hello["player"]
        again = second.expect("announce")
        assert (again["text"], again["play"]) == (cue["text"], f"{seq}-2")
        second.answer(again)
        eventually(lambda: last_spoken(floor, seq))
        floor.serve_and_finish(label)
    finally:
        first.close()
        second.close()


def test_a_citizen_who_has_come_is_not_called_any_more(floor: Floor) -> None:
    """Nobody speaks: the call waits for a page, and the clerk starts before one comes."""
    line = floor.display.station.voices._lines["voice-1"]
    eventually(lambda: not line.players)
    label, seq = floor.call_somebody()
    floor.serve_and_finish(label)
    eventually(lambda: last_spoken(floor, seq))
    proof = last_spoken(floor, seq)
    assert proof is not None
    assert (proof["spoken"], proof["reason"]) == (False, "settled")


# ------------------------------------------------------------------------------------ pages, files


def test_a_page_tells_what_it_has_shown_once(floor: Floor) -> None:
    label, seq = floor.call_somebody()
    body = {"display_id": "wall-1", "shown_seq": seq}
    statuses: list[int] = []
    tellers = [
        threading.Thread(
            target=lambda: statuses.append(post(floor.display.origin, "/shown", body)[0])
        )
        for _ in range(4)
    ]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()
    assert statuses == [204] * 4

    def proofs() -> list[str]:
        events = floor.events("display.shown")
        return sorted(event["display_id"] for event in events if event["shown_seq"] == seq)

    eventually(lambda: proofs() == ["bar-1", "wall-1"])
    floor.serve_and_finish(label)


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/shown", {"display_id": "nowhere", "shown_seq": 1}, {}, 404),
        ("/shown", {"display_id": "bar-1", "shown_seq": 1}, {}, 404),
        ("/shown", {"display_id": "wall-1", "shown_seq": 10**12}, {}, 404),
        ("/shown", {"display_id": "wall-1", "shown_seq": 0}, {}, 400),
        ("/shown", {"display_id": "wall-1"}, {}, 400),
        ("/shown", {"display_id": "wall-1", "shown_seq": 1, "more": 1}, {}, 400),
        ("/shown", {"display_id": "x" * 3_000, "shown_seq": 1}, {}, 413),
        ("/shown", {"display_id": "wall-1", "shown_seq": 1}, {"Content-Type": "text/plain"}, 415),
        (
            "/shown",
            {"display_id": "wall-1", "shown_seq": 1},
            {"Origin": "http://elsewhere.example"},
            403,
        ),
        ("/elsewhere", {}, {}, 404),
    ],
)
def test_what_is_not_a_pages_word_is_refused(
    floor: Floor, path: str, body: object, headers: dict[str, str], status: int
) -> None:
    assert post(floor.display.origin, path, body, headers)[0] == status


def test_pages_are_served_with_strict_headers(floor: Floor) -> None:
    origin, hall = floor.display.origin, floor.hall.url
    status, body, headers = get(origin, "/session.json")
    assert status == 200
    session = msgspec.json.decode(body)
    assert session["hall_url"] == hall
    assert session["token"]
    policy = headers["Content-Security-Policy"]
    assert f"connect-src 'self' {hall} {hall.replace('http', 'ws')};" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "path",
    [
        "/web/../station.key",
        "/web/%2e%2e/station.key",
        "/web//etc/passwd",
        "/voice/../last.json",
        "/voice/1.wav",
        "/station.key",
    ],
)
def test_nothing_else_is_served(floor: Floor, path: str) -> None:
    assert get(floor.display.origin, path)[0] == 404


def test_the_last_picture_is_kept_for_screens_and_is_fit_for_the_public(
    floor: Floor, tmp_path: Path
) -> None:
    label, _ = floor.call_somebody()
    file = floor.display.station.settings.data / "last.json"
    eventually(lambda: file.is_file() and label.encode() in file.read_bytes())
    (tmp_path / "last.json").write_bytes(file.read_bytes())
    alone = run_station("http://127.0.0.1:9", tmp_path)
    try:
        status, body, _ = get(alone.origin, "/last.json")
    finally:
        alone.stop()
    assert status == 200
    kept = msgspec.json.decode(body, type=Kept)
    assert label in [leg.label for leg in kept.snapshot.legs]
    assert kept.heard_at >= kept.snapshot.at
    assert kept.snapshot.facts.devices == []
    assert kept.snapshot.facts.rules == []
    assert not [leg for leg in kept.snapshot.legs if leg.note]
    floor.serve_and_finish(label)
