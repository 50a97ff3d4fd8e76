"""One person, one number: the key that makes identity numbers into hashes, for one day only.

Kiosks read cards. So that two kiosks know the same citizen, the hall gives them a key; so that
nobody ever knows whom a hash meant, the key is made with the day and erased with it. The numbers of
identity cards are few enough to be tried out one by one by whoever has the key, and by nobody else.
"""

from __future__ import annotations

import secrets

from sqlalchemy import delete, insert, select

from hall_server.access.rules import Asker
from hall_server.contract.messages.queueing import PersonKey, PersonKeyRead
from hall_server.database import Reading, Transaction
from hall_server.queueing.tables import person_key, service_day

KEY_BYTES = 32
_PRESENT = (
    select(service_day.c.day, person_key.c.key)
    .join(person_key, person_key.c.day_id == service_day.c.day_id)
    .where(service_day.c.closed_at.is_(None))
)


def make_key(tx: Transaction, day_id: int) -> None:
    """A day begins, or goes on; whoever is still known by its former key has left."""
    values = {"day_id": day_id, "key": secrets.token_hex(KEY_BYTES)}
    tx.connection.execute(insert(person_key).values(**values))


def erase_key(tx: Transaction, day_id: int) -> None:
    """A day has ended."""
    tx.connection.execute(delete(person_key).where(person_key.c.day_id == day_id))


def read_key(reading: Reading, _asker: Asker, _read: PersonKeyRead) -> PersonKey:
    """The open day's key."""
    row = reading.connection.execute(_PRESENT).one_or_none()
    return PersonKey(day="", key="") if row is None else PersonKey(day=row.day, key=row.key)
