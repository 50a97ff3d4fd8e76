"""Door of supervision: findings, looks at cameras, and pictures of empty seats."""

from __future__ import annotations

from hall_server.database import Handlers
from hall_server.supervision import service, service_looks, service_references

ASKS: Handlers = {
    "finding.report": service.report,
    "finding.confirm": service.confirm,
    "finding.dismiss": service.dismiss,
    "finding.answer": service.answer,
    "finding.unmute": service.unmute,
    "finding.look": service_looks.look_at_finding,
    "camera.look": service_looks.look,
    "camera.admit": service_looks.admit,
    "reference.ask": service_references.ask,
    "reference.report": service_references.report,
    "reference.approve": service_references.approve,
    "reference.refuse": service_references.refuse,
    "reference.look": service_references.look,
}
READS: Handlers = {
    "finding.list": service.overview,
    "finding.read": service.read,
    "reference.list": service_references.overview,
}
