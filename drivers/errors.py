"""The room's errors, by whose doing.

    DeviceFault             the hardware or its cable: recorded, retried, shown as health
    ├── LinkFault           the way to the device failed: nobody there, time-out, wrong answer
    └── LinkClosed          the far end hung up, or the plug was pulled
    DeviceSettingsError     a person's: names the device, the key and what is wanted
    UnknownDevice           a caller's: no device of this name on this bench

Anything else that rises from this room is a bug.
"""

from drivers.orders import DeviceCode


class DeviceFault(Exception):  # noqa: N818 — the house's word for what hardware does is a fault
    def __init__(self, code: DeviceCode, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class LinkFault(DeviceFault):
    def __init__(self, detail: str, code: DeviceCode = DeviceCode.OFFLINE) -> None:
        super().__init__(code, detail)


class LinkClosed(DeviceFault):
    def __init__(self, detail: str) -> None:
        super().__init__(DeviceCode.LINK_LOST, detail)


class DeviceSettingsError(ValueError):
    """The configuration asks for what this kind of device cannot do."""

    def __init__(self, device_id: str, key: str, wanted: str, wanted_zh: str = "") -> None:
        super().__init__(f"device {device_id!r}, {key}: {wanted}")
        self.device_id = device_id
        self.key = key
        self.wanted = wanted
        self.wanted_zh = wanted_zh or wanted


class UnknownDevice(LookupError):  # noqa: N818 — reads as what it says; it is a LookupError
    def __init__(self, device_id: str, wanted: str) -> None:
        super().__init__(f"no device {device_id!r} on this bench that {wanted}")
