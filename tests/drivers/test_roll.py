"""The count of paper: over restarts, anew with a new roll, and what it foretells."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from printing_hall import Hall

from drivers.kept_roll import KeptRoll
from drivers.orders import DeviceCode, DeviceHealth, JobState
from drivers.roll import PaperUse, left, renewed, used

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def test_the_count_outlives_the_program_and_begins_anew_with_a_new_roll(
    open_hall: Callable[..., Hall], tmp_path: Path
) -> None:
    first = open_hall(tmp_path)
    assert first.print("a").state is JobState.CONFIRMED
    before = first.bench.figures("p").paper
    first.bench.close()
    second = open_hall(tmp_path)
    assert before is not None
    assert before.cuts == 1
    assert second.bench.figures("p").paper == before
    second.bench.new_roll("p")
    second.bench.close()
    third = open_hall(tmp_path).bench.figures("p").paper
    assert third is not None
    assert (third.millimetres, third.roll_mm, third.roll_cuts) == (before.millimetres, 0, 0)


def test_an_end_that_is_near_by_the_count_is_told_early(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(roll_m=1)
    assert hall.print("a").state is JobState.CONFIRMED
    hall.until(lambda: hall.health() is DeviceHealth.DEGRADED)
    assert hall.bench.health()["p"].codes == {DeviceCode.PAPER_ENDING}
    assert hall.print("b").state is JobState.CONFIRMED


def test_a_file_that_makes_no_sense_begins_anew(tmp_path: Path) -> None:
    file = tmp_path / "p.roll.json"
    file.write_bytes(b'{"millimetres": "many')
    roll = KeptRoll(file, 60, lambda: 1)
    assert roll.use == PaperUse()
    roll.used(100, 1)
    assert KeptRoll(file, 60, lambda: 1).use.millimetres == 100


def test_the_end_is_foretold_from_tickets_of_this_roll_and_the_pace_of_today() -> None:
    morning = 100 * DAY_MS
    use = PaperUse()
    for ticket in range(20):  # yesterday: slow, and long tickets
        use = used(use, 400, 1, morning - DAY_MS + ticket * HOUR_MS // 4)
    use = renewed(use, morning)
    for minute in range(0, 120, 6):
        use = used(use, 200, 1, morning + minute * 60_000)
    told = left(use, 60, morning + 2 * HOUR_MS)
    assert told is not None
    assert told.millimetres == 60_000 - 20 * 200
    assert told.tickets == 280
    assert told.hours == 28.0  # 2 m an hour
    assert not told.ends_soon


def test_nothing_is_foretold_of_what_nobody_told() -> None:
    assert left(used(PaperUse(), 100, 1, 5), 0, 10) is None
    fresh = left(PaperUse(), 60, 10)
    assert fresh is not None
    assert fresh.hours is None


@given(st.lists(st.integers(0, 5_000), max_size=60))
def test_what_is_left_never_grows_and_never_falls_below_nothing(papers: list[int]) -> None:
    use, before = PaperUse(), 60_000
    for at, millimetres in enumerate(papers):
        use = used(use, millimetres, 1, at * 60_000)
        told = left(use, 60, at * 60_000)
        assert told is not None
        assert 0 <= told.millimetres <= before
        before = told.millimetres
    assert use.millimetres == sum(papers)
