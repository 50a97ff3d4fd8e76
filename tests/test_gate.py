"""The door for people and the gate: what `./hall` says and skips, and skips that may not pass."""

import os
import shutil
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def hall(tmp_path: Path) -> ModuleType:
    """The script as a module, standing in an empty directory of its own."""
    script = tmp_path / "hall"
    shutil.copy(ROOT / "hall", script)
    spec = spec_from_loader("hall_script", SourceFileLoader("hall_script", str(script)))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ask_hall(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "hall", *words], capture_output=True, text=True, check=False
    )


def test_alone_it_explains_every_command_in_both_languages(hall: ModuleType) -> None:
    answer = ask_hall()
    assert answer.returncode == 0
    for name, command in hall.COMMANDS.items():
        assert f"  {name} " in answer.stderr
        assert command.chinese in answer.stderr
        assert command.english in answer.stderr


def test_an_unknown_command_is_named_and_the_known_ones_explained() -> None:
    answer = ask_hall("runn")
    assert answer.returncode == 2
    assert "runn" in answer.stderr
    assert "./hall" in answer.stderr


def test_a_python_too_old_is_refused_before_anything_is_made(
    hall: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    with pytest.raises(SystemExit):
        hall.main(["run"])
    assert "3.11" in capsys.readouterr().err
    assert [path.name for path in hall.ROOT.iterdir()] == ["hall"]


def test_without_ensurepip_and_root_the_one_command_is_printed(
    hall: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (hall.ROOT / hall.TOOLS_LOCK).write_text("uv==1\n")
    monkeypatch.setattr(hall.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(hall, "as_root", lambda: None)
    with pytest.raises(SystemExit):
        hall.provide_tools()
    package = f"python3.{sys.version_info.minor}-venv"
    assert f"apt-get install -y {package}" in capsys.readouterr().err


@pytest.fixture
def house_of_one_page(hall: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A house with one page, and the list of what Node was asked to do there."""
    asked: list[str] = []

    def node(*words: str) -> None:
        asked.append(words[0])
        (hall.PAGES.parent / "web.new").mkdir(parents=True)

    for name in (*hall.PAGE_CONFIG, "kiosk/web/index.html"):
        (hall.ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (hall.ROOT / name).write_text("1")
    monkeypatch.setattr(hall, "node", node)
    monkeypatch.setattr(hall, "provide_modules", lambda: None)
    return asked


def test_pages_are_built_once_and_again_only_when_a_source_changed(
    hall: ModuleType, house_of_one_page: list[str]
) -> None:
    hall.provide_pages()
    hall.provide_pages()
    assert len(house_of_one_page) == 1
    (hall.ROOT / "kiosk/web/index.html").write_text("2")
    hall.provide_pages()
    assert len(house_of_one_page) == 2


def test_a_moved_source_is_another_source(hall: ModuleType) -> None:
    one, two = hall.ROOT / "one.ts", hall.ROOT / "two.ts"
    one.write_text("let a;")
    before = hall.digest([one])
    one.rename(two)
    assert hall.digest([two]) != before


def test_missing_packages_are_found_by_name(hall: ModuleType) -> None:
    assert hall.missing_packages(["no-such-package-anywhere"]) == ["no-such-package-anywhere"]


@pytest.mark.parametrize(
    "skipping",
    [
        "def test_it():\n    pytest.skip('no printer')\n",
        "pytest.skip('no printer', allow_module_level=True)\n",
        "@pytest.mark.skip(reason='no printer')\ndef test_it():\n    assert False\n",
    ],
    ids=["in a test", "of a module", "by a mark"],
)
@pytest.mark.parametrize("require_all", ["0", "1"])
def test_a_skip_fails_where_everything_is_required(
    tmp_path: Path, skipping: str, require_all: str
) -> None:
    shutil.copy(ROOT / "tests/conftest.py", tmp_path / "conftest.py")
    (tmp_path / "test_probe.py").write_text(
        f"import pytest\n\n\ndef test_sound():\n    assert True\n\n\n{skipping}"
        if skipping.startswith(("def", "@"))
        else f"import pytest\n\n{skipping}"
    )
    (tmp_path / "test_sound.py").write_text("def test_sound():\n    assert True\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path,
        env={**os.environ, "HALL_REQUIRE_ALL": require_all},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = done.returncode != 0
    assert failed == (require_all == "1"), done.stdout
    assert "no printer" in done.stdout
