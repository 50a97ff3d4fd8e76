"""Door of supervision: findings, looks at cameras, and recordings taken out, kept or gone."""

from __future__ import annotations

from hall_server.database import Handlers
from hall_server.supervision import service, service_exports, service_holds, service_looks

ASKS: Handlers = {
    "finding.report": service.report,
    "finding.confirm": service.confirm,
    "finding.dismiss": service.dismiss,
    "finding.answer": service.answer,
    "finding.unmute": service.unmute,
    "camera.look": service_looks.look,
    "camera.admit": service_looks.admit,
    "export.ask": service_exports.ask,
    "export.approve": service_exports.approve,
    "export.refuse": service_exports.refuse,
    "export.report": service_exports.report,
    "export.make": service_exports.make,
    "export.fail": service_exports.fail,
    "export.download": service_exports.download,
    "export.expire": service_exports.expire,
    "recording.hold": service_holds.hold,
    "recording.lift": service_holds.lift,
    "recording.forget": service_holds.forget,
}
READS: Handlers = {
    "finding.list": service.overview,
    "finding.read": service.read,
    "export.list": service_exports.overview,
    "export.orders": service_exports.orders,
}
