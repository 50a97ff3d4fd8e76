"""Pads and readers as they are played: their words, buttons and engines."""

from collections.abc import Iterable

from drivers.inputs.frame_specs import RATES
from drivers.simulator.card_engine import CardEngine, CardFault
from drivers.simulator.pad_engine import PadEngine, PadFault
from drivers.simulator.played import CABLE, Choice, Control, Group, KindWords
from drivers.simulator.player import PlayedKind, Player
from drivers.simulator.scanner_engine import ScannerEngine, ScannerFault

_KEYS = (
    ("call_next", "下一位", "Next"),
    ("recall", "重呼", "Recall"),
    ("start", "开始", "Start"),
    ("finish", "办结", "Finish"),
    ("miss", "过号", "No-show"),
    ("pause", "暂停", "Pause"),
    ("resume", "恢复", "Resume"),
)
_LEVELS = (
    (RATES[4], "非常满意", "Very satisfied"),
    (RATES[3], "满意", "Satisfied"),
    (RATES[2], "基本满意", "Fair"),
    (RATES[1], "不满意", "Dissatisfied"),
    (RATES[0], "非常不满意", "Very dissatisfied"),
)
_LINE_FAULTS = (
    Control(PadFault.REPEATING, "反复重发", "Repeats its frames"),
    Control(PadFault.WRONG_SUM, "校验错误", "Wrong checksums"),
)


def _pad(kind: str, zh: str, en: str, keys: Iterable[tuple[str, str, str]]) -> KindWords:
    choices = tuple(Choice(*key) for key in keys)
    actions = (Control("press", "按键", "Press", choices=choices),) if choices else ()
    return KindWords(
        kind,
        zh,
        en,
        (Group(zh, en, _LINE_FAULTS, actions), CABLE),
        "地址 1；帧按 drivers/inputs/frames 中的示例表",
        "Address 1; frames by the example table in drivers/inputs/frames",
    )


_CALL_PAD = _pad("call-pad", "呼叫器", "Call pads", _KEYS)
_RATING_PAD = _pad("rating-pad", "评价器", "Rating pads", _LEVELS)
_FRAME_BAR = _pad("frame-bar", "串口条屏", "Serial bars", ())
_SCANNER = KindWords(
    "scanner",
    "扫码器",
    "Code scanners",
    (
        Group(
            "扫码器",
            "Scanner",
            faults=(
                Control(ScannerFault.REPEATING, "重复读码", "Reads on and on"),
                Control(ScannerFault.NO_SUFFIX, "无结束符", "Nothing behind the code"),
                Control(ScannerFault.OLD_CHINESE, "GB18030 编码", "Chinese in GB 18030"),
            ),
            actions=(Control("scan", "扫码", "Scan", asks_text=True),),
        ),
        CABLE,
    ),
)
_ID_CARD = KindWords(
    "id-card",
    "身份证读卡器",
    "Identity card readers",
    (
        Group(
            "读卡器",
            "Reader",
            faults=(
                Control(CardFault.UNREADABLE, "读不出", "Cannot read"),
                Control(CardFault.WRONG_SUM, "校验错误", "Wrong checksums"),
                Control(CardFault.NOT_AUTHORISED, "模块未授权", "Not authorised"),
            ),
            actions=(
                Control(
                    "lay",
                    "放证",
                    "Lay a card",
                    choices=(
                        Choice("zhang", "张三", "Zhang"),
                        Choice("li", "李四", "Li"),
                        Choice("smith", "外国人", "Foreigner"),
                        Choice("chen", "港澳台居民", "Hong Kong, Macau, Taiwan"),
                        Choice("wrong", "号码有误", "Wrong number"),
                    ),
                ),
                Control("lift", "拿起", "Lift"),
            ),
        ),
        CABLE,
    ),
    "证件均为虚构",
    "The cards are of nobody",
)

CALL_PAD = PlayedKind(
    _CALL_PAD, lambda seat: Player(seat, _CALL_PAD, PadEngine({1: "ff68-call-pad"}))
)
RATING_PAD = PlayedKind(
    _RATING_PAD, lambda seat: Player(seat, _RATING_PAD, PadEngine({1: "ff68-rating-pad"}))
)
FRAME_BAR = PlayedKind(
    _FRAME_BAR, lambda seat: Player(seat, _FRAME_BAR, PadEngine({1: "text-bar"}))
)
SCANNER = PlayedKind(_SCANNER, lambda seat: Player(seat, _SCANNER, ScannerEngine()))
ID_CARD = PlayedKind(_ID_CARD, lambda seat: Player(seat, _ID_CARD, CardEngine()))
