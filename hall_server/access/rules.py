"""Who may do what: pure rules of roles, permissions, passwords and lock-out.

Default deny: a message that stands in no row here may be sent by nobody; a test walks every
message and every role. The three administrators exclude each other (三员分立, GB/T 22239-2019).
"""

from __future__ import annotations

from dataclasses import dataclass

from hall_server.contract.messages.access import Role

STATION_ROLES = frozenset({Role.KIOSK, Role.DISPLAY, Role.MONITOR})
PERSON_ROLES = frozenset(
    {Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR}
)
SEPARATED_ROLES = frozenset({Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR})

_ANYBODY = frozenset(Role)
_PEOPLE = PERSON_ROLES
_WINDOW = frozenset({Role.CLERK, Role.SUPERVISOR})
_STATIONS = STATION_ROLES
_PUBLIC_VIEW = _ANYBODY
_LEADERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
_ADMINISTRATION = frozenset({Role.ADMINISTRATOR})
_SECURITY = frozenset({Role.SECURITY})
_MONITORS = frozenset({Role.MONITOR})
_OVERSIGHT = frozenset({Role.SUPERVISOR, Role.AUDITOR})

PERMISSIONS: dict[str, frozenset[Role]] = {
    "day.open": _LEADERS,
    "day.close": _LEADERS,
    "ticket.take": _WINDOW | {Role.KIOSK},
    "ticket.check_in": _WINDOW | {Role.KIOSK},
    "ticket.reprint": _WINDOW | {Role.KIOSK},
    "ticket.call_next": _WINDOW,
    "ticket.call": _WINDOW,
    "ticket.recall": _WINDOW,
    "ticket.start": _WINDOW,
    "ticket.finish": _WINDOW,
    "ticket.miss": _WINDOW,
    "ticket.bring_back": _WINDOW,
    "ticket.hold": _WINDOW,
    "ticket.resume": _WINDOW,
    "ticket.transfer": _WINDOW,
    "ticket.move_back": _WINDOW,
    "ticket.add_item": _WINDOW,
    "ticket.serve_direct": _WINDOW,
    "ticket.cancel": _WINDOW,
    "appointment.book": _WINDOW,
    "appointment.cancel": _WINDOW,
    "print.report": frozenset({Role.KIOSK, Role.DISPLAY}),
    "window.open": _WINDOW,
    "window.close": _WINDOW,
    "window.pause": _WINDOW,
    "window.resume": _WINDOW,
    "account.sign_in": _ANYBODY,
    "account.sign_out": _PEOPLE,
    "account.password": _PEOPLE,
    "account.create": _ADMINISTRATION | _SECURITY,
    "account.change": _SECURITY,
    "account.reset": _SECURITY,
    "account.list": _ADMINISTRATION | _SECURITY | {Role.AUDITOR},
    "station.invite": _ADMINISTRATION,
    "station.enrol": _ANYBODY,
    "station.sign_on": _ANYBODY,
    "station.revoke": _ADMINISTRATION | _SECURITY,
    "station.list": _LEADERS | _SECURITY | {Role.AUDITOR, Role.MONITOR},
    "device.report": _STATIONS,
    "device.alert": _STATIONS,
    "display.report": frozenset({Role.DISPLAY}),
    "announcement.report": frozenset({Role.DISPLAY}),
    "kiosk.help": frozenset({Role.KIOSK}),
    "recording.seal": frozenset({Role.MONITOR}),
    "pad.press": frozenset({Role.DISPLAY}),
    "rating.give": frozenset({Role.DISPLAY}),
    "person.key": frozenset({Role.KIOSK}),
    "finding.report": frozenset({Role.MONITOR}),
    "finding.confirm": frozenset({Role.SUPERVISOR}),
    "finding.dismiss": frozenset({Role.SUPERVISOR}),
    "finding.answer": _WINDOW,
    "finding.unmute": _LEADERS,
    "finding.look": _WINDOW | {Role.AUDITOR},
    "finding.list": _WINDOW | {Role.AUDITOR},
    "finding.read": _WINDOW | {Role.AUDITOR},
    "camera.look": _WINDOW | {Role.AUDITOR},
    "camera.admit": frozenset({Role.SUPERVISOR}),
    "camera.seek": frozenset({Role.MONITOR}),
    "recording.find": _WINDOW | {Role.AUDITOR},
    "recording.course": frozenset({Role.SUPERVISOR, Role.AUDITOR}),
    "export.ask": _OVERSIGHT,
    "export.approve": _OVERSIGHT,
    "export.refuse": _OVERSIGHT,
    "export.download": _OVERSIGHT,
    "export.list": _OVERSIGHT,
    "export.orders": _MONITORS,
    "export.report": _MONITORS,
    "export.make": _MONITORS,
    "export.fail": _MONITORS,
    "export.expire": _MONITORS,
    "recording.hold": _OVERSIGHT,
    "recording.lift": _OVERSIGHT,
    "recording.forget": _MONITORS,
    "reference.ask": _LEADERS,
    "reference.report": frozenset({Role.MONITOR}),
    "reference.approve": frozenset({Role.SUPERVISOR}),
    "reference.refuse": frozenset({Role.SUPERVISOR, Role.MONITOR}),
    "reference.look": frozenset({Role.SUPERVISOR, Role.AUDITOR}),
    "reference.list": _LEADERS | {Role.AUDITOR, Role.MONITOR},
    "camera.arrange": _ADMINISTRATION,
    "fact.save": _ADMINISTRATION,
    "fact.remove": _ADMINISTRATION,
    "facts.import": _ADMINISTRATION,
    "fact.check": _ADMINISTRATION,
    "facts.check": _ADMINISTRATION,
    "facts.read": _PEOPLE,
    "facts.export": _ADMINISTRATION | {Role.AUDITOR},
    "facts.schema": _ADMINISTRATION | {Role.AUDITOR},
    "ledger.begin_epoch": _ADMINISTRATION,
    "ledger.witness": _STATIONS | _PEOPLE,
    "ledger.checkpoint": _ANYBODY,
    "ledger.proof": _ANYBODY,
    "ledger.receipt": _ANYBODY,
    "ledger.export": frozenset({Role.AUDITOR}),
    "events.read": frozenset({Role.SUPERVISOR, Role.AUDITOR}),
    "hall.snapshot": _PUBLIC_VIEW,
    "hall.forecast": _PUBLIC_VIEW,
    "hall.figures": _WINDOW | _ADMINISTRATION | {Role.AUDITOR, Role.MONITOR},
    "ticket.follow": _ANYBODY,
    "print.read": frozenset({Role.KIOSK, Role.DISPLAY}),
    "session.read": _ANYBODY,
}

