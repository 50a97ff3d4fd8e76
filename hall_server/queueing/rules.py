"""How a leg moves, and the guards in its way: pure decisions, no database, no clock of its own.

A ticket (号票) is one citizen's visit and keeps one number; each service in it is a leg. A leg is
in one state; an act moves it by the table TRANSITIONS, which is code, the diagram in this folder's
README and the exhaustive test at once. What the table does not name may not be. Reasons belong to
the acts' events and are never further states. Guards refuse what the table allows but the hall's
numbers (``QueueingRules``) do not, each with a code of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from config.facts import QueueingRules
from config.values import Words
from hall_server.contract.messages.queueing import LegState
from hall_server.contract.refusals import Refusal

MINUTE_MS = 60_000
PAPER_WITHIN_MS = 3 * MINUTE_MS
"""A paper ordered from afar that comes later than this meets nobody at the printer any more."""


class Act(StrEnum):
    """What can be done to a leg."""

    BOOK = "book"
    TAKE = "take"
    ADD_ITEM = "add_item"
    SERVE_DIRECT = "serve_direct"
    CHECK_IN = "check_in"
    CALL = "call"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    MISS = "miss"
    BRING_BACK = "bring_back"
    HOLD = "hold"
    RESUME = "resume"
    REQUEUE = "requeue"
    TRANSFER = "transfer"
    MOVE_BACK = "move_back"
    CANCEL = "cancel"
    CLOSE_DAY = "close_day"


BEGINNINGS: Mapping[Act, LegState] = {
    Act.BOOK: LegState.BOOKED,
    Act.TAKE: LegState.WAITING,
    Act.ADD_ITEM: LegState.WAITING,
    Act.SERVE_DIRECT: LegState.SERVING,
}
"""Acts that open a leg, and the state it begins in."""

TRANSITIONS: Mapping[tuple[LegState, Act], LegState] = {
    (LegState.BOOKED, Act.CHECK_IN): LegState.WAITING,
    (LegState.BOOKED, Act.CANCEL): LegState.CANCELLED,
    (LegState.BOOKED, Act.CLOSE_DAY): LegState.UNSERVED,
    (LegState.WAITING, Act.CALL): LegState.CALLED,
    (LegState.WAITING, Act.MOVE_BACK): LegState.WAITING,
    (LegState.WAITING, Act.CANCEL): LegState.CANCELLED,
    (LegState.WAITING, Act.CLOSE_DAY): LegState.UNSERVED,
    (LegState.CALLED, Act.RECALL): LegState.CALLED,
    (LegState.CALLED, Act.START): LegState.SERVING,
    (LegState.CALLED, Act.MISS): LegState.NO_SHOW,
    (LegState.CALLED, Act.TRANSFER): LegState.TRANSFERRED,
    (LegState.CALLED, Act.MOVE_BACK): LegState.WAITING,
    (LegState.CALLED, Act.CANCEL): LegState.CANCELLED,
    (LegState.CALLED, Act.CLOSE_DAY): LegState.UNSERVED,
    (LegState.SERVING, Act.FINISH): LegState.SERVED,
    (LegState.SERVING, Act.HOLD): LegState.HELD,
    (LegState.SERVING, Act.TRANSFER): LegState.TRANSFERRED,
    (LegState.SERVING, Act.CLOSE_DAY): LegState.SERVED,
    (LegState.HELD, Act.RESUME): LegState.SERVING,
    (LegState.HELD, Act.REQUEUE): LegState.WAITING,
    (LegState.HELD, Act.CLOSE_DAY): LegState.UNSERVED,
    (LegState.NO_SHOW, Act.BRING_BACK): LegState.WAITING,
}
"""State and act to the state that follows. Whatever is missing here is refused."""

AT_WINDOW = frozenset({LegState.CALLED, LegState.SERVING})
"""States that occupy a window; the database allows one such leg per window."""
WITH_CITIZEN = AT_WINDOW | {LegState.HELD}
"""States in which the citizen is somewhere already, so no other leg of the visit is called."""
ENDED = frozenset(
    {
        LegState.SERVED,
        LegState.TRANSFERRED,
        LegState.NO_SHOW,
        LegState.CANCELLED,
        LegState.UNSERVED,
    }
)

STATE_NAMES: Mapping[LegState, Words] = {
    LegState.BOOKED: Words("已预约", "booked"),
    LegState.WAITING: Words("等候", "waiting"),
    LegState.CALLED: Words("已呼叫", "called"),
    LegState.SERVING: Words("办理中", "being served"),
    LegState.HELD: Words("挂起", "on hold"),
    LegState.SERVED: Words("已办结", "served"),
    LegState.TRANSFERRED: Words("已转移", "transferred"),
    LegState.NO_SHOW: Words("过号", "a no-show"),
    LegState.CANCELLED: Words("作废", "cancelled"),
    LegState.UNSERVED: Words("未办", "unserved"),
}
ACT_NAMES: Mapping[Act, Words] = {
    Act.BOOK: Words("预约", "booked"),
    Act.TAKE: Words("取号", "taken"),
    Act.ADD_ITEM: Words("加办", "added"),
    Act.SERVE_DIRECT: Words("直接办理", "served directly"),
    Act.CHECK_IN: Words("签到", "checked in"),
    Act.CALL: Words("呼叫", "called"),
    Act.RECALL: Words("重呼", "called again"),
    Act.START: Words("开始办理", "started"),
    Act.FINISH: Words("办结", "finished"),
    Act.MISS: Words("过号", "marked as a no-show"),
    Act.BRING_BACK: Words("恢复", "brought back"),
    Act.HOLD: Words("挂起", "put on hold"),
    Act.RESUME: Words("恢复办理", "resumed"),
    Act.REQUEUE: Words("退回队列", "sent back to the queue"),
    Act.TRANSFER: Words("转移", "transferred"),
    Act.MOVE_BACK: Words("延后", "moved back"),
    Act.CANCEL: Words("作废", "cancelled"),
    Act.CLOSE_DAY: Words("日终关闭", "closed with the day"),
}


def after(state: LegState, act: Act) -> LegState:
    """The state that follows, or a refusal when the table knows no such move."""
    following = TRANSITIONS.get((state, act))
    if following is None:
        raise Refusal(
            "wrong_state",
            state=STATE_NAMES[state].zh,
            act=ACT_NAMES[act].zh,
            state_en=STATE_NAMES[state].en,
            act_en=ACT_NAMES[act].en,
        )
    return following


def check_version(seen: int, present: int) -> None:
    """Refuse an act on something that has changed since the asker saw it; 0 acts on any."""
    if seen not in (0, present):
        raise Refusal("leg_changed")


def check_recall(rules: QueueingRules, *, call_count: int, called_at: int, now_ms: int) -> None:
    """A citizen needs time to walk, and nobody wants to hear a number all day."""
    if call_count > rules.recall_limit:
        raise Refusal("recall_limit", limit=rules.recall_limit)
    wait_ms = called_at + rules.recall_gap_s * 1000 - now_ms
    if wait_ms > 0:
        raise Refusal("recall_too_soon", seconds=seconds_up(wait_ms))


def check_miss(rules: QueueingRules, *, call_count: int, first_called_at: int, now_ms: int) -> None:
    """Guard against the hasty press: so many calls and so long since the first of them.

    Where the administrator wants more calls than recalls are allowed, all allowed calls suffice.
    """
    wanted = min(rules.miss_after_calls, rules.recall_limit + 1)
    wait_ms = first_called_at + rules.miss_after_s * 1000 - now_ms
    if call_count < wanted:
        raise Refusal("miss_calls", calls=wanted, called=call_count)
    if wait_ms > 0:
        raise Refusal("miss_too_soon", seconds=seconds_up(wait_ms))


def check_bring_back(rules: QueueingRules, *, brought_back: int, same_day: bool) -> None:
    """A no-show comes back on the same service day and not for ever."""
    if not same_day:
        raise Refusal("other_day")
    if brought_back >= rules.bring_back_limit:
        raise Refusal("bring_back_limit", limit=rules.bring_back_limit)


def check_hold(rules: QueueingRules, *, held_here: int, held_ms: int) -> None:
    """A window sets only so many services aside, and one service only for so long in all."""
    if held_here >= rules.holds_per_window:
        raise Refusal("hold_limit", limit=rules.holds_per_window)
    if held_ms >= rules.hold_limit_minutes * MINUTE_MS:
        raise Refusal("hold_too_long", minutes=rules.hold_limit_minutes)


def check_move_back(rules: QueueingRules, *, moved_back: int) -> None:
    """Moving back by wish is limited, or a number would travel all day."""
    if moved_back >= rules.move_back_limit:
        raise Refusal("move_back_limit", limit=rules.move_back_limit)


MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
BETWEEN_DIGITS = re.compile(r"(?<=\d)[ -](?=\d)")


def check_note(note: str) -> None:
    """What is noted stays in the ledger for ever: no citizen's telephone or identity number.

    A name cannot be told from other words; the page asks for none.
    """
    for text in (note, BETWEEN_DIGITS.sub("", note)):
        if MOBILE.search(text) or any(map(is_identity_number, IDENTITY.findall(text))):
            raise Refusal("note_personal", field="$.note")


def is_identity_number(text: str) -> bool:
    """Whether the last of the 18 characters is the check digit of the others (GB 11643-1999)."""
    values = [10 if character in "Xx" else int(character) for character in text]
    return sum(value << (17 - place) for place, value in enumerate(values)) % 11 == 1


def is_punctual(rules: QueueingRules, *, due_at: int, now_ms: int) -> bool:
    """Whether an appointment is kept in time; too early is refused, too late waits as anybody."""
    early_ms = due_at - rules.appointment_early_minutes * MINUTE_MS - now_ms
    if early_ms > 0:
        raise Refusal("appointment_early", minutes=-(-early_ms // MINUTE_MS))
    return now_ms <= due_at + rules.appointment_late_minutes * MINUTE_MS


def place_before(smallest: int) -> int:
    """A place before the smallest of a line; 0 is never given, it means no place."""
    return smallest - 1 if smallest != 1 else -1


def seconds_up(wait_ms: int) -> int:
    """Whole seconds, rounded up: a promise to a person is never too short."""
    return -(-wait_ms // 1000)


def diagram() -> str:
    """The table as a mermaid state diagram, as this folder's README shows it."""
    begun = [f"    [*] --> {state}: {act}" for act, state in BEGINNINGS.items()]
    moved = [f"    {state} --> {to}: {act}" for (state, act), to in TRANSITIONS.items()]
    last = [f"    {state} --> [*]" for state in LegState if state in ENDED]
    return "\n".join(["stateDiagram-v2", *begun, *moved, *last]) + "\n"
