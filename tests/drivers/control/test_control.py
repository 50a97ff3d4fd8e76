"""The engineer's command line, against played devices on real ports."""

import contextlib
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engineer_run import running_place

from config.load import PROFILES
from drivers.control.__main__ import main
from drivers.control.configured import configured
from drivers.orders import Cut, DeviceConfig, PrintJob, TextLine
from drivers.registry import open_bench
from drivers.simulator.bar import BarPlayer
from drivers.simulator.changes import Changes
from drivers.simulator.play import utc_ms
from drivers.simulator.played import Seat
from drivers.simulator.printer import PrinterPlayer

ROOT = Path(__file__).parents[3]
BX_PING = "A5A5A5A5A5A5A5A5 0100 0080 000000 00 00 00 FE 02 0500 A200010000 68F8 5A"

Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command; its exit, what it said, what it complained of."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def printer() -> Iterator[PrinterPlayer]:
    player = PrinterPlayer(Seat("printer", "tcp:0", Changes(), utc_ms), speed_mm_s=0)
    player.start()
    yield player
    player.stop()


@pytest.fixture
def bar() -> Iterator[BarPlayer]:
    player = BarPlayer(Seat("bar-1", "tcp:0", Changes(), utc_ms))
    player.start()
    yield player
    player.stop()


