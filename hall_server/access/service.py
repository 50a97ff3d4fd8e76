"""Use cases of people's accounts: one transaction each; secrets are handed in already hashed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Update, func, insert, select, update
from sqlalchemy.engine import Connection, Row

from hall_server.access import sessions
from hall_server.access.rules import (
    LOCK_AFTER_FAILURES,
    LOCK_MS,
    PERSON_ROLES,
    SEPARATED_ROLES,
    SESSION_MS,
    Asker,
    roles_allowed,
)
from hall_server.access.tables import account
from hall_server.contract.messages import access as messages
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Accepted, Answer
from hall_server.contract.refusals import Refusal
from hall_server.database import Reading, Transaction


@dataclass(frozen=True)
class OpenedSession:
    """A sign-in's answer with the token that only the cookie carries."""

    answer: messages.SignedIn
    token: str


def stored_hash(connection: Connection, name: str) -> str | None:
    """The hash a password is checked against, outside any transaction."""
    return connection.execute(
        select(account.c.password_hash).where(account.c.name == name)
    ).scalar_one_or_none()


def sign_in(
    tx: Transaction, asker: Asker, ask: messages.AccountSignIn, checked_hash: str | None
) -> OpenedSession | Refusal:
    """Open a session when the password was right (``checked_hash`` is the hash it fitted).

    A wrong password is counted, and so recorded, though it is refused; the fifth locks the
    account. The count is kept in this transaction: no race passes the limit.
    """
    row = _find(tx.connection, ask.account)
    if row is not None and row.locked_until > tx.now_ms:
        return _locked(tx, row)
    if row is None or not row.enabled or checked_hash != row.password_hash:
        _count_failure(tx, asker, ask.account, row)
        return Refusal("wrong_password")
    if asker.account:
        sessions.end_session(tx.connection, asker.session_id)
    tx.connection.execute(
        _of(ask.account).values(failures=0, locked_until=0, last_sign_in_at=tx.now_ms)
    )
    token = sessions.open_session(
        tx.connection,
        account_name=row.name,
        station_id="",
        roles=sessions.unpack_roles(row.roles),
        now_ms=tx.now_ms,
        for_ms=SESSION_MS,
    )
    tx.record(messages.AccountSignedIn(account=row.name, address=asker.address))
    return OpenedSession(
        messages.SignedIn(
            seq=tx.seq,
            account=row.name,
            roles=sorted(sessions.unpack_roles(row.roles)),
            staff_id=row.staff_id,
            must_change_password=row.must_change_password,
        ),
        token,
    )


