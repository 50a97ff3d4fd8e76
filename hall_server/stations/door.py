"""Door of stations: what kiosks, displays and monitors report."""

from __future__ import annotations

from hall_server.database import Handlers
from hall_server.stations import service

ASKS: Handlers = {
    "device.report": service.report_device,
    "device.alert": service.report_alerts,
    "display.report": service.report_display,
    "announcement.report": service.report_announcement,
    "kiosk.help": service.help_at_kiosk,
    "recording.seal": service.seal_recording,
}
READS: Handlers = {"station.list": service.overview}
