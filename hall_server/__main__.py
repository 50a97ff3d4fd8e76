"""``python -m hall_server``: run one hall server process."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from config.ending import end_at_a_bug
from config.loading import left_out
from config.settings import ServerSettings
from hall_server.runtime import Mode, Runtime


def parse(arguments: list[str]) -> ServerSettings:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m hall_server", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--database", default="", help="SQLAlchemy URL; default SQLite in --data")
    parser.add_argument(
        "--hints", type=redis_url, default="", help="Redis URL, for several processes of one hall"
    )
    parser.add_argument("--mode", choices=[mode.value for mode in Mode], default=Mode.EVENTLET)
    parser.add_argument("--profile", default="shuangjiang")
    parser.add_argument("--origin", action="append", default=[])
    parser.add_argument("--live", default="", help="where browsers find the monitor's pictures")
    parser.add_argument("--public-url", default="")
    parser.add_argument("--invite", action="append", default=[], metavar="STATION:ROLE")
    parser.add_argument("--clock-start", type=int, default=0, metavar="UTC_MS")
    parser.add_argument("--clock-rate", type=int, default=1)
    parser.add_argument("--simulated-devices-from", type=int, default=0, metavar="PORT")
    parser.add_argument("--no-fast-broadcast", action="store_true")
    parser.add_argument("--guard-yields", action="store_true", help="for tests only")
    parser.add_argument("--no-limits", action="store_true", help="for benchmarks only")
    parser.add_argument("--pages", type=Path, default=Path("build/web"))
    parser.add_argument("--trust-proxy", action="store_true")
    options = parser.parse_args(arguments)
    return ServerSettings(
        data=options.data,
        host=options.host,
        port=options.port,
        database_url=options.database,
        hints_url=options.hints,
        mode=options.mode,
        profile=options.profile,
        origins=tuple(options.origin),
        live_url=options.live.rstrip("/"),
        public_url=options.public_url,
        invite=tuple(options.invite),
        clock_start_ms=options.clock_start,
        clock_rate=options.clock_rate,
        simulated_devices_from=options.simulated_devices_from,
        fast_broadcast=not options.no_fast_broadcast,
        guard_yields=options.guard_yields,
        limits=not options.no_limits,
        pages=options.pages,
        trust_proxy=options.trust_proxy,
    )


def redis_url(text: str) -> str:
    """A URL that Redis is reached by, or empty for none. Raises ArgumentTypeError otherwise."""
    if text and not text.startswith(("redis://", "rediss://", "unix://")):
        raise argparse.ArgumentTypeError(f"wanted redis://, rediss:// or unix://, found {text!r}")
    return text


def main(arguments: list[str]) -> int:
    """Patch first (in eventlet mode), then import and run the hall."""
    settings = parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    runtime = Runtime(Mode(settings.mode))
    end_at_a_bug(runtime.end_broken)
    with left_out("redis"):  # Socket.IO would load it; ``hints`` does where it is wanted
        from hall_server.app import Server, build_hall  # noqa: PLC0415 - only after patching
        from hall_server.sole_writer import InUseError  # noqa: PLC0415 - only after patching

    try:
        server = Server(build_hall(settings, runtime))
    except InUseError as error:
        sys.exit(f"✗ {error}")
    server.start()
    rate = 0 if settings.trust_proxy else settings.limits_rate
    runtime.serve(server.flask, settings.host, settings.port, server.stop, rate=rate)
    return runtime.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
