"""The tree against the reference vectors of certificate transparency and the RFC's own words."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall_server.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    Node,
    ProofError,
    Tree,
    consistency_holds,
    inclusion_holds,
    leaf_hash,
    node_hash,
    root_of,
)

# Leaves, roots and proofs used by the certificate-transparency implementations since RFC 6962.
BODIES = [
    bytes.fromhex(body)
    for body in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        7,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
]
SOME_HASH = bytes.fromhex("abacaba0" + "00" * 20 + "0060061e00123456")


class KeptHashes:
    """What the tables would hold, and a count of how often they are asked."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.reads = 0
        self.rows: dict[int, list[bytes]] = {0: list(leaves)}
        for node in Frontier().extend(leaves):
            row = self.rows.setdefault(node.level, [])
            assert node.index == len(row)
            row.append(node.hash)

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        self.reads += 1
        row = self.rows[level][start:end]
        assert len(row) == end - start
        return row


def made_up_leaves(count: int, salt: int = 0) -> list[bytes]:
    return [hashlib.sha256(b"%d %d" % (salt, number)).digest() for number in range(count)]


def plain_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(plain_root(leaves[:half]), plain_root(leaves[half:]))


def test_known_roots_while_growing_leaf_by_leaf() -> None:
    edge = Frontier()
    assert edge.root() == EMPTY_ROOT
    for body, root in zip(BODIES, ROOTS, strict=True):
        edge.extend([leaf_hash(body)])
        assert edge.root().hex() == root


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_known_inclusion_proofs(index: int, size: int, path: list[str]) -> None:
    leaves = [leaf_hash(body) for body in BODIES]
    proof = Tree(KeptHashes(leaves), size).inclusion_proof(index)
    assert [sibling.hex() for sibling in proof] == path
    assert inclusion_holds(leaves[index], index, size, proof, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("old", "size", "path"), CONSISTENCY)
def test_known_consistency_proofs(old: int, size: int, path: list[str]) -> None:
    proof = Tree(KeptHashes([leaf_hash(body) for body in BODIES]), size).consistency_proof(old)
    assert [sibling.hex() for sibling in proof] == path
    roots = [bytes.fromhex(root) for root in ROOTS]
    assert consistency_holds(old, roots[old - 1], size, roots[size - 1], proof)


def test_all_trees_up_to_65_as_the_rfc_says() -> None:
    leaves = made_up_leaves(65)
    kept = KeptHashes(leaves)
    roots = [plain_root(leaves[:size]) for size in range(66)]
    for size in range(1, 66):
        tree = Tree(kept, size)
        assert tree.root() == roots[size] == root_of(leaves[:size])
        for index in range(size):
            proof = tree.inclusion_proof(index)
            assert inclusion_holds(leaves[index], index, size, proof, roots[size])
            assert not inclusion_holds(leaves[index], index ^ 1, size, proof, roots[size])
        for old in range(1, size + 1):
            proof = tree.consistency_proof(old)
            assert consistency_holds(old, roots[old], size, roots[size], proof)
            assert old == size or not consistency_holds(old, roots[size], size, roots[old], proof)


@given(st.lists(st.integers(1, 700), min_size=1, max_size=6), st.data())
@settings(max_examples=40)
def test_however_leaves_arrive_the_tree_is_the_same(
    batches: list[int], data: st.DataObject
) -> None:
    leaves = made_up_leaves(sum(batches))
    edge = Frontier()
    kept: list[Node] = []
    done = 0
    for batch in batches:
        edge = Frontier.from_bytes(edge.to_bytes())
        kept.extend(edge.extend(leaves[done : done + batch]))
        done += batch
        assert edge.root() == plain_root(leaves[:done])
    rows = KeptHashes(leaves)
    levels = sorted({node.level for node in kept})
    for level in levels:
        of_level = sorted((node for node in kept if node.level == level), key=lambda n: n.index)
        assert [node.hash for node in of_level] == rows.rows[level]
    assert levels == [level for level in rows.rows if level]
    size = data.draw(st.integers(1, done))
    index = data.draw(st.integers(0, size - 1))
    tree = Tree(rows, size)
    root = plain_root(leaves[:size])
    proof = tree.inclusion_proof(index)
    assert tree.leaf(index) == leaves[index]
    assert inclusion_holds(leaves[index], index, size, proof, root)
    old = data.draw(st.integers(1, size))
    path = tree.consistency_proof(old)
    assert consistency_holds(old, plain_root(leaves[:old]), size, root, path)


