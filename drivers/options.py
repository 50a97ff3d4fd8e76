"""A device's options, taken one by one; a wrong one names device, key and what is wanted."""

from enum import StrEnum
from typing import TypeVar

from drivers.errors import DeviceSettingsError
from drivers.orders import DeviceConfig

_OF_EVERY_KIND = frozenset({"raw_log_mb", "trace"})
"""Read by `Surroundings.tap`, whatever the kind."""

Choice = TypeVar("Choice", bound=StrEnum)


class Options:
    def __init__(self, config: DeviceConfig) -> None:
        self._device_id = config.id
        self._left = dict(config.options)

    def text(self, key: str, default: str) -> str:
        value = self._left.pop(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, f"a text, found {value!r}", f"应为文字，现为 {value!r}")
        return value

    def number(self, key: str, default: int, lowest: int, highest: int) -> int:
        value = self._left.pop(key, default)
        if not isinstance(value, int) or not lowest <= value <= highest:
            wanted = f"a number from {lowest} to {highest}, found {value!r}"
            raise self.wrong(key, wanted, f"应为 {lowest} 到 {highest} 的整数，现为 {value!r}")
        return value

    def is_given(self, key: str) -> bool:
        return key in self._left

    def choice(self, key: str, default: Choice) -> Choice:
        kinds = type(default)
        value = self._left.pop(key, default)
        if value not in {kind.value for kind in kinds}:
            known = ", ".join(kind.value for kind in kinds)
            zh = f"应为以下之一：{known}，现为 {value!r}"
            raise self.wrong(key, f"one of {known}, found {value!r}", zh)
        return kinds(value)

    def with_prefix(self, prefix: str) -> dict[str, str]:
        """Texts whose keys begin so, without the prefix."""
        keys = [key for key in self._left if key.startswith(prefix)]
        return {key.removeprefix(prefix): self.text(key, "") for key in keys}

    def finish(self) -> None:
        for key in sorted(self._left.keys() - _OF_EVERY_KIND):
            raise self.wrong(
                key, "nothing: this kind of device has no such option", "此类设备没有这一项，应删去"
            )

    def wrong(self, key: str, wanted: str, zh: str = "") -> DeviceSettingsError:
        """`zh` is the whole sentence; without it the English one stands for both."""
        return DeviceSettingsError(self._device_id, f"options.{key}", f"wanted {wanted}", zh)
