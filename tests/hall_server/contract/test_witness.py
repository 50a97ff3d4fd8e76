"""What a witness keeps: the newest of each origin, and never less than it had."""

from pathlib import Path

import pytest

from hall_server.contract.witness import Witness


def note(size: int, origin: str = "hall.local/ab12") -> str:
    return f"{origin}\n{size}\nroot\n\n— {origin} signature\n"


def test_the_largest_of_each_origin_is_kept(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "witness")
    assert witness.kept() == []
    for shown in (note(5), note(9), note(7), note(3, "hall.local/ab12/2"), note(4, "other/x")):
        witness.keep(shown)
    assert sorted(witness.kept()) == [note(9), note(3, "hall.local/ab12/2"), note(4, "other/x")]
    assert Witness(tmp_path / "witness").kept("other") == [note(4, "other/x")]


@pytest.mark.parametrize("shown", ["", "x", "origin\n-1\n", "origin\nmany\n", "\n5\n"])
def test_what_says_nothing_is_not_kept(tmp_path: Path, shown: str) -> None:
    Witness(tmp_path).keep(shown)
    assert Witness(tmp_path).kept() == []


def test_a_spoiled_file_gives_way(tmp_path: Path) -> None:
    witness = Witness(tmp_path)
    witness.keep(note(5))
    (file,) = tmp_path.glob("*.checkpoint")
    file.write_text("spoiled")
    witness.keep(note(2))
    assert witness.kept() == [note(2)]
