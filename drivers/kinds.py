"""What is known of every kind of device besides how to build it: its words, its decoder, its probe.

The registry builds devices; this table serves those who look after them. A new kind is a line here
and one in `quality.toml`, which says how well it is proved.
"""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.codec.escpos_explained import EscposExplainer
from drivers.codec.explained import Explainer
from drivers.codec.inputs_explained import CardExplainer, FramesExplainer, ScanExplainer
from drivers.codec.signs_explained import (
    BxEExplainer,
    BxKExplainer,
    ModbusExplainer,
    PixelExplainer,
)
from drivers.inputs.line import specs_at_hand
from drivers.inputs.probing import probe_call_pad, probe_id_card, probe_rating_pad
from drivers.probing import Probe, probe_bx_e, probe_bx_k, probe_escpos, probe_modbus


@dataclass(frozen=True, slots=True)
class KindOfDevice:
    zh: str
    en: str
    explainer: Callable[[], Explainer] | None = None
    probe: Probe | None = None
    port: int | None = None
    """Where one of this kind usually listens on a network."""


KINDS: dict[str, KindOfDevice] = {
    "escpos": KindOfDevice("号票打印机", "ticket printer", EscposExplainer, probe_escpos, 9100),
    "bx-k": KindOfDevice("窗口条屏", "window bar", BxKExplainer, probe_bx_k, 5005),
    "bx-e": KindOfDevice("图片条屏", "bar without a font", BxEExplainer, probe_bx_e, 5005),
    "modbus-text": KindOfDevice(
        "Modbus 条屏", "text bar on Modbus", ModbusExplainer, probe_modbus, 502
    ),
    "ddp": KindOfDevice("像素屏 DDP", "wall of pixels, DDP", PixelExplainer),
    "sacn": KindOfDevice("像素屏 sACN", "wall of pixels, sACN", PixelExplainer),
    "call-pad": KindOfDevice(
        "呼叫器", "call pad", lambda: FramesExplainer(specs_at_hand("call-pad")), probe_call_pad
    ),
    "rating-pad": KindOfDevice(
        "评价器",
        "rating pad",
        lambda: FramesExplainer(specs_at_hand("rating-pad")),
        probe_rating_pad,
    ),
    "frame-bar": KindOfDevice(
        "总线条屏", "bar on a line", lambda: FramesExplainer(specs_at_hand("frame-bar"))
    ),
    "scanner": KindOfDevice("扫码器", "code scanner", ScanExplainer),
    "id-card": KindOfDevice(
        "身份证读卡器", "reader of identity cards", CardExplainer, probe_id_card
    ),
    "null": KindOfDevice("空设备", "nothing"),
}


OF_STATIONS = {"loudspeaker": KindOfDevice("音箱", "loudspeaker")}
"""Devices without a driver: a station makes them of its pages and shows them beside the others."""


def probes(kind: str = "") -> dict[str, Probe]:
    """Those of one kind, or of all in the order of the table, printers first: they mind least."""
    return {
        name: known.probe
        for name, known in KINDS.items()
        if known.probe is not None and kind in {"", name}
    }
