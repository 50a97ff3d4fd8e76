"""Failpoints: named places where a test may kill, stop or delay the hall server.

``HALL_FAILPOINT=name:kill[:every]`` — ``kill`` is SIGKILL at once, ``stop`` is SIGSTOP,
``sleep=MS`` waits, ``raise`` raises. Without the variable a failpoint is one comparison. Tests set
it; nobody else does.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field


class FailpointError(Exception):
    """Raised on purpose by a test."""


@dataclass
class _Armed:
    name: str
    act: str
    every: int
    passed: int = field(default=0)


def _read(setting: str) -> _Armed | None:
    if not setting:
        return None
    name, _, rest = setting.partition(":")
    act, _, every = rest.partition(":")
    return _Armed(name, act, int(every or 1))


class Failpoints:
    """The failpoints of this process, armed from its environment."""

    def __init__(self, setting: str) -> None:
        """``setting`` is the environment variable's text, empty in service."""
        self._armed = _read(setting)

    def hit(self, name: str) -> None:
        """Pass a named place; does what the test asked for every so many times."""
        armed = self._armed
        if armed is None or armed.name != name:
            return
        armed.passed += 1
        if armed.passed % armed.every:
            return
        if armed.act == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif armed.act == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        elif armed.act == "raise":
            raise FailpointError(name)
        elif armed.act.startswith("sleep="):
            time.sleep(int(armed.act.removeprefix("sleep=")) / 1000)


def from_environment() -> Failpoints:
    """The failpoints a test asked for when it started this process."""
    return Failpoints(os.environ.get("HALL_FAILPOINT", ""))
