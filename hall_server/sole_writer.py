"""One program at a time writes a SQLite hall: a lock beside its database says who is there.

SQLite itself would let a second writer in, and before 3.51.3 could then lose what the first had
committed. The lock goes with its holder, however that ends; the file stays and means nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class InUseError(Exception):
    """Another program writes to these data."""


class SoleWriter:
    """Holds the lock from its making until ``release``."""

    def __init__(self, path: Path) -> None:
        """Take the lock, or raise InUseError at once."""
        self._file = path.open("ab")
        try:
            if sys.platform == "win32":
                msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise InUseError(
                f"另一个程序正在使用 {path.parent} 中的大厅数据 / "
                f"another program is using the hall's data in {path.parent}"
            ) from None

    def release(self) -> None:
        """Let the next one in."""
        self._file.close()
