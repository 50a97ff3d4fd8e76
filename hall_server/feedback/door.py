"""Door of feedback: ratings."""

from __future__ import annotations

from hall_server.database import Handlers
from hall_server.feedback import service

ASKS: Handlers = {"rating.give": service.give}
