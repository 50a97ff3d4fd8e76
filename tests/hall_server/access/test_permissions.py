"""Every message with every role, as stated here a second time; and every refusal of the table.

``WHO`` is written out by hand from what each role is for, not derived from the rules, so that a
slip in either is found.
"""

import ast
import re
import string
from pathlib import Path

import pytest

from hall_server.access.guard import admit
from hall_server.access.rules import (
    BEFORE_PASSWORD_CHANGE,
    PERMISSIONS,
    PERSON_ROLES,
    STATION_ROLES,
    Asker,
    may,
    password_allowed,
    roles_allowed,
)
from hall_server.app import doors
from hall_server.contract.messages.access import Role
from hall_server.contract.refusals import REFUSALS, Refusal
from hall_server.contract.registry import ASKS, READS

ROOT = Path(__file__).resolve().parents[3]
MESSAGES = sorted(ASKS.keys() | READS.keys())
LETTERS = dict(zip("kdmcsagu", list(Role)[1:], strict=True))
"""kiosk, display, monitor, clerk, supervisor, administrator, security (g), auditor (u)."""
EVERYBODY = "*"
WHO = {
    "account.change": "g",
    "account.create": "ag",
    "account.list": "agu",
    "account.password": "csagu",
    "account.reset": "g",
    "account.sign_in": EVERYBODY,
    "account.sign_out": "csagu",
    "announcement.report": "d",
    "appointment.book": "cs",
    "appointment.cancel": "cs",
    "day.close": "sa",
    "day.open": "sa",
    "device.report": "kdm",
    "device.alert": "kdm",
    "display.report": "d",
    "events.read": "su",
    "fact.check": "a",
    "fact.remove": "a",
    "fact.save": "a",
    "facts.check": "a",
    "facts.export": "au",
    "facts.import": "a",
    "facts.read": "csagu",
    "facts.schema": "au",
    "camera.admit": "s",
    "camera.arrange": "a",
    "camera.look": "csu",
    "camera.seek": "m",
    "export.approve": "su",
    "export.ask": "su",
    "export.download": "su",
    "export.expire": "m",
    "export.fail": "m",
    "export.list": "su",
    "export.make": "m",
    "export.orders": "m",
    "export.refuse": "su",
    "export.report": "m",
    "finding.answer": "cs",
    "finding.confirm": "s",
    "finding.dismiss": "s",
    "finding.list": "csu",
    "finding.look": "csu",
    "finding.read": "csu",
    "finding.report": "m",
    "finding.unmute": "sa",
    "reference.approve": "s",
    "reference.ask": "sa",
    "reference.list": "saum",
    "reference.look": "su",
    "reference.refuse": "sm",
    "reference.report": "m",
    "hall.figures": "csaum",
    "hall.forecast": EVERYBODY,
    "hall.snapshot": EVERYBODY,
    "kiosk.help": "k",
    "ledger.begin_epoch": "a",
    "ledger.checkpoint": EVERYBODY,
    "ledger.export": "u",
    "ledger.proof": EVERYBODY,
    "ledger.receipt": EVERYBODY,
    "ledger.witness": "kdmcsagu",
    "pad.press": "d",
    "recording.course": "su",
    "recording.find": "csu",
    "recording.forget": "m",
    "recording.hold": "su",
    "recording.lift": "su",
    "recording.seal": "m",
    "person.key": "k",
    "print.read": "kd",
    "print.report": "kd",
    "rating.give": "d",
    "session.read": EVERYBODY,
    "station.enrol": EVERYBODY,
    "station.invite": "a",
    "station.list": "msagu",
    "station.revoke": "ag",
    "station.sign_on": EVERYBODY,
    "ticket.check_in": "kcs",
    "ticket.follow": EVERYBODY,
    "ticket.reprint": "kcs",
    "ticket.take": "kcs",
    **{
        f"ticket.{act}": "cs"
        for act in (
            "add_item bring_back call call_next cancel finish hold miss move_back recall resume"
            " serve_direct start transfer"
        ).split()
    },
    **{f"window.{act}": "cs" for act in ("close", "open", "pause", "resume")},
}


def asker(*roles: Role, must_change: bool = False) -> Asker:
    """Somebody who has proved to be this."""
    person = bool(PERSON_ROLES.intersection(roles))
    return Asker(
        sender="somebody",
        roles=frozenset(roles),
        account="somebody" if person else "",
        station_id="station-1" if STATION_ROLES.intersection(roles) else "",
        must_change_password=must_change,
    )


