"""Door of access: sign-in, accounts, stations.

Passwords are hashed before the transaction begins (``PREPARES``), off the event loop.
"""

from __future__ import annotations

from typing import NamedTuple

from hall_server.access import passwords, service, stations
from hall_server.access.guard import Preparing
from hall_server.access.rules import PASSWORD_LENGTH_MIN, Asker, password_allowed
from hall_server.contract.messages import access as messages
from hall_server.contract.messages.base import Answer
from hall_server.contract.refusals import Refusal
from hall_server.contract.version import VERSION
from hall_server.database import Handlers, Reading, Transaction


class Secret(NamedTuple):
    """What was prepared outside the transaction: a hash that fitted, a new password, its hash."""

    checked_hash: str | None = None
    password: str = ""
    password_hash: str = ""


def _check(prepare: Preparing, account: str, password: str) -> str | None:
    with prepare.database.reading() as reading:
        stored = service.stored_hash(reading.connection, account)
    fits = prepare.off_loop(lambda: passwords.password_is(password, stored))
    return stored if fits else None


def _hash(prepare: Preparing, password: str) -> str:
    return prepare.off_loop(lambda: passwords.hash_password(password))


def _prepare_sign_in(prepare: Preparing, _asker: Asker, ask: messages.AccountSignIn) -> Secret:
    return Secret(checked_hash=_check(prepare, ask.account, ask.password))


def _prepare_password(prepare: Preparing, asker: Asker, ask: messages.AccountPassword) -> Secret:
    if not password_allowed(asker.account, ask.new, ask.old):
        raise Refusal("password_weak", length=PASSWORD_LENGTH_MIN, field="$.new")
    return Secret(
        checked_hash=_check(prepare, asker.account, ask.old),
        password_hash=_hash(prepare, ask.new),
    )


def _prepare_one_time(prepare: Preparing, _asker: Asker, _ask: object) -> Secret:
    password = passwords.one_time_password()
    return Secret(password=password, password_hash=_hash(prepare, password))


PREPARES: Handlers = {
    "account.sign_in": _prepare_sign_in,
    "account.password": _prepare_password,
    "account.create": _prepare_one_time,
    "account.reset": _prepare_one_time,
}


def _sign_in(
    tx: Transaction, asker: Asker, ask: messages.AccountSignIn, secret: Secret
) -> service.OpenedSession | Refusal:
    return service.sign_in(tx, asker, ask, secret.checked_hash)


def _password(
    tx: Transaction, asker: Asker, _ask: messages.AccountPassword, secret: Secret
) -> Answer | Refusal:
    return service.change_password(tx, asker, secret.checked_hash, secret.password_hash)


def _create(tx: Transaction, asker: Asker, ask: messages.AccountCreate, secret: Secret) -> Answer:
    return service.create(tx, asker, ask, secret.password, secret.password_hash)


def _reset(tx: Transaction, asker: Asker, ask: messages.AccountReset, secret: Secret) -> Answer:
    return service.reset(tx, asker, ask, secret.password, secret.password_hash)


PREPARED_ASKS: Handlers = {
    "account.sign_in": _sign_in,
    "account.password": _password,
    "account.create": _create,
    "account.reset": _reset,
}

ASKS: Handlers = {
    "account.sign_out": service.sign_out,
    "account.change": service.change,
    "station.invite": stations.invite,
    "station.enrol": stations.enrol,
    "station.sign_on": stations.sign_on,
    "station.revoke": stations.revoke,
}


def _session(_reading: Reading, asker: Asker, _read: messages.SessionRead) -> Answer:
    return messages.SessionView(
        account=asker.account,
        roles=sorted(asker.roles),
        staff_id=asker.staff_id,
        must_change_password=asker.must_change_password,
        version=VERSION,
    )


def _accounts(reading: Reading, _asker: Asker, _read: messages.AccountList) -> Answer:
    return service.accounts(reading)


READS: Handlers = {"session.read": _session, "account.list": _accounts}
