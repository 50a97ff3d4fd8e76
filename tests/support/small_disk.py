"""A small file system of its own, and a way to leave not a byte of it free."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BLOCKS = (1 << 20, 4096)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """It lies at ``folder``; ``size`` as mount has it."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk takes root, and leave to mount one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(ballast: Path) -> None:
    """Somebody else's file takes the disk to the last byte."""
    for block in BLOCKS:
        with ballast.open("ab", buffering=0) as file:
            while grows(file.fileno(), block):
                pass


def grows(file: int, block: int) -> bool:
    """Whether there was room for one more block."""
    try:
        return os.write(file, bytes(block)) == block
    except OSError:
        return False
