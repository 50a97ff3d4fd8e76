"""A press on a call pad (呼叫器): the same as a click in the console of the pad's window.

Who asks? A pad knows nobody. The display station proves that it is the station which owns the pad;
the facts say at which window the pad stands; the window says who has opened it. For that clerk the
hall acts, by the very use cases of the console, so every guard of theirs holds. The ledger names
the device as the actor and, as always, the clerk in the event. At a closed window sits nobody.
"""

from __future__ import annotations

from dataclasses import replace

from config.facts import ReasonKind
from config.fittings import DeviceFact, PadKey
from hall_server.access.rules import Asker
from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.access import Role
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.queueing import calling, legs, serving, windows

CALL_PAD, RATING_PAD = "call-pad", "rating-pad"


def press(tx: Transaction, asker: Asker, ask: q.PadPress) -> q.PadAnswer:
    """Act for whoever has the pad's window open."""
    pad = own_pad(tx, asker, ask.device_id, CALL_PAD)
    post = windows.post(tx, pad.window)
    if post.state is q.WindowState.CLOSED:
        raise Refusal("window_closed")
    tx.actor = actor(pad)
    clerk = replace(asker, roles=frozenset({Role.CLERK}), staff_id=post.staff_id)
    label = _act(tx, clerk, post, ask)
    state = windows.post(tx, pad.window).state
    return q.PadAnswer(seq=tx.seq, label=label, window_state=state)


def own_pad(tx: Transaction, asker: Asker, device_id: str, kind: str) -> DeviceFact:
    """The asking station's own pad of this kind, which stands at a window."""
    pad = next((one for one in tx.facts.devices if one.id == device_id), None)
    if pad is None or pad.station != asker.station_id or pad.kind != kind:
        raise Refusal("device_unknown", device=device_id, field="$.device_id")
    if not pad.window:
        raise Refusal("pad_without_window", device=device_id)
    return pad


def actor(pad: DeviceFact) -> str:
    """Who the ledger says it was."""
    return f"device:{pad.id}"


def _act(tx: Transaction, clerk: Asker, post: windows.Post, ask: q.PadPress) -> str:
    name, window_id = ask.request_id, post.window.id
    match ask.key:
        case PadKey.CALL_NEXT:
            wanted = q.TicketCallNext(request_id=name, window_id=window_id)
            return calling.call_next(tx, clerk, wanted).label
        case PadKey.PAUSE if post.state is not q.WindowState.PAUSED:
            reason_id = _usual_pause(tx)
            pause = q.WindowPause(request_id=name, window_id=window_id, reason_id=reason_id)
            windows.pause_window(tx, clerk, pause)
            return ""
        case PadKey.PAUSE | PadKey.RESUME:
            windows.resume_window(tx, clerk, q.WindowResume(request_id=name, window_id=window_id))
            return ""
    leg = legs.at_window(tx.connection, window_id)
    if leg is None:
        raise Refusal("nobody_at_window")
    match ask.key:
        case PadKey.RECALL:
            wish = q.TicketRecall(request_id=name, leg_id=leg.leg_id)
            return calling.recall(tx, clerk, wish).label
        case PadKey.START:
            start = q.TicketStart(request_id=name, leg_id=leg.leg_id)
            return serving.start(tx, clerk, start).label
        case PadKey.FINISH:
            finish = q.TicketFinish(request_id=name, leg_id=leg.leg_id)
            return serving.finish(tx, clerk, finish).label
        case PadKey.MISS:
            return serving.miss(tx, clerk, q.TicketMiss(request_id=name, leg_id=leg.leg_id)).label


def _usual_pause(tx: Transaction) -> str:
    """A key has no list to choose from: the first of the pause reasons."""
    pauses = (reason for reason in tx.facts.reasons if reason.kind is ReasonKind.PAUSE)
    usual = min(pauses, key=lambda reason: reason.order, default=None)
    if usual is None:
        raise Refusal("reason_unknown")
    return usual.id
