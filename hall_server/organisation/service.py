"""The facts of the hall at work: read, stated, taken back, replaced, always as a whole that holds.

Facts live in one table as JSON records. Every change is validated together with all the rest,
raises the version, and joins the ledger. The database's writer and readers get the facts through
``FactsCache``, which reads them again only when they have changed. Administration itself looks at
the table: what a demonstration lays over the facts must never be saved or exported as stated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import msgspec
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from config.dump import dump_facts
from config.facts import HallFacts, OpeningFact, Site
from config.faults import Fault, FaultyFactsError
from config.kinds import KINDS, MANY, SINGLE, all_records, with_record, without_record
from config.load import read_facts, read_record
from config.values import Fact, Words
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.organisation import (
    FactRemove,
    FactRemoved,
    FactSave,
    FactSaved,
    FactsImport,
    FactsImported,
)
from hall_server.contract.refusals import Refusal
from hall_server.database import Transaction
from hall_server.organisation.rules import faults_of, users_of
from hall_server.organisation.tables import fact, facts_version
from hall_server.prepared import Prepared

NOTHING_STATED = HallFacts(
    site=Site(id="hall", name=Words("")), opening=OpeningFact(id="hall", spans=[])
)
"""What a hall is before its facts are filled in: it has no windows and is never open."""
VERSION_ID = 1

_PRESENT = Prepared(
    select(facts_version.c.version, facts_version.c.digest).where(facts_version.c.id == VERSION_ID)
)
InUse = Callable[[Connection, str, str], bool]
"""Whether something alive today names this record of this kind."""


class FactsCache:
    """Gives the facts of a connection's moment, decoded once per version."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._known: tuple[str, HallFacts] = ("", NOTHING_STATED)

    def __call__(self, connection: Connection) -> tuple[int, HallFacts]:
        """Version and facts as this connection sees them."""
        version, digest = _version(connection)
        known_digest, facts = self._known
        if digest == known_digest:
            return version, facts
        version, facts = load_facts(connection)
        self._known = (digest, facts)
        return version, facts


def load_facts(connection: Connection) -> tuple[int, HallFacts]:
    """Version and facts from the database; version 0 while nothing has been stated."""
    version, _ = _version(connection)
    if not version:
        return 0, NOTHING_STATED
    kinds: dict[str, list[Fact]] = {kind: [] for kind in KINDS}
    for row in connection.execute(select(fact).order_by(fact.c.ordinal)):
        kinds[row.kind].append(msgspec.json.decode(row.body, type=KINDS[row.kind]))
    many = {kind: kinds[kind] for kind in MANY}
    single = {kind: kinds[kind][0] for kind in SINGLE}
    return version, msgspec.convert(many | single, HallFacts)


def fill(tx: Transaction, facts: HallFacts) -> bool:
    """State a profile's facts in an empty database; False where there are facts already."""
    version, _ = load_facts(tx.connection)
    if version:
        return False
    faults = faults_of(facts)
    if faults:
        raise FaultyFactsError(faults, "profile")
    _replace_all(tx, facts)
    return True


def save(tx: Transaction, ask: FactSave, in_use: InUse) -> Accepted:
    """State or restate one record."""
    before = _seen_facts(tx, ask.version)
    record = _record(ask.kind, ask.body)
    if ask.kind == "site":
        _check_site(tx, before, record.id, in_use)
    after = with_record(before, ask.kind, record)
    if after == before:
        return Accepted(seq=tx.seq)
    _refuse_faults(new_faults(before, after))
    body = _body(record)
    _write(tx.connection, ask.kind, record.id, body)
    version = _raise_version(tx)
    tx.record(FactSaved(kind=ask.kind, id=record.id, body=body, version=version))
    return Accepted(seq=tx.seq)


def remove(tx: Transaction, ask: FactRemove, in_use: InUse) -> Accepted:
    """Take one record back, unless a fact or somebody alive today names it."""
    before = _seen_facts(tx, ask.version)
    _check_kind(ask.kind)
    if ask.kind in SINGLE:
        raise Refusal("fact_needed", kind=ask.kind, field="$.kind")
    after = without_record(before, ask.kind, ask.id)
    if after == before:
        raise Refusal("fact_unknown", kind=ask.kind, id=ask.id, field="$.id")
    users = users_of(before, ask.kind, ask.id)
    if users:
        raise Refusal("fact_named", users=", ".join(users[:5]), count=len(users), field="$.id")
    if in_use(tx.connection, ask.kind, ask.id):
        raise Refusal("fact_in_use", id=ask.id, field="$.id")
    _refuse_faults(new_faults(before, after))
    tx.connection.execute(delete(fact).where((fact.c.kind == ask.kind) & (fact.c.id == ask.id)))
    version = _raise_version(tx)
    tx.record(FactRemoved(kind=ask.kind, id=ask.id, version=version))
    return Accepted(seq=tx.seq)


