"""What the journal promises across power cuts: nothing owed is forgotten, nothing is owed twice."""

import signal
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall_server.contract.messages.queueing import PrintState, TicketSlip
from kiosk import journal
from kiosk.journal import Asked, Journal, OpenAsk, PaperEnded


def asked(request_id: str = "press-0001") -> Asked:
    return Asked(
        request_id=request_id, item_id="card", priority_id="", language="zh", pressed_at=1_000
    )


def slip(label: str = "A001") -> TicketSlip:
    return TicketSlip(
        seq=5,
        ticket_id=1,
        leg_id=1,
        job_id=1,
        label=label,
        item_id="card",
        queue_id="social",
        priority_id="",
        taken_at=1_000,
        people_ahead=0,
        wait_low_minutes=0,
        wait_high_minutes=5,
        copy=0,
        follow_url="http://h/t/x",
    )


def reread(path: Path) -> list[OpenAsk]:
    """What a station that starts now would find."""
    with closing(Journal(path)) as book:
        return book.open_asks()


def test_an_ask_is_owed_until_it_is_closed(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "journal.jsonl")) as book:
        book.asked(asked())
        assert [one.asked for one in book.open_asks()] == [asked()]
        book.answered("press-0001", slip())
        assert book.open_asks()[0].slip == slip()
        book.closed("press-0001")
        assert book.open_asks() == []
    assert reread(tmp_path / "journal.jsonl") == []


def test_what_is_owed_survives_the_program(tmp_path: Path) -> None:
    book = Journal(tmp_path / "journal.jsonl")
    book.asked(asked("press-0001"))
    book.asked(asked("press-0002"))
    book.answered("press-0002", slip("A002"))
    book.asked(asked("press-0003"))
    book.closed("press-0003")
    book.close()
    again = reread(tmp_path / "journal.jsonl")
    assert [(one.asked.request_id, one.slip) for one in again] == [
        ("press-0001", None),
        ("press-0002", slip("A002")),
    ]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_torn_last_line_costs_only_itself(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "journal.jsonl"
    book = Journal(path)
    book.asked(asked("press-0001"))
    book.asked(asked("press-0002"))
    book.close()
    path.write_bytes(path.read_bytes()[:-cut])
    with closing(Journal(path)) as again:
        names = [one.asked.request_id for one in again.open_asks()]
        assert names == (["press-0001", "press-0002"] if cut == 1 else ["press-0001"])
        again.asked(asked("press-0003"))
    assert [one.asked.request_id for one in reread(path)] == [*names, "press-0003"]


def test_the_file_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LINES_MAX", 20)
    path = tmp_path / "journal.jsonl"
    book = Journal(path)
    book.asked(asked("press-kept"))
    for number in range(100):
        book.asked(asked(f"press-{number:04}"))
        book.closed(f"press-{number:04}")
    assert len(path.read_bytes().splitlines()) < 45
    assert [one.asked.request_id for one in book.open_asks()] == ["press-kept"]
    book.close()


def test_a_paper_is_owed_to_the_hall_until_it_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with closing(Journal(path)) as book:
        for job_id in (7, 8, 9):
            book.paper_begun(job_id)
        book.paper_begun(8)
        book.paper_ended(8, PrintState.UNCERTAIN, "no_reply")
        book.paper_ended(8, PrintState.FAILED, "paper_out")
        book.paper_ended(9, PrintState.CONFIRMED, "")
        book.paper_reported(9)
        book.paper_ended(9, PrintState.CONFIRMED, "")
        left = book.open_papers()
    assert left == {
        7: PaperEnded(job_id=7, state=PrintState.UNCERTAIN, reason="interrupted"),
        8: PaperEnded(job_id=8, state=PrintState.FAILED, reason="paper_out"),
    }
    for _ in range(2):  # the file is written anew by each that opens it
        with closing(Journal(path)) as again:
            assert again.open_papers() == left


@settings(max_examples=40)  # each step is an fsync
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["ask", "answer", "close"]))))
def test_any_course_of_steps_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    book = Journal(path)
    for name, step in steps:
        match step:
            case "ask":
                book.asked(asked(name))
            case "answer":
                book.answered(name, slip(name))
            case _:
                book.closed(name)
    book.close()
    assert reread(path) == book.open_asks()


def test_a_kill_after_the_write_leaves_the_ask_on_disk(tmp_path: Path) -> None:
    """The program is killed between writing the ask and hearing the answer."""
    program = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from kiosk.journal import Asked, Journal
        book = Journal(Path({str(tmp_path / "journal.jsonl")!r}))
        book.asked(Asked(request_id="press-0001", item_id="card", priority_id="elderly",
                         language="en", pressed_at=7))
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[2], timeout=30, check=False
    )
    assert done.returncode == -signal.SIGKILL
    (left,) = reread(tmp_path / "journal.jsonl")
    assert left.asked.request_id == "press-0001"
    assert (left.asked.priority_id, left.asked.language, left.slip) == ("elderly", "en", None)


def test_a_rewrite_cut_short_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    book = Journal(path)
    book.asked(asked())
    book.close()
    path.with_suffix(".new").write_bytes(b'{"type":"ask')
    assert len(reread(path)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["journal.jsonl"]