def _locked(tx: Transaction, row: Row[tuple[object, ...]]) -> Refusal:
    return Refusal("account_locked", minutes=-(-(row.locked_until - tx.now_ms) // 60_000))


def _count_failure(
    tx: Transaction, asker: Asker, name: str, row: Row[tuple[object, ...]] | None
) -> None:
    failures = 0 if row is None else row.failures + 1
    locked = failures >= LOCK_AFTER_FAILURES
    if row is not None:
        tx.connection.execute(
            _of(name).values(
                failures=0 if locked else failures,
                locked_until=tx.now_ms + LOCK_MS if locked else 0,
            )
        )
    # People type passwords into the wrong field: only a known name goes into the ledger.
    known = "" if row is None else name
    tx.record(messages.AccountSignInFailed(account=known, address=asker.address, locked=locked))


def sign_out(tx: Transaction, asker: Asker, _ask: messages.AccountSignOut) -> Answer:
    """End this session."""
    sessions.end_session(tx.connection, asker.session_id)
    tx.record(messages.AccountSignedOut(account=asker.account))
    return Accepted(seq=tx.seq)


def change_password(
    tx: Transaction,
    asker: Asker,
    checked_hash: str | None,
    new_hash: str,
) -> Answer | Refusal:
    """Replace one's own password and end one's other sessions.

    A wrong old password counts like one at sign-in: whoever finds a page left open cannot try on.
    """
    row = _existing(tx.connection, asker.account)
    if row.locked_until > tx.now_ms:
        return _locked(tx, row)
    if checked_hash != row.password_hash:
        _count_failure(tx, asker, asker.account, row)
        return Refusal("wrong_password", field="$.old")
    tx.connection.execute(
        _of(asker.account).values(password_hash=new_hash, must_change_password=False, failures=0)
    )
    sessions.end_sessions_of(tx.connection, asker.account, but=asker.session_id)
    tx.record(messages.AccountPasswordChanged(account=asker.account))
    return Accepted(seq=tx.seq)


def create(
    tx: Transaction,
    asker: Asker,
    ask: messages.AccountCreate,
    password: str,
    password_hash: str,
) -> Answer:
    """Make an account.

    The first account, a system administrator, may only make the security administrator and the
    auditor; from then on the security administrator makes accounts (三员分立).
    """
    roles = frozenset(ask.roles)
    _check_roles(roles)
    present = _roles_present(tx.connection)
    if Role.SECURITY not in asker.roles:
        missing = {Role.SECURITY, Role.AUDITOR} - present
        if not roles <= missing:
            raise Refusal("forbidden" if not missing else "separate_first")
    if _find(tx.connection, ask.account) is not None:
        raise Refusal("account_exists", account=ask.account, field="$.account")
    insert_account(tx.connection, ask.account, roles, ask.staff_id, password_hash)
    tx.record(
        messages.AccountCreated(account=ask.account, roles=sorted(roles), staff_id=ask.staff_id)
    )
    return messages.OneTimePassword(seq=tx.seq, account=ask.account, password=password)


def change(tx: Transaction, asker: Asker, ask: messages.AccountChange) -> Answer:
    """Change roles or state of somebody else's account; its sessions end at once."""
    if ask.account == asker.account:
        raise Refusal("own_account", field="$.account")
    roles = frozenset(ask.roles)
    _check_roles(roles)
    row = _existing(tx.connection, ask.account)
    kept = roles if ask.enabled else frozenset[Role]()
    for role in (sessions.unpack_roles(row.roles) & SEPARATED_ROLES) - kept:
        if role not in _roles_present(tx.connection, but=ask.account):
            raise Refusal("last_of_role", role=role)
    tx.connection.execute(
        _of(ask.account).values(
            roles=sessions.pack_roles(roles), staff_id=ask.staff_id, enabled=ask.enabled
        )
    )
    sessions.end_sessions_of(tx.connection, ask.account)
    tx.record(
        messages.AccountChanged(
            account=ask.account,
            roles=sorted(roles),
            staff_id=ask.staff_id,
            enabled=ask.enabled,
        )
    )
    return Accepted(seq=tx.seq)


def reset(
    tx: Transaction,
    asker: Asker,
    ask: messages.AccountReset,
    password: str,
    password_hash: str,
) -> Answer:
    """Give somebody else a new one-time password; unlocks, ends the account's sessions.

    Not oneself: whoever finds a page left open would get in without the old password.
    """
    if ask.account == asker.account:
        raise Refusal("own_account", field="$.account")
    _begin_anew(tx, ask.account, password_hash)
    tx.record(messages.AccountResetDone(account=ask.account))
    return messages.OneTimePassword(seq=tx.seq, account=ask.account, password=password)


def rescue(tx: Transaction, name: str, password_hash: str) -> int:
    """The same, asked for at the hall's own machine; returns the seq under which it is recorded."""
    if not _existing(tx.connection, name).enabled:
        raise Refusal("account_disabled", account=name)
    _begin_anew(tx, name, password_hash)
    return tx.record(messages.AccountRescued(account=name)).seq


def _begin_anew(tx: Transaction, name: str, password_hash: str) -> None:
    """A one-time password, no lock, no sessions."""
    _existing(tx.connection, name)
    tx.connection.execute(
        _of(name).values(
            password_hash=password_hash,
            must_change_password=True,
            failures=0,
            locked_until=0,
        )
    )
    sessions.end_sessions_of(tx.connection, name)


def accounts(reading: Reading) -> messages.Accounts:
    """All accounts, by name."""
    rows = reading.connection.execute(select(account).order_by(account.c.name))
    return messages.Accounts(
        accounts=[
            messages.AccountView(
                account=row.name,
                roles=sorted(sessions.unpack_roles(row.roles)),
                staff_id=row.staff_id,
                enabled=row.enabled,
                locked_until=row.locked_until,
                last_sign_in_at=row.last_sign_in_at,
            )
            for row in rows
        ]
    )


def is_empty(connection: Connection) -> bool:
    """Whether no account exists yet."""
    return connection.execute(select(func.count()).select_from(account)).scalar_one() == 0


def has_one_time_password(connection: Connection, name: str) -> bool:
    """Whether the account has never had a password of its owner's choice."""
    return bool(
        connection.execute(
            select(account.c.must_change_password).where(account.c.name == name)
        ).scalar_one_or_none()
    )


def insert_account(
    connection: Connection,
    name: str,
    roles: frozenset[Role],
    staff_id: str,
    password_hash: str,
) -> None:
    """Write a new account with a one-time password."""
    connection.execute(
        insert(account).values(
            name=name,
            password_hash=password_hash,
            roles=sessions.pack_roles(roles),
            staff_id=staff_id,
            enabled=True,
            must_change_password=True,
            failures=0,
            locked_until=0,
            last_sign_in_at=0,
        )
    )


def _check_roles(roles: frozenset[Role]) -> None:
    for role in roles - PERSON_ROLES:
        raise Refusal("role_not_for_people", role=role, field="$.roles")
    if not roles_allowed(roles):
        raise Refusal("roles_exclude", field="$.roles")


def _roles_present(connection: Connection, *, but: str = "") -> frozenset[Role]:
    rows = connection.execute(
        select(account.c.roles).where(account.c.enabled.is_(True), account.c.name != but)
    )
    return frozenset(role for row in rows for role in sessions.unpack_roles(row.roles))


def _existing(connection: Connection, name: str) -> Row[tuple[object, ...]]:
    row = _find(connection, name)
    if row is None:
        raise Refusal("account_unknown", account=name, field="$.account")
    return row


def _find(connection: Connection, name: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(select(account).where(account.c.name == name)).one_or_none()


def _of(name: str) -> Update:
    return update(account).where(account.c.name == name)
