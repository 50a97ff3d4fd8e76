"""Messages between recorder and readers survive any cut; strange bytes are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cameras.stills import HEIGHT, ROWS, WIDTH, KeyFrame, key_frame, mask
from monitor.feed.packets import (
    MESSAGE_BYTES_MOST,
    Incoming,
    Message,
    NotAMessageError,
    Packet,
    Quality,
    StreamStart,
    Wanted,
    encoded,
)

MESSAGES: list[Message] = [
    Wanted(cameras=("window-1",), qualities=(Quality.SUB,), stills=True),
    StreamStart(
        camera="window-1",
        run="a1",
        quality=Quality.MAIN,
        codec="avc1.640028",
        width=1920,
        height=1080,
        extradata=b"\0\0\0\1g",
        time_base=(1, 90000),
    ),
    Packet(
        camera="window-1",
        run="a1",
        quality=Quality.MAIN,
        arrived_at_ms=1,
        monotonic_ms=2,
        pts=3,
        dts=3,
        is_key=True,
        data=b"\0" * 70,
    ),
]


@given(st.lists(st.integers(1, 60), min_size=1))
def test_any_cut_gives_the_same_messages(cuts: list[int]) -> None:
    whole = b"".join(map(encoded, MESSAGES))
    incoming, got, at = Incoming(), [], 0
    for length in [*cuts, len(whole)]:
        got += list(incoming.feed(whole[at : at + length]))
        at += length
    assert got == MESSAGES


@pytest.mark.parametrize(
    "strange", [b"\xff" * 8, (MESSAGE_BYTES_MOST + 1).to_bytes(4, "big"), b"\0\0\0\1\xc1"]
)
def test_strange_bytes_are_refused(strange: bytes) -> None:
    with pytest.raises(NotAMessageError):
        list(Incoming().feed(strange))


def test_a_key_frame_crosses_the_wire_and_is_a_picture() -> None:
    picture = np.full((ROWS, WIDTH), 128, np.uint8)
    picture[:HEIGHT, : WIDTH // 2] = 200
    (still,) = Incoming().feed(encoded(KeyFrame("window-1", 5, picture).still))
    back = key_frame(still)  # type: ignore[arg-type]
    assert np.array_equal(back.gray, picture[:HEIGHT])
    assert back.jpeg.startswith(b"\xff\xd8")
    assert back.bgr[10, 10].min() > back.bgr[10, 600].max()


def test_masks_are_painted_in_light_and_colour_and_nowhere_else() -> None:
    picture = np.full((ROWS, WIDTH), 200, np.uint8)
    quarter = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))
    mask(picture, [quarter, ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4))])  # one over the other
    shown = KeyFrame("window-1", 5, picture).bgr
    assert shown[: HEIGHT // 2, : WIDTH // 2].max() <= 1
    assert np.all(picture[HEIGHT // 2 + 2 : HEIGHT] == 200)
    assert np.all(picture[:HEIGHT, WIDTH // 2 + 2 :] == 200)
