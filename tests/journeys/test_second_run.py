"""A whole hall is stopped and started again on the same data: the day goes on where it stopped."""

from __future__ import annotations

import re
import time
import urllib.request
from pathlib import Path

from whole_hall import WholeHall, whole_hall

ADDRESS = re.compile(r"http://\S+")
ITEM = "land-registration"
PAGES = ("/console", "/admin", "/wall", "/window", "/guide", "/rating", "/engineer")


def printed(data: Path) -> str:
    """What a person read at the terminal."""
    return (data / "launch.log").read_text("utf-8")


def test_a_second_run_keeps_the_day_and_every_address_it_prints_is_a_page(
    pages: Path, tmp_path: Path
) -> None:
    assert pages.is_dir()
    data = tmp_path / "data"
    with whole_hall(data) as first:
        one = first.take(ITEM)
        told = printed(data)
        addresses = ADDRESS.findall(told)
        assert all(any(page in address for address in addresses) for page in PAGES), told
        for address in addresses:
            with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own
                assert answer.status == 200, address
                assert b"<html" in answer.read(), address
    began_s = time.monotonic()
    with whole_hall(data, port=first.hall.port) as second:
        print(f"started again after {time.monotonic() - began_s:.1f} s")
        assert labels(second) == [one["label"]]
        two = second.take(ITEM)
        assert int(str(two["label"])[1:]) == int(str(one["label"])[1:]) + 1
        assert labels(second) == [one["label"], two["label"]]
        assert len(second.events("day.opened")) == 1


def labels(whole: WholeHall) -> list[str]:
    """Every number given, in order."""
    return [str(event["label"]) for event in whole.events("ticket.taken")]
