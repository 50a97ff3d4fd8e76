"""``python ticking_bench.py SECONDS KIND=URL …``: a station's devices beside a clock that ticks.

A station is one process of many threads, so whatever holds the interpreter holds the pages and the
link to the hall. A thread that does nothing but wake every ten milliseconds notices: for each tick
it notes how late it came and how much processor the whole process used meanwhile. Told as JSON.
"""

import json
import sys
import threading
import time

from drivers.orders import Cut, DeviceConfig, PrintJob, QrCode, ShowText, TextLine
from drivers.registry import open_bench

TICK_S = 0.01
OPTIONS: dict[str, dict[str, str | int]] = {
    "escpos": {"profile": "generic-80"},
    "bx-e": {"controller": "6e1"},
    "call-pad": {"spec": "ff68-call-pad"},
}
LINES = (TextLine("双江自治县政务服务中心", 2, 2), QrCode("https://x.cn/q/A001"), Cut())
PLANTED = "planted"


def hold_on() -> None:
    """What no driver may do: a tenth of a second of work that lets nobody else in."""
    time.sleep(0.5)
    sum(range(4_000_000 * 4))


def main(seconds: float, devices: list[tuple[str, str]]) -> None:
    if (PLANTED, "") in devices:
        devices.remove((PLANTED, ""))
        threading.Thread(target=hold_on, daemon=True).start()
    configs = [
        DeviceConfig(f"d{place}", kind, url, OPTIONS.get(kind, {}))
        for place, (kind, url) in enumerate(devices)
    ]
    bench = open_bench(configs, lambda _event: None)
    worst_late_s = worst_used_s = 0.0
    until_s = time.monotonic() + seconds
    number = 0
    while (now_s := time.monotonic()) < until_s:
        used_s = time.process_time()
        time.sleep(TICK_S)
        worst_used_s = max(worst_used_s, time.process_time() - used_s)
        worst_late_s = max(worst_late_s, time.monotonic() - now_s - TICK_S)
        number += 1
        if number % 50 == 0:
            for config in configs:
                if config.kind == "escpos":
                    job = PrintJob(f"{config.id}-{number}", LINES, time.time_ns() // 10**6 + 5_000)
                    bench.submit(job, config.id)
                elif config.kind in {"bx-k", "bx-e", "modbus-text"}:
                    bench.show(ShowText(config.id, "main", f"请A{number:03}号", 60_000))
    figures = {config.id: bench.figures(config.id) for config in configs}
    told = {
        "ticks": number,
        "worst_late_ms": round(worst_late_s * 1000),
        "worst_used_ms": round(worst_used_s * 1000),
        "sent": {name: one.bytes_sent for name, one in figures.items()},
        "received": {name: one.bytes_received for name, one in figures.items()},
    }
    bench.close()
    print(json.dumps(told))


if __name__ == "__main__":
    pairs = [word.partition("=") for word in sys.argv[2:]]
    main(float(sys.argv[1]), [(kind, url) for kind, _, url in pairs])
