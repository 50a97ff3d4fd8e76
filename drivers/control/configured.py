"""The devices that a file configures: read strictly, and checked without touching any of them."""

from collections.abc import Sequence
from pathlib import Path

from config.faults import Fault, FaultyFactsError
from config.fittings import DeviceFact
from config.load import read_kind
from drivers.errors import DeviceSettingsError
from drivers.memory import MemoryExchange
from drivers.orders import DeviceConfig
from drivers.registry import build
from drivers.surroundings import Surroundings

_FOLDER = Path("data/devices")


def configured(path: Path) -> list[DeviceConfig]:
    """All devices of a file, a profile or a bare list of [[devices]]; raises with every fault."""
    stated = read_kind(path.read_text(encoding="utf-8"), path.name, "devices")
    facts = [fact for fact in stated if isinstance(fact, DeviceFact)]
    devices = [DeviceConfig(fact.id, fact.kind, fact.url, fact.options) for fact in facts]
    faults = check(devices)
    if faults:
        raise FaultyFactsError(faults, path.name)
    return devices


def check(devices: Sequence[DeviceConfig]) -> list[Fault]:
    surroundings = Surroundings(lambda _: None, lambda: 0, MemoryExchange(), _FOLDER)
    faults: list[Fault] = []
    seen: set[str] = set()
    for device in devices:
        place = f"devices/{device.id}"
        if device.id in seen:
            faults.append(Fault(f"{place}.id", "设备名重复", "found twice"))
        seen.add(device.id)
        try:
            build(device, surroundings)
        except DeviceSettingsError as error:
            faults.append(Fault(f"{place}.{error.key}", error.wanted_zh, error.wanted))
    return faults