BEFORE_PASSWORD_CHANGE = frozenset(
    {"account.password", "account.sign_out", "session.read", "account.sign_in"}
)
"""All that somebody with a one-time password may do."""

LOCK_AFTER_FAILURES = 5
LOCK_MS = 15 * 60_000
IDLE_MS = 30 * 60_000
"""A person's session ends after this long without an act."""
SESSION_MS = 12 * 3_600_000
STATION_SESSION_MS = 24 * 3_600_000
INVITATION_MS = 10 * 60_000
INVITATION_TRIES = 5
STATION_CLOCK_MS = 120_000
PASSWORD_LENGTH_MIN = 8


@dataclass(frozen=True)
class Asker:
    """Whoever stands at a door: a person's session, a station, or the public."""

    sender: str
    """Whose request ids these are: ``staff:li``, ``station:kiosk-1``, ``public``."""
    roles: frozenset[Role]
    account: str = ""
    staff_id: str = ""
    station_id: str = ""
    address: str = ""
    session_id: str = ""
    must_change_password: bool = False


HALL = Asker(sender="hall", roles=frozenset())
"""The hall itself: what it records of its own accord."""


def may(name: str, asker: Asker) -> bool:
    """Whether this asker may send the message ``name`` at all."""
    if asker.must_change_password and name not in BEFORE_PASSWORD_CHANGE:
        return False
    return not PERMISSIONS.get(name, frozenset()).isdisjoint(asker.roles | {Role.PUBLIC})


def roles_allowed(roles: frozenset[Role]) -> bool:
    """At most one of the separated administrators in one person."""
    return len(roles & SEPARATED_ROLES) <= 1


def password_allowed(account: str, password: str, old: str) -> bool:
    """Long enough, two of three kinds of character, neither the account's name nor the old one."""
    kinds = (
        any(c.isalpha() for c in password)
        + any(c.isdigit() for c in password)
        + any(not c.isalnum() for c in password)
    )
    new = password != old and account not in password.lower()
    return new and len(password) >= PASSWORD_LENGTH_MIN and kinds >= 2
