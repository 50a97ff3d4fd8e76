"""Epochs: under which name the hall signs, and whether a checkpoint of its own contradicts it.

A transparency log never signs two histories under one name. When a person decides that the hall
goes on from restored, older data, the ledger therefore takes a new name: ``hall.local/3f9a1c2e``
is followed by ``hall.local/3f9a1c2e/2``. The key stays, its id changes with the name. Checkpoints
of earlier epochs have been answered for and contradict nothing any more.
"""

from __future__ import annotations

import re

from sqlalchemy.engine import Connection

from hall_server.ledger.checkpoint import open_checkpoint, read_checkpoint
from hall_server.ledger.merkle import Tree
from hall_server.ledger.note import NoteError, Signer
from hall_server.ledger.reading import KeptHashes, LedgerDamagedError

_LATER = re.compile(r"/([2-9]|[1-9][0-9]{1,5})")


def signer_of(first: Signer, epoch: int) -> Signer:
    """The hall's key under the name of this epoch."""
    return first if epoch == 1 else first.renamed(f"{first.name}/{epoch}")


def epoch_of(first: Signer, origin: str) -> int:
    """Which epoch of this hall the name stands for. Raises NoteError for a foreign one."""
    if origin == first.name:
        return 1
    rest = _LATER.fullmatch(origin.removeprefix(first.name))
    if not origin.startswith(first.name) or rest is None:
        raise NoteError(f"{origin} is not this hall")
    return int(rest[1])


def contradicts(connection: Connection, note: str, first: Signer, epoch: int, size: int) -> bool:
    """Whether the signed note and a ledger of this epoch and size cannot both be true.

    Raises NoteError when this hall never signed the note.
    """
    seen_epoch = epoch_of(first, read_checkpoint(note).origin)
    seen = open_checkpoint(note, signer_of(first, seen_epoch).verifier)
    if seen_epoch != epoch:
        return seen_epoch > epoch
    if seen.size > size:
        return True
    try:
        return Tree(KeptHashes(connection), seen.size).root() != seen.root
    except LedgerDamagedError:
        return True
