"""The reader of identity cards that is played, and cards of people who do not exist.

It keeps the order find, select, read; a card that was read is not found again before it has been
lifted. Numbers are made of an area and a date with a right check digit, or as they are wanted.
"""

from dataclasses import dataclass
from enum import StrEnum

from drivers.codec import sam
from drivers.codec.frame import FrameReader
from drivers.orders import CardKind
from drivers.simulator.input_engine import InputEngine
from drivers.simulator.played import Row

_PHOTO = bytes(range(256)) * 4


class CardFault(StrEnum):
    UNREADABLE = "unreadable"
    """Finds cards and cannot read them."""
    WRONG_SUM = "wrong_sum"
    NOT_AUTHORISED = "not_authorised"


@dataclass(frozen=True, slots=True)
class PlayedCard:
    name: str
    number: str
    kind: CardKind = CardKind.CITIZEN
    english_name: str = ""

    def text(self) -> bytes:
        """The 256 bytes in the card."""
        fields = [(0, 30, self.name), (30, 2, "1"), (32, 4, "01"), (122, 36, self.number)]
        fields += [(188, 16, "20200101"), (204, 16, "长期")]
        if self.kind is CardKind.FOREIGNER:
            fields = [(0, 120, self.english_name), (120, 2, "1"), (122, 30, self.number)]
            fields += [(152, 6, "USA"), (158, 30, self.name), (248, 2, "I")]
        elif self.kind is CardKind.RESIDENT:
            fields += [(248, 2, "J")]
        text = bytearray(" ".encode("utf-16-le") * (sam.TEXT_BYTES // 2))
        for at, size, value in fields:
            text[at : at + size] = value.ljust(size // 2).encode("utf-16-le")
        return bytes(text)


def made_up_number(area: str, birth: str, order: int) -> str:
    """An area of 6 digits, a date of 8, an order of up to 999: a number with its check digit."""
    first_17 = f"{area}{birth}{order:03}"
    return first_17 + sam.check_digit(first_17)


PEOPLE = {
    "zhang": PlayedCard("示例张三", made_up_number("533525", "19900101", 123)),
    "li": PlayedCard("示例李四", made_up_number("533525", "19550505", 46)),
    "smith": PlayedCard("示例史密斯", "USA110085010101", CardKind.FOREIGNER, "SMITH, SAMPLE"),
    "chen": PlayedCard("示例陈明", made_up_number("810000", "19850607", 2), CardKind.RESIDENT),
    "wrong": PlayedCard("示例错号", made_up_number("533525", "19900101", 5)[:-1] + "?"),
}
"""Cards to lay on the reader; the last one's check digit does not hold."""


class CardEngine(InputEngine):
    def __init__(self) -> None:
        super().__init__()
        self.card: PlayedCard | None = None
        self._reader = FrameReader(sam.LAYOUT)
        self._is_found = False
        self._is_selected = False
        self._is_read = False

    def connected(self, link: int) -> None:  # noqa: ARG002 — one cable, one host
        self._reader = FrameReader(sam.LAYOUT)

    def lay(self, card: PlayedCard) -> bytes:
        self.lift()
        self.card = card
        return b""

    def lift(self) -> bytes:
        self.version += 1
        self.card = None
        self._is_found = self._is_selected = self._is_read = False
        return b""

    def receive(self, link: int, data: bytes, now_ms: int) -> bytes:  # noqa: ARG002 — one cable, no clock
        return b"".join(self._answer(frame.data) for frame in self._reader.feed(data))

    def act(self, action: str, value: str, now_ms: int) -> bytes:  # noqa: ARG002 — at once
        """`lay` one of the people who do not exist, or `lift` whatever lies there."""
        return self.lay(PEOPLE[value]) if action == "lay" else self.lift()

    def rows(self) -> list[Row]:
        return [Row("读卡区", "On the reader", self.card.name if self.card else "—")]

    def _answer(self, command: bytes) -> bytes:
        answer = self._obey(command)
        if CardFault.WRONG_SUM in self.faults:
            answer = answer[:-1] + bytes([answer[-1] ^ 0x55])
        return answer

    def _obey(self, command: bytes) -> bytes:
        if CardFault.NOT_AUTHORISED in self.faults:
            return sam.reply(sam.Status.NOT_AUTHORISED)
        match command:
            case sam.STATUS | sam.RESET:
                return sam.reply(sam.Status.OK)
            case sam.IDENTITY:
                return sam.reply(sam.Status.OK, bytes(16))
            case sam.FIND:
                self._is_found = self.card is not None and not self._is_read
                found = sam.reply(sam.Status.FOUND, bytes(4))
                return found if self._is_found else sam.reply(sam.Status.NOT_FOUND)
            case sam.SELECT:
                self._is_selected = self._is_found
                selected = sam.reply(sam.Status.OK, bytes(8))
                return selected if self._is_found else sam.reply(sam.Status.NOT_SELECTED)
            case sam.READ if self.card is not None and self._is_selected:
                if CardFault.UNREADABLE in self.faults:
                    return sam.reply(sam.Status.READ_FAILED)
                self._is_read = True
                lengths = bytes([1, 0, 4, 0])
                return sam.reply(sam.Status.OK, lengths + self.card.text() + _PHOTO)
            case sam.READ:
                return sam.reply(sam.Status.READ_FAILED)
            case _:
                return sam.reply(sam.Status.UNKNOWN_COMMAND)
