"""Refusals about recordings that are taken out of the hall, or kept past their time."""

from __future__ import annotations

from hall_server.contract.sentence import Sentence

RECORDINGS: dict[str, Sentence] = {
    "export_unknown": Sentence(404, "没有找到该导出申请", "There is no such export"),
    "export_place": Sentence(
        400,
        "请选择一个窗口或一台摄像机，二者取其一",
        "Choose a window or a camera, one of the two",
    ),
    "export_span": Sentence(
        400,
        "请选择已经过去的时间段，每次不超过 {hours} 小时",
        "Choose a time that is over, at most {hours} hours at once",
    ),
    "export_many": Sentence(
        409,
        "已有 {count} 份导出未到期，请等其中一份到期",
        "{count} exports are open already; wait for one to expire",
    ),
    "export_own": Sentence(
        403,
        "不能审批自己的申请，须由另一人审批",
        "Nobody decides about their own: another person must",
    ),
    "export_decided": Sentence(
        409, "该申请已有结论，不能再更改", "This was decided and cannot be changed"
    ),
    "export_lapsed": Sentence(
        409, "该导出已过期，请重新申请", "This export has expired; ask for it anew"
    ),
    "export_not_made": Sentence(409, "该导出尚未制作完成", "This export has not been made"),
    "export_not_yours": Sentence(
        403, "只有申请人可以下载", "Only the person who asked may download it"
    ),
    "export_elsewhere": Sentence(
        409, "该导出由另一监控端制作", "Another monitor makes this export"
    ),
    "export_running": Sentence(409, "该导出尚未到期", "This export is not over yet"),
    "hold_unknown": Sentence(
        404, "没有找到该保全，或已解除", "There is no such hold, or it was lifted"
    ),
    "hold_span": Sentence(
        400,
        "保全的时间段不超过 {days} 天，保留到今后 {most} 天以内",
        "A hold covers at most {days} days and lasts at most {most} days from now",
    ),
    "hold_many": Sentence(409, "已有 {count} 项保全，请先解除", "{count} holds; lift some first"),
}
