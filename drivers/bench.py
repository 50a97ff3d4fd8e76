"""The devices of this machine, each on its own lane, behind a few words.

    submit      paper for a printer; the handle tells what became of it
    show        a text for a sign; only the latest matters
    health      every device's status
    close       stop everything within three seconds

and, for whoever looks after them, `trace` (the last raw bytes of one device), `figures` (what it
has done and met), `self_tests` (what it can show), `self_test` (do show it, within seconds) and
`new_roll` (the count of its paper begins anew). A device is small: what else it can do it says by
having the word.

`on_event` is called on the devices' own threads and must not wait.
"""

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from drivers.codec.explained import Explainer
from drivers.errors import UnknownDevice
from drivers.figures import DeviceFigures
from drivers.jobs import JobHandle
from drivers.orders import DeviceStatus, PrintJob, ShowText
from drivers.self_test import SelfTest, TestReport
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


@runtime_checkable
class Counts(Protocol):
    def figures(self) -> DeviceFigures: ...


@runtime_checkable
class Explains(Protocol):
    def explainer(self) -> Explainer:
        """A fresh one, for whom the words of its kind do not suffice."""


@runtime_checkable
class HasRoll(Protocol):
    def new_roll(self) -> None: ...


@runtime_checkable
class TestsItself(Protocol):
    def self_tests(self) -> tuple[SelfTest, ...]: ...

    def self_test(self, name: str) -> TestReport:
        """Waits for what the device says, ten seconds at most."""


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
        return self._known(device_id).trace()

    def figures(self, device_id: str) -> DeviceFigures:
        device: object = self._known(device_id)
        return device.figures() if isinstance(device, Counts) else DeviceFigures()

    def explainer(self, device_id: str) -> Callable[[], Explainer] | None:
        device: object = self._known(device_id)
        return device.explainer if isinstance(device, Explains) else None

    def self_tests(self, device_id: str) -> tuple[SelfTest, ...]:
        device: object = self._known(device_id)
        return device.self_tests() if isinstance(device, TestsItself) else ()

    def self_test(self, device_id: str, name: str) -> TestReport:
        device: object = self._known(device_id)
        if not isinstance(device, TestsItself) or name not in {
            test.name for test in device.self_tests()
        }:
            raise UnknownDevice(device_id, f"can show {name!r}")
        return device.self_test(name)

    def new_roll(self, device_id: str) -> None:
        device: object = self._known(device_id)
        if not isinstance(device, HasRoll):
            raise UnknownDevice(device_id, "has a roll of paper")
        device.new_roll()

    def close(self) -> None:
        for device in self._devices.values():
            device.ask_to_stop()
        for device in self._devices.values():
            device.join()

    def _known(self, device_id: str) -> Device:
        device = self._devices.get(device_id)
        if device is None:
            raise UnknownDevice(device_id, "can be asked")
        return device
