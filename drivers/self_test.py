"""What a device can do to show that it works, in words that both a person and a program can read.

A device offers its tests by name and runs one when asked; it goes on with its work meanwhile. What
it cannot know it does not claim: `look` means that the bytes were taken and a person must see.
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    PASSED = "passed"
    LOOK = "look"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What it is called, and what is to be seen or heard when all is well."""

    name: str
    zh: str
    en: str
    zh_seen: str
    en_seen: str


@dataclass(frozen=True, slots=True)
class TestReport:
    name: str
    verdict: Verdict
    zh: str
    en: str

    __test__ = False  # to pytest: this only sounds like one of yours
