"""Door of supervision: findings, looks at cameras, empty seats, and what becomes of recordings."""

from __future__ import annotations

from hall_server.database import Handlers
from hall_server.supervision import (
    service,
    service_cameras,
    service_exports,
    service_holds,
    service_lookback,
    service_looks,
    service_references,
)

ASKS: Handlers = {
    "finding.report": service.report,
    "finding.confirm": service.confirm,
    "finding.dismiss": service.dismiss,
    "finding.answer": service.answer,
    "finding.unmute": service.unmute,
    "finding.look": service_looks.look_at_finding,
    "camera.look": service_looks.look,
    "camera.admit": service_looks.admit,
    "camera.seek": service_lookback.seek,
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
    "reference.ask": service_references.ask,
    "reference.report": service_references.report,
    "reference.approve": service_references.approve,
    "reference.refuse": service_references.refuse,
    "reference.look": service_references.look,
    "camera.arrange": service_cameras.arrange,
}
READS: Handlers = {
    "finding.list": service.overview,
    "finding.read": service.read,
    "recording.find": service_lookback.find,
    "recording.course": service_lookback.course,
    "export.list": service_exports.overview,
    "export.orders": service_exports.orders,
    "reference.list": service_references.overview,
}
