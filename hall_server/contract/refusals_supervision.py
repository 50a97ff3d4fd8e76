"""Refusals of supervision: findings, looks at cameras, recordings taken out or kept."""

from __future__ import annotations

from hall_server.contract.sentence import Sentence

SUPERVISION: dict[str, Sentence] = {
    # findings of cameras, and looks at them
    "finding_unknown": Sentence(404, "没有找到该发现", "There is no such finding"),
    "finding_own": Sentence(
        403,
        "该发现涉及您本人，须由其他督查人员处理",
        "This concerns you: another supervisor decides",
    ),
    "finding_decided": Sentence(
        409, "该发现已有结论，不能这样更改", "This was decided and cannot be changed in this way"
    ),
    "finding_answered": Sentence(409, "您已作过说明", "You have answered already"),
    "rule_muted": Sentence(
        409,
        "摄像机 {camera} 上的规则 {rule} 因误报过多已静默",
        "Rule {rule} is muted on camera {camera}: too many false alarms",
    ),
    "rule_not_muted": Sentence(409, "该规则没有被静默", "This rule is not muted"),
    "look_span": Sentence(
        400,
        "请选择已经过去的时间段，每次不超过 {hours} 小时",
        "Choose a time that has been, at most {hours} hours at once",
    ),
    "reference_unknown": Sentence(404, "没有这张空座参考", "There is no such reference"),
    "reference_decided": Sentence(
        409, "该空座参考的状态不允许这样处理", "This reference cannot be changed in this way"
    ),
    "reference_own": Sentence(
        403, "须由提出取像以外的另一人核准", "Somebody else than who asked for it approves it"
    ),
    "reference_unseen": Sentence(
        409, "请先看过这张画面再核准", "Look at this very picture before approving it"
    ),
    "look_clip": Sentence(
        403, "只能查看该发现的录像片段", "Only the clip of this finding may be seen"
    ),
    "look_unknown": Sentence(
        409, "台账中没有与此对应的查看记录", "No look in the ledger lets anybody in there"
    ),
    "recording_nothing": Sentence(
        404,
        "没有找到：该号当天没有到过窗口，或没有这个事件",
        "Not found: this number was at no window that day, or there is no such event",
    ),
    # recordings that are taken out, and those that are kept past their time
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