@given(st.integers(2, 300), st.data())
@settings(max_examples=60)
def test_no_bent_inclusion_proof_holds(size: int, data: st.DataObject) -> None:
    leaves = made_up_leaves(size)
    index = data.draw(st.integers(0, size - 1))
    root = root_of(leaves)
    leaf = leaves[index]
    proof = Tree(KeptHashes(leaves), size).inclusion_proof(index)
    place = data.draw(st.integers(0, len(proof) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    flipped = [*proof]
    flipped[place] = bytes([flipped[place][0] ^ bit]) + flipped[place][1:]
    bent = [flipped, proof[:-1], proof[1:], [*proof, root], [root, *proof], [*proof, b""]]
    assert not any(inclusion_holds(leaf, index, size, path, root) for path in bent)
    for other in (index - 1, index + 1, index ^ 2, size):
        assert not inclusion_holds(leaf, other, size, proof, root)
    for wrong_root in (EMPTY_ROOT, SOME_HASH, b"", leaf):
        assert not inclusion_holds(leaf, index, size, proof, wrong_root)
    assert not inclusion_holds(SOME_HASH, index, size, proof, root)


@given(st.integers(2, 300), st.data())
@settings(max_examples=60)
def test_no_bent_consistency_proof_holds(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    leaves = made_up_leaves(size)
    before, root = root_of(leaves[:old]), root_of(leaves)
    proof = Tree(KeptHashes(leaves), size).consistency_proof(old)
    assert consistency_holds(old, before, size, root, proof)
    place = data.draw(st.integers(0, len(proof) - 1))
    flipped = [*proof]
    flipped[place] = bytes([flipped[place][0] ^ 16]) + flipped[place][1:]
    bent = [flipped, proof[:-1], [*proof, root], [root, *proof], [proof[0], *proof], []]
    assert not any(consistency_holds(old, before, size, root, path) for path in bent)
    for other in (old - 1, old + 1, size):
        assert not consistency_holds(other, before, size, root, proof)
    other_root = root_of(made_up_leaves(old, salt=1))
    assert not consistency_holds(old, other_root, size, root, proof)
    assert not consistency_holds(size, root, old, before, proof)


def test_everything_begins_with_nothing() -> None:
    root = root_of(made_up_leaves(3))
    assert consistency_holds(0, EMPTY_ROOT, 3, root, [])
    assert not consistency_holds(0, root, 3, root, [])
    assert not consistency_holds(0, EMPTY_ROOT, 3, root, [SOME_HASH])
    assert not inclusion_holds(SOME_HASH, 0, 0, [], EMPTY_ROOT)


def test_a_proof_in_a_million_reads_few_rows() -> None:
    leaves = made_up_leaves(70_000)
    kept = KeptHashes(leaves)
    tree = Tree(kept, len(leaves))
    proof = tree.inclusion_proof(12_345)
    assert inclusion_holds(leaves[12_345], 12_345, len(leaves), proof, root_of(leaves))
    assert kept.reads <= 6


def test_proofs_that_cannot_be_are_refused() -> None:
    tree = Tree(KeptHashes(made_up_leaves(4)), 4)
    for index in (-1, 4):
        with pytest.raises(ProofError):
            tree.inclusion_proof(index)
    for old in (0, 5):
        with pytest.raises(ProofError):
            tree.consistency_proof(old)


@pytest.mark.parametrize("kept", [b"", bytes(7), bytes(9), (3).to_bytes(8, "big") + bytes(32)])
def test_a_cut_frontier_is_refused(kept: bytes) -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier.from_bytes(kept)
