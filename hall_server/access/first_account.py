"""The first account: a system administrator with a one-time password that stands in one file.

There is no default password. The file is written before the account exists, readable to the
server's user alone, so that no crash leaves an account whose password nobody knows; it goes as
soon as the password in it has been changed.
"""

from __future__ import annotations

import os
from pathlib import Path

from hall_server.access import passwords, service
from hall_server.access.rules import HALL
from hall_server.contract.messages.access import AccountCreated, Role
from hall_server.database import Database, Transaction

NAME = "admin"
FILE_NAME = "first-password.txt"


class FirstAccount:
    """Made once in the life of a hall's data."""

    def __init__(self, database: Database, data: Path) -> None:
        """The file stands in ``data``."""
        self._database = database
        self._path = data / FILE_NAME

    def make(self) -> None:
        """Make account and file where no account exists yet."""
        with self._database.reading() as reading:
            if not service.is_empty(reading.connection):
                return
        password = passwords.one_time_password()
        password_hash = passwords.hash_password(password)
        self._write(f"{NAME} {password}\n")
        if not self._database.write(lambda tx: _insert(tx, password_hash)):
            self._path.unlink()

    def tick(self) -> None:
        """Remove the file when what stands in it is no longer the password; called regularly."""
        if not self._path.exists():
            return
        with self._database.reading() as reading:
            if service.has_one_time_password(reading.connection, NAME):
                return
        self._path.unlink(missing_ok=True)

    def _write(self, text: str) -> None:
        self._path.unlink(missing_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def _insert(tx: Transaction, password_hash: str) -> bool:
    if not service.is_empty(tx.connection):
        return False
    tx.actor = HALL.sender
    roles = frozenset({Role.ADMINISTRATOR})
    service.insert_account(tx.connection, NAME, roles, "", password_hash)
    tx.record(AccountCreated(account=NAME, roles=sorted(roles), staff_id=""))
    return True
