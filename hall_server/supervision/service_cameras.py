"""Use case of stating cameras: who does what with which camera is recorded, then they may.

Where a camera is and by which password is told to the monitor's machine alone, by the page.
"""

from __future__ import annotations

from hall_server.access.rules import Asker
from hall_server.contract.admission import ADMITTED_MS
from hall_server.contract.arrangement import Arrangement, signed_text, token_of
from hall_server.contract.messages import supervision as messages
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction


def arrange(tx: Transaction, asker: Asker, ask: messages.CameraArrange) -> messages.Admitted:
    """Let somebody state a camera for a few minutes."""
    if bool(ask.camera_id) is (ask.act is messages.CameraAct.PROBE):
        raise Refusal("malformed", detail=f"{ask.act}: camera_id", field="camera_id")
    tx.record(messages.CameraArranged(act=ask.act, camera_id=ask.camera_id))
    arrangement = Arrangement(
        account=asker.account,
        act=ask.act,
        camera_id=ask.camera_id,
        expires_at=tx.now_ms + ADMITTED_MS,
    )
    token = token_of(arrangement, tx.sign(signed_text(arrangement)))
    return messages.Admitted(seq=tx.seq, token=token, expires_at=arrangement.expires_at)
