"""`hall-verify` as an auditor uses it: true exports hold, and every change is found and named."""

import functools
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from hall_server.ledger.checkpoint import Checkpoint, ProofFile, sign_checkpoint
from hall_server.ledger.merkle import Frontier, Tree, leaf_hash, root_of
from hall_server.ledger.note import Ed25519Signer
from hall_server.ledger.receipt import ReceiptLink, sign_receipt
from tests.hall_server.ledger.conftest import SmallLedger, make_ledger

TRUE, TAMPERED, CANNOT_TELL = 0, 1, 2
Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(hall_verify: ModuleType, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run hall-verify with these arguments; gives exit code and what it said in English."""

    def run(*arguments: object) -> tuple[int, str]:
        code = hall_verify.main([str(argument) for argument in arguments])
        chinese, english = capsys.readouterr().out.splitlines()
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        return code, english

    return run


def segments(export: Path) -> list[Path]:
    return sorted((export / "events").iterdir())


# ------------------------------------------------------------------------------------------ export


def test_a_true_export(ask: Ask, export: Path, signer: Ed25519Signer) -> None:
    assert [file.name for file in segments(export)] == [
        "000000000001-2026-11-23.ndjson",
        "000000000006-2026-11-24.ndjson",
        "000000000011-2026-11-25.ndjson",
    ]
    code, english = ask("export", export, "--key", signer.vkey)
    assert code == TRUE
    assert "seq 1 to 13" in english
    assert ask("export", export, "--key", export / "key.vkey")[0] == TRUE


def test_it_runs_alone_with_nothing_but_python(export: Path, signer: Ed25519Signer) -> None:
    program = Path(__file__).resolve().parents[3] / "hall-verify"
    done = subprocess.run(
        [sys.executable, "-I", "-S", program, "export", export, "--key", signer.vkey],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (TRUE, b"")
    assert "属实" in done.stdout.decode()


def test_an_export_may_begin_later(
    ask: Ask,
    hall_verify: ModuleType,
    small_ledger: SmallLedger,
    signer: Ed25519Signer,
    tmp_path: Path,
) -> None:
    late = small_ledger.export(tmp_path / "late", signer.vkey, first=5)
    code, english = ask("export", late, "--key", signer.vkey)
    assert code == TRUE
    assert "seq 5 to 13" in english
    key = patient_key(hall_verify, signer)
    frontier = bytearray((late / "frontier.bin").read_bytes())
    for bit in range(8 * len(frontier)):
        frontier[bit // 8] ^= 1 << bit % 8
        (late / "frontier.bin").write_bytes(frontier)
        assert check(hall_verify, late, key)[0] == TAMPERED
        frontier[bit // 8] ^= 1 << bit % 8


def test_another_key_cannot_judge(ask: Ask, export: Path) -> None:
    other = Ed25519Signer("hall.example/double", bytes(32))
    assert ask("export", export, "--key", other.vkey)[0] == CANNOT_TELL
    assert ask("export", export, "--key", "nonsense")[0] == CANNOT_TELL
    assert ask("export", export / "nowhere", "--key", other.vkey)[0] == CANNOT_TELL


def patient_key(hall_verify: ModuleType, signer: Ed25519Signer) -> object:
    """A key that remembers the signatures it has seen, for thousands of checks."""
    key = hall_verify.Key(signer.vkey)
    key.has_signed = functools.cache(key.has_signed)
    return key


def check(hall_verify: ModuleType, export: Path, key: object) -> tuple[int, str]:
    try:
        hall_verify.verify_export(export, key)
    except hall_verify.Verdict as verdict:
        code, _, english = verdict.args
        return int(code), str(english)
    return TRUE, ""


def test_every_single_flipped_bit_is_found(
    hall_verify: ModuleType, signer: Ed25519Signer, tmp_path: Path
) -> None:
    export = make_ledger(signer, 4, (2, 4), per_day=3, words="").export(
        tmp_path / "export", signer.vkey
    )
    key = patient_key(hall_verify, signer)
    flips = 0
    for file in (*segments(export), *(export / name for name in ("leaves.bin", "checkpoints.txt"))):
        content = bytearray(file.read_bytes())
        for bit in range(8 * len(content)):
            content[bit // 8] ^= 1 << bit % 8
            file.write_bytes(content)
            code, english = check(hall_verify, export, key)
            content[bit // 8] ^= 1 << bit % 8
            assert code == TAMPERED, (file.name, bit)
            assert expected_blame(file, bytes(content), bit // 8) in english, (file.name, bit)
            flips += 1
        file.write_bytes(content)
    assert flips > 5_000
    assert check(hall_verify, export, key) == (TRUE, "")


def expected_blame(file: Path, content: bytes, place: int) -> str:
    if file.suffix == ".ndjson":
        first = int(file.name.split("-")[0])
        return f"First bad event: seq {first + content[:place].count(10)} "
    if file.name == "leaves.bin":
        return f"seq {place // 32 + 1}: "
    return "onwards is not genuine"


def test_deletion_names_the_missing_seq(ask: Ask, export: Path, signer: Ed25519Signer) -> None:
    file = segments(export)[1]
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:2] + lines[3:]))
    code, english = ask("export", export, "--key", signer.vkey)
    assert code == TAMPERED
    assert "seq 8 " in english


def test_deletion_with_renumbering_is_named(ask: Ask, export: Path, signer: Ed25519Signer) -> None:
    lines = b"".join(file.read_bytes() for file in segments(export)).splitlines(keepends=True)
    del lines[6]
    for place in range(6, 12):
        lines[place] = re.sub(rb'"seq":\d+', b'"seq":%d' % (place + 1), lines[place])
    for file in segments(export)[1:]:
        file.unlink()
    segments(export)[0].write_bytes(b"".join(lines))
    code, english = ask("export", export, "--key", signer.vkey)
    assert code == TAMPERED
    assert "seq 7 " in english


def test_swapped_lines_are_named(ask: Ask, export: Path, signer: Ed25519Signer) -> None:
    file = segments(export)[2]
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))
    code, english = ask("export", export, "--key", signer.vkey)
    assert code == TAMPERED
    assert "seq 11 " in english


def test_truncation_is_named(ask: Ask, export: Path, signer: Ed25519Signer) -> None:
    segments(export)[2].unlink()
    code, english = ask("export", export, "--key", signer.vkey)
    assert code == TAMPERED
    assert "seq 11 " in english
    leaves = (export / "leaves.bin").read_bytes()
    (export / "leaves.bin").write_bytes(leaves[: 32 * 10])
    code, english = ask("export", export, "--key", signer.vkey)
    assert code == TAMPERED
    assert "between seq 10 and 13" in english


def test_clean_truncation_needs_a_checkpoint_held_elsewhere(
    ask: Ask, small_ledger: SmallLedger, signer: Ed25519Signer, tmp_path: Path
) -> None:
    cut = SmallLedger(small_ledger.entries[:9], {s: small_ledger.notes[s] for s in (4, 9)})
    export = cut.export(tmp_path / "cut", signer.vkey)
    held = tmp_path / "held"
    held.write_text(small_ledger.notes[13])
    assert ask("export", export, "--key", signer.vkey)[0] == TRUE
    code, english = ask("export", export, "--key", signer.vkey, "--checkpoint", held)
    assert code == CANNOT_TELL
    assert "seq 1 to 9" in english
    held.write_text(small_ledger.notes[4])
    assert ask("export", export, "--key", signer.vkey, "--checkpoint", held)[0] == TRUE


def test_additions_are_not_covered(ask: Ask, export: Path, signer: Ed25519Signer) -> None:
    with segments(export)[2].open("ab") as file:
        file.write(b'{"seq":14,"type":"x"}\n')
    code, english = ask("export", export, "--key", signer.vkey)
    assert code == TAMPERED
    assert "from seq 14 on" in english


def rewritten(small_ledger: SmallLedger, bad_seq: int, signer: Ed25519Signer) -> SmallLedger:
    """An insider with the key: one event changed, every hash and checkpoint made anew."""
    forged = make_ledger(signer, len(small_ledger.entries), tuple(small_ledger.notes), words="假")
    entries = list(small_ledger.entries)
    entries[bad_seq - 1] = forged.entries[bad_seq - 1]
    notes = {}
    for size in small_ledger.notes:
        root = root_of([entry.leaf for entry in entries[:size]])
        notes[size] = sign_checkpoint(Checkpoint(signer.name, size, root), [signer])
    return SmallLedger(tuple(entries), notes)


def test_a_change_with_all_hashes_redone_is_bounded_by_checkpoints(
    ask: Ask, small_ledger: SmallLedger, signer: Ed25519Signer, tmp_path: Path
) -> None:
    forged = rewritten(small_ledger, 6, signer)
    export = SmallLedger(forged.entries, small_ledger.notes).export(tmp_path / "e", signer.vkey)
    code, english = ask("export", export, "--key", signer.vkey)
    assert code == TAMPERED
    assert "between seq 5 and 9" in english


def test_the_insider_with_the_key_is_caught_by_a_held_checkpoint(
    ask: Ask, small_ledger: SmallLedger, signer: Ed25519Signer, tmp_path: Path
) -> None:
    export = rewritten(small_ledger, 6, signer).export(tmp_path / "e", signer.vkey)
    assert ask("export", export, "--key", signer.vkey)[0] == TRUE
    held = tmp_path / "held"
    held.write_text(small_ledger.notes[9])
    assert ask("export", export, "--key", signer.vkey, "--checkpoint", held)[0] == TAMPERED


def test_a_replaced_checkpoint_is_found(
    ask: Ask, small_ledger: SmallLedger, signer: Ed25519Signer, tmp_path: Path
) -> None:
    thief = Ed25519Signer(signer.name, bytes(32))
    forged = rewritten(small_ledger, 6, thief)
    notes = {**small_ledger.notes, 9: forged.notes[9]}
    export = SmallLedger(forged.entries, notes).export(tmp_path / "e", signer.vkey)
    code, english = ask("export", export, "--key", signer.vkey)
    assert code == TAMPERED
    assert "covers seq 5 onwards" in english


def test_a_wrongly_numbered_but_signed_event_is_told(
    ask: Ask, small_ledger: SmallLedger, signer: Ed25519Signer, tmp_path: Path
) -> None:
    twice = (small_ledger.entries[0], *small_ledger.entries[:12])
    root = root_of([entry.leaf for entry in twice])
    notes = {13: sign_checkpoint(Checkpoint(signer.name, 13, root), [signer])}
    export = SmallLedger(twice, notes).export(tmp_path / "e", signer.vkey)
    code, english = ask("export", export, "--key", signer.vkey)
    assert code == TAMPERED
    assert english.startswith("seq 2: the hall signed")


# ------------------------------------------------------------------------------------------- proof


class Leaves:
    """The hashes of a ledger too small to have kept nodes."""

    def __init__(self, ledger: SmallLedger) -> None:
        self.ledger = ledger

    def hashes(self, level: int, start: int, end: int) -> list[bytes]:
        assert level == 0
        return [entry.leaf for entry in self.ledger.entries[start:end]]


@pytest.mark.parametrize("seq", [1, 7, 13])
def test_a_proof_holds_for_its_event_only(
    ask: Ask, small_ledger: SmallLedger, signer: Ed25519Signer, tmp_path: Path, seq: int
) -> None:
    siblings = tuple(Tree(Leaves(small_ledger), 13).inclusion_proof(seq - 1))
    body = small_ledger.entries[seq - 1].body
    file, event = tmp_path / "a.tlog-proof", tmp_path / "event"
    file.write_text(str(ProofFile(seq - 1, siblings, small_ledger.notes[13], body)))
    code, english = ask("proof", file, "--key", signer.vkey)
    assert code == TRUE
    assert f"seq {seq} of 13" in english
    event.write_bytes(body.replace("取号".encode(), "叫号".encode()))
    code, english = ask("proof", file, "--key", signer.vkey, "--body", event)
    assert code == TAMPERED
    assert f"seq {seq}:" in english
    file.write_text(str(ProofFile(seq - 1, siblings, small_ledger.notes[13])))
    assert ask("proof", file, "--key", signer.vkey)[0] == CANNOT_TELL
    leaf = leaf_hash(body).hex()
    assert ask("proof", file, "--key", signer.vkey, "--leaf", leaf)[0] == TRUE
    wrong = (ProofFile(seq, siblings, small_ledger.notes[13]), ProofFile(seq - 1, siblings[1:], ""))
    assert ask("proof", file, "--key", signer.vkey, "--leaf", "00" * 32)[0] == TAMPERED
    file.write_text(str(wrong[0]))
    assert ask("proof", file, "--key", signer.vkey, "--leaf", leaf)[0] == TAMPERED
    file.write_text(str(wrong[1]))
    assert ask("proof", file, "--key", signer.vkey, "--leaf", leaf)[0] == TAMPERED


# ----------------------------------------------------------------------------------------- receipt


def test_a_receipt_is_genuine_and_in_the_ledger(
    ask: Ask, export: Path, small_ledger: SmallLedger, signer: Ed25519Signer
) -> None:
    receipt = sign_receipt(7, small_ledger.entries[6].leaf, signer)
    link = ReceiptLink("http://hall.example", "7Q4MZPk2_xYw-3Ab", receipt)
    for text in (str(link), receipt.to_text()):
        assert ask("receipt", text, "--key", signer.vkey)[0] == TRUE
        code, english = ask("receipt", text, "--key", signer.vkey, "--export", export)
        assert (code, english) == (TRUE, "True: seq 7 stands in the ledger.")


def test_a_receipt_whose_event_was_replaced_is_evidence(
    ask: Ask, export: Path, small_ledger: SmallLedger, signer: Ed25519Signer
) -> None:
    receipt = sign_receipt(7, small_ledger.entries[5].leaf, signer).to_text()
    code, english = ask("receipt", receipt, "--key", signer.vkey, "--export", export)
    assert code == TAMPERED
    assert english.startswith("seq 7: ")


def test_receipts_that_cannot_be_judged(
    ask: Ask, export: Path, small_ledger: SmallLedger, signer: Ed25519Signer
) -> None:
    later = sign_receipt(14, small_ledger.entries[5].leaf, signer).to_text()
    code, _ = ask("receipt", later, "--key", signer.vkey, "--export", export)
    assert code == CANNOT_TELL
    other = Ed25519Signer("hall.example/other", bytes(32))
    foreign = sign_receipt(7, small_ledger.entries[6].leaf, other).to_text()
    assert ask("receipt", foreign, "--key", signer.vkey)[0] == CANNOT_TELL
    for text in ("", "A" * 118, later[:-1], later + "A"):
        assert ask("receipt", text, "--key", signer.vkey)[0] == CANNOT_TELL


def test_a_forged_receipt(ask: Ask, small_ledger: SmallLedger, signer: Ed25519Signer) -> None:
    genuine = sign_receipt(7, small_ledger.entries[6].leaf, signer).to_text()
    forged = genuine[:40] + ("A" if genuine[40] != "A" else "B") + genuine[41:]
    code, english = ask("receipt", forged, "--key", signer.vkey)
    assert code == TAMPERED
    assert "seq 7" in english


# -------------------------------------------------------------------------------------- difference


def test_two_checkpoints_of_one_history(
    ask: Ask, export: Path, small_ledger: SmallLedger, signer: Ed25519Signer, tmp_path: Path
) -> None:
    older, newer = tmp_path / "older", tmp_path / "newer"
    older.write_text(small_ledger.notes[4])
    newer.write_text(small_ledger.notes[13])
    for pair in ((older, newer), (newer, older)):
        code, english = ask("diff", *pair, "--export", export, "--key", signer.vkey)
        assert code == TRUE
        assert "after seq 4 only 9 events" in english
    assert ask("diff", older, older, "--export", export)[0] == TRUE


def test_two_checkpoints_of_two_histories(
    ask: Ask, export: Path, small_ledger: SmallLedger, signer: Ed25519Signer, tmp_path: Path
) -> None:
    forged = rewritten(small_ledger, 6, signer)
    older, newer = tmp_path / "older", tmp_path / "newer"
    older.write_text(small_ledger.notes[9])
    newer.write_text(forged.notes[9])
    code, english = ask("diff", older, newer, "--export", export)
    assert code == TAMPERED
    assert "a fork" in english
    newer.write_text(forged.notes[13])
    code, english = ask("diff", older, newer, "--export", export)
    assert code == TAMPERED
    assert "13" in english
    edge = Frontier()
    edge.extend([entry.leaf for entry in small_ledger.entries] * 2)
    newer.write_text(sign_checkpoint(Checkpoint(signer.name, 26, edge.root()), [signer]))
    assert ask("diff", older, newer, "--export", export)[0] == CANNOT_TELL
    newer.write_text(small_ledger.notes[13].replace("\n13\n", "\n12\n"))
    assert ask("diff", older, newer, "--export", export)[0] == TAMPERED
