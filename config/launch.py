"""``./hall run``: start the five programs of a hall on one PC and keep them running.

By default it is a demonstration: the devices are simulated and the hall is open at any hour.
``--real`` drives the devices that the facts name and keeps the opening calendar. The programs are
ordinary child processes; a big hall starts them one by one on its machines instead.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unicodedata
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from config.faults import FaultyFactsError
from config.load import load_profile

READY_WITHIN_S = 30.0
STOP_WITHIN_S = 10.0
RESTART_AFTER_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_AFTER_S = 60.0
CANNOT_RUN_HERE = os.EX_CONFIG
"""What a program ends with that would only end again."""
MONITOR_OFFSET, LIVE_OFFSET = 3, 5
ANALYSER = "analyser-1"
PRINTER_OFFSET, BAR_OFFSET = 20, 21
DEMONSTRATION_CAMERAS = Path(__file__).parent / "cameras" / "demonstration.toml"
DEMONSTRATION_RULES = Path(__file__).parent / "cameras" / "demonstration_rules.toml"
BARS = 32
"""More than any profile has; a bar nobody calls costs nothing and is not shown."""


@dataclass
class Program:
    """One child process and how often it had to be started."""

    name: str
    arguments: list[str]
    after_hall: bool = False
    """Not needed for the hall to open: it starts when the hall has, and never makes it wait."""
    process: subprocess.Popen[bytes] | None = None
    started_at_s: float = 0.0
    failures: int = 0
    log: IO[bytes] | None = None

    def start(self, logs: Path) -> None:
        """Start it with its output in ``logs/<name>.log``."""
        if self.log is None:
            self.log = (logs / f"{self.name}.log").open("ab")
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            [sys.executable, "-m", *self.arguments],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.started_at_s = time.monotonic()


@dataclass
class Launch:
    """The programs of one hall and the wish to stop."""

    programs: list[Program]
    logs: Path
    stop: threading.Event = field(default_factory=threading.Event)

    def start(self, *, after_hall: bool = False) -> None:
        """Start all at once; stations wait for the hall by themselves."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for program in self.programs:
            if program.after_hall is after_hall:
                program.start(self.logs)

    def watch(self) -> None:
        """Start again whatever ends, more slowly each time, until asked to stop."""
        while not self.stop.wait(0.5):
            for program in self.programs:
                self._revive(program)

    def _revive(self, program: Program) -> None:
        process = program.process
        if process is None or process.poll() is None:
            return
        if process.returncode == CANNOT_RUN_HERE:
            say(
                f"! {program.name} 不能在本机运行，原因见日志 {self.logs}",
                f"  {program.name} cannot run on this machine; its log tells why",
            )
            program.process = None
            return
        ran_s = time.monotonic() - program.started_at_s
        if ran_s > STEADY_AFTER_S:
            program.failures = 0
        wait_s = RESTART_AFTER_S[min(program.failures, len(RESTART_AFTER_S) - 1)]
        if ran_s < wait_s:
            return
        program.failures += 1
        say(
            f"! {program.name} 已退出（{process.returncode}），重新启动；日志 {self.logs}",
            f"  {program.name} ended ({process.returncode}); starting it again",
        )
        program.start(self.logs)

    def end(self) -> None:
        """Ask all to stop, stations first; whoever does not is killed."""
        for program in reversed(self.programs):
            if program.process is not None and program.process.poll() is None:
                program.process.send_signal(signal.SIGTERM)
        deadline_s = time.monotonic() + STOP_WITHIN_S
        for program in reversed(self.programs):
            if program.log is not None:
                program.log.close()
            if program.process is None:
                continue
            try:
                program.process.wait(max(0.1, deadline_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                program.process.kill()
                program.process.wait()


def say(chinese: str, english: str = "") -> None:
    """Tell the person at the terminal."""
    print(chinese, flush=True)  # noqa: T201 - a program for a terminal
    if english:
        print(english, flush=True)  # noqa: T201 - a program for a terminal


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="./hall run", description=__doc__)
    parser.add_argument(
        "--profile", default="shuangjiang", help="facts of an empty hall: a name, or a .toml file"
    )
    parser.add_argument("--port", type=int, default=8080, help="first of the ports")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--mode", default="eventlet", choices=["eventlet", "threading"])
    parser.add_argument("--database", default="", help="SQLAlchemy URL instead of SQLite")
    parser.add_argument("--cameras", type=Path, default=None, help="TOML file of the cameras")
    parser.add_argument("--rules", type=Path, default=None, help="TOML file of the finding rules")
    parser.add_argument("--clock-start", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--clock-rate", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument(
        "--real", action="store_true", help="real devices and opening hours, no simulators"
    )
    return parser.parse_args(arguments)


def programs_of(options: argparse.Namespace) -> list[Program]:
    """The command lines of the programs; ports follow the first."""
    host, port = options.host, options.port
    hall_url = f"http://{host}:{port}"
    stations = {"kiosk": "kiosk-1", "display": "display-1", "monitor": "monitor-1"}
    hall = ["hall_server", "--host", host, "--port", str(port), "--data", str(options.data)]
    hall += ["--profile", options.profile, "--mode", options.mode]
    hall += ["--database", options.database] if options.database else []
    if options.clock_start:
        hall += ["--clock-start", str(options.clock_start), "--clock-rate"]
        hall += [str(options.clock_rate)]
    for role, station in stations.items():
        hall += ["--invite", f"{station}:{role}"]
    programs = [Program("hall_server", hall)]
    if not options.real:
        hall += ["--simulated-devices-from", str(port + PRINTER_OFFSET)]
        simulator = ["drivers.simulator", "--host", host, "--port", str(port + 4)]
        simulator += ["--printer-port", str(port + PRINTER_OFFSET)]
        simulator += ["--bar-port", str(port + BAR_OFFSET), "--bars", str(BARS)]
        programs.append(Program("simulator", simulator))
    for offset, (role, station) in enumerate(stations.items(), start=1):
        arguments = [role, "--hall", hall_url, "--host", host, "--port", str(port + offset)]
        arguments += ["--station", station, "--data", str(options.data / station)]
        code = options.data / "enrol" / f"{station}.code"
        programs.append(Program(role, [*arguments, "--code-file", str(code)]))
    own = options.data / ("cameras.toml" if options.real else DEMONSTRATION_CAMERAS.name)
    cameras = options.cameras or own
    live = f"http://{host}:{port + LIVE_OFFSET}"
    hall += ["--live", live, "--invite", f"{ANALYSER}:monitor"]
    programs[-1].arguments += ["--live", live, "--cameras", str(cameras)]
    programs[-1].arguments += ["--analyser", str(options.data / ANALYSER)]
    programs += camera_programs(options, cameras, options.data / stations["monitor"])
    return programs


def lay_out_cameras(data: Path) -> None:
    """A demonstration has its own copy, which the page may change."""
    data.mkdir(parents=True, exist_ok=True)
    own = data / DEMONSTRATION_CAMERAS.name
    if not own.exists():
        shutil.copyfile(DEMONSTRATION_CAMERAS, own)


def camera_programs(options: argparse.Namespace, cameras: Path, data: Path) -> list[Program]:
    """Who records, who shows live pictures, who looks for findings; none makes the hall wait."""
    host, port, analysed = options.host, options.port, options.data / ANALYSER
    hall = f"http://{host}:{port}"
    recorder = ["monitor.recorder", "--cameras", str(cameras), "--data", str(data)]
    live = ["monitor.live", "--cameras", str(cameras), "--recorder", str(data)]
    live += ["--hall", hall, "--host", host, "--port", str(port + LIVE_OFFSET)]
    live += ["--origin", f"http://{host}:{port + MONITOR_OFFSET}", "--console", hall]
    live += ["--analyser", str(analysed)]
    analyser = ["monitor.findings", "--cameras", str(cameras), "--recorder", str(data)]
    analyser += ["--hall", hall, "--station", ANALYSER, "--data", str(analysed)]
    analyser += ["--code-file", str(options.data / "enrol" / f"{ANALYSER}.code")]
    rules = options.data / "findings.toml" if options.real else DEMONSTRATION_RULES
    if options.rules or rules.is_file():
        analyser += ["--rules", str(options.rules or rules)]
    return [
        Program("recorder", recorder, after_hall=True),
        Program("live", live, after_hall=True),
        Program("analyser", analyser, after_hall=True),
    ]


def taken_ports(options: argparse.Namespace) -> list[int]:
    """Ports of ours that somebody else listens on."""
    taken = []
    for port in range(options.port, options.port + LIVE_OFFSET + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((options.host, port))
            except OSError:
                taken.append(port)
    return taken


def wait_until_ready(url: str, launch: Launch) -> bool:
    """Wait for the hall to answer; False when it ended or took too long."""
    deadline_s = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline_s and not launch.stop.is_set():
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:  # noqa: S310 - http
                return bool(json.load(answer)["ok"])
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    return False


def columns(text: str) -> int:
    """Width on a terminal: a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pages_of(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Every page of the hall, with its name and address."""
    base = f"http://{options.host}"
    port = options.port
    rows = [
        ("取号机 kiosk", f"{base}:{port + 1}/"),
        ("窗口叫号 console", f"{base}:{port}/console"),
        ("综合屏 wall", f"{base}:{port + 2}/wall?voice=1"),
        ("窗口屏 window", f"{base}:{port + 2}/window?window=1"),
        ("触摸查询 guide", f"{base}:{port + 2}/guide"),
        ("评价器 rating", f"{base}:{port + 2}/rating?window=1"),
        ("督查 supervisor", f"{base}:{port + 3}/"),
        ("管理 admin", f"{base}:{port}/admin"),
        ("设备维护 engineer", f"{base}:{port + 1}/engineer"),
        ("", f"{base}:{port + 2}/engineer"),
    ]
    if not options.real:
        rows.append(("模拟设备 devices", f"{base}:{port + 4}/"))
    return rows


def addresses(options: argparse.Namespace) -> None:
    """Print what a person opens next, and the first password once."""
    say("\n大厅已启动  The hall is running\n")
    for name, url in pages_of(options):
        say(f"  {name}{' ' * (24 - columns(name))}{url}")
    say(
        f"\n  设备维护密钥在 {options.data} 下各终端目录的 engineer.key",
        "  the engineer's keys: engineer.key in each station's folder there",
    )
    first = options.data / "first-password.txt"
    if first.is_file():
        account, _, password = first.read_text(encoding="utf-8").strip().partition(" ")
        say(
            f"\n  首个系统管理员 {account}，一次性密码 {password}（登录后须修改）",
            f"  first administrator {account}, one-time password {password}",
        )
    if not options.real:
        say(
            "\n  演示方式：设备为模拟，全天开放；正式使用加 --real",
            "  demonstration: simulated devices, open at any hour; use --real in service",
        )
    say("\n  Ctrl+C 停止 stops\n")


def main(arguments: list[str]) -> int:
    """Run a hall until asked to stop."""
    options = parse(arguments)
    taken = taken_ports(options)
    if taken:
        say(
            f"✗ 端口已被占用：{taken}；请先停止另一个大厅，或用 --port 另选端口",
            f"  ports in use: {taken}; stop the other hall or choose another --port",
        )
        return 1
    try:
        load_profile(options.profile)
    except FaultyFactsError as faulty:
        say(f"✗ {options.profile}\n{faulty}")
        return 1
    launch = Launch(programs_of(options), options.data / "logs")

    def asked(_number: int, _frame: FrameType | None) -> None:
        launch.stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
    os.umask(0o077)
    if not options.real:
        lay_out_cameras(options.data)
    launch.start()
    try:
        if wait_until_ready(f"http://{options.host}:{options.port}", launch):
            addresses(options)
            launch.start(after_hall=True)
            launch.watch()
            return 0
        if launch.stop.is_set():
            return 0
        say(f"✗ 大厅没有启动，日志 {launch.logs}", f"  the hall did not start; see {launch.logs}")
        return 1
    finally:
        launch.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
