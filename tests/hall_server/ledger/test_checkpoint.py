"""Notes, keys, checkpoints and proof files in the forms other programs read."""

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall_server.ledger.checkpoint import (
    Checkpoint,
    ProofFile,
    open_checkpoint,
    read_checkpoint,
    sign_checkpoint,
)
from hall_server.ledger.merkle import Tree, leaf_hash, root_of
from hall_server.ledger.note import (
    Ed25519Signer,
    Ed25519Verifier,
    Note,
    NoteError,
    NotSignedError,
    Signature,
    open_note,
    parse_note,
    sign_note,
)

# The example of Go's golang.org/x/mod/sumdb/note, which C2SP signed-note describes.
PRIVATE_KEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    f"{TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_note_of_another_implementation() -> None:
    signer = Ed25519Signer.from_private_key(PRIVATE_KEY)
    assert signer.vkey == VKEY
    assert signer.private_key == PRIVATE_KEY
    assert str(sign_note(TEXT, [signer])) == NOTE
    assert open_note(NOTE, Ed25519Verifier.from_vkey(VKEY)) == TEXT


def test_the_checkpoint_of_the_specification_is_understood() -> None:
    note = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Z"
        "hcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
        "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )
    checkpoint = read_checkpoint(note)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert str(parse_note(note)) == note
    assert checkpoint.text() == parse_note(note).text


def test_a_witness_may_add_its_signature(signer: Ed25519Signer) -> None:
    witness = Ed25519Signer("witness.example/w", bytes(32))
    note = sign_checkpoint(Checkpoint(signer.name, 5, bytes(32)), [signer, witness])
    assert open_checkpoint(note, signer.verifier).size == 5
    assert open_note(note, witness.verifier) == read_checkpoint(note).text()
    with pytest.raises(NoteError, match="not of"):
        open_checkpoint(note, witness.verifier)


def test_a_false_or_missing_signature_is_refused(signer: Ed25519Signer) -> None:
    note = sign_checkpoint(Checkpoint(signer.name, 5, bytes(32)), [signer])
    with pytest.raises(NotSignedError, match="false"):
        open_checkpoint(note.replace("\n5\n", "\n6\n"), signer.verifier)
    other = Ed25519Signer(signer.name, bytes(32))
    with pytest.raises(NotSignedError, match="has not signed"):
        open_checkpoint(note, other.verifier)
    genuine = parse_note(note)
    doubled = Signature(signer.name, signer.key_id, bytes(64))
    spoiled = Note(genuine.text, (*genuine.signatures, doubled))
    with pytest.raises(NotSignedError, match="false"):
        open_note(str(spoiled), signer.verifier)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_of_a_checkpoint_survives(
    signer: Ed25519Signer, place: int, bit: int
) -> None:
    note = bytearray(sign_checkpoint(Checkpoint(signer.name, 99, bytes(32)), [signer]).encode())
    note[place % len(note)] ^= 1 << bit
    with pytest.raises(ValueError):
        open_checkpoint(note.decode(), signer.verifier)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n— name AAAA\n",
        "text\n\n— name AAAAAAAA",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n— na me AAAAAAAA\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— name AAAAAAAB==\n",
        "te\x07xt\n\n— name AAAAAAAA\n",
        "te\rxt\n\n— name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 65,
        "x" * 70_000 + "\n\n— name AAAAAAAA\n",
    ],
    ids=lambda note: repr(note[:30]),
)
def test_what_is_no_note(note: str) -> None:
    with pytest.raises(NoteError):
        parse_note(note)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "PeterNeumann",
        VKEY.replace("c74f20a3", "c74f20a4"),
        VKEY.replace("+ARpc", "+BRpc"),
        VKEY.replace("PeterNeumann", "Peter Neumann"),
        VKEY[:-4],
        VKEY.replace("10TW", "10TX"),
    ],
)
def test_what_is_no_key(vkey: str) -> None:
    with pytest.raises(NoteError):
        Ed25519Verifier.from_vkey(vkey)
    with pytest.raises(NoteError):
        Ed25519Signer.from_private_key(vkey)


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "a\n01\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "a\n-1\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "a\n1\n" + base64.b64encode(bytes(31)).decode() + "\n",
        "\n1\n" + base64.b64encode(bytes(32)).decode() + "\n",
        "a\n1\n" + base64.b64encode(bytes(32)).decode(),
        "a\n1\n" + base64.b64encode(bytes(32)).decode() + "\n\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.from_text(text)


class LeavesOnly:
    """Hashes of a ledger too small to have kept nodes."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves

    def hashes(self, level: int, start: int, end: int) -> list[bytes]:
        assert level == 0
        return self.leaves[start:end]


def made_up_proof(signer: Ed25519Signer) -> ProofFile:
    bodies = [b'{"seq":%d,"type":"x"}' % seq for seq in range(1, 12)]
    leaves = [leaf_hash(body) for body in bodies]
    note = sign_checkpoint(Checkpoint(signer.name, 11, root_of(leaves)), [signer])
    siblings = Tree(LeavesOnly(leaves), 11).inclusion_proof(6)
    return ProofFile(6, tuple(siblings), note, bodies[6])


def test_a_proof_file_travels(signer: Ed25519Signer) -> None:
    proof = made_up_proof(signer)
    text = str(proof)
    assert text.startswith("c2sp.org/tlog-proof@v1\nextra ")
    assert ProofFile.parse(text) == proof
    assert proof.body_holds(signer.verifier)
    assert not proof.holds(leaf_hash(b"another event"), signer.verifier)
    without = ProofFile(proof.index, proof.siblings, proof.checkpoint_note)
    assert ProofFile.parse(str(without)) == without
    assert not without.body_holds(signer.verifier)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 6", "index 06"),
        ("index 6", "index -6"),
        ("index 6", "index six"),
        ("index 6\n", ""),
        ("index 6\n", "index 6\nAAAA\n"),
        ("index 6\n", "index 6\n!!!!\n"),
        ("extra ", "extra !"),
        ("index 6\n", "index 6\n" + (base64.b64encode(bytes(32)).decode() + "\n") * 64),
        ("\n\n", "\n"),
    ],
)
def test_what_is_no_proof_file(signer: Ed25519Signer, old: str, new: str) -> None:
    text = str(made_up_proof(signer)).replace(old, new)
    with pytest.raises(NoteError):
        ProofFile.parse(text)
