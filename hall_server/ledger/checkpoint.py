"""Checkpoints (C2SP tlog-checkpoint) and proofs that travel as a file (C2SP tlog-proof@v1).

A checkpoint is the hall's signed word on the whole ledger so far; whoever keeps one can later
show that anything before it was changed. A proof file shows that one event stands in it.

    hall.example/double ◄ origin     c2sp.org/tlog-proof@v1
    20852163            ◄ size       extra eyJhdCI6…     ◄ optional: the event's own bytes
    CsUYapGGPo4dkMg…    ◄ root       index 73893         ◄ seq - 1
                                     gSKyXoYZUgZ6jd…     ◄ siblings, from the leaf upwards
    — hall.example/d…                …
                                                         ◄ an empty line, then the checkpoint

No files, no network, no clock.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from hall_server.ledger.merkle import HASH_BYTES, inclusion_holds, leaf_hash
from hall_server.ledger.note import (
    NoteError,
    Signer,
    Verifier,
    decode_base64,
    encode_base64,
    open_note,
    parse_note,
    sign_note,
)

PROOF_HEAD = "c2sp.org/tlog-proof@v1"
MAX_PROOF_HASHES = 63
MAX_PROOF_CHARACTERS = 262_144
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger called `origin` had `size` events under `root`."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Lines after the third may extend the text; nothing here asks what they say."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
            raise NoteError("a checkpoint is three or more lines, none of them empty")
        root = decode_base64(lines[2])
        if not _DECIMAL.fullmatch(lines[1]) or len(root) != HASH_BYTES:
            raise NoteError("a checkpoint's second line is a size, its third a root")
        return cls(lines[0], int(lines[1]), root)


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer]) -> str:
    return str(sign_note(checkpoint.text(), signers))


def open_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint, if this key signed it and it speaks of the ledger named like the key."""
    checkpoint = Checkpoint.from_text(open_note(note, verifier))
    if checkpoint.origin != verifier.name:
        raise NoteError(f"a checkpoint of {checkpoint.origin}, not of {verifier.name}")
    return checkpoint


def read_checkpoint(note: str) -> Checkpoint:
    """What a checkpoint says, its signatures not judged."""
    return Checkpoint.from_text(parse_note(note).text)


@dataclass(frozen=True, slots=True)
class ProofFile:
    """All a stranger needs, besides the key, to see that one event stands in the ledger."""

    index: int
    siblings: tuple[bytes, ...]
    checkpoint_note: str
    body: bytes | None = None

    def __str__(self) -> str:
        extra = "" if self.body is None else f"extra {encode_base64(self.body)}\n"
        siblings = "".join(f"{encode_base64(sibling)}\n" for sibling in self.siblings)
        return f"{PROOF_HEAD}\n{extra}index {self.index}\n{siblings}\n{self.checkpoint_note}"

    @classmethod
    def parse(cls, text: str) -> Self:
        if len(text) > MAX_PROOF_CHARACTERS:
            raise NoteError(f"a proof has at most {MAX_PROOF_CHARACTERS} characters")
        head, gap, checkpoint_note = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or lines[0] != PROOF_HEAD:
            raise NoteError(f"a proof starts with {PROOF_HEAD}")
        body = None
        if len(lines) > 1 and lines[1].startswith("extra "):
            body = decode_base64(lines.pop(1).removeprefix("extra "))
        if len(lines) < 2 or not re.fullmatch(rf"index (?:{_DECIMAL.pattern})", lines[1]):
            raise NoteError("a proof names the index of its event")
        siblings = tuple(decode_base64(line) for line in lines[2:])
        if len(siblings) > MAX_PROOF_HASHES or any(len(s) != HASH_BYTES for s in siblings):
            raise NoteError("a proof holds at most 63 hashes of 32 bytes")
        return cls(int(lines[1].removeprefix("index ")), siblings, checkpoint_note, body)

    def holds(self, leaf: bytes, verifier: Verifier) -> bool:
        """Does the leaf stand in the ledger? A checkpoint not signed by the key is an error."""
        checkpoint = open_checkpoint(self.checkpoint_note, verifier)
        return inclusion_holds(leaf, self.index, checkpoint.size, self.siblings, checkpoint.root)

    def body_holds(self, verifier: Verifier) -> bool:
        """The same for the body that travels with the proof."""
        return self.body is not None and self.holds(leaf_hash(self.body), verifier)
