"""Whether a pad or a card reader answers at an address: it is asked what it is always asked.

Pads have no standard, so the tables at hand are tried, for the first few addresses. A bar by a
table would have to light up to answer, and a scanner speaks only of codes: neither can be probed.
"""

from drivers.codec import sam
from drivers.codec.explained import Said
from drivers.codec.frame import FrameReader, Order
from drivers.codec.inputs_explained import card_state, meaning_of
from drivers.inputs.line import specs_at_hand
from drivers.probing import Probed, heard
from drivers.transport import Transport

_WRITE_WITHIN_S = 1.0
_ANSWER_WITHIN_S = 0.12
_ADDRESSES = range(1, 9)


def probe_call_pad(way: Transport) -> Probed | None:
    return _probe_pad(way, "call-pad")


def probe_rating_pad(way: Transport) -> Probed | None:
    return _probe_pad(way, "rating-pad")


def probe_id_card(way: Transport) -> Probed | None:
    reader = FrameReader(sam.LAYOUT)
    way.write(sam.request(sam.STATUS), _WRITE_WITHIN_S)
    for data in heard(way):
        for frame in reader.feed(data):
            zh, en = card_state(frame)
            return Probed("id-card", (Said(f"模块状态：{zh}", f"its module: {en}"),))
    return None


def _probe_pad(way: Transport, kind: str) -> Probed | None:
    """A table fits when its frame comes back from the address that was asked, and means something.

    Tables of one make that differ in their keys alone answer alike: which keys a pad has, its
    manual says.
    """
    for spec in specs_at_hand(kind):
        if Order.POLL not in spec.orders:
            continue
        reader = FrameReader(spec.layout)
        for address in _ADDRESSES:
            way.write(spec.order(Order.POLL, address), _WRITE_WITHIN_S)
            for data in heard(way, _ANSWER_WITHIN_S):
                for frame in reader.feed(data):
                    meaning = spec.meaning(frame)
                    if frame.address == address and meaning:
                        zh, en = meaning_of(meaning)
                        table = Said(f"表：{spec.name}", f"table: {spec.name}")
                        at = Said(f"地址 {address}：{zh}", f"address {address}: {en}")
                        return Probed(kind, (table, at))
    return None
