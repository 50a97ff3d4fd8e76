"""The devices' figures for Prometheus, in its text format 0.0.4. Pure.

Every series carries station, device and kind. A device's health is one series for each state it can
be in, of which one is 1, so that an alarm can be set on any of them.
"""

from collections.abc import Iterable, Iterator

from drivers.engineer.told import AllTold, Figures, Told
from drivers.orders import DeviceHealth

KIND = "text/plain; version=0.0.4; charset=utf-8"
_COUNTERS = {
    "jobs": ("hall_device_jobs_total", "Papers, texts and polls it was given"),
    "reconnects": ("hall_device_reconnects_total", "Links made after the first"),
    "bytes_sent": ("hall_device_sent_bytes_total", "Bytes sent to it"),
    "bytes_received": ("hall_device_received_bytes_total", "Bytes received from it"),
    "frames_ok": ("hall_device_frames_total", "Whole answers received"),
    "crc_bad": ("hall_device_checksum_errors_total", "Answers whose checksum was wrong"),
    "noise_bytes": ("hall_device_noise_bytes_total", "Bytes that belonged to no answer"),
    "resyncs": ("hall_device_resyncs_total", "Searches for the beginning of an answer"),
    "paper_mm": ("hall_device_paper_millimetres_total", "Paper sent out"),
    "cuts": ("hall_device_cuts_total", "Cuts sent out"),
}

_GAUGES = {
    "roll_mm": ("hall_device_roll_used_millimetres", "Paper sent out since the roll was new"),
    "left_mm": ("hall_device_roll_left_millimetres", "Paper left by the count"),
    "left_tickets": ("hall_device_roll_left_tickets", "Tickets left by the count"),
    "left_hours": ("hall_device_roll_left_hours", "Hours left at today's rate"),
}


def metrics(told: AllTold) -> str:
    return "\n".join([*_health(told), *_ages(told), *_numbers(told), ""])


def _health(told: AllTold) -> Iterator[str]:
    name = "hall_device_health"
    yield from _head(name, "gauge", "1 for the state the device is in, 0 for the others")
    for device in told.devices:
        for health in DeviceHealth:
            labels = _labels(told.station, device, health=health)
            yield f"{name}{labels} {int(device.health == health)}"
    name = "hall_device_matter"
    yield from _head(name, "gauge", "1 for each thing that is the matter with it")
    for device in told.devices:
        for matter in device.matters:
            yield f"{name}{_labels(told.station, device, code=matter.code)} 1"


def _ages(told: AllTold) -> Iterator[str]:
    name = "hall_device_state_seconds"
    yield from _head(name, "gauge", "How long it has been in its state")
    for device in told.devices:
        yield f"{name}{_labels(told.station, device)} {device.since_s}"
    name = "hall_device_last_ok_seconds"
    yield from _head(name, "gauge", "How long ago it was last well")
    for device in told.devices:
        if device.ok_s is not None:
            yield f"{name}{_labels(told.station, device)} {device.ok_s}"


def _numbers(told: AllTold) -> Iterator[str]:
    named = [("counter", field, *words) for field, words in _COUNTERS.items()]
    named += [("gauge", field, *words) for field, words in _GAUGES.items()]
    for kind, field, name, meaning in named:
        counted = [(one, _count(one.figures, field)) for one in told.devices]
        yield from _head(name, kind, meaning)
        for device, count in counted:
            if count is not None:
                yield f"{name}{_labels(told.station, device)} {count}"


def _count(figures: Figures, field: str) -> float | None:
    count: float | None = getattr(figures, field)
    return count


def _head(name: str, kind: str, meaning: str) -> Iterable[str]:
    return f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"


def _labels(station: str, device: Told, **more: str) -> str:
    pairs = {"station": station, "device": device.id, "kind": device.kind, **more}
    return "{" + ",".join(f'{key}="{_escaped(value)}"' for key, value in pairs.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
