"""The key is made once, kept for its owner only, and signs what the hall verifies."""

from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hall_server.contract.station_key import StationKey, StationKeyError, sign_on_text


def test_the_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "station.key"
    made = StationKey.load_or_make(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert StationKey.load_or_make(path).public_hex == made.public_hex
    assert [file.name for file in path.parent.iterdir()] == ["station.key"]


def test_a_half_written_key_of_a_power_cut_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "station.new").write_text("abc")
    key = StationKey.load_or_make(tmp_path / "station.key")
    assert len(key.public_hex) == 64


@pytest.mark.parametrize("content", ["", "zz", "abcd"])
def test_a_broken_key_file_is_never_replaced_silently(tmp_path: Path, content: str) -> None:
    path = tmp_path / "station.key"
    path.write_text(content)
    with pytest.raises(StationKeyError, match="station\\.key"):
        StationKey.load_or_make(path)
    assert path.read_text() == content


def test_the_signature_covers_every_part(tmp_path: Path) -> None:
    key = StationKey.load_or_make(tmp_path / "station.key")
    signed = key.sign_on("kiosk-1", "0.1.0", 1_700_000_000_000, "request-1", "http://h:8081")
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public_hex))
    right = ("kiosk-1", 1_700_000_000_000, "request-1", "http://h:8081")
    public.verify(bytes.fromhex(signed.signature), sign_on_text(*right))
    for wrong in (
        ("kiosk-2", *right[1:]),
        (right[0], right[1] + 1, *right[2:]),
        (*right[:2], "request-2", right[3]),
        (*right[:3], "http://evil:8081"),
    ):
        with pytest.raises(InvalidSignature):
            public.verify(bytes.fromhex(signed.signature), sign_on_text(*wrong))
