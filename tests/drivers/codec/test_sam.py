"""Identity cards: published frames, three layouts, the check digit, and that nothing else leaves.

Sources: the frames are those that public descriptions of SAM_V readers agree on (GA 450, three
write-ups and six programs); the example of the check digit is the one of GB 11643-1999 itself.
"""

import random
from dataclasses import fields

import pytest
from damage import damaged, portions
from hypothesis import given
from hypothesis import strategies as st

from drivers.codec import sam
from drivers.codec.counters import Counters
from drivers.codec.frame import Frame, FrameReader
from drivers.orders import CardKind, PersonCard
from drivers.simulator.card_engine import PlayedCard, made_up_number

HEAD = "AA AA AA 96 69"
REQUESTS = [
    (sam.STATUS, "00 03 11 FF ED"),
    (sam.IDENTITY, "00 03 12 FF EE"),
    (sam.RESET, "00 03 10 FF EC"),
    (sam.FIND, "00 03 20 01 22"),
    (sam.SELECT, "00 03 20 02 21"),
    (sam.READ, "00 03 30 01 32"),
    (sam.READ_WITH_FINGER, "00 03 30 10 23"),
    (sam.READ_MORE_ADDRESS, "00 03 30 03 30"),
    (sam.SLEEP, "00 02 00 02"),
    (sam.WAKE, "00 02 01 03"),
]
REPLIES = [
    (sam.Status.OK, 0, "00 04 00 00 90 94"),
    (sam.Status.FOUND, 4, "00 08 00 00 9F 00 00 00 00 97"),
    (sam.Status.NOT_FOUND, 0, "00 04 00 00 80 84"),
    (sam.Status.OK, 8, "00 0C 00 00 90 00 00 00 00 00 00 00 00 9C"),
    (sam.Status.NOT_SELECTED, 0, "00 04 00 00 81 85"),
    (sam.Status.READ_FAILED, 0, "00 04 00 00 41 45"),
]
KEY = bytes(range(32))
STANDARD = "11010519491231002X"
CITIZEN = PlayedCard("张三", made_up_number("533525", "19900101", 123))
FOREIGNER = PlayedCard("史密斯", "USA110085010101", CardKind.FOREIGNER, "SMITH, JOHN")
RESIDENT = PlayedCard("陈小明", made_up_number("810000", "19850607", 2), CardKind.RESIDENT)


@pytest.mark.parametrize(("command", "vector"), REQUESTS)
def test_requests_are_the_published_bytes(command: bytes, vector: str) -> None:
    data = bytes.fromhex(f"{HEAD} {vector}")
    assert sam.request(command) == data
    reader = FrameReader(sam.LAYOUT)
    assert reader.feed(data) == [Frame(data=command)]
    assert reader.counters == Counters(frames_ok=1)


@pytest.mark.parametrize(("status", "zeros", "vector"), REPLIES)
def test_published_replies_are_read(status: sam.Status, zeros: int, vector: str) -> None:
    data = bytes.fromhex(f"{HEAD} {vector}")
    (frame,) = FrameReader(sam.LAYOUT).feed(data)
    assert sam.status_of(frame) == status
    assert sam.reply(status, bytes(zeros)) == data


def test_a_card_s_reply_is_as_long_as_published() -> None:
    answer = reply_of(CITIZEN)
    assert len(answer) == 1295
    assert answer[5:14].hex(" ") == "05 08 00 00 90 01 00 04 00"


def test_the_check_digit_is_the_standard_s() -> None:
    assert sam.number_holds(STANDARD)
    assert sam.check_digit(STANDARD[:17]) == "X"
    wrong = [
        STANDARD[:at] + str((int(STANDARD[at]) + 1) % 10) + STANDARD[at + 1 :] for at in range(17)
    ]
    assert not any(
        map(sam.number_holds, [*wrong, STANDARD[:17] + "1", STANDARD[:17], "", "X" * 18])
    )


def reply_of(card: PlayedCard) -> bytes:
    return sam.reply(sam.Status.OK, b"\x01\x00\x04\x00" + card.text() + b"\xa5" * 1024)


