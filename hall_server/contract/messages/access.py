"""Messages of access: people's accounts and sessions, stations' enrolment and keys."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from hall_server.contract.messages.base import (
    Answer,
    Ask,
    Event,
    Identifier,
    OptionalIdentifier,
    Read,
    Whole,
)

AccountName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{1,31}$")]
Password = Annotated[str, Meta(min_length=1, max_length=128)]


class Role(StrEnum):
    """What somebody may be. The last three exclude each other (三员分立)."""

    PUBLIC = "public"
    KIOSK = "kiosk"
    DISPLAY = "display"
    MONITOR = "monitor"
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    SECURITY = "security"
    AUDITOR = "auditor"


Roles = Annotated[list[Role], Meta(min_length=1)]


class AccountSignIn(Ask, frozen=True, kw_only=True):
    """Open a session; the answer sets its cookie."""

    account: AccountName
    password: Password


class AccountSignOut(Ask, frozen=True, kw_only=True):
    """End this session."""


class AccountPassword(Ask, frozen=True, kw_only=True):
    """Change one's own password; other sessions end."""

    old: Password
    new: Password


class AccountCreate(Ask, frozen=True, kw_only=True):
    """Make an account with a one-time password (returned once, never stored readable)."""

    account: AccountName
    roles: Roles
    staff_id: OptionalIdentifier = ""


class AccountChange(Ask, frozen=True, kw_only=True):
    """Change an account's roles, staff record or whether it may sign in; its sessions end."""

    account: AccountName
    roles: Roles
    staff_id: OptionalIdentifier = ""
    enabled: bool = True


class AccountReset(Ask, frozen=True, kw_only=True):
    """Give an account a new one-time password and unlock it."""

    account: AccountName


class StationInvite(Ask, frozen=True, kw_only=True):
    """Make a one-time code with which a station may enrol within ten minutes."""

    station_id: Identifier
    role: Role


class StationEnrol(Ask, frozen=True, kw_only=True):
    """A station spends its code and leaves its public key."""

    station_id: Identifier
    code: Annotated[str, Meta(max_length=64)]
    public_key: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    """Ed25519, hexadecimal."""


class StationSignOn(Ask, frozen=True, kw_only=True):
    r"""A station proves its key and gets a session token.

    ``signature`` is Ed25519 over ``hall-station\n{station_id}\n{at}\n{request_id}\n{origin}``.
    """

    station_id: Identifier
    version: Annotated[str, Meta(max_length=32)]
    at: Whole
    """The station's clock; more than two minutes from the hall's is refused."""
    origin: Annotated[str, Meta(pattern=r"^(https?://[A-Za-z0-9.:\[\]-]{1,120})?$")] = ""
    """Where its pages are served, so that their WebSocket is let in."""
    signature: Annotated[str, Meta(pattern=r"^[0-9a-f]{128}$")]


class StationRevoke(Ask, frozen=True, kw_only=True):
    """Shut a station out for good; it must be enrolled anew."""

    station_id: Identifier


class SignedIn(Answer, frozen=True, kw_only=True):
    """The session that a sign-in opened."""

    seq: Whole
    account: str
    roles: list[Role]
    staff_id: str
    must_change_password: bool


class OneTimePassword(Answer, frozen=True, kw_only=True):
    """Shown once to whoever made or reset the account."""

    seq: Whole
    account: str
    password: str


class Invitation(Answer, frozen=True, kw_only=True):
    """The code a station enrols with."""

    seq: Whole
    code: str
    expires_at: Whole


class StationSession(Answer, frozen=True, kw_only=True):
    """Bearer token of a station, for HTTP and WebSocket."""

    seq: Whole
    token: str
    expires_at: Whole
    page_token: str
    """What the station hands to its own pages: the right to look, not to act."""


class SessionRead(Read, frozen=True, kw_only=True):
    """Who am I?"""


class SessionView(Answer, frozen=True, kw_only=True):
    """The present session; ``account`` is empty when nobody is signed in."""

    account: str
    roles: list[Role]
    staff_id: str
    must_change_password: bool
    version: str
    """Version of the hall; an older page reloads itself."""


class AccountList(Read, frozen=True, kw_only=True):
    """All accounts."""


class AccountView(Answer, frozen=True, kw_only=True):
    """One account as the security administrator sees it."""

    account: str
    roles: list[Role]
    staff_id: str
    enabled: bool
    locked_until: Whole
    last_sign_in_at: Whole


class Accounts(Answer, frozen=True, kw_only=True):
    """All accounts."""

    accounts: list[AccountView]


class AccountEvent(Event, frozen=True, kw_only=True):
    """Something happened to an account."""

    account: str


class AccountCreated(AccountEvent, frozen=True, kw_only=True, tag="account.created"):
    """An account was made."""

    roles: list[Role]
    staff_id: str


class AccountChanged(AccountEvent, frozen=True, kw_only=True, tag="account.changed"):
    """Roles, staff record or state of an account were changed."""

    roles: list[Role]
    staff_id: str
    enabled: bool


class AccountResetDone(AccountEvent, frozen=True, kw_only=True, tag="account.reset"):
    """A new one-time password was given."""


class AccountRescued(AccountEvent, frozen=True, kw_only=True, tag="account.rescued"):
    """A new one-time password was given at the hall's own machine, past all administrators.

    ``actor`` names the system's user who did it: ``console:…``.
    """


class AccountPasswordChanged(
    AccountEvent, frozen=True, kw_only=True, tag="account.password_changed"
):
    """Somebody changed their own password."""


class AccountSignedIn(AccountEvent, frozen=True, kw_only=True, tag="account.signed_in"):
    """A session began."""

    address: str


class AccountSignedOut(AccountEvent, frozen=True, kw_only=True, tag="account.signed_out"):
    """A session ended."""


class AccountSignInFailed(AccountEvent, frozen=True, kw_only=True, tag="account.sign_in_failed"):
    """A wrong password; ``locked`` when it was one too many."""

    address: str
    locked: bool


class StationEvent(Event, frozen=True, kw_only=True):
    """Something happened to a station."""

    station_id: str


class StationInvited(StationEvent, frozen=True, kw_only=True, tag="station.invited"):
    """An enrolment code was made."""

    role: Role


class StationEnrolled(StationEvent, frozen=True, kw_only=True, tag="station.enrolled"):
    """A station left its key."""

    role: Role
    public_key: str


class StationSignedOn(StationEvent, frozen=True, kw_only=True, tag="station.signed_on"):
    """A station is here."""

    version: str
    address: str


class StationRevoked(StationEvent, frozen=True, kw_only=True, tag="station.revoked"):
    """A station was shut out."""
