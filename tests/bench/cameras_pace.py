"""What a camera costs, beside reading it alone and beside Debian's ``motion``; all in one run.

Real RTSP over loopback from GStreamer's server: full HD at 25 pictures a second with fresh grain on
each, 4 Mbit/s, a key frame every two seconds. The same 24 streams are read and thrown away (the
floor), recorded by the real recorder, and recorded and watched by the real recorder and analyser
with a zone and an approved reference each. Processor time of those processes only, once all streams
run; the server's is not counted. Where GStreamer or ``motion`` is absent, that is said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np
from live_pace import processor_s
from running_hall import free_port

from monitor.cameras.demo_scene import SceneCoder, Story, drawn, scene_at
from monitor.findings import references

HERE = Path(__file__).resolve().parent
SIZE, RATE, GOP, BITS_S = (1920, 1080), 25, 50, 4_000_000
FILMED_S, LASTS_S, GRAINS, GRAIN = 8, 240, 7, 1.5
CAMERAS, MOTIONS = 24, 2
SETTLE_S, SPELL_S = 14.0, 16.0
STORY = Story("a", "always")
SYSTEM_PYTHON = "/usr/bin/python3"
CAMERA = """
[[cameras]]
id = "camera-{number}"
name = {{ zh = "{number}" }}
address = "{address}"
schedule = "always"
windows = ["window-{number}"]