def read(card: PlayedCard, key: bytes = KEY) -> PersonCard:
    (frame,) = FrameReader(sam.LAYOUT).feed(reply_of(card))
    return sam.person_card(sam.card_text(frame), key)


@pytest.mark.parametrize(
    ("card", "name", "number"),
    [
        (CITIZEN, "张*", "533***********1239"),
        (FOREIGNER, "史**", "USA********0101"),
        (RESIDENT, "陈**", "810***********0021"),
    ],
)
def test_each_layout_gives_name_and_number_with_most_hidden(
    card: PlayedCard, name: str, number: str
) -> None:
    told = read(card)
    assert told.kind is card.kind
    assert (told.masked_name, told.masked_number[:3], len(told.masked_number)) == (
        name,
        number[:3],
        len(card.number),
    )
    assert told.masked_number == card.number[:3] + "*" * (len(card.number) - 7) + card.number[-4:]


def test_a_foreigner_without_a_chinese_name() -> None:
    card = PlayedCard("", "USA110085010101", CardKind.FOREIGNER, "SMITH")
    assert read(card).masked_name == "S****"


def test_the_same_person_is_the_same_under_one_key_and_nobody_under_none() -> None:
    other_name = PlayedCard("张三丰", CITIZEN.number)
    assert read(CITIZEN).commitment == read(other_name).commitment
    assert len(read(CITIZEN).commitment) == 64
    assert read(CITIZEN).commitment != read(CITIZEN, bytes(32)).commitment
    assert read(CITIZEN).commitment != read(RESIDENT).commitment
    assert read(CITIZEN, b"").commitment == ""


def test_what_leaves_holds_neither_name_nor_number_nor_picture() -> None:
    told = read(CITIZEN)
    whole = " ".join(str(getattr(told, one.name)) for one in fields(told)) + repr(told)
    assert CITIZEN.number not in whole
    assert CITIZEN.number[6:14] not in whole  # the birthday
    assert CITIZEN.name not in whole


@pytest.mark.parametrize(
    "card",
    [
        PlayedCard("张三", STANDARD[:17] + "1"),
        PlayedCard("张三", ""),
        PlayedCard("", CITIZEN.number),
        PlayedCard("陈", "HK1234567", CardKind.RESIDENT),
        PlayedCard("史", "12345", CardKind.FOREIGNER, "S"),
    ],
)
def test_a_number_that_does_not_hold_is_no_card_and_the_error_tells_nothing(
    card: PlayedCard,
) -> None:
    with pytest.raises(sam.Unreadable) as error:
        read(card)
    assert str(error.value) == ""
    assert error.value.__cause__ is None


def test_an_unknown_layout_is_not_guessed() -> None:
    text = bytearray(CITIZEN.text())
    text[248:250] = "Q".encode("utf-16-le")
    with pytest.raises(sam.Unreadable):
        sam.person_card(bytes(text), KEY)
    with pytest.raises(sam.Unreadable):
        sam.card_text(Frame(data=bytes(3) + b"\x00\xff\x04\x00" + bytes(1300)))


@given(st.binary(max_size=300))
def test_any_text_is_a_card_or_unreadable(text: bytes) -> None:
    for candidate in (text, text.ljust(256, b" ")[:256]):
        try:
            sam.person_card(candidate, KEY)
        except sam.Unreadable:
            continue


@given(st.integers(0, 2**32))
def test_any_split_of_a_damaged_stream_gives_the_same_replies(seed: int) -> None:
    chance = random.Random(seed)
    good = b"".join(bytes.fromhex(f"{HEAD} {vector}") for _, _, vector in REPLIES) + reply_of(
        CITIZEN
    )
    stream = damaged(good, chance)
    whole, pieces = FrameReader(sam.LAYOUT), FrameReader(sam.LAYOUT)
    expected = whole.feed(stream) + whole.silence()
    found = [frame for part in portions(stream, chance) for frame in pieces.feed(part)]
    assert found + pieces.silence() == expected
    assert pieces.counters == whole.counters


@given(st.integers(100000, 999999), st.dates(), st.integers(0, 999))
def test_every_made_up_number_holds(area: int, birth: object, order: int) -> None:
    assert sam.number_holds(made_up_number(str(area), f"{birth:%Y%m%d}".zfill(8), order))
