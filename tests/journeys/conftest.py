"""A whole hall and a browser for the journeys, each started once for a file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from running_hall import People
from sights import SOUND_ALLOWED
from whole_hall import WholeHall, whole_hall


@pytest.fixture(scope="module")
def whole(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHall]:
    """All five programs, ready for people."""
    with whole_hall(tmp_path_factory.mktemp("whole")) as started:
        yield started


@pytest.fixture(scope="module")
def people(whole: WholeHall) -> People:
    """Who works there; one clerk is enough for most stories."""
    return whole.hall.people(["staff-01"])


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A Chromium started as the hall's own screens start it."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", SOUND_ALLOWED]
        )
        yield started
        started.close()
