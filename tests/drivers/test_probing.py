"""What a firmware really answers decides how far its word is trusted."""

import time
from collections.abc import Mapping

import pytest

from drivers.codec.escpos_profile import Confirmation
from drivers.probing import probe_escpos

STATUS = {bytes([0x10, 0x04, n]): b"\x12" for n in (1, 2, 3, 4)}
NAMES = {b"\x1dI\x42": b"\x5fClone\x00", b"\x1dI\x43": b"\x5f80-T\x00"}
DONE = {b"\x1d(H\x06\x0000HALL": b"\x37\x22HALL\x00"}
SENSOR = {b"\x1dr\x01": b"\x00"}


class Firmware:
    """The far end of a link that answers to what stands in its table, and to nothing else."""

    def __init__(self, answers: Mapping[bytes, bytes]) -> None:
        self._answers = answers
        self._waiting = b""
        self.heard = b""

    def open(self, timeout_s: float) -> None: ...
    def close(self) -> None: ...

    def write(self, data: bytes, timeout_s: float) -> None:  # noqa: ARG002
        self.heard += data
        self._waiting += self._answers.get(data, b"")

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        data, self._waiting = self._waiting[:max_bytes], self._waiting[max_bytes:]
        if not data:
            time.sleep(min(timeout_s, 0.01))
        return data


@pytest.mark.parametrize(
    ("answers", "confirmation"),
    [
        (STATUS | NAMES | DONE | SENSOR, Confirmation.PROCESS_ID),
        (STATUS | SENSOR, Confirmation.GS_R),
        (STATUS | {b"\x1d(H\x06\x0000HALL": b"\x37\x221234\x00"} | SENSOR, Confirmation.GS_R),
        (STATUS, Confirmation.POLL),
    ],
)
def test_the_tier_is_the_best_that_was_answered(
    answers: Mapping[bytes, bytes], confirmation: Confirmation
) -> None:
    firmware = Firmware(answers)
    found = probe_escpos(firmware)
    assert found is not None
    assert found.confirmation is confirmation
    assert b"\n" not in firmware.heard  # nothing that would print


def test_names_are_told_and_a_device_without_status_is_no_printer() -> None:
    found = probe_escpos(Firmware(STATUS | NAMES))
    assert found is not None
    assert [said.en for said in found.told[:3]] == ["status: well", "maker: Clone", "model: 80-T"]
    assert probe_escpos(Firmware(NAMES | DONE)) is None
