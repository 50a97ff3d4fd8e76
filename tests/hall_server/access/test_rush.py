"""Ten to nine: all clerks sign in at once, on a really running hall in each of its modes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from running_hall import PASSWORD, RunningHall, free_port, request_id

AT_ONCE = 24


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_everybody_who_signs_in_at_once_gets_in(tmp_path: Path, mode: str) -> None:
    arguments = ["--profile", "county_typ", "--no-limits", "--mode", mode]
    hall = RunningHall(tmp_path / "hall", free_port(), arguments).start()
    try:
        hall.people(["staff-01"])

        def sign_in(_number: int) -> int:
            ask = {"request_id": request_id(), "account": "staff-01", "password": PASSWORD}
            return hall.send("account.sign_in", ask)[0]

        with ThreadPoolExecutor(AT_ONCE) as people:
            answers = list(people.map(sign_in, range(AT_ONCE)))
    finally:
        hall.stop()
    assert answers == [200] * AT_ONCE
