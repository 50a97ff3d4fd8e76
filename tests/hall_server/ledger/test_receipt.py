"""The promise on the ticket: small, strict, and bound to one hall, one seq, one event."""

import pytest
import segno
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall_server.ledger.merkle import leaf_hash
from hall_server.ledger.note import Ed25519Signer
from hall_server.ledger.receipt import (
    MAX_SEQ,
    RECEIPT_BYTES,
    RECEIPT_CHARACTERS,
    Receipt,
    ReceiptError,
    ReceiptLink,
    sign_receipt,
)

LEAF = leaf_hash(b'{"seq":123456}')
CODE = "7Q4MZPk2_xYw-3Ab"


def test_the_frame_is_as_drawn(signer: Ed25519Signer) -> None:
    frame = sign_receipt(123_456, LEAF, signer).to_bytes()
    assert len(frame) == RECEIPT_BYTES
    assert frame[:1] == b"\x01"
    assert frame[1:3] == signer.key_id[:2]
    assert frame[3:8] == (123_456).to_bytes(5, "big")
    assert frame[8:24] == LEAF[:16]
    message = b"hall-receipt/v1\nhall.example/double\n" + frame[:24]
    assert signer.verifier.verify(message, frame[24:])


@given(seq=st.integers(1, MAX_SEQ), leaf=st.binary(min_size=32, max_size=32))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_comes_back_from_text_and_link(signer: Ed25519Signer, seq: int, leaf: bytes) -> None:
    receipt = sign_receipt(seq, leaf, signer)
    assert len(receipt.to_text()) == RECEIPT_CHARACTERS
    assert Receipt.from_text(receipt.to_text()) == receipt
    link = ReceiptLink("http://192.168.1.10:8000", CODE, receipt)
    assert ReceiptLink.parse(str(link)) == link
    assert receipt.is_signed_by(signer.verifier)
    assert receipt.names(leaf)
    assert not receipt.names(leaf[::-1]) or leaf[:16] == leaf[::-1][:16]


@given(place=st.integers(0, RECEIPT_BYTES - 1), bit=st.integers(0, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_flipped_bit_survives(signer: Ed25519Signer, place: int, bit: int) -> None:
    frame = bytearray(sign_receipt(77, LEAF, signer).to_bytes())
    frame[place] ^= 1 << bit
    try:
        receipt = Receipt.from_bytes(bytes(frame))
    except ReceiptError:
        assert place == 0
    else:
        assert not receipt.is_signed_by(signer.verifier)


def test_another_hall_s_key_does_not_judge_it(signer: Ed25519Signer) -> None:
    receipt = sign_receipt(5, LEAF, signer)
    same_key_other_name = Ed25519Signer("hall.example/other", bytes(range(32)))
    assert not receipt.is_of(same_key_other_name.verifier)
    assert not receipt.is_signed_by(same_key_other_name.verifier)


@pytest.mark.parametrize("seq", [0, -1, MAX_SEQ + 1])
def test_a_seq_that_cannot_be_is_not_promised(signer: Ed25519Signer, seq: int) -> None:
    with pytest.raises(ReceiptError):
        sign_receipt(seq, LEAF, signer)


def test_text_has_one_spelling(signer: Ed25519Signer) -> None:
    text = sign_receipt(5, LEAF, signer).to_text()
    following = {"A": "B", "Q": "R", "g": "h", "w": "x"}
    for wrong in (
        "",
        text[:-1],
        text + "A",
        text[:-1] + following[text[-1]],
        text[:-2] + "==",
        "+" + text[1:],
        "é" + text[1:],
        "B" + text[1:],
        "A" * RECEIPT_CHARACTERS,
    ):
        with pytest.raises(ReceiptError):
            Receipt.from_text(wrong)
    version_one_seq_zero = bytes([1]) + bytes(RECEIPT_BYTES - 1)
    with pytest.raises(ReceiptError, match="number 0"):
        Receipt.from_bytes(version_one_seq_zero)


@pytest.mark.parametrize(
    "form",
    [
        "http://h/t/{code}{text}",
        "ftp://h/t/{code}#{text}",
        "http://h/x/{code}#{text}",
        "http://h/t/short#{text}",
        "http://h/t/{code}#{text} ",
        "http://h/t/{code}?a#{text}",
        "http://h /t/{code}#{text}",
    ],
)
def test_what_is_no_link(signer: Ed25519Signer, form: str) -> None:
    text = form.format(code=CODE, text=sign_receipt(5, LEAF, signer).to_text())
    with pytest.raises(ReceiptError):
        ReceiptLink.parse(text)


@pytest.mark.parametrize(
    ("base_url", "modules"),
    [
        ("http://hall.cn", 49),
        ("http://192.168.1.10:8000", 53),
        ("https://zwfwdt.shuangjiang.lincang.gov.cn", 53),
    ],
)
def test_the_paper_is_wide_enough(signer: Ed25519Signer, base_url: str, modules: int) -> None:
    link = str(ReceiptLink(base_url, CODE, sign_receipt(20_000_000, LEAF, signer)))
    code = segno.make(link, error="m", boost_error=False, micro=False)
    assert code.symbol_size(border=0) == (modules, modules)
    dots_of_58_mm_paper = 384
    assert (modules + 8) * 4 <= dots_of_58_mm_paper
