"""``./hall rescue ACCOUNT``: a new one-time password, given at the hall's own machine.

For the day when the only security administrator has forgotten the password and nobody is left who
could reset it. Whoever can write the hall's data could do worse; this way it is done rightly: the
account's sessions end, its owner must choose a new password, and an event of its own in the ledger
names the system's user who did it. It gives no role and enables no account, and there is no way to
it over the network.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from config.settings import ServerSettings
from hall_server.access import passwords, service
from hall_server.app import build_hall
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.hall import Hall
from hall_server.ledger.checkpoints import Checkpoints
from hall_server.ledger.keys import KEY_FILE
from hall_server.migrations.migrate import NewerDatabaseError
from hall_server.runtime import Mode, Runtime
from hall_server.sole_writer import InUseError

if sys.platform != "win32":
    import pwd


class RescueError(Exception):
    """It cannot be done; the message says why and what to do, in both languages."""


def rescue(settings: ServerSettings, account: str) -> tuple[str, int]:
    """Give the account a one-time password; returns it, and the seq of the ledger's event."""
    _check_data(settings.data)
    try:
        hall = build_hall(settings, Runtime(Mode.THREADING))
    except InUseError as error:
        raise RescueError(
            f"{error}\n"
            "  大厅服务器正在运行。请先停止它（结束 ./hall run，或停止系统服务），再运行本命令。\n"
            "  The hall server is running. Stop it first (end ./hall run, or its system service)."
        ) from error
    except NewerDatabaseError as error:
        raise RescueError(str(error)) from error
    try:
        return _rescue(hall, account)
    except Refusal as refusal:
        known = "、".join(_accounts(hall))
        raise RescueError(
            f"{refusal.refused.zh} / {refusal.refused.en}\n  现有账号 accounts: {known}"
        ) from refusal
    finally:
        hall.database.stop()


def _rescue(hall: Hall, account: str) -> tuple[str, int]:
    password = passwords.one_time_password()
    password_hash = passwords.hash_password(password)

    def job(tx: Transaction) -> int:
        tx.actor = f"console:{system_user()}"
        return service.rescue(tx, account, password_hash)

    seq = hall.database.write(job)
    # At once, so that a copy of the checkpoint holds what was done here.
    Checkpoints(hall.database, hall.ledger, hall.settings.witness_folders).sign()
    return password, seq


def _accounts(hall: Hall) -> list[str]:
    with hall.database.reading() as reading:
        return [one.account for one in service.accounts(reading).accounts]


def _check_data(data: Path) -> None:
    """Only where a hall has been, and as the user whose files these are."""
    key = data / KEY_FILE
    if not key.is_file():
        raise RescueError(f"{data} 中没有大厅数据 / no hall's data in {data}")
    if sys.platform == "win32" or key.stat().st_uid == os.geteuid():
        return
    owner = _name_of(key.stat().st_uid)
    raise RescueError(
        f"大厅数据属于系统用户 {owner}，请以该用户运行：sudo -u {owner} ./hall rescue …\n"
        f"  The data belong to {owner}: run it as that user, or the hall can write them no more."
    )


def system_user() -> str:
    """Who sits at the machine; under sudo also who that was before."""
    if sys.platform == "win32":
        return getpass.getuser()
    before = os.environ.get("SUDO_USER", "")
    return _name_of(os.getuid()) + (f" (sudo {before})" if before else "")


def _name_of(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text)  # noqa: T201 - a program for a terminal


def main(arguments: list[str]) -> int:
    """Run as ``python -m hall_server.rescue``."""
    parser = argparse.ArgumentParser(prog="./hall rescue", description=__doc__)
    parser.add_argument("account", help="账号 name of the account")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--database", default="", help="SQLAlchemy URL when not SQLite")
    options = parser.parse_args(arguments)
    settings = ServerSettings(data=options.data, database_url=options.database)
    try:
        password, seq = rescue(settings, options.account)
    except RescueError as error:
        print(f"✗ {error}", file=sys.stderr)  # noqa: T201 - see above
        return 1
    say(f"账号 account: {options.account}\n一次性密码 one-time password: {password}")
    say("  只显示这一次，登录后须修改；该账号原有的登录已全部失效。")
    say("  Shown only now, to be changed at sign-in; the account's sessions have ended.")
    say(f"  已记入台账 recorded in the ledger: seq {seq}, console:{system_user()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