[[cameras.zones]]
kind = "seat"
window = "window-{number}"
polygon = [[0.4, 0.3], [0.6, 0.3], [0.6, 0.7], [0.4, 0.7]]
"""
MOTION = """
daemon off
webcontrol_port 0
stream_port 0
target_dir {folder}
netcam_url {address}
netcam_params rtsp_transport=tcp
width 1920
height 1080
framerate 25
picture_output off
movie_output off
movie_passthrough on
"""
AddRow = Callable[[str, str, str], None]


def measure(add_row: AddRow) -> None:
    """Floor, record, record and watch, motion."""
    add_row("drawn camera of the demonstration", of_demonstration(), "")
    with TemporaryDirectory(prefix="hall-") as name, serving(Path(name)) as address:
        if address is None:
            print("  no GStreamer RTSP server here: cameras over RTSP are left out")
            return
        folder = Path(name)
        busy = os.getloadavg()[0]
        with reader(address) as one:
            floor = spent([one])
        add_row(
            f"{CAMERAS} cameras 1080p{RATE} read, not decoded (RTSP)",
            of_core(floor),
            f"load of the machine {busy:.1f}",
        )
        with recorder(folder / "alone", address) as one:
            alone = spent([one])
            kept_up(folder / "alone")
        add_row(f"{CAMERAS} cameras recorded", of_core(alone), f"{alone / floor:.1f} × reading")
        with (
            recorder(folder / "watched", address) as one,
            analyser(folder, address, folder / "watched") as other,
        ):
            both = spent([one, other])
            kept_up(folder / "watched")
        add_row(
            f"{CAMERAS} cameras recorded and watched, GOP 2 s",
            of_core(both),
            f"{both / floor:.1f} × reading; {CAMERAS / both:.0f} cameras a core",
        )
        program = shutil.which("motion")
        if program is None:
            print("  no motion here (Debian's package): the comparison is left out")
            return
        debian = beside(program, folder, address)
        add_row(
            f"Debian's motion, {MOTIONS} cameras",
            f"{debian * 100:.1f} % of a core each",
            f"{debian * CAMERAS / both:.1f} × ours",
        )


def of_demonstration() -> str:
    """The drawn camera, which is coded here: ten seconds of it."""
    began_s, coder = time.process_time(), SceneCoder(STORY)
    for number in range(80):
        coder.coded(number * 125)
    return f"{(time.process_time() - began_s) * 10:.1f} % of a core"


def of_core(spent_of: float) -> str:
    """All cameras together, and one of them."""
    return f"{spent_of * 100:.1f} % of a core, {spent_of / CAMERAS * 100:.2f} each"


def spent(processes: list[subprocess.Popen[bytes]], settle_s: float = SETTLE_S) -> float:
    """Of a core, by processes that have begun."""
    time.sleep(settle_s)
    began_s = time.monotonic()
    before_s = sum(processor_s(one.pid) for one in processes)
    time.sleep(SPELL_S)
    after_s = sum(processor_s(one.pid) for one in processes)
    if any(one.poll() is not None for one in processes):
        raise RuntimeError("a process ended while it was measured")
    return (after_s - before_s) / (time.monotonic() - began_s)


def kept_up(data: Path) -> None:
    """All cameras are being recorded, or the figures mean nothing."""
    files = [*(data / "recordings").rglob("*.mp4")]
    cameras = {path.relative_to(data / "recordings").parts[0] for path in files}
    seconds = sum(path.stat().st_size for path in files) * 8 / BITS_S / CAMERAS
    if len(cameras) < CAMERAS or seconds < 0.5 * SPELL_S:
        raise RuntimeError(f"{len(cameras)} of {CAMERAS} recorded, {seconds:.0f} s each")


@contextmanager
def running(words: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program, ended afterwards."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def serving(folder: Path) -> Iterator[str | None]:
    """The film's address; None where there is no server of GStreamer.

    Cameras have processors of their own: their server takes only what nobody else wants.
    """
    port, film = free_port(), filmed(folder / "film.mp4")
    words = [SYSTEM_PYTHON, str(HERE / "film_server.py"), str(film), str(port)]
    if not Path(SYSTEM_PYTHON).exists():
        yield None
        return
    server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    os.sched_setscheduler(server.pid, os.SCHED_IDLE, os.sched_param(0))
    try:
        assert server.stdout is not None
        is_ready = server.stdout.readline() == b"ready\n"
        yield f"rtsp://127.0.0.1:{port}/film" if is_ready else None
    finally:
        server.kill()
        server.wait()


def camera_file(path: Path, address: str, cameras: int = CAMERAS) -> Path:
    """All of them show the same film, each over a connection of its own."""
    listed = (CAMERA.format(number=number, address=address) for number in range(cameras))
    path.write_text('[recording]\nnetworks = ["127.0.0.1/32"]\n' + "".join(listed), "utf-8")
    return path


@contextmanager
def reader(address: str) -> Iterator[subprocess.Popen[bytes]]:
    """All cameras read and thrown away."""
    with running([sys.executable, str(HERE / "film_reader.py"), address, str(CAMERAS)]) as process:
        yield process


@contextmanager
def recorder(data: Path, address: str) -> Iterator[subprocess.Popen[bytes]]:
    """As it runs in a hall."""
    data.mkdir()
    cameras = camera_file(data.with_suffix(".toml"), address)
    words = ["-m", "monitor.recorder", "--cameras", str(cameras), "--data", str(data)]
    with running([sys.executable, *words]) as process:
        yield process


@contextmanager
def analyser(folder: Path, address: str, recorded: Path) -> Iterator[subprocess.Popen[bytes]]:
    """As it runs in a hall whose line is down: it watches seats all the same."""
    data = folder / "analyser"
    for number in range(CAMERAS):
        camera, taken = f"camera-{number}", time.time_ns() // 1_000_000
        frame = cv2.resize(grey(0), (640, 360), interpolation=cv2.INTER_AREA)
        empty = [np.asarray(frame, np.uint8)] * references.FRAMES_LEAST
        references.take(data / "references", camera, "noon", empty, taken, "bench")
        references.approve(data / "references", camera, "noon", "second", taken)
    cameras = camera_file(folder / "analyser.toml", address)
    words = ["-m", "monitor.findings", "--cameras", str(cameras), "--data", str(data)]
    words += ["--recorder", str(recorded), "--hall", f"http://127.0.0.1:{free_port()}"]
    with running([sys.executable, *words]) as process:
        yield process


def beside(program: str, folder: Path, address: str) -> float:
    """What motion takes of a core for one camera: it decodes every picture, and keeps none."""
    total = 0.0
    for number in range(MOTIONS):
        settings = folder / f"motion-{number}.conf"
        settings.write_text(MOTION.format(folder=folder, address=address), "utf-8")
        with running([program, "-n", "-c", str(settings)]) as process:
            total += spent([process])
    return total / MOTIONS


def grey(number: int) -> np.ndarray:
    """The drawn window at a moment, full HD."""
    picture = cv2.cvtColor(drawn("a", scene_at(STORY, number * 40)), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(picture, SIZE))


def filmed(path: Path) -> Path:
    """Some seconds coded once, with what a sensor's noise does to each picture, told many times."""
    draw = np.random.default_rng(1)
    noise = [draw.normal(0, GRAIN, SIZE[::-1]).astype(np.float32) for _ in range(GRAINS)]
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.gop_size, stream.bit_rate = GOP, BITS_S
        stream.codec_context.max_b_frames = 0
        stream.options = {"preset": "veryfast", "x264-params": "scenecut=0:rc-lookahead=0"}
        coded = []
        for number in range(FILMED_S * RATE):
            picture = np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8)
            picture[: SIZE[1]] = cv2.add(grey(number), noise[number % GRAINS], dtype=cv2.CV_8U)
            frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            coded += stream.encode(frame)
        coded += stream.encode(None)
        told = [(bytes(packet), packet.is_keyframe) for packet in coded]
        for number in range(LASTS_S * RATE):
            data, is_key = told[number % len(told)]
            packet = av.Packet(data)
            packet.pts = packet.dts = number
            packet.time_base, packet.is_keyframe = Fraction(1, RATE), is_key
            packet.stream = stream
            container.mux_one(packet)
    return path
