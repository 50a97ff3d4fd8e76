"""The devices of this machine, each on its own lane, behind five words.

    submit   paper for a printer; the handle tells what became of it
    show     a text for a sign; only the latest matters
    health   every device's status
    trace    the last raw bytes of one device
    close    stop everything within three seconds

`on_event` is called on the devices' own threads and must not wait.
"""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from drivers.errors import UnknownDevice
from drivers.jobs import JobHandle
from drivers.orders import DeviceStatus, PrintJob, ShowText
from drivers.transport import TapEntry


class Device(Protocol):
    def status(self) -> DeviceStatus: ...
    def trace(self) -> tuple[TapEntry, ...]: ...
    def start(self) -> None: ...
    def ask_to_stop(self) -> None: ...
    def join(self) -> None: ...


@runtime_checkable
class Prints(Protocol):
    def submit(self, job: PrintJob) -> JobHandle: ...


@runtime_checkable
class Shows(Protocol):
    def show(self, order: ShowText) -> None: ...


class Bench:
    def __init__(self, devices: Mapping[str, Device]) -> None:
        self._devices = dict(devices)
        for device in self._devices.values():
            device.start()

    def submit(self, job: PrintJob, device_id: str) -> JobHandle:
        device: object = self._devices.get(device_id)
        if not isinstance(device, Prints):
            raise UnknownDevice(device_id, "prints")
        return device.submit(job)

    def show(self, order: ShowText) -> None:
        device: object = self._devices.get(order.device)
        if not isinstance(device, Shows):
            raise UnknownDevice(order.device, "shows text")
        device.show(order)

    def health(self) -> dict[str, DeviceStatus]:
        return {device_id: device.status() for device_id, device in self._devices.items()}

    def trace(self, device_id: str) -> tuple[TapEntry, ...]:
        device = self._devices.get(device_id)
        if device is None:
            raise UnknownDevice(device_id, "has a trace")
        return device.trace()

    def close(self) -> None:
        for device in self._devices.values():
            device.ask_to_stop()
        for device in self._devices.values():
            device.join()