def refusal_of(name: str, who: Asker) -> str:
    """The code with which the guard refuses, or an empty word."""
    try:
        admit(name, who)
    except Refusal as refusal:
        return refusal.code
    return ""


def test_every_message_has_its_row() -> None:
    assert sorted(WHO) == MESSAGES
    assert sorted(PERMISSIONS) == MESSAGES


@pytest.mark.parametrize("name", MESSAGES)
def test_each_role_may_what_it_is_for_and_nothing_else(name: str) -> None:
    allowed = {LETTERS[letter] for letter in WHO[name].replace(EVERYBODY, "".join(LETTERS))}
    for role in LETTERS.values():
        assert refusal_of(name, asker(role)) == ("" if role in allowed else "forbidden"), role
    open_to_all = WHO[name] == EVERYBODY
    assert refusal_of(name, asker()) == ("" if open_to_all else "not_signed_in")
    assert refusal_of(name, asker(Role.PUBLIC)) == ("" if open_to_all else "not_signed_in")


@pytest.mark.parametrize("name", MESSAGES)
def test_with_a_one_time_password_nothing_but_changing_it(name: str) -> None:
    for role in PERSON_ROLES:
        code = refusal_of(name, asker(role, must_change=True))
        assert code == ("" if name in BEFORE_PASSWORD_CHANGE else "must_change_password"), role
    assert {"account.password", "account.sign_out"} <= BEFORE_PASSWORD_CHANGE


def test_a_message_without_a_row_is_refused_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PERMISSIONS, "hall.snapshot")
    assert not any(may("hall.snapshot", asker(role)) for role in Role)
    assert refusal_of("no.such_message", asker(*Role)) == "unknown_message"


def test_every_message_has_exactly_one_handler() -> None:
    joined = doors(1)
    assert sorted([*joined.asks, *joined.prepared_asks]) == sorted(ASKS)
    assert sorted(joined.reads) == sorted(READS)
    assert set(joined.prepares) == set(joined.prepared_asks)


def test_one_person_holds_at_most_one_separated_role() -> None:
    separated = (Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR)
    for one in separated:
        assert roles_allowed(frozenset({one, Role.CLERK, Role.SUPERVISOR}))
        for other in separated:
            assert roles_allowed(frozenset({one, other})) == (one is other)


@pytest.mark.parametrize(
    ("password", "allowed"),
    [
        ("Hall-2026!", True),
        ("政务服务大厅2026", True),
        ("abcdefg1", True),
        ("abcdef1", False),  # seven
        ("abcdefgh", False),  # one kind
        ("12345678", False),
        ("xLi.wei-7x", False),  # holds the account's name
        ("Old-word-1", False),  # as before
    ],
)
def test_passwords(password: str, allowed: bool) -> None:
    assert password_allowed("li.wei", password, old="Old-word-1") is allowed


def sources() -> list[tuple[Path, ast.Module]]:
    """Everything that may refuse."""
    rooms = ("hall_server", "kiosk", "display", "monitor")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    return [(path, ast.parse(path.read_text("utf-8"))) for path in files]


def refusals_made() -> dict[str, list[tuple[str, set[str] | None]]]:
    """Code → where it is made and with which values; None where they are not written there."""
    made: dict[str, list[tuple[str, set[str] | None]]] = {}
    for path, tree in sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal"):
                continue
            values = {word.arg for word in node.keywords if word.arg} - {"field"}
            known = None if any(word.arg is None for word in node.keywords) else values
            for code in ast.walk(node.args[0]):
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    made.setdefault(code.value, []).append((f"{path}:{node.lineno}", known))
    return made


def test_every_refusal_made_is_in_the_table_with_its_values() -> None:
    made = refusals_made()
    assert made.keys() - REFUSALS.keys() == set()
    for code, places in made.items():
        zh, en = (
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in REFUSALS[code][1:]
        )
        for place, values in places:
            assert values is None or values >= zh | en, (code, place, values)


def test_every_refusal_of_the_table_is_used() -> None:
    words = {
        node.value
        for path, tree in sources()
        if not path.name.startswith("refusals")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert REFUSALS.keys() - words == set()


def test_refusals_speak_both_languages_and_have_a_status() -> None:
    for code, (status, zh, en) in REFUSALS.items():
        assert 400 <= status <= 503, code
        assert re.search(r"[\u4e00-\u9fff]", zh) or code == "fact_faulty", code
        assert not re.search(r"[\u4e00-\u9fff]", en), code
