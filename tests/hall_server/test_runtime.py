"""What the runtime does in eventlet's stead."""

from __future__ import annotations

from eventlet.websocket import RFC6455WebSocket
from hypothesis import given
from hypothesis import strategies as st

from hall_server.runtime import unmasked

BYTE = st.integers(0, 255)


@given(st.binary(max_size=300), st.tuples(BYTE, BYTE, BYTE, BYTE), st.integers(0, 9))
def test_unmasking_is_what_the_library_does(
    data: bytes, mask: tuple[int, int, int, int], offset: int
) -> None:
    stock = RFC6455WebSocket._apply_mask
    assert unmasked(data, mask, offset=offset) == stock(data, mask, offset=offset)
    assert unmasked(data, mask, len(data) // 2) == stock(data, mask, len(data) // 2)
    assert unmasked(unmasked(data, mask), mask) == data