@pytest.fixture
def file(tmp_path: Path, printer: PrinterPlayer, bar: BarPlayer) -> Path:
    path = tmp_path / "devices.toml"
    path.write_text(
        f'[[devices]]\nid = "p1"\nkind = "escpos"\nstation = "kiosk-1"\nurl = "{printer.url}"\n'
        'options = { profile = "simulator-80" }\n'
        f'[[devices]]\nid = "b1"\nkind = "bx-k"\nstation = "display-1"\nurl = "{bar.url}"\n',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("profile", sorted(PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_profile_shipped_is_configured_right(profile: Path) -> None:
    configured(profile)


def test_a_right_configuration_is_said_to_be_right(told: Told, file: Path) -> None:
    assert told("check", file) == (
        0,
        "✓ devices.toml：2 台设备的配置正确 devices are configured right\n",
        "",
    )


@pytest.mark.parametrize(
    ("broken", "place", "zh", "en"),
    [
        ('url = "tcp://h:1"', "p1.kind", "缺少必填项 kind", "kind is required"),
        ('kind = "hp"\nurl = "null:"', "p1.kind", "应为以下之一：bx-e", "wanted one of bx-e"),
        ('kind = "bx-k"\nurl = "tcp://h"', "p1.url", "应为 tcp://主机:端口", "wanted tcp://host:p"),
        ('kind = "bx-k"\nurl = "x:1"', "p1.url", "应为 tcp://", "wanted tcp://"),
        (
            'kind = "bx-k"\nurl = "null:"\noptions = { width = 1 }',
            "p1.options.width",
            "应为 8 到 4096 的整数，现为 1",
            "wanted a number from 8 to 4096, found 1",
        ),
        (
            'kind = "null"\nurl = "null:"\noptions = { font = "x" }',
            "p1.options.font",
            "此类设备没有这一项",
            "no such option",
        ),
        (
            'kind = "escpos"\nurl = "null:"\noptions = { raw_log_mb = -1 }',
            "p1.options.raw_log_mb",
            "应为 0 到 1000 的整数",
            "from 0 to 1000",
        ),
        ('kind = "null"\nurl = "null:"\nbaud = 9600', "p1.baud", "没有 baud 这一项", "no such key"),
    ],
)
def test_a_mistake_names_file_key_and_what_is_wanted(
    told: Told, tmp_path: Path, broken: str, place: str, zh: str, en: str
) -> None:
    path = tmp_path / "hall.toml"
    path.write_text(f'[[devices]]\nid = "p1"\nstation = "s"\n{broken}\n', encoding="utf-8")
    code, out, err = told("check", path)
    assert (code, out) == (2, "")
    assert f"hall.toml: devices/{place}:" in err
    assert zh in err
    assert en in err


def test_all_mistakes_are_told_at_once_and_a_misspelt_heading_is_one(
    told: Told, tmp_path: Path
) -> None:
    path = tmp_path / "hall.toml"
    one = '[[devices]]\nid = "x"\nkind = "bx-k"\nstation = "s"\nurl = "tcp"\n'
    path.write_text(one + one, encoding="utf-8")
    assert told("check", path)[2].count("hall.toml: devices/x.") == 3  # twice the url, once the id
    path.write_text("[[device]]\n", encoding="utf-8")
    assert "hall.toml: device: 没有这一类内容" in told("check", path)[2]
    path.write_text("[[devices\n", encoding="utf-8")
    assert "TOML 语法错误" in told("check", path)[2]
    assert told("check", tmp_path / "none.toml")[0] == 1


def test_a_printer_is_asked_what_it_is_and_how_it_confirms(
    told: Told, printer: PrinterPlayer
) -> None:
    code, out, _ = told("probe", printer.url)
    assert code == 0
    assert "escpos  号票打印机 ticket printer" in out
    assert "厂商：EPSON   maker: EPSON" in out
    assert "型号：TM-T88V   model: TM-T88V" in out
    assert 'options = { confirmation = "process_id" }' in out
    assert printer.snapshot().tickets == ()  # and nothing was printed
    printer.set_fault("paper_out", on=True)
    _, out, _ = told("probe", printer.url)
    assert "状态：缺纸   status: no paper" in out
    assert 'confirmation = "poll"' in out
    assert "probe again when that is mended" in out


def test_a_bar_is_found_among_all_kinds_and_silence_is_told(told: Told, bar: BarPlayer) -> None:
    assert "bx-k  窗口条屏 window bar" in told("probe", bar.url)[1]
    bar.set_fault("silent", on=True)
    code, out, err = told("probe", bar.url)
    assert (code, out) == (1, "")
    assert "没有设备应答 nothing answers" in err
    code, _, err = told("probe", "tcp://127.0.0.1:1")
    assert (code, "cannot reach" in err) == (1, True)


def test_bytes_sent_by_hand_are_answered_in_words(told: Told, bar: BarPlayer) -> None:
    code, out, _ = told("send-hex", bar.url, BX_PING, "--kind", "bx-k", "--seconds", "0.5")
    assert code == 0
    assert "询问是否在线   ping" in out
    assert "已接受   accepted" in out
    assert "1 帧 frames" in out
    assert told("send-hex", bar.url, "zz")[0] == 1
    bar.set_fault("unplugged", on=True)
    assert " # " in told("send-hex", bar.url, "00", "--seconds", "0.5")[1]


def test_a_captured_log_is_replayed_in_words(
    told: Told, printer: PrinterPlayer, tmp_path: Path
) -> None:
    options: dict[str, str | int] = {"profile": "simulator-80", "raw_log_mb": 1}
    config = DeviceConfig("p", "escpos", printer.url, options)
    with contextlib.closing(open_bench([config], lambda _: None, folder=tmp_path)) as bench:
        job = PrintJob("j", (TextLine("请A001号"), Cut()), utc_ms() + 5000)
        assert bench.submit(job, "p").wait(5).reason is None
    code, out, _ = told("replay", tmp_path / "p.log", "--kind", "escpos")
    assert code == 0
    for sentence in ("「请」", "「A001」", "GS V 42 00 切纸", "打印完成", "DLE EOT 4 = 12 正常"):
        assert sentence in out
    assert " 0 乱码字节 bytes of noise" in out
    (tmp_path / "bad.log").write_text("hello\n")
    code, _, err = told("replay", tmp_path / "bad.log", "--kind", "escpos")
    assert (code, "line 1" in err) == (1, True)


def test_status_of_all_and_of_one(told: Told, file: Path, printer: PrinterPlayer) -> None:
    code, out, _ = told("status", file)
    assert code == 0
    assert "● p1  号票打印机 ticket printer  正常 well" in out
    assert "● b1  窗口条屏 window bar  正常 well" in out
    printer.set_fault("paper_out", on=True)
    printer_only = told("status", file, "p1")[1]
    assert "✗ p1" in printer_only
    assert "缺纸：装纸   no paper: load paper" in printer_only
    assert "b1" not in printer_only
    assert told("status", file, "x9")[0] == 1


def test_self_tests_of_a_printer(told: Told, file: Path, printer: PrinterPlayer) -> None:
    code, out, _ = told("selftest", file, "p1", "charset")
    assert (code, out) == (
        0,
        "✓ charset  通过 passed  打印机已证实   confirmed by the printer itself\n",
    )
    printer.set_fault("paper_out", on=True)
    code, out, err = told("selftest", file, "p1", "cut")
    assert "✗ cut  未通过 failed  没有打印：缺纸   not printed: no paper" in out
    assert (code, "1 项未通过" in err) == (1, True)


def test_self_test_of_a_voice(told: Told, tmp_path: Path) -> None:
    settings = tmp_path / "voice.toml"
    settings.write_text("")
    code, out, _ = told("selftest", settings)
    assert code == 0
    assert out.startswith("✓ speak  ")
    assert f"已合成“测试3号窗口”，请播放 {tmp_path / 'self-test.wav'}" in out
    with wave.open(str(tmp_path / "self-test.wav")) as sound:
        assert sound.getnframes() > sound.getframerate()  # longer than a second
        assert set(sound.readframes(sound.getnframes())) != {0}
    settings.write_text('announcer = "none"')
    code, out, err = told("selftest", settings)
    assert "✗ speak  未通过 failed  配置为不播报   it is configured to be silent" in out
    assert (code, "1 项未通过" in err) == (1, True)
    settings.write_text('announcer = "shouting"')
    code, out, _ = told("selftest", settings)
    assert (code, "announcer" in out) == (1, True)


def test_a_network_is_called_through_and_a_large_one_is_not(
    told: Told, printer: PrinterPlayer
) -> None:
    code, out, _ = told("scan", "--network", "127.0.0.0/30", "--port", printer.port)
    assert code == 0
    assert f"  tcp://127.0.0.1:{printer.port}" in out
    assert "本机串口 serial ports" in out
    assert told("scan", "--network", "10.0.0.0/8")[0] == 1


def test_it_starts_as_a_program(file: Path) -> None:
    command = [sys.executable, "-m", "drivers.control", "check", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_station_that_runs_is_asked_through_its_page(told: Told, tmp_path: Path) -> None:
    with running_place(tmp_path) as place:
        at, key = f"http://127.0.0.1:{place.port}", tmp_path / "engineer.key"
        until(lambda: "● bar-3" in told("station", at, key)[1])
        code, out, _ = told("station", at, key, "kiosk-1-printer")
        assert (code, "号票打印机 ticket printer" in out, "bar-3" in out) == (0, True, False)
        code, out, _ = told("station", at, key, "kiosk-1-printer", "qr")
        assert (code, out.startswith("✓ qr  通过 passed")) == (0, True)
        assert "no such device" in told("station", at, key, "bar-3", "qr")[2]
        assert "余纸 left 60.0 m" not in told("station", at, key, "kiosk-1-printer")[1]
        assert told("new-roll", at, key, "kiosk-1-printer")[:1] == (0,)
        assert "余纸 left 60.0 m" in told("station", at, key, "kiosk-1-printer")[1]
        assert "no such device" in told("new-roll", at, key, "bar-3")[2]
        wrong = tmp_path / "wrong.key"
        wrong.write_text("guess")
        assert "密钥不对" in told("station", at, wrong)[2]
    code, _, err = told("station", at, key)
    assert (code, "does not answer" in err) == (1, True)


def until(is_so: Callable[[], bool], within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)
