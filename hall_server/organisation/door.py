"""Door of organisation: the facts of the hall are read, checked, stated, taken back, moved."""

from __future__ import annotations

import msgspec

from config.dump import dump_facts
from config.facts import HallFacts
from config.faults import Fault
from config.kinds import all_records
from hall_server.access.rules import Asker
from hall_server.contract.messages.base import Answer
from hall_server.contract.messages.organisation import (
    FactCheck,
    FactFault,
    FactFaults,
    FactRemove,
    FactSave,
    FactsChanges,
    FactsCheck,
    FactsExport,
    FactsFile,
    FactsImport,
    FactsRead,
    FactsSchema,
    FactsView,
    SchemaView,
)
from hall_server.database import Handlers, Reading, Transaction
from hall_server.organisation import service


def _check(reading: Reading, _asker: Asker, read: FactCheck) -> Answer:
    _, facts = service.load_facts(reading.connection)
    return FactFaults(faults=_told(service.check(facts, read.kind, read.body)))


def _check_file(reading: Reading, _asker: Asker, read: FactsCheck) -> Answer:
    """What importing this file would change, without changing anything."""
    facts, faults = service.read_file(read.toml)
    if faults:
        return FactsChanges(faults=_told(faults), added=[], changed=[], removed=[])
    _, stated = service.load_facts(reading.connection)
    before = {f"{kind}/{record.id}": record for kind, record in all_records(stated)}
    after = {f"{kind}/{record.id}": record for kind, record in all_records(facts)}
    return FactsChanges(
        faults=[],
        added=[place for place in after if place not in before],
        changed=[place for place in after if before.get(place, after[place]) != after[place]],
        removed=[place for place in before if place not in after],
    )


def _read(reading: Reading, _asker: Asker, _read: FactsRead) -> Answer:
    version, facts = service.load_facts(reading.connection)
    return FactsView(version=version, facts=facts)


def _export(reading: Reading, _asker: Asker, _read: FactsExport) -> Answer:
    _, facts = service.load_facts(reading.connection)
    return FactsFile(toml=dump_facts(facts))


def _schema(_reading: Reading, _asker: Asker, _read: FactsSchema) -> Answer:
    return SchemaView(schema=msgspec.json.encode(msgspec.json.schema(HallFacts)).decode())


def _told(faults: list[Fault]) -> list[FactFault]:
    return [FactFault(where=fault.where, zh=fault.zh, en=fault.en) for fault in faults]


def asks(in_use: service.InUse) -> Handlers:
    """The asks, once it is known how to tell what tickets and windows of today still name."""

    def save(tx: Transaction, _asker: Asker, ask: FactSave) -> Answer:
        return service.save(tx, ask, in_use)

    def remove(tx: Transaction, _asker: Asker, ask: FactRemove) -> Answer:
        return service.remove(tx, ask, in_use)

    def bring_in(tx: Transaction, _asker: Asker, ask: FactsImport) -> Answer:
        return service.replace(tx, ask, in_use)

    return {"fact.save": save, "fact.remove": remove, "facts.import": bring_in}


READS: Handlers = {
    "fact.check": _check,
    "facts.check": _check_file,
    "facts.read": _read,
    "facts.export": _export,
    "facts.schema": _schema,
}
