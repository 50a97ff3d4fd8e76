"""Door of supervision: findings, looks at cameras, and looking back at what they recorded."""

from __future__ import annotations

from hall_server.database import Handlers
from hall_server.supervision import service, service_lookback, service_looks

ASKS: Handlers = {
    "finding.report": service.report,
    "finding.confirm": service.confirm,
    "finding.dismiss": service.dismiss,
    "finding.answer": service.answer,
    "finding.unmute": service.unmute,
    "camera.look": service_looks.look,
    "camera.admit": service_looks.admit,
    "camera.seek": service_lookback.seek,
}
READS: Handlers = {
    "finding.list": service.overview,
    "finding.read": service.read,
    "recording.find": service_lookback.find,
    "recording.course": service_lookback.course,
}
