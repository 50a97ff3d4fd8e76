"""Seeks reach the hall bundled, in order, at least once, and none of them keeps another back."""

from __future__ import annotations

from pathlib import Path

import pytest

from hall_server.contract.admission import Admission
from hall_server.contract.link import LinkDown
from hall_server.contract.messages.lookback import CameraSeek
from hall_server.contract.refusals import Refusal
from monitor.lookback.seeks import AT_ONCE, FOLDER, Seeks, tell


def noted(data: Path, *places: int) -> Path:
    """Somebody went to these places; the folder where they wait."""
    seeks = Seeks(data)
    word = Admission(account="boss", camera_ids=["a"], expires_at=1, ends_at=10**9, look=7)
    for at in places:
        seeks.note(word, "a", "film", at, at + 10)
    return data / FOLDER


def test_a_film_that_goes_on_is_one_seek(tmp_path: Path) -> None:
    folder = noted(tmp_path, 0, 10, 20, 500, 510, 20)
    told: list[CameraSeek] = []
    tell(folder, told.append)
    assert [[one.at for one in ask.seeks] for ask in told] == [[0, 500, 20]]
    tell(folder, told.append)
    assert len(told) == 1, "told once"


def test_seeks_wait_for_the_hall_and_a_repeat_is_the_same_ask(tmp_path: Path) -> None:
    folder = noted(tmp_path, 0)
    asked: list[CameraSeek] = []

    def away(ask: CameraSeek) -> None:
        asked.append(ask)
        raise LinkDown("away")

    tell(folder, away)
    noted(tmp_path, 400)
    tell(folder, away)
    assert asked[0] == asked[1]
    told: list[CameraSeek] = []
    tell(folder, told.append)
    assert told[0] == asked[0]
    assert [[one.at for one in ask.seeks] for ask in told] == [[0], [400]]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("how_many", [AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE - 1])
def test_no_ask_is_longer_than_the_hall_takes(tmp_path: Path, how_many: int) -> None:
    places = [number * 100 for number in range(how_many)]
    told: list[CameraSeek] = []
    tell(noted(tmp_path, *places), told.append)
    assert [one.at for ask in told for one in ask.seeks] == places
    assert max(len(ask.seeks) for ask in told) == AT_ONCE


def test_one_seek_that_is_refused_keeps_no_other_back(tmp_path: Path) -> None:
    folder = noted(tmp_path, 0, 200, 400)
    heard: list[int] = []

    def strict(ask: CameraSeek) -> None:
        if any(one.at == 200 for one in ask.seeks):
            raise Refusal("look_unknown")
        heard.extend(one.at for one in ask.seeks)

    tell(folder, strict)
    assert heard == [0, 400]
    assert list(folder.iterdir()) == []


def test_a_hall_that_cannot_now_is_asked_again(tmp_path: Path) -> None:
    folder = noted(tmp_path, 0, 200)

    def busy(_ask: CameraSeek) -> None:
        raise Refusal("busy")

    tell(folder, busy)
    told: list[CameraSeek] = []
    tell(folder, told.append)
    assert [[one.at for one in ask.seeks] for ask in told] == [[0, 200]]


def test_a_note_that_is_spoilt_takes_no_other_with_it(tmp_path: Path) -> None:
    folder = noted(tmp_path, 0)
    (folder / "00000000000000000001.seek").write_bytes(b'{"look"')
    told: list[CameraSeek] = []
    tell(folder, told.append)
    assert [[one.at for one in ask.seeks] for ask in told] == [[0]]
