"""The tree of RFC 6962 (and 9162) over the ledger's events: roots, growing, proofs.

    leaf  = SHA-256(00 ‖ body)            node = SHA-256(01 ‖ left ‖ right)

            root of 6                A perfect subtree (all its leaves there) never changes again,
           ╱        ╲                so the tree only ever grows along its right edge. The hashes
        k             i   ◄ peaks    of the largest perfect subtrees there, the *peaks*, are all a
       ╱ ╲           ╱ ╲             writer must remember: the `Frontier`.
      g   h         e   f
     ╱╲   ╱╲                         Of the inner nodes only every eighth level is kept (8, 16 …).
    a  b c  d                        A proof then reads at most one row of 256 hashes per kept
    0  1 2  3      4   5  ◄ index    level on its path and one at the edge; the rest is computed.

The first leaf has index 0. What a `seq` is, and where hashes are kept, is not known here.
No database, no network, no clock.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

HASH_BYTES = 32
ROW_LEVELS = 8
"""Levels between two kept ones: a row is the 2**8 neighbours under one kept node."""
_ROW_LENGTH = 1 << ROW_LEVELS
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class ProofError(ValueError):
    """A proof was asked for that the tree cannot give."""


@dataclass(frozen=True, slots=True)
class Node:
    """A kept inner node: the `index`-th of its level, counted from the left."""

    level: int
    index: int
    hash: bytes


class Frontier:
    """The right edge of a growing tree: takes leaves, knows the root, fits in 8 + 32·log₂ n bytes.

    As bytes: the size (8, big-endian), then the peaks from the left, 32 each; their number is the
    number of ones in the size.
    """

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: dict[int, bytes] = {}

    def extend(self, leaves: Sequence[bytes]) -> list[Node]:
        """Append leaf hashes; the kept nodes that became perfect are returned, lowest level first.

        Whole rows are joined level by level, so a batch costs one hash per leaf and no more.
        """
        kept: list[Node] = []
        row = list(leaves)
        first = self.size
        level = 0
        while row:
            if level and level % ROW_LEVELS == 0:
                kept.extend(Node(level, first + place, h) for place, h in enumerate(row))
            if first & 1:
                row.insert(0, self._peaks.pop(level))
            if len(row) & 1:
                self._peaks[level] = row[-1]
            pairs = zip(row[0::2], row[1::2], strict=False)
            row = [node_hash(left, right) for left, right in pairs]
            first >>= 1
            level += 1
        self.size += len(leaves)
        return kept

    def root(self) -> bytes:
        lowest_first = sorted(self._peaks)
        if not lowest_first:
            return EMPTY_ROOT
        root = self._peaks[lowest_first[0]]
        for level in lowest_first[1:]:
            root = node_hash(self._peaks[level], root)
        return root

    def to_bytes(self) -> bytes:
        peaks = (self._peaks[level] for level in sorted(self._peaks, reverse=True))
        return self.size.to_bytes(8, "big") + b"".join(peaks)

    @classmethod
    def from_bytes(cls, kept: bytes) -> Self:
        frontier = cls()
        frontier.size = int.from_bytes(kept[:8], "big")
        if len(kept) != 8 + HASH_BYTES * frontier.size.bit_count():
            raise ValueError(f"{len(kept)} bytes are no frontier of {frontier.size} leaves")
        start = 8
        for level in reversed(range(frontier.size.bit_length())):
            if frontier.size >> level & 1:
                frontier._peaks[level] = kept[start : start + HASH_BYTES]
                start += HASH_BYTES
        return frontier


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes that are all at hand."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


class HashReader(Protocol):
    """Gives kept hashes: level 0 the leaves, 8, 16 … the nodes that `Frontier.extend` returned."""

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """The hashes `start` to `end` (excluded) of one kept level, complete and in order."""


class Tree:
    """The first `size` leaves of a kept tree, for making proofs; rows once read are remembered."""

    def __init__(self, reader: HashReader, size: int) -> None:
        self.size = size
        self._reader = reader
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self) -> bytes:
        return self._range_hash(0, self.size) if self.size else EMPTY_ROOT

    def frontier(self) -> Frontier:
        """The right edge as it was at this size."""
        start, peaks = 0, b""
        for level in reversed(range(self.size.bit_length())):
            if self.size >> level & 1:
                peaks += self._perfect(level, start >> level)
                start += 1 << level
        return Frontier.from_bytes(self.size.to_bytes(8, "big") + peaks)

    def leaf(self, index: int) -> bytes:
        return self._perfect(0, index)

    def inclusion_proof(self, index: int) -> list[bytes]:
        """The siblings from the leaf up to below the root (RFC 9162, 2.1.3.1)."""
        if not 0 <= index < self.size:
            raise ProofError(f"no leaf {index} in a tree of {self.size}")
        start, end = 0, self.size
        path: list[bytes] = []
        while end - start > 1:
            middle = start + _largest_power_below(end - start)
            if index < middle:
                path.append(self._range_hash(middle, end))
                end = middle
            else:
                path.append(self._range_hash(start, middle))
                start = middle
        return path[::-1]

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """What shows that the tree of `old_size` is the beginning of this (RFC 9162, 2.1.4.1)."""
        if not 0 < old_size <= self.size:
            raise ProofError(f"no tree of {old_size} can grow into one of {self.size}")
        start, end = 0, self.size
        path: list[bytes] = []
        while end != old_size:
            middle = start + _largest_power_below(end - start)
            if old_size <= middle:
                path.append(self._range_hash(middle, end))
                end = middle
            else:
                path.append(self._range_hash(start, middle))
                start = middle
        if start > 0:
            path.append(self._range_hash(start, end))
        return path[::-1]

    def _range_hash(self, start: int, end: int) -> bytes:
        length = end - start
        if length & (length - 1) == 0:
            level = length.bit_length() - 1
            return self._perfect(level, start >> level)
        middle = start + _largest_power_below(length)
        return node_hash(self._range_hash(start, middle), self._range_hash(middle, end))

    def _perfect(self, level: int, index: int) -> bytes:
        known = self._known.get((level, index))
        if known is not None:
            return known
        if level % ROW_LEVELS == 0:
            self._read_row(level, index)
            return self._known[level, index]
        joined = node_hash(
            self._perfect(level - 1, 2 * index), self._perfect(level - 1, 2 * index + 1)
        )
        self._known[level, index] = joined
        return joined

    def _read_row(self, level: int, index: int) -> None:
        start = index - index % _ROW_LENGTH
        end = min(start + _ROW_LENGTH, self.size >> level)
        row = self._reader.hashes(level, start, end)
        for place, kept in enumerate(row):
            self._known[level, start + place] = kept


def inclusion_holds(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Is `leaf` the leaf `index` of the tree with this size and root? (RFC 9162, 2.1.3.2)"""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    place, last = index, size - 1
    joined = leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            joined = node_hash(sibling, joined)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            joined = node_hash(joined, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and joined == root


def consistency_holds(
    old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Is the tree of `old_size` the beginning of the tree of `size`? (RFC 9162, 2.1.4.2)

    Everything begins with nothing: an old size of 0 holds, with an empty proof.
    """
    if not 0 <= old_size <= size or not _are_hashes(old_root, root, *proof):
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if old_size == size:
        return not proof and old_root == root
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        # The old tree is itself a perfect subtree, so its root starts the path unsaid.
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old_size - 1, size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    old_joined = joined = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_joined = node_hash(sibling, old_joined)
            joined = node_hash(sibling, joined)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            joined = node_hash(joined, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and old_joined == old_root and joined == root


def _are_hashes(*candidates: bytes) -> bool:
    return all(len(candidate) == HASH_BYTES for candidate in candidates)


def _largest_power_below(length: int) -> int:
    """The largest power of two smaller than `length`, which is at least 2."""
    return 1 << (length - 1).bit_length() - 1
