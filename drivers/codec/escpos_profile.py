"""What one make of ticket printer can do, as data. Pure; the values are in `profiles.toml`."""

from dataclasses import dataclass
from enum import StrEnum


class FontSet(StrEnum):
    """The Chinese characters burnt into the printer; anything else needs a picture."""

    GB2312 = "gb2312"
    GBK = "gbk"
    GB18030 = "gb18030"


class Confirmation(StrEnum):
    """How a printer proves that a ticket came out, best first.

    process_id  GS ( H after the cut: answered, by name, when printing has ended
    gs_r        GS r after the cut: answered when the buffer up to it has been carried out
    poll        DLE EOT: only "no error was seen", so such a job stays `sent`
    none        a path that carries nothing back
    """

    PROCESS_ID = "process_id"
    GS_R = "gs_r"
    POLL = "poll"
    NONE = "none"


class BufferClearing(StrEnum):
    """How the remains of a failed ticket are thrown away, so that they don't come out later."""

    DLE_DC4 = "dle_dc4"
    DLE_ENQ = "dle_enq"
    NONE = "none"


class StatusWay(StrEnum):
    """How a printer is asked how it is.

    dle_eot  a byte for each of four questions, answered at once whatever the printer does
    asb      GS a: four bytes now, and by itself at each change; for makes without DLE EOT
    none     a path that carries nothing back
    """

    DLE_EOT = "dle_eot"
    ASB = "asb"
    NONE = "none"


class NearEnd(StrEnum):
    """Whether a sensor sees the roll end soon. Without one its bits say nothing."""

    SENSOR = "sensor"
    NONE = "none"


class Presenter(StrEnum):
    """Whether a mouth holds the cut ticket out until it is taken.

    custom   GS e presents and retracts, DLE EOT 20 tells whether a ticket is in the mouth
    none     the ticket hangs or falls, and nobody knows who has it
    """

    CUSTOM = "custom"
    NONE = "none"


class Untaken(StrEnum):
    """What is done with a ticket that nobody took in time."""

    RETRACT = "retract"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    name: str
    width_dots: int = 576
    columns: int = 48
    dots_per_mm: int = 8
    font_set: FontSet = FontSet.GB2312
    cutter: bool = True
    native_qr: bool = True
    near_end_sensor: NearEnd = NearEnd.SENSOR
    status: StatusWay = StatusWay.DLE_EOT
    confirmation: Confirmation = Confirmation.POLL
    clearing: BufferClearing = BufferClearing.DLE_ENQ
    speed_mm_s: int = 80
    presenter: Presenter = Presenter.NONE
    present_steps: int = 10
    take_within_s: int = 20
    untaken: Untaken = Untaken.RETRACT
    roll_m: int = 0
    """A new roll's metres; 0 is not known, and then no end is foretold."""