def replace(tx: Transaction, ask: FactsImport, in_use: InUse) -> Accepted:
    """Replace all facts by a file's."""
    before = _seen_facts(tx, ask.version)
    facts, faults = read_file(ask.toml)
    _refuse_faults(faults)
    _check_site(tx, before, facts.site.id, in_use)
    kept = {(kind, record.id) for kind, record in all_records(facts)}
    for kind, record in all_records(before):
        gone = kind in MANY and (kind, record.id) not in kept
        if gone and in_use(tx.connection, kind, record.id):
            raise Refusal("fact_in_use", id=record.id, field=f"{kind}/{record.id}")
    _replace_all(tx, facts)
    return Accepted(seq=tx.seq)


def _check_site(tx: Transaction, before: HallFacts, site_id: str, in_use: InUse) -> None:
    """A hall may not become another while its service day is open: the day is the site's."""
    if site_id != before.site.id and in_use(tx.connection, "site", before.site.id):
        raise Refusal("fact_in_use", id=before.site.id, field="site.id")


def read_file(toml: str) -> tuple[HallFacts, list[Fault]]:
    """The facts of a file, and all that is wrong with them (then the facts say nothing)."""
    try:
        facts = read_facts(toml, "import")
    except FaultyFactsError as error:
        return NOTHING_STATED, error.faults
    return facts, faults_of(facts)


def check(facts: HallFacts, kind: str, body: str) -> list[Fault]:
    """What would be wrong if this record were stated."""
    _check_kind(kind)
    try:
        record = read_record(kind, body)
    except FaultyFactsError as error:
        return error.faults
    return new_faults(facts, with_record(facts, kind, record))


def new_faults(before: HallFacts, after: HallFacts) -> list[Fault]:
    """Faults that a change would bring; older ones must not keep anybody from mending them."""
    known = {(fault.where, fault.en) for fault in faults_of(before)}
    return [fault for fault in faults_of(after) if (fault.where, fault.en) not in known]


def _record(kind: str, body: str) -> Fact:
    _check_kind(kind)
    try:
        return read_record(kind, body)
    except FaultyFactsError as error:
        _refuse_faults(error.faults)
        raise


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Refusal("fact_kind_unknown", kind=kind, field="$.kind")


def _seen_facts(tx: Transaction, seen: int) -> HallFacts:
    """The facts as stated, provided that the editor saw them so."""
    version, facts = load_facts(tx.connection)
    if seen and seen != version:
        raise Refusal("facts_changed")
    return facts


def _refuse_faults(faults: list[Fault]) -> None:
    if faults:
        first = faults[0]
        raise Refusal("fact_faulty", field=first.where, zh=first.zh, en=first.en, count=len(faults))


def _body(record: Fact) -> str:
    return msgspec.json.encode(record, order="deterministic").decode()


def _write(connection: Connection, kind: str, record_id: str, body: str) -> None:
    """Restate the record in its place, or add it as the last; a single kind has one row."""
    known = update(fact).where(fact.c.kind == kind).values(id=record_id, body=body)
    if kind in MANY:
        known = known.where(fact.c.id == record_id)
    if not connection.execute(known).rowcount:
        last = connection.scalar(select(func.max(fact.c.ordinal))) or 0
        connection.execute(
            insert(fact).values(kind=kind, id=record_id, body=body, ordinal=last + 1)
        )


def _replace_all(tx: Transaction, facts: HallFacts) -> None:
    tx.connection.execute(delete(fact))
    tx.connection.execute(insert(fact), _rows(all_records(facts)))
    digest = hashlib.sha256(dump_facts(facts).encode()).hexdigest()
    tx.record(FactsImported(sha256=digest, version=_raise_version(tx)))


def _rows(records: Iterable[tuple[str, Fact]]) -> list[dict[str, object]]:
    return [
        {"kind": kind, "id": record.id, "body": _body(record), "ordinal": place}
        for place, (kind, record) in enumerate(records, 1)
    ]


def _version(connection: Connection) -> tuple[int, str]:
    row = _PRESENT.row(connection)
    return (row[0], row[1]) if row else (0, "")


def _raise_version(tx: Transaction) -> int:
    """The next version, with the digest of what the facts are now."""
    content = hashlib.sha256()
    for row in tx.connection.execute(select(fact).order_by(fact.c.ordinal)):
        content.update(f"{row.kind}\0{row.id}\0{row.body}\n".encode())
    version = _version(tx.connection)[0] + 1
    values = {"version": version, "digest": f"{version}-{content.hexdigest()}"}
    if version == 1:
        tx.connection.execute(insert(facts_version).values(id=VERSION_ID, **values))
    else:
        tx.connection.execute(update(facts_version).values(**values))
    tx.facts_changed()
    return version
