"""A demonstration: the same facts, with simulated devices and an always open hall.

The codes on its tickets lead to the hall server itself while no public address has been stated.

It is laid over the facts when they are read and never stored: the database keeps what the
administrator stated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from config.facts import HallFacts
    from config.fittings import DeviceFact
    from hall_server.database import FactsSource


OF_A_MOUTH = ("presenter", "take_within_s", "untaken")
"""Options of a printer that holds its ticket out until it is taken."""


def simulated(source: FactsSource, host: str, printer_port: int, own_url: str) -> FactsSource:
    """Facts whose printers and bars are the simulators that start at ``printer_port``."""
    known: list[tuple[HallFacts, HallFacts]] = []

    def facts(connection: Connection) -> tuple[int, HallFacts]:
        version, stated = source(connection)
        # Not by version: one that was undone is given again to other facts.
        if not known or known[0][0] is not stated:
            known[:] = [(stated, lay_over(stated, host, printer_port, own_url))]
        return version, known[0][1]

    return facts


def lay_over(facts: HallFacts, host: str, printer_port: int, own_url: str) -> HallFacts:
    """Every printer at ``printer_port``; the n-th bar n ports further on."""
    devices: list[DeviceFact] = []
    bars = 0
    for device in facts.devices:
        options = device.options
        if device.kind == "escpos":
            url = f"tcp://{host}:{printer_port}"
            # Not of the make that stands in the hall, but a mouth as it has.
            mouth = {name: options[name] for name in OF_A_MOUTH if name in options}
            options = {"profile": "simulator-80", **mouth}
        elif device.kind == "bx-k":
            bars += 1
            url = f"tcp://{host}:{printer_port + bars}"
        else:
            url = device.url
        devices.append(msgspec.structs.replace(device, url=url, options=options))
    opening = msgspec.structs.replace(facts.opening, always_open=True)
    site = msgspec.structs.replace(facts.site, public_url=facts.site.public_url or own_url)
    return msgspec.structs.replace(facts, site=site, devices=devices, opening=opening)
