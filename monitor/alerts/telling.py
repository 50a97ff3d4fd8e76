"""Tells the hall which alerts are open: at least once, and again only when something changed."""

from __future__ import annotations

import logging
from typing import Protocol

from hall_server.contract.http_door import LinkDown
from hall_server.contract.link import new_request_id
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.stations import AlertKind, DeviceAlert
from hall_server.contract.refusals import Refusal
from monitor.alerts.rules import AlertWatch

log = logging.getLogger(__name__)


class AsksHall(Protocol):
    """A line to the hall, such as ``Link``."""

    def ask(self, name: str, message: DeviceAlert, expect: type[Accepted]) -> Accepted:
        """Raises LinkDown or Refusal."""


class Teller:
    """What the hall was last told of each device."""

    def __init__(self, link: AsksHall) -> None:
        """It has been told nothing yet; the hall may remember an earlier life."""
        self._link = link
        self._told: dict[str, frozenset[AlertKind]] = {}
        self._unheard: dict[str, frozenset[AlertKind]] = {}
        """What was open while the hall was away."""

    def tell(self, device_id: str, watch: AlertWatch) -> None:
        """All that is open of this device; what the hall does not answer is told again.

        The first word waits until all is settled: it would close what an earlier life has opened.
        """
        alerts, unheard = watch.told, self._unheard.get(device_id, frozenset())
        if device_id not in self._told and not watch.is_settled:
            return
        if self._told.get(device_id) == alerts and not unheard:
            return
        ask = DeviceAlert(
            request_id=new_request_id(),
            device_id=device_id,
            alerts=sorted(alerts),
            passed=sorted(unheard - alerts),
        )
        try:
            self._link.ask("device.alert", ask, Accepted)
        except LinkDown as down:
            log.debug("%s: not told: %s", device_id, down)
            self._unheard[device_id] = unheard | (alerts - self._told.get(device_id, frozenset()))
            return
        except Refusal as refusal:
            log.warning("%s: not told: %s", device_id, refusal)
        self._told[device_id] = alerts
        self._unheard.pop(device_id, None)
        log.info("alerts of %s: %s", device_id, ", ".join(sorted(alerts)) or "none")
