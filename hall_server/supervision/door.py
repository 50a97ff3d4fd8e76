"""Door of supervision: findings, and looks at cameras."""

from __future__ import annotations

from hall_server.database import Handlers
from hall_server.supervision import service, service_cameras, service_looks

ASKS: Handlers = {
    "finding.report": service.report,
    "finding.confirm": service.confirm,
    "finding.dismiss": service.dismiss,
    "finding.answer": service.answer,
    "finding.unmute": service.unmute,
    "camera.look": service_looks.look,
    "camera.admit": service_looks.admit,
    "camera.arrange": service_cameras.arrange,
}
READS: Handlers = {"finding.list": service.overview, "finding.read": service.read}
